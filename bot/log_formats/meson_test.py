"""meson test: `2/3 project:test FAIL 0.03s exit status 1`, then the test's output; all again at the end.

https://mesonbuild.com/Unit-tests.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_RESULT = Pattern(
    r" *\d+/\d+ (?P<test>\S.*?) +(?P<how>FAIL|ERROR|TIMEOUT|UNEXPECTEDPASS|INTERRUPT) +[\d.]+ ?s"
    r"(?: +(?P<why>\S.*?))?$"
)
_NEXT = Pattern(r" *\d+/\d+ \S|Summary of Failures:|(?:Ok|Fail|Expected Fail): +\d")
_FRAME = Pattern(r">>> |std(?:out|err):$|[-―─]{5,}|\s*$|Listing only the last|-+ command -+")
_COUNTS = Pattern(r"(?:Fail|Timeout|Unexpected Pass): +[1-9]\d*")


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each failed test, by the first time that it is named."""
    seen: set[str] = set()
    for index, found in region.matches(_RESULT):
        test = found["test"]
        if test in seen:
            continue
        seen.add(test)
        block = region.after(index, stop=_NEXT, limit=60)
        said = [i for i in block if not _FRAME.match(region[i].text)]
        why = found["why"] or found["how"]
        reading.add(
            f"{region[said[-1]].text.strip()} ({why})" if said else why,
            title=index,
            cause=said[-1] if said else index,
            detail=said[-6:],
            test=test,
            failure_class=FailureClass.TEST,
        )
    reading.summary(*(index for index, _ in region.matches(_COUNTS)))


FORMAT = Format(
    name="meson test",
    failure_class=FailureClass.TEST,
    anchors=(" FAIL ", " ERROR ", " TIMEOUT ", " UNEXPECTEDPASS ", "Fail: ", "Timeout: "),
    read=read,
)
