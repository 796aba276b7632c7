"""Catch2 and doctest: `file:line: FAILED:` below a header between lines of dashes.

https://github.com/catchorg/Catch2, https://github.com/doctest/doctest
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_PREFIX = r"\s*(?:\d+: )?"  # ctest -V puts the test's number in front
_PLACE = r"(?P<path>(?:[A-Za-z]:)?[^\s:(][^:(]*)(?::(?P<line>\d+)|\((?P<line2>\d+)\)):"
_FAILED = Pattern(_PREFIX + _PLACE + r" FAILED:(?P<message>)$")
_DOCTEST = Pattern(_PREFIX + _PLACE + r" (?:FATAL )?ERROR: (?P<message>\S.*)")
_RULE = Pattern(_PREFIX + r"-{60,}$")
_CASE = Pattern(_PREFIX + r"TEST CASE:  (?P<test>.+)")
_END = Pattern(_PREFIX + r"$|[-=]{60,}")
_BACK = Pattern(_PREFIX + r"={60,}$")
_COUNT = Pattern(
    _PREFIX + r"(?:\[doctest\] )?(?:test cases|assertions): +\d+ \|.*\b[1-9]\d* failed"
)


def _header(region: Region, index: int) -> tuple[int | None, str]:
    """Index of the title and the test's name: case, then sections, joined by ` > `."""
    above = region.before(index, stop=_BACK, limit=200)
    rules = [i for i in above if _RULE.match(region[i].text)]
    if len(rules) >= 2:
        names = [region[i].text.strip() for i in range(rules[-2] + 1, rules[-1])]
        if names and rules[-1] - rules[-2] < 12:
            return rules[-2] + 1, " > ".join(names)
    for i in reversed(above):
        if found := _CASE.match(region[i].text):
            return i, found["test"]
    return None, ""


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each assertion that failed."""
    for pattern, tool in ((_FAILED, ""), (_DOCTEST, "doctest")):
        for index, found in region.matches(pattern):
            block = region.after(index, stop=_END, limit=12)
            title, test = _header(region, index)
            if tool and not test:
                continue  # any program may say ERROR
            words = [found["message"]] if found["message"] else []
            words += [region[i].text.strip() for i in block[:3]]
            path, line = found["path"], found["line"] or found["line2"]
            reading.add(
                " ".join(words) or "failed",
                title=() if title is None else title,
                cause=block.start if len(block) and not found["message"] else index,
                frames=index,
                detail=block,
                path=path,
                line=line,
                test=test,
                frame=f"{path}:{line}",
                tool=tool,
            )
    for index, _ in region.matches(_COUNT):
        reading.summary(index)


FORMAT = Format(
    name="catch2",
    failure_class=FailureClass.TEST,
    anchors=(": FAILED:", "test cases: ", "assertions: ", " ERROR: "),
    read=read,
)
