"""Robot Framework: `Test name   | FAIL |`, the message below it; a suite's own line counts its tests.

https://robotframework.org/robotframework/latest/RobotFrameworkUserGuide.html#console-output
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_FAIL = Pattern(r"(?P<test>\S.*?) *(?: ::.*?)?\| FAIL \|$")
_RULER = Pattern(r"[-=]{20,}$")
_COUNTS = Pattern(r"(?:\d+ critical tests?, |\d+ tests?, )\d+ passed, \d+ failed")


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each failed test; suites are not tests."""
    for index, found in region.matches(_FAIL):
        block = region.after(index, stop=_RULER, limit=40)
        told = [i for i in block if region[i].text.strip()]
        if counted := region.find(_COUNTS, told):
            reading.summary(counted[0])
            continue
        reading.add(
            " ".join(region[i].text.strip() for i in told[:4]) or f"{found['test']} failed",
            title=index,
            cause=told[0] if told else (),
            detail=told[1:8],
            test=found["test"],
        )


FORMAT = Format(
    name="Robot Framework",
    failure_class=FailureClass.TEST,
    anchors=("| FAIL |",),
    read=read,
)
