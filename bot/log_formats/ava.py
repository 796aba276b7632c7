"""AVA: `✘ [fail]: test` as tests run, then each title again with its place, code and difference.

The place of the assertion stands at the end, `› file://test.js:2:28`.
https://github.com/avajs/ava/blob/main/docs/01-writing-tests.md
"""

from bisect import bisect_right

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_FAIL = Pattern(r"\s*[✘✖×] \[fail\]: (?P<test>\S.*?)(?: \(\d[\d.ms ]*\))?$")
_PLACE = Pattern(r"  (?P<path>[\w@./-]+\.[cm]?[jt]sx?):(?P<line>\d+)$")
_FRAME = Pattern(r"  › (?:.*\()?(?:file://)?(?P<path>[^()]+?):(?P<line>\d+):(?P<column>\d+)\)?$")
_CODE = Pattern(r"\s*\d+:|\s*$")
_SAID = Pattern(r"  \S.*")
_COUNTS = Pattern(
    r"  \d+ (?:tests?|uncaught exceptions?|unhandled rejections?|hooks?) (?:failed|passed)?"
)


def _titles(region: Region) -> dict[str, list[int]]:
    """The lines that may be a block's title, by their text."""
    found: dict[str, list[int]] = {}
    for index, line in enumerate(region.lines):
        if line.text.startswith("  ") and line.text[2:3] not in ("", " "):
            found.setdefault(line.text[2:].rstrip(), []).append(index)
    return found


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each failed test, with the block that repeats its title."""
    titles = _titles(region) if region.find(_FAIL, region.hits) else {}
    for index, found in region.matches(_FAIL):
        test = found["test"]
        said_at = titles.get(test.rpartition(" › ")[2]) or titles.get(test) or []
        start = next((i for i in said_at[bisect_right(said_at, index) :][:1]), None)
        if start is None:
            reading.add(f"{test} failed", title=index, test=test)
            continue
        block = region.after(start, limit=60)
        end = region.find(_FRAME, block)
        own = range(start + 1, end[0]) if end else block[:20]
        place = region.find(_PLACE, own[:4])
        told = [
            i for i in own if i > (place[0] if place else start) and not _CODE.match(region[i].text)
        ]
        said = [i for i in told if _SAID.match(region[i].text)]
        where = end[1] if end else place[1] if place else None
        reading.add(
            " ".join(region[i].text.strip() for i in said[:6]) or f"{test} failed",
            title=[index, start],
            cause=said[0] if said else (),
            frames=end[0] if end else (),
            detail=[*said[1:8], *([place[0]] if place else [])],
            path=where["path"] if where else "",
            line=where["line"] if where else 0,
            test=test,
            frame=f"{where['path']}:{where['line']}" if where else "",
        )
    if reading.findings:
        reading.summary(*(index for index, _ in region.matches(_COUNTS)))


FORMAT = Format(
    name="AVA",
    failure_class=FailureClass.TEST,
    anchors=("[fail]: ", " failed", " passed"),
    read=read,
)
