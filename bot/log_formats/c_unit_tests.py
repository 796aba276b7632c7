"""Boost.Test, Check and Criterion: assertions of C and C++ tests, and tests that crash.

Boost: `t.cpp(4): error: in "suite/case": check … has failed`. Check: `t.c:3:F:tcase:test:0: text`.
Criterion: `[----] t.c:2: Assertion Failed`, its text, `[FAIL] suite::test: (0.00s)`.
https://www.boost.org/libs/test/doc/html/boost_test/test_output.html,
https://libcheck.github.io/check/, https://criterion.readthedocs.io/en/master/output.html
"""

import re
from collections.abc import Iterator

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_BOOST = Pattern(
    r"(?P<path>[^\s(][^(]*)\((?P<line>\d+)\): (?:fatal )?error: in "
    r"\"(?P<test>[^\"]+)\": (?P<message>.+)"
)
_BOOST_LAST = Pattern(r"(?P<path>[^\s(][^(]*)\((?P<line>\d+)\): last checkpoint")
_CHECK = Pattern(
    r"(?P<path>[^\s:]+\.\w+):(?P<line>\d+):[FE]:(?P<case>[^:]*):(?P<test>[^:]+):\d+: (?P<message>.+)"
)
_CHECKS = Pattern(r"\d+%: Checks: \d+, Fail")
_CRITERION = Pattern(r"\[FAIL\] (?P<test>\S+?::\S+?): (?P<how>.*)$")
_CRITERION_SAID = Pattern(r"\[-+\] (?P<path>[^\s:]+\.\w+):(?P<line>\d+): (?P<message>.+)")
_CRITERION_TEXT = Pattern(r"\[-+\]   +(?P<text>\S.*)")
_CRITERION_OWN = Pattern(r"(?!\[-+\])")
_COUNTS = Pattern(
    r"\*\*\* \d+ failures? (?:is|are) detected|\d+%: Checks: \d+, Fail|\[=+\] Synthesis: Tested: "
)


def _criterion(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_CRITERION):
        block = region.before(index, stop=_CRITERION_OWN, limit=40)
        said = [(i, hit) for i in block if (hit := _CRITERION_SAID.match(region[i].text))]
        place = said[0][1] if said else None
        told = [hit["text"] for i in block if (hit := _CRITERION_TEXT.match(region[i].text))]
        first = place["message"] if place else found["how"]
        reading.add(
            ": ".join([first, *told[:2]]),
            title=index,
            cause=said[0][0] if said else (),
            detail=block,
            path=place["path"] if place else "",
            line=place["line"] if place else 0,
            test=found["test"],
            tool="Criterion",
        )


def _checked(region: Region) -> Iterator[tuple[int, re.Match[str]]]:
    """What Check prints below its count, however a message is worded."""
    for count, _ in region.matches(_CHECKS):
        for index in region.after(count, limit=400):
            if found := _CHECK.match(region[index].text):
                yield index, found


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each failed assertion, or for each test of Criterion."""
    for index, found in region.matches(_BOOST):
        below = region.after(index, limit=1)
        last = region.find(_BOOST_LAST, below)
        place = found if found["path"] != "unknown location" else last[1] if last else None
        reading.add(
            found["message"],
            cause=index,
            frames=last[0] if last else (),
            path=place["path"] if place else "",
            line=place["line"] if place else 0,
            test=found["test"],
            tool="Boost.Test",
        )
    for index, found in _checked(region):
        reading.add(
            found["message"],
            cause=index,
            path=found["path"],
            line=found["line"],
            test=found["test"],
            tool="Check",
        )
    _criterion(region, reading)
    reading.summary(*(index for index, _ in region.matches(_COUNTS)))


FORMAT = Format(
    name="Boost.Test",
    failure_class=FailureClass.TEST,
    anchors=(
        'error: in "',
        "last checkpoint",
        "[FAIL] ",
        " detected in the test module",
        ": Checks: ",
        "Synthesis: Tested: ",
    ),
    read=read,
)
