"""PHP's run-tests: `FAIL title [file.phpt]`, the diff between `DIFF` markers, the failed list.

https://php.github.io/php-src/miscellaneous/running-tests.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_FAIL = Pattern(
    r"(?:TEST \d+/\d+ .*?\s{2,})?(?P<kind>FAIL|BORK|LEAK|XFAIL|XLEAK|WARN)\w* "
    r"(?P<title>.*?) ?\[(?P<path>[^\]\s]+\.phpt)\]"
)
_DIFF = Pattern(r"={4,} ?DIFF")
_DONE = Pattern(r"={4,} ?DONE|TEST \d+/|FAIL |PASS |SKIP ")
_CHANGE = Pattern(r"(?P<at>\d+)(?P<sign>[-+])(?: (?P<text>.*))?$|\s*(?P<plain>[-+])(?P<more>.*)")
_LIST = Pattern(r"FAILED TEST SUMMARY|LEAKED TEST SUMMARY|BORKED TEST SUMMARY")
_LISTED = Pattern(r"(?P<title>.*?) ?\[(?P<path>[^\]\s]+\.phpt)\]")
_RULER = Pattern(r"={5,}")
_COUNTS = Pattern(r"Tests (?:failed|leaked|borked|warned) *: +[1-9]")


def _difference(region: Region, index: int) -> list[int]:
    """The lines of the diff printed above a `FAIL` line."""
    above = region.before(index, stop=_FAIL, limit=80)
    start = region.find(_DIFF, reversed(above))
    if start is None:
        below = region.after(index, stop=_FAIL, limit=4)
        start = region.find(_DIFF, below)
    if start is None:
        return []
    block = region.after(start[0], stop=_DONE, limit=80)
    return [i for i in block if _CHANGE.match(region[i].text)]


def read(region: Region, reading: Reading) -> None:
    """Each failed file once, with its diff when it was printed."""
    seen: set[str] = set()
    for index, found in region.matches(_FAIL):
        if found["kind"] in {"XFAIL", "XLEAK"} or found["path"] in seen:
            continue
        seen.add(found["path"])
        changes = _difference(region, index)
        reading.add(
            _message(region, changes) or found["title"],
            title=() if not changes else index,
            cause=changes[:2] or index,
            detail=changes[2:10],
            path=found["path"],
            test=f"{found['title']} [{found['path']}]".strip(),
        )
    for index, _ in region.matches(_LIST):
        for i in region.after(index, stop=_RULER, limit=200):
            listed = _LISTED.match(region[i].text)
            if listed and listed["path"] not in seen:
                reading.add(listed["title"], cause=i, path=listed["path"], test=listed[0])
            elif listed:
                reading.summary(i)
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)


def _message(region: Region, changes: list[int]) -> str:
    texts = []
    for i in changes[:2]:
        if found := _CHANGE.match(region[i].text):
            sign = found["sign"] or found["plain"]
            texts.append(f"{sign}{(found['text'] or found['more'] or '').strip()}")
    return " ".join(texts)


FORMAT = Format(
    name="phpt",
    failure_class=FailureClass.TEST,
    anchors=(".phpt]", "TEST SUMMARY", "Tests failed ", "Tests leaked ", "Tests borked "),
    read=read,
)
