"""`dart analyze`, `flutter analyze` and `dart format`: `error • message • file:l:c • rule`.

https://dart.dev/tools/dart-analyze
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ISSUE = Pattern(
    r"\s*(?:\[\d+/\d+\] )?(?P<level>error|warning|info|lint) (?:•|-|ΓÇó|\?) "
    r"(?:(?P<path>[^\s:]+):(?P<line>\d+):(?P<column>\d+) - (?P<text>.*?)|(?P<text2>.*?) (?:•|ΓÇó"
    r"|\?) "
    r"(?P<path2>[^\s:]+):(?P<line2>\d+):(?P<column2>\d+))(?: (?:•|-|ΓÇó|\?) (?P<rule>\w+))?$"
)
_MACHINE = Pattern(
    r"(?P<level>ERROR|WARNING|INFO)\|\w+\|(?P<rule>\w+)\|(?P<path>[^|]+)\|(?P<line>\d+)\|(?P<colum"
    r"n>\d+)\|\d+\|(?P<text>.*)"
)
_COUNTS = Pattern(r"\d+ issues? found\.")
_CHANGED = Pattern(r"Changed (?P<path>\S+\.dart)$")
_FORMATTED = Pattern(r"Formatted \d+ files? \([1-9]\d* changed\)")
_LEVELS = ("error", "warning", "info")


def read(region: Region, reading: Reading) -> None:
    """The issues of the gravest level that is present, then files that were not formatted."""
    issues = []
    for index, found in region.matches(_ISSUE):
        issues.append((found["level"].replace("lint", "info"), index, found.groupdict()))
    for index, found in region.matches(_MACHINE):
        issues.append((found["level"].lower(), index, found.groupdict()))
    present = {level for level, _, _ in issues}
    gravest = next((level for level in _LEVELS if level in present), "")
    for level, index, values in issues:
        if level != gravest:
            continue
        rule = values.get("rule") or ""
        reading.add(
            values["text"] or values.get("text2") or rule,
            cause=index,
            path=values["path"] or values.get("path2") or "",
            line=values["line"] or values.get("line2") or 0,
            column=values["column"] or values.get("column2") or 0,
            rule=rule.lower(),
            failure_class=FailureClass.COMPILE if level == "error" else None,
        )
    formatted = [index for index, _ in region.matches(_FORMATTED)]
    if formatted:
        for index, found in region.matches(_CHANGED):
            reading.add("is not formatted", cause=index, path=found["path"], tool="dart format")
    reading.summary(*formatted)
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)


FORMAT = Format(
    name="dart analyze",
    failure_class=FailureClass.LINT,
    anchors=(
        "error • ", "warning • ", "info • ", "error - ", "warning - ", "info - ", "ΓÇó",
        "ERROR|", "WARNING|", " found.", "Formatted ", "Changed ",
    ),
    read=read,
)  # fmt: skip
