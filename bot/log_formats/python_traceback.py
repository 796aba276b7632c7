"""A traceback that ended a Python program which is no test runner.

`Traceback (most recent call last):`, frames, the exception; with a chain of exceptions the last one
ended the program. https://docs.python.org/3/library/traceback.html
"""

import re

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.log_formats.step_end import END_ANCHORS, StepEnds
from bot.outcomes import FailureClass

_START = Pattern(r"Traceback \(most recent call last\):$")
_FILE = Pattern(r'  File "(?P<path>[^"]+)", line (?P<line>\d+)')
_INNER = Pattern(r"\s|$")
_EXCEPTION = Pattern(r"(?P<rule>[A-Za-z_][\w.]*)(?:: .*)?$")
_CHAIN = Pattern(r"(?:During handling of the above exception|The above exception was the direct)")
_RUNNER = Pattern(
    r"=+ (?:test session starts|short test summary|FAILURES|ERRORS) |Ran \d+ tests? in |FAILED \("
    r"|(?:Failing|Errored) scenarios:"
)
_FOREIGN = ("site-packages", "dist-packages", "/lib/python", "\\lib\\", "\\Lib\\", "<")
_KINDS = {
    "ModuleNotFoundError": FailureClass.DEPENDENCY,
    "SyntaxError": FailureClass.COMPILE,
    "IndentationError": FailureClass.COMPILE,
    "AssertionError": FailureClass.TEST,
}
_NEAR = 120
"""Lines within which the step ends behind an exception that nobody caught."""


def _raised(region: Region, start: int) -> tuple[int, re.Match[str]] | None:
    """The line that ends the traceback which begins at `start`."""
    for index in region.after(start, limit=400):
        if not _INNER.match(region[index].text):
            found = _EXCEPTION.match(region[index].text)
            return (index, found) if found else None
    return None


def _is_chained(region: Region, cause: int) -> bool:
    return region.find(_CHAIN, region.after(cause, stop=_START, limit=8)) is not None


def _frame(region: Region, block: range) -> tuple[int, re.Match[str]] | None:
    """The last frame in the project; the last of all where there is none."""
    files = [(i, hit) for i in block if (hit := _FILE.match(region[i].text))]
    own = [f for f in files if not any(word in f[1]["path"] for word in _FOREIGN)]
    return (own or files)[-1] if files else None


def read(region: Region, reading: Reading) -> None:
    """The exceptions that ended programs, where the step runs no tests."""
    ends = StepEnds(region)
    testing = {region[index].step for index, _ in region.matches(_RUNNER)}
    for start, _ in region.matches(_START):
        ending = _raised(region, start)
        if ending is None or region[start].step in testing:
            continue
        cause, exception = ending
        if _is_chained(region, cause) or ends.behind(cause, _NEAR) is None:
            continue
        place = _frame(region, range(start + 1, cause))
        rule = exception["rule"].rpartition(".")[2]
        reading.add(
            region[cause].text,
            title=start,
            cause=cause,
            frames=place[0] if place else (),
            detail=() if place is None else range(place[0] + 1, min(place[0] + 3, cause)),
            path=place[1]["path"] if place else "",
            line=place[1]["line"] if place else 0,
            rule=rule,
            frame=f"{place[1]['path']}:{place[1]['line']}" if place else "",
            failure_class=_KINDS.get(rule),
        )


FORMAT = Format(
    name="Python",
    failure_class=FailureClass.UNKNOWN,
    anchors=(
        *END_ANCHORS,
        "Traceback (most recent call last):",
        "test session starts",
        "short test summary",
        "= FAILURES ",
        "= ERRORS ",
        "Ran ",
        "FAILED (",
        " scenarios:",
    ),
    read=read,
)
