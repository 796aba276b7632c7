"""RuboCop, Standard and ERB Lint: `file:line:col: C: Cop/Name: message`, counts.

https://docs.rubocop.org/rubocop/formatters.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_OFFENSE = Pattern(
    r"(?P<path>[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+): (?P<severity>[CWEFRI]): "
    r"(?:\[Corr\w+\] )?(?P<message>.+)"
)
_COP = Pattern(r"(?P<rule>[A-Z]\w+(?:/[A-Z]\w+)+): (?P<message>.*)")
_GITHUB = Pattern(r"(?P<rule>[A-Z]\w+(?:/[A-Z]\w+)+): (?P<message>.*)")
_STANDARD = Pattern(
    r"  (?P<path>[^\s:]+):(?P<line>\d+):(?P<column>\d+): (?P<rule>[A-Z]\w+/[\w/]+): "
    r"(?P<message>.*)"
)
_CARET = Pattern(r"\s*\^+")
_COUNTS = Pattern(r"\d+ files? inspected, (?P<count>\d+) offenses? detected")
_CONFIG = Pattern(
    r"Error: (?P<message>(?:unrecognized cop|The `\S+` cop|.*obsolete).*)"
    r"|(?P<old>RuboCop found unsupported Ruby.*)"
)


def _offense(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_OFFENSE):
        cop = _COP.match(found["message"])
        block = region.after(index, stop=_OFFENSE, limit=2)
        caret = region.find(_CARET, block)
        fatal = found["severity"] in "EF"
        reading.add(
            cop["message"] if cop else found["message"],
            cause=index,
            detail=range(index + 1, caret[0] + 1) if caret else (),
            path=found["path"],
            line=found["line"],
            column=found["column"],
            rule=cop["rule"] if cop else "",
            failure_class=FailureClass.COMPILE
            if fatal and "Lint/Syntax" in region[index].text
            else None,
        )


def read(region: Region, reading: Reading) -> None:
    """Offenses of RuboCop and Standard, annotations of the GitHub formatter, configuration."""
    _offense(region, reading)
    for index, found in region.matches(_STANDARD):
        reading.add(
            found["message"],
            cause=index,
            path=found["path"],
            line=found["line"],
            column=found["column"],
            rule=found["rule"],
            tool="standard",
        )
    for index, found in region.matches(_GITHUB):
        if region[index].marker in {"error", "warning"}:
            reading.add(found["message"], cause=index, rule=found["rule"])
    for index, found in region.matches(_CONFIG):
        text = found["message"] or found["old"]
        reading.add(text, cause=index, failure_class=FailureClass.CONFIG)
    for index, counts in region.matches(_COUNTS):
        if counts["count"] != "0":
            reading.summary(index)


FORMAT = Format(
    name="rubocop",
    failure_class=FailureClass.LINT,
    anchors=(
        ": C: ", ": W: ", ": E: ", ": F: ", ": R: ", "Layout/", "Style/", "Lint/", "Metrics/",
        " inspected, ", "unrecognized cop", "RuboCop found",
    ),
    read=read,
)  # fmt: skip
