"""Stylelint: a file's line, then `12:3  ✖  message  rule`.

https://stylelint.io/user-guide/cli#formatters
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

# The second form of the sign is what Windows shells make of it; newer versions print words.
_ROW = Pattern(
    r"\s*(?P<line>\d+):(?P<column>\d+)\s+(?:✖|×|\S£û)\s+(?P<message>\S.*?)(?:\s{2,}(?P<rule>[@\w/.-]+))?\s*$"
)
_ANY_ROW = Pattern(r"\s+\d+:\d+\s+\S{1,3}\s+\S")
_COUNTS = Pattern(r"\s*\S+ [1-9]\d* problems? \(|[1-9]\d* (?:problems?|errors?) found")
_CONFIG = Pattern(
    r"(?P<message>(?:ConfigurationError|AllFilesIgnoredError|NoFilesFoundError|Error: No configuration).*)"
)


def read(region: Region, reading: Reading) -> None:
    """Rows with the name of their file, problems of the configuration, counts."""
    title: int | None = None
    last = -2
    for index, found in region.matches(_ROW):
        if index != last + 1 or title is None:
            title = next(
                (
                    i
                    for i in reversed(region.before(index, limit=200))
                    if not _ANY_ROW.match(region[i].text)
                ),
                None,
            )
        last = index
        reading.add(
            found["message"],
            title=() if title is None else title,
            cause=index,
            path=region[title].text.strip() if title is not None else "",
            line=found["line"],
            column=found["column"],
            rule=found["rule"] or "",
        )
    for index, found in region.matches(_CONFIG):
        reading.add(found["message"], cause=index, failure_class=FailureClass.CONFIG)
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)


FORMAT = Format(
    name="Stylelint",
    failure_class=FailureClass.LINT,
    anchors=(
        "  ✖  ",
        "  ×  ",
        "£û  ",
        " problem",
        "ConfigurationError",
        "AllFilesIgnoredError",
        "NoFilesFoundError",
        "Error: No configuration",
    ),
    read=read,
)
