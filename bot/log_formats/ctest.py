"""ctest: `3/9 Test #3: name ....***Failed  0.02 sec`, the test's output below it, a final list.

https://cmake.org/cmake/help/latest/manual/ctest.1.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_TEST = Pattern(
    r" *\d+/\d+ Test +#\d+: (?P<test>\S.*?) ?\.{2,} ?\*\*\*(?P<how>\S.*?) +(?P<time>[\d.]+ sec)$"
)
_OPEN = Pattern(r" *\d+/\d+ Test +#\d+: (?P<test>\S.*?) ?\.{2,} ?\*\*\*(?P<how>\S.*)$")
_END = Pattern(r" *\d+/\d+ Test +#| *Start +\d+: |\d+% tests passed|The following tests FAILED")
_PROBLEM = Pattern(
    r".*(?i:\berrors?\b|\bfail|assert|expected|exception|terminate called|abort|not found|mismatch)"
)
_MISSING = Pattern(r"(?P<message>(?:Unable to find executable|Could not find executable):? .+)")
_WORDS = Pattern(r".*\S")
_COUNT = Pattern(r"\d+% tests passed, \d+ tests? failed out of")
_LIST = Pattern(r"The following tests FAILED:")
_LISTED = Pattern(r"\s+\d+ - (?P<test>\S+.*?) \((?P<how>[\w ]+)\)")
_LISTED_SHOWN = 12


def _add(region: Region, reading: Reading, index: int, test: str, how: str) -> None:
    block = region.after(index, stop=_END, limit=400)
    kind = FailureClass.TEST
    if how.startswith("Timeout"):
        kind = FailureClass.TIMEOUT
    elif how.startswith("Not Run"):
        kind = FailureClass.CONFIG
        block = region.before(index, stop=_END, limit=30)
    told = region.find(_MISSING, reversed(block)) if kind is FailureClass.CONFIG else None
    told = told or region.find(_PROBLEM, block)
    if told is None and kind is FailureClass.TEST:
        told = region.find(_WORDS, reversed(block))
    expected = "Regex=" in how or "regular expression" in how or told is None
    reading.add(
        how if expected or told is None else region[told[0]].text,
        title=() if expected else index,
        cause=index if expected or told is None else told[0],
        detail=[i for i in block[:12] if region[i].text.strip()]
        if kind is FailureClass.TEST
        else (),
        test=test,
        failure_class=kind,
    )


def read(region: Region, reading: Reading) -> None:
    """Each failed test with what it printed, then the counts and the final list."""
    seen: set[str] = set()
    for index, found in region.matches(_OPEN):
        whole = _TEST.match(region[index].text)
        how = whole["how"] if whole else found["how"]
        seen.add(found["test"])
        _add(region, reading, index, found["test"], how.strip())
    for index, _ in region.matches(_COUNT):
        reading.summary(index)
    for index, _ in region.matches(_LIST):
        shown = 0
        for i in region.after(index, limit=400):
            listed = _LISTED.match(region[i].text)
            if not listed:
                break
            if listed["test"] not in seen:
                seen.add(listed["test"])
                reading.add(f"{listed['test']}: {listed['how']}", title=i, test=listed["test"])
            elif shown < _LISTED_SHOWN:
                reading.summary(i)
                shown += 1


FORMAT = Format(
    name="ctest",
    failure_class=FailureClass.TEST,
    anchors=("***", "tests passed, ", "The following tests FAILED"),
    read=read,
)
