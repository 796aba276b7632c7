"""dotnet test with xUnit, NUnit, MSTest: `Failed Test [12 ms]`, `Error Message:`, `Stack Trace:`.

Microsoft.Testing.Platform prints `failed Test (12ms)`; the terminal logger `error TESTERROR:`.
https://learn.microsoft.com/dotnet/core/tools/dotnet-test
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_TEST = Pattern(r"\s*(?:Failed|failed|X|✗) (?P<test>\S.*?) [\[(](?:< )?[\d.,hms: ]+[\])]$")
_MESSAGE = Pattern(r"\s*Error Message:$")
_STACK = Pattern(r"\s*(?:Stack Trace:|----- Inner Stack Trace)")
_END = Pattern(
    r"\s*(?:(?:Failed|Passed|Skipped|failed|passed|skipped|X|V|✗|✓) \S.* [\[(](?:< )?[\d.,hms: ]+[\])]$|(?:Failed|Passed)!  - |Test Run |Total tests: "
    r"|Test run summary|\[xUnit\.net|Results File:|Attachments:|Standard Output Messages:|--- End)"
)
_OUTSIDE = Pattern(r"\S")
_AT = Pattern(r"\s+at \S+\(|\s+at .+ in .+:(?:line )?\d+$")
_FRAME = Pattern(r"\s*at (?P<method>.+) in (?P<path>.+):(?:line )?(?P<line>\d+)$")
_XUNIT = Pattern(r"\[xUnit\.net [\d:.]+\]\s+(?P<test>\S.*?) \[FAIL\]$")
_XUNIT_TEXT = Pattern(r"\[xUnit\.net [\d:.]+\]  \s+(?P<text>\S.*)")
_TERMINAL = Pattern(r"\s*(?P<path>\S.*?)\((?P<line>\d+)\): error TESTERROR:(?P<rest>.*)")
_TERMINAL_TEXT = Pattern(r"\s*(?P<test>\S.*?) \([\d.,hms ]+\): (?:Error Message: )?(?P<message>.+)")
_COUNT = Pattern(
    r"\s*(?:Failed!  - Failed: |Test [Rr]un (?:Failed|summary: Failed)|Total tests: \d+|Failed: [1-9]\d*$|failed: [1-9]\d*$"
    r"|Test summary: total: \d+, failed: [1-9])"
)
_ABORTED = Pattern(
    r"\s*(?:\[[^\]]{0,80}\] ?){0,3}(?P<message>The active test run was aborted\. Reason: .+|Test host process crashed.*"
    r"|No test is available in .*|The specified inactivity time of .*|Testhost process .* exited with error: .*|Test Run Aborted.*)"
)


def _blocks(region: Region, reading: Reading) -> set[str]:
    told: set[str] = set()
    for index, found in region.matches(_TEST):
        modern = region[index].text.startswith("failed ")
        block = region.after(index, stop=_OUTSIDE if modern else _END, limit=120)
        head = region.find(_MESSAGE, block[:4])
        stack = region.find(_STACK, block)
        frame = region.find(_FRAME, block)
        start = head[0] + 1 if head else block.start
        end = stack[0] if stack else block.stop
        text = [
            i for i in range(start, end) if region[i].text.strip() and not _AT.match(region[i].text)
        ]
        test = found["test"].strip()
        if not text and not frame:
            continue  # a count, or a test without words
        told.add(test)
        words = [region[i].text.strip() for i in text[:4]]
        reading.add(
            " ".join(words) or f"{test} failed",
            title=index,
            cause=text[:1],
            frames=frame[0] if frame else (),
            detail=text[1:10],
            path=frame[1]["path"] if frame else "",
            line=frame[1]["line"] if frame else 0,
            test=test,
            frame=f"{frame[1]['path']}:{frame[1]['line']}" if frame else "",
        )
    return told


def read(region: Region, reading: Reading) -> None:
    """Failed tests in any of the shapes, aborted runs, counts."""
    told = _blocks(region, reading)
    for index, found in region.matches(_TERMINAL):
        text = _TERMINAL_TEXT.match(found["rest"])
        at = index if text else min(index + 1, len(region) - 1)
        text = text or _TERMINAL_TEXT.match(region[at].text)
        if text is None or text["test"] in told:
            reading.noise((index,))
            continue
        told.add(text["test"])
        reading.add(
            text["message"],
            cause=at,
            frames=index,
            detail=region.after(at, stop=_END, limit=4),
            path=found["path"],
            line=found["line"],
            test=text["test"],
        )
    for index, found in region.matches(_XUNIT):
        if found["test"] in told:
            reading.noise((index,))
            continue
        told.add(found["test"])
        told_why = region.find(_XUNIT_TEXT, region.after(index, limit=3))
        reading.add(
            told_why[1]["text"] if told_why else f"{found['test']} failed",
            title=index,
            cause=told_why[0] if told_why else (),
            test=found["test"],
        )
    for index, found in region.matches(_ABORTED):
        late = "inactivity time" in found["message"]
        reading.add(
            found["message"],
            cause=index,
            detail=region.after(index, limit=3),
            failure_class=FailureClass.TIMEOUT if late else None,
        )
    for index, _ in region.matches(_COUNT):
        reading.summary(index)


FORMAT = Format(
    name="dotnet test",
    failure_class=FailureClass.TEST,
    anchors=(
        "Failed ",
        "failed ",
        "  X ",
        "[FAIL]",
        "TESTERROR",
        "Failed!  - ",
        "Test Run ",
        "Total tests: ",
        "Failed: ",
        "failed: ",
        "test run was aborted",
        "Test host process crashed",
        "No test is available",
        "inactivity time",
    ),
    read=read,
)
