"""hadolint: `Dockerfile:3 DL3008 warning: message`; files that do not parse.

https://github.com/hadolint/hadolint
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ISSUE = Pattern(
    r"(?P<path>[^\s:]+):(?P<line>\d+)(?::(?P<column>\d+))? (?P<rule>(?:DL|SC)\d{4}) "
    r"(?:(?P<level>error|warning|info|style): )?(?P<text>.*)"
)
_PARSE = Pattern(
    r"(?P<path>[^\s:]+):(?P<line>\d+):(?P<column>\d+) (?:error: )?(?P<text>unexpected .*)"
)


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each rule that is broken."""
    for index, found in region.matches(_ISSUE):
        reading.add(
            found["text"],
            cause=index,
            path=found["path"],
            line=found["line"],
            column=found["column"] or 0,
            rule=found["rule"],
        )
    for index, found in region.matches(_PARSE):
        reading.add(
            found["text"],
            cause=index,
            detail=region.after(index, limit=2),
            path=found["path"],
            line=found["line"],
            column=found["column"],
            failure_class=FailureClass.CONFIG,
        )


FORMAT = Format(
    name="hadolint",
    failure_class=FailureClass.LINT,
    anchors=(" DL1", " DL3", " DL4", " SC1", " SC2", " SC3", " unexpected "),
    read=read,
)
