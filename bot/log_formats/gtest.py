"""GoogleTest: `file:line: Failure` and its text between `[ RUN` and `[  FAILED  ]`.

MSVC builds print `file(line): error: text`. https://google.github.io/googletest/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_PREFIX = r"\s*(?:\d+: ?)?"  # ctest -V puts the test's number in front
_FAILURE = Pattern(
    _PREFIX + r"(?:(?P<path>(?:[A-Za-z]:)?[^\s:(][^:(]*):(?P<line>\d+): Failure"
    r"|(?P<path2>(?:[A-Za-z]:)?[^\s:(][^:(]*)\((?P<line2>\d+)\): error: (?P<message>.*)"
    r"|unknown file: (?:Failure|error: (?P<message2>.*)))$"
)
_TEST = Pattern(_PREFIX + r"\[  FAILED  \] (?P<test>[^\s,]+)(?P<rest>, where .*)? \(\d+ ms\)$")
_LISTED = Pattern(_PREFIX + r"\[  FAILED  \] (?P<test>[^\s,(]+)(?:, where .*)?$")
_COUNT = Pattern(_PREFIX + r"(?:\[  FAILED  \] \d+ tests?,? listed below|\d+ FAILED TESTS?)")
_START = Pattern(_PREFIX + r"\[(?: RUN      |       OK |----------|==========|  FAILED  )\]")
_SKIPPED = Pattern(_PREFIX + r"\[")


def _failures(region: Region, reading: Reading, end: int, test: str) -> bool:
    """The failures of the test that ends at `end`; False when none is told."""
    block = region.before(end, stop=_START, limit=300)
    places = [(i, hit) for i in block if (hit := _FAILURE.match(region[i].text))]
    for position, (index, found) in enumerate(places):
        stop = places[position + 1][0] if position + 1 < len(places) else end
        text = [i for i in range(index + 1, min(stop, index + 12)) if region[i].text.strip()]
        inline = found["message"] or found["message2"]
        told = [inline] if inline else []
        told += [region[i].text.strip() for i in text[: 5 - len(told)]]
        path, line = found["path"] or found["path2"] or "", found["line"] or found["line2"] or 0
        reading.add(
            " ".join(told) or f"{test} failed",
            title=end if position == 0 else (),
            cause=index if inline or not text else text[0],
            frames=index,
            detail=text,
            path=path,
            line=line,
            test=test,
            frame=f"{path}:{line}" if path else "",
        )
    return bool(places)


def read(region: Region, reading: Reading) -> None:
    """Every failure of every test; tests of the final list that were not seen; counts."""
    seen: set[str] = set()
    for index, found in region.matches(_TEST):
        test = found["test"]
        if not _failures(region, reading, index, test) and test not in seen:
            reading.add(f"{test} failed", title=index, test=test)
        seen.add(test)
    for index, found in region.matches(_LISTED):
        test = found["test"]
        if _TEST.match(region[index].text):
            continue
        if test in seen:
            reading.noise((index,))
        elif "." in test:
            seen.add(test)
            reading.add(f"{test} failed", title=index, test=test)
    for index, _ in region.matches(_COUNT):
        reading.summary(index)


FORMAT = Format(
    name="gtest",
    failure_class=FailureClass.TEST,
    anchors=("[  FAILED  ]", " FAILED TEST"),
    read=read,
)
