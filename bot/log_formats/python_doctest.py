"""Python's doctest: `File "calc.py", line 6, in calc.add`, `Failed example:`, `Expected:`, `Got:`.

Sphinx's doctest builder prints the same. https://docs.python.org/3/library/doctest.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_HEAD = Pattern(r'File "(?P<path>[^"]+)", line (?P<line>\d+|\?+), in (?P<test>\S+)')
_FAILED = Pattern(r"Failed example:$")
_END = Pattern(r"\*{20,}|-{20,}")
_OUTCOME = Pattern(r"(?:Expected|Got|Exception raised|Differences)\b")
_RAISED = Pattern(r" +(?P<message>(?P<rule>[A-Za-z_][\w.]*(?:Error|Exception|Exit|Warning)\b).*)")
_COUNTS = Pattern(r"\*\*\*Test Failed\*\*\* \d+ failures?")


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each example whose output is another one."""
    for index, _ in region.matches(_FAILED):
        head = _HEAD.match(region[index - 1].text) if index else None
        block = region.after(index, stop=_END, limit=60)
        outcome = region.find(_OUTCOME, block)
        told = [i for i in block if outcome and i >= outcome[0] and region[i].text.strip()]
        raised = next((h for i in reversed(told) if (h := _RAISED.match(region[i].text))), None)
        if outcome and outcome[1][0].startswith("Exception") and raised:
            message = raised["message"]
        else:
            message = " ".join(region[i].text.strip() for i in told[:8])
        reading.add(
            message or "an example's output differs",
            title=index - 1 if head else index,
            cause=told[0] if told else (),
            detail=[index, *block[:12]],
            path=head["path"] if head else "",
            line=head["line"] if head else 0,
            test=head["test"] if head else "",
            frame=f"{head['path']}:{head['line']}" if head else "",
            rule=raised["rule"] if raised and message == raised["message"] else "",
        )
    reading.summary(*(index for index, _ in region.matches(_COUNTS)))


FORMAT = Format(
    name="doctest (Python)",
    failure_class=FailureClass.TEST,
    anchors=("Failed example:", "***Test Failed***"),
    read=read,
)
