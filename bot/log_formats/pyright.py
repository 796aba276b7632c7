"""Pyright, basedpyright: `file.py:1:2 - error: message (rule)`, `n errors, m warnings`.

https://microsoft.github.io/pyright/#/command-line
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_LINE = Pattern(
    r"\s*(?P<path>\S.*?):(?P<line>\d+):(?P<column>\d+) - error: (?P<message>.+?)(?: \((?P<rule>report\w+)\))?$"
)
_MORE = Pattern(
    r"\s{3,}(?!\S.* - (?:error|warning|information)\b)\S.*?(?: \((?P<rule>report\w+)\))?$"
)
_COUNTS = Pattern(r"[1-9]\d* errors?, \d+ warnings?")


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each error; its rule may stand at the end of a line below."""
    for index, found in region.matches(_LINE):
        rule, more = found["rule"] or "", []
        for at in region.after(index, limit=6) if not rule else ():
            below = _MORE.match(region[at].text)
            if not below:
                break
            more.append(at)
            if below["rule"]:
                rule = below["rule"]
                break
        reading.add(
            found["message"],
            cause=index,
            detail=more,
            path=found["path"],
            line=found["line"],
            column=found["column"],
            rule=rule,
        )
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)


FORMAT = Format(
    name="Pyright",
    failure_class=FailureClass.TYPE,
    anchors=(" - error: ", " errors, ", " error, "),
    read=read,
)
