"""ESLint: a file's line, then `12:3  error  message  rule`; the unix and compact shapes; Next.js lint.

One error may stand among hundreds of warnings, so warnings count only when nothing else failed.
https://eslint.org/docs/latest/use/formatters/
"""

import re

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ROW = Pattern(  # yamllint prints the same with its rule in parentheses
    r"(?!.*  \([\w-]+\)$)\s*(?P<line>\d+):(?P<column>\d+)\s+(?P<severity>error|warning|Error:|Warning:)\s+"
    r"(?P<message>\S.*?)(?:\s{2,}(?P<rule>[@\w/.-]+))?\s*$"
)
_ANY_ROW = Pattern(r"\s*\d+:\d+\s+\S")
_UNIX = Pattern(
    r"(?P<path>\S.*?):(?P<line>\d+):(?P<column>\d+): (?P<message>.+) \[(?P<severity>Error|Warning)(?:/(?P<rule>\S+))?\]$"
)
_COMPACT = Pattern(
    r"(?P<path>\S.*?): line (?P<line>\d+), col (?P<column>\d+), (?P<severity>Error|Warning) - "
    r"(?P<message>.+?)(?: \((?P<rule>[@\w/.-]+)\))?$"
)
_STANDARD = Pattern(
    r"\s+(?P<path>\S.*?):(?P<line>\d+):(?P<column>\d+): (?P<message>.+) \((?P<rule>[@\w/.-]+)\)$"
)
_STANDARD_HEAD = Pattern(r"standard: ")
_COUNTS = Pattern(
    r"\s*\S+ [1-9]\d* problems? \(|[1-9]\d* problems?$|ESLint found too many warnings"
)
_OOPS = Pattern(r"Oops! Something went wrong!")
_REASON = Pattern(
    r"(?P<message>(?:\w*Error\b|ESLint couldn't|ESLint was |No files matching |Invalid ).*)"
)
_OPTION = Pattern(r"(?P<message>Invalid option '.+|No files matching the pattern .+ were found\.)")


def _severe(severity: str) -> bool:
    return severity.lower().startswith("error")


def _file(region: Region, index: int, known: dict[int, int | None]) -> int | None:
    """The line that names the file of a row: the first of its paragraph."""
    at = index
    while at > 0 and at > index - 400 and region[at - 1].number == region[at].number - 1:
        above = region[at - 1].text
        if at - 1 in known:
            return known[at - 1]
        if not above.strip():
            break
        at -= 1
        if not _ANY_ROW.match(above):
            return at
    return None


def _row(
    reading: Reading, index: int, found: re.Match[str], path: str, title: int | None = None
) -> None:
    rule = found["rule"] or ""
    reading.add(
        found["message"],
        title=() if title is None else title,
        cause=index,
        path=path.strip(),
        line=found["line"],
        column=found["column"],
        rule="parsing-error" if found["message"].startswith("Parsing error") else rule,
    )


def _rows(region: Region, reading: Reading) -> None:
    rows = [(i, hit) for i in region.hits if (hit := _ROW.match(region[i].text))]
    severe = [row for row in rows if _severe(row[1]["severity"])]
    known: dict[int, int | None] = {}
    for index, found in severe or (rows if _too_many(region) else []):
        title = _file(region, index, known)
        known[index] = title
        _row(reading, index, found, region[title].text if title is not None else "", title)
    for pattern in (_UNIX, _COMPACT):
        for index, found in region.matches(pattern):
            if _severe(found["severity"]):
                _row(reading, index, found, found["path"])
    for index, _ in region.matches(_STANDARD_HEAD):
        for at in region.after(index, limit=300):
            if found_row := _STANDARD.match(region[at].text):
                _row(reading, at, found_row, found_row["path"])


def _too_many(region: Region) -> bool:
    return any("too many warnings" in region[i].text for i in region.hits)


def read(region: Region, reading: Reading) -> None:
    """Rows of the report, then what keeps ESLint from running, then the counts."""
    _rows(region, reading)
    for index, _ in region.matches(_OOPS):
        block = region.after(index, limit=30)
        reason = region.find(_REASON, block)
        cause, message = (reason[0], reason[1]["message"]) if reason else (index, "ESLint stopped")
        reading.add(message, title=index, cause=cause, failure_class=FailureClass.CONFIG)
    for index, found in region.matches(_OPTION):
        reading.add(found["message"], cause=index, failure_class=FailureClass.CONFIG)
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)


FORMAT = Format(
    name="ESLint",
    failure_class=FailureClass.LINT,
    anchors=(
        "  error  ",
        "  warning  ",
        "  Error: ",
        "[Error",
        ", Error - ",
        " problem",
        "too many warnings",
        "Oops! Something went wrong!",
        "Invalid option '",
        "No files matching the pattern",
        "standard: ",
    ),
    read=read,
)
