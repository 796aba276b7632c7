"""Ginkgo: `• [FAILED]` with the spec's path, the message and its place; then a list of them all.

https://onsi.github.io/ginkgo/#understanding-ginkgos-output
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_SPEC = Pattern(
    r"(?:•|S|P|T)? ?(?:•!?|!)? ?\[(?:FAILED|PANICKED|TIMEDOUT|INTERRUPTED|ABORTED)\] \[[\d.]+ seconds\]"
)
_TEXT = Pattern(r"\s+\[(?:FAILED|PANICKED|TIMEDOUT|INTERRUPTED)\] (?P<message>\S.*)")
_AT = Pattern(r"\s+In \[\w+\] at: (?P<path>\S+?):(?P<line>\d+)\b")
_NODE = Pattern(
    r"(?P<test>\S.*?\[(?:It|BeforeEach|AfterEach|BeforeSuite|AfterSuite|Table \w+)\].*)$"
)
_RULER = Pattern(r"-{20,}$|\[?Summarizing ")
_COUNTS = Pattern(r"FAIL! -- \d+ Passed|Ran \d+ of \d+ Specs in ")


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each spec; the list at the end repeats them."""
    for index, _ in region.matches(_SPEC):
        block = region.after(index, stop=_RULER, limit=60)
        node = region.find(_NODE, block[:4])
        told = region.find(_TEXT, block)
        at, place = region.find(_AT, block) or (None, None)
        if told is None:
            continue
        end = at if at is not None and at > told[0] else told[0] + 1
        more = [i for i in range(told[0] + 1, min(end, told[0] + 8)) if region[i].text.strip()]
        if "Test Panicked" in told[1]["message"] and at is not None:
            more = [i for i in range(at + 1, min(at + 4, block.stop)) if region[i].text.strip()][:1]
        reading.add(
            " ".join([told[1]["message"], *(region[i].text.strip() for i in more)]),
            title=node[0] if node else index,
            cause=[told[0], *more[:1]],
            frames=() if at is None else at,
            detail=more,
            path=place["path"] if place else "",
            line=place["line"] if place else 0,
            test=node[1]["test"] if node else "",
            frame=f"{place['path']}:{place['line']}" if place else "",
        )
    reading.summary(*(index for index, _ in region.matches(_COUNTS)))


FORMAT = Format(
    name="Ginkgo",
    failure_class=FailureClass.TEST,
    anchors=("[FAILED] [", "[PANICKED] [", "[TIMEDOUT] [", "[INTERRUPTED] [", "FAIL! -- "),
    read=read,
)
