"""PHP_CodeSniffer and PHP CS Fixer: `FILE:` tables, `n) file (rules)` lists.

https://github.com/PHPCSStandards/PHP_CodeSniffer/wiki/Reporting
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_FILE = Pattern(r"FILE: (?P<path>\S.*)")
_ROW = Pattern(r"\s*(?P<line>\d+) \| (?P<kind>ERROR|WARNING) +\| (?:\[.\] )?(?P<message>.*)")
_MORE = Pattern(r"\s+\| +\| +(?P<text>\S.*)")
_RULE = Pattern(r"(?P<text>.*?) ?\((?P<rule>\w+(?:\.\w+){2,})\)$")
_COUNT = Pattern(r"FOUND (?P<errors>\d+) ERRORS?\b.*")
_FIXER = Pattern(r"\s+\d+\) (?P<path>\S+\.\w+)(?: \((?P<rules>[\w, /-]+)\))?$")
_FIXED = Pattern(r"(?:Found|Fixed) (?P<count>\d+) of \d+ files that can be fixed|.*PHP CS Fixer")


def _table(region: Region, reading: Reading, head: int, path: str) -> None:
    block = region.after(head, stop=_FILE, limit=400)
    for i in block:
        row = _ROW.match(region[i].text)
        if row is None or row["kind"] == "WARNING":
            continue
        text = row["message"].strip()
        more = region.find(_MORE, range(i + 1, min(i + 2, block.stop)))
        if more:
            text = f"{text} {more[1]['text'].strip()}"
        rule = _RULE.match(text)
        reading.add(
            rule["text"] if rule else text,
            title=head,
            cause=i,
            detail=[more[0]] if more else (),
            path=path,
            line=row["line"],
            rule=rule["rule"] if rule else "",
        )


def read(region: Region, reading: Reading) -> None:
    """Errors of the sniffs; files that the fixer would change."""
    for index, found in region.matches(_FILE):
        _table(region, reading, index, found["path"].strip())
    for index, _ in region.matches(_COUNT):
        reading.summary(index)
    for index, counts in region.matches(_FIXED):
        if not counts["count"] or counts["count"] == "0":
            continue
        reading.summary(index)
        for i in region.before(index, limit=400):
            if listed := _FIXER.match(region[i].text):
                reading.add(
                    "is not formatted",
                    cause=i,
                    path=listed["path"],
                    rule=listed["rules"] or "",
                    tool="php-cs-fixer",
                )


FORMAT = Format(
    name="phpcs",
    failure_class=FailureClass.LINT,
    anchors=("FILE: ", "FOUND ", "that can be fixed"),
    read=read,
)
