"""hspec, tasty, HUnit: `Failures:` with `1) title`, `FAIL` with `expected:`/`but got:`.

https://hspec.github.io/
"""

from dataclasses import replace

from bot.log_formats.reading import Format, Pattern, Reading, Region, Role
from bot.outcomes import FailureClass

_RERUN = Pattern(r"\s+To rerun use: --match ")
_TITLE = Pattern(r"\s+\d+\) (?P<test>\S.*)")
_PLACE = Pattern(r"\s+(?P<path>\S+\.l?hs):(?P<line>\d+)(?::(?P<column>\d+))?:? *$")
_TEXT = Pattern(r"\s+\S")
_ANY = Pattern(r"\S")
_GOT = Pattern(r"\s+(?:but got|received): ?")
_TASTY = Pattern(r"(?P<indent>\s+)(?P<test>\S.*?): +FAIL(?: \([\d.]+s\))?$")
_TASTY_END = Pattern(r"\s+\S.*: +(?:OK|FAIL)(?: \(|$)|\d+ out of|All \d+ tests")
_HUNIT = Pattern(r"### (?P<kind>Failure|Error) in: (?P<test>\S.*)")
_COUNTS = Pattern(
    r"\d+ examples?, [1-9]\d* failures?|[1-9]\d* out of \d+ tests? failed"
    r"|Cases: .* (?:Errors: [1-9]|Failures: [1-9])"
)


def _add(region: Region, reading: Reading, title: int, test: str, block: range) -> None:
    place = region.find(_PLACE, block)
    start = place[0] + 1 if place and place[0] == block.start else block.start
    cause = region.find(_TEXT, range(start, block.stop))
    lines = [cause[0]] if cause else []
    if cause and cause[0] + 1 in block and _GOT.match(region[cause[0] + 1].text):
        lines.append(cause[0] + 1)
    path, line = (place[1]["path"], place[1]["line"]) if place else ("", "")
    reading.add(
        " ".join(region[i].text.strip() for i in lines) or f"{test} failed",
        title=title,
        cause=lines,
        frames=place[0] if place else (),
        detail=block[:7],
        path=path,
        line=line,
        test=test,
        frame=f"{path}:{line}" if path else "",
    )


def read(region: Region, reading: Reading) -> None:
    """The title stands above the line that says how to run the example again."""
    for index, _ in region.matches(_RERUN):
        above = region.before(index, stop=_RERUN, limit=60)
        title = region.find(_TITLE, above)
        if title is None:
            continue
        place = region.find(_PLACE, range(max(title[0] - 1, 0), title[0]))
        block = range(title[0] + 1, index)
        _add(region, reading, title[0], title[1]["test"], block)
        if place:
            finding = reading.findings[-1]
            reading.extend(finding, Role.FRAME, [place[0]])
            finding.diagnostic = replace(
                finding.diagnostic,
                path=place[1]["path"],
                line=int(place[1]["line"]),
                frame=f"{place[1]['path']}:{place[1]['line']}",
            )
    for index, found in region.matches(_TASTY):
        _add(region, reading, index, found["test"], region.after(index, stop=_TASTY_END, limit=25))
    for index, found in region.matches(_HUNIT):
        block = region.after(index, stop=_HUNIT, limit=8)
        at = region.find(_TEXT, block) or region.find(_ANY, block)
        lines = [i for i in block if region[i].text.startswith(("expected", " but got"))]
        reading.add(
            " ".join(region[i].text.strip() for i in lines) or region[at[0] if at else index].text,
            title=index,
            cause=lines[:2] or (at[0] if at else ()),
            detail=block,
            test=found["test"],
        )
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)


FORMAT = Format(
    name="hspec",
    failure_class=FailureClass.TEST,
    anchors=(
        "To rerun use:",
        " FAIL",
        "### Failure in",
        "### Error in",
        " failure",
        "tests failed",
        "Cases: ",
    ),
    read=read,
)
