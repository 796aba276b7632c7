"""Coverage gates: every test passes and the threshold is not met.

jest, nyc/c8/vitest, coverage.py, SimpleCov, JaCoCo, Kover, Coverlet, tarpaulin, mix, diff-cover.
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_GATE = Pattern(
    r"(?P<text>"
    r"(?:Jest: )?\"\S+\" coverage threshold for \w+ \([\d.-]+%?\) not met: .*"
    r"|[Cc]overage threshold for .* not met.*"
    r"|Coverage for \w+ \([\d.]+%\) does not meet (?:global |\S+ )?threshold.*"
    r"|Coverage failure: total of .*|(?:Line|Branch|Method) coverage \([\d.]+%\) is below the "
    r"expected minimum.*|Coverage \([\d.]+%\) is below.*"
    r"|(?:Line|Branch) coverage by file .*below.*|SimpleCov failed with exit \d+.*"
    r"|Rule (?:'.*' )?violated.*|(?:lines?|branches|instructions) covered percentage is .*"
    r"|The total \w+ coverage is below the specified .*|Coverage is below the failure threshold.*"
    r"|Coverage test failed, threshold not met.*"
    r"|Failure\. Coverage is below .*|FAILED: Expected minimum coverage of .*|[Cc]overage(?: of"
    r"| is|:)? ?[\d.]+ ?%?.{0,30}(?:below|less than|lower than|under|<) .{0,40}\d+.*"
    r"|RESULT: FAILED \(minimum: .*|(?:file|package|total) coverage threshold \(.*\) (?:not "
    r")?satisfied.*FAIL.*|Required test coverage of .* not reached.*)"
)
_HARMLESS = Pattern(r"(?i)(?:\bwarn|reached\. Total|0 failed$)")
_NUMBER = Pattern(r"\s+(?:Coverage|Threshold): +[\d.]+%")


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each threshold."""
    for index, found in region.searches(_GATE):
        if _HARMLESS.search(region[index].text) and not found["text"].startswith(
            ("Rule", "Required")
        ):
            continue
        numbers = [i for i in region.after(index, limit=4) if _NUMBER.match(region[i].text)]
        reading.add(found["text"], cause=index, frames=numbers, rule="coverage")


FORMAT = Format(
    name="coverage",
    failure_class=FailureClass.TEST,
    anchors=(
        "coverage threshold", "does not meet", "Coverage failure", "overage", "SimpleCov failed",
        "Rule violated", "' violated", "covered percentage", "RESULT: FAILED",
    ),
    read=read,
)  # fmt: skip
