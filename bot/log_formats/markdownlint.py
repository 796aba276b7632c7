"""markdownlint: `file:12:3 error MD013/line-length message`; older versions without `error`.

https://github.com/DavidAnson/markdownlint-cli2
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ROW = Pattern(
    r"(?P<path>[^\s:][^:]*):\s?(?P<line>\d+)(?::(?P<column>\d+))?:? (?:error )?"
    r"(?P<rule>MD\d{3})(?P<name>/[\w/-]+)? (?P<message>.+)"
)
_COUNTS = Pattern(r"Summary: [1-9]\d* error")


def read(region: Region, reading: Reading) -> None:
    """One line for each finding, and the count."""
    for index, found in region.matches(_ROW):
        reading.add(
            found["message"],
            cause=index,
            path=found["path"],
            line=found["line"],
            column=found["column"] or 0,
            rule=found["rule"],
        )
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)


FORMAT = Format(
    name="markdownlint",
    failure_class=FailureClass.LINT,
    anchors=(" MD0", "Summary: "),
    read=read,
)
