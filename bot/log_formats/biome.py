"""Biome: `file:1:2 lint/group/rule ━━━`, `× message`, a code frame, a count of errors.

`biome ci` first tells the runner every message as an annotation. https://biomejs.dev/reference/reporters/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_HEAD = Pattern(
    r"(?P<path>\S.*?)(?::(?P<line>\d+):(?P<column>\d+))? (?P<rule>(?:lint|assist|suppressions|internalError)(?:/[\w/]+)"
    r"|parse|format|organizeImports|syntax|configuration|deserialize)(?:\s+[A-Z]+)* *(?:━|\SöÄ|\Söü){3,}"
)
_MESSAGE = Pattern(r"\s*(?P<sign>[×✖]|\S├?ù|├ù) (?P<message>\S.*)")
_COUNTS = Pattern(r"Found \d+ (?:errors?|warnings?)\.|Checked \d+ files? in ")


def read(region: Region, reading: Reading) -> None:
    """Each block with a message of an error; blocks of warnings begin with another sign."""
    messages = set()
    first = None
    for index, found in region.matches(_HEAD):
        below = region.find(_MESSAGE, region.after(index, stop=_HEAD, limit=4))
        if below is None:
            continue
        first = index if first is None else first
        cause, said = below
        messages.add(said["message"])
        reading.add(
            said["message"],
            title=index,
            cause=cause,
            detail=region.after(cause, stop=_HEAD, limit=6),
            path=found["path"],
            line=found["line"] or 0,
            column=found["column"] or 0,
            rule=found["rule"],
        )
    if first is not None:
        early = region.before(first, limit=300)
        reading.noise(
            i for i in early if region[i].marker == "error" and region[i].text in messages
        )
        for index, _ in region.matches(_COUNTS):
            reading.summary(index)


FORMAT = Format(
    name="Biome",
    failure_class=FailureClass.LINT,
    anchors=(" lint/", " assist/", " ━━━━━", "Found ", "Checked ", "öüΓöü"),
    read=read,
)
