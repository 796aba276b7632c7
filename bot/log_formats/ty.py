"""ty: `error[rule]: text`, then ` --> file:2:12`; concise: `file:2:12: error[rule] text`.

https://docs.astral.sh/ty/reference/cli/#ty-check
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ERROR = Pattern(r"error\[(?P<rule>[a-z][a-z-]*)\]: (?P<message>.+)")
_PLACE = Pattern(r" *--> (?P<path>[^\s:].*?):(?P<line>\d+):(?P<column>\d+)$")
_CONCISE = Pattern(
    r"(?P<path>[^\s:][^:]*\.pyi?):(?P<line>\d+):(?P<column>\d+): error\[(?P<rule>[a-z][a-z-]*)\]:? (?P<message>.+)"
)
_COUNTS = Pattern(r"Found \d+ diagnostics?$")


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each error; warnings do not fail a check."""
    for index, found in region.matches(_ERROR):
        place = region.find(_PLACE, region.after(index, limit=2))
        if place is None:
            continue
        reading.add(
            found["message"],
            cause=index,
            frames=place[0],
            detail=region.after(place[0], stop=_ERROR, limit=8),
            path=place[1]["path"],
            line=place[1]["line"],
            column=place[1]["column"],
            rule=found["rule"],
        )
    for index, found in region.matches(_CONCISE):
        reading.add(
            found["message"],
            cause=index,
            path=found["path"],
            line=found["line"],
            column=found["column"],
            rule=found["rule"],
        )
    if reading.findings:
        reading.summary(*(index for index, _ in region.matches(_COUNTS)))


FORMAT = Format(
    name="ty",
    failure_class=FailureClass.TYPE,
    anchors=("error[", "Found "),
    read=read,
)
