"""Psalm: `ERROR: Rule - file:line:col - message (see https://psalm.dev/NNN)` and a code line.

https://psalm.dev/docs/running_psalm/command_line_usage/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ISSUE = Pattern(
    r"\s*ERROR: (?P<rule>[A-Z]\w+) ?(?:- (?P<path>[^:\n]+):(?P<line>\d+):(?P<column>\d+) - "
    r"(?P<message>.*?))?(?: \(see https://psalm\.dev/\d+\))?$"
)
_AT = Pattern(r"\s*at (?P<path>[^:\n]+):(?P<line>\d+):(?P<column>\d+)$")
_TEXT = Pattern(r"\s*(?P<text>\S.*?)(?: \(see https://psalm\.dev/\d+\))?$")
_END = Pattern(r"\s*(?:ERROR|INFO): |-{10,}|\s*$")
_COUNTS = Pattern(r"\s*(?P<count>\d+) errors? found")


def read(region: Region, reading: Reading) -> None:
    """Each issue of level ERROR; those of level INFO do not fail the run."""
    for index, found in region.matches(_ISSUE):
        block = region.after(index, stop=_END, limit=6)
        place = found if found["path"] else None
        at = None
        if place is None:  # Psalm 5 prints the place and the text on lines of their own
            at = region.find(_AT, block)
            if at is None:
                continue
            place = at[1]
        text = region.find(_TEXT, range(at[0] + 1, block.stop)) if at else None
        reading.add(
            found["message"] or (text[1]["text"] if text else found["rule"]),
            title=index if text else (),
            cause=text[0] if text else index,
            frames=at[0] if at else (),
            detail=block[:3],
            path=place["path"],
            line=place["line"],
            column=place["column"],
            rule=found["rule"],
        )
    for index, counts in region.matches(_COUNTS):
        if counts["count"] != "0":
            reading.summary(index)


FORMAT = Format(
    name="psalm",
    failure_class=FailureClass.TYPE,
    anchors=("ERROR: ", " errors found", " error found", "psalm.dev/"),
    read=read,
)
