"""cargo test and nextest: `---- name stdout ----`, `thread 'x' panicked at file:l:c:`, counts.

cargo prints the blocks of the failed tests after the last test of a binary; nextest prints
`FAIL [ 0.006s] binary name` with the output indented below it.
https://doc.rust-lang.org/rustc/tests/index.html, https://nexte.st/docs/reporting/
"""

import re

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_TESTING = Pattern(
    r"test result: |---- .+ ----$|test \S.* \.\.\. FAILED|error: (?:doc)?test (?:run )?failed"
    r"| *Summary \[| *(?:TRY \d+ )?[A-Z]+ +\[ *[>\d.]+s\]"
)
_BLOCK = Pattern(r"---- (?P<test>\S.*?) (?:stdout|stderr) ----$")
_BLOCK_END = Pattern(r"---- .+ ----$|failures:$|successes:$|test result: ")
_PANIC = Pattern(
    r"\s*thread '(?P<thread>[^']*)'(?: \(\d+\))? panicked at "
    r"(?:'(?P<message>.*)', )?(?P<path>[^\s:'][^:']*):(?P<line>\d+):(?P<column>\d+):?$"
)
_PANIC_START = Pattern(r"\s*thread '(?P<thread>[^']*)'(?: \(\d+\))? panicked at '(?P<message>.*)$")
_PANIC_END = Pattern(r"(?P<message>.*)', (?P<path>[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+)$")
_BACKTRACE = Pattern(r"\s*(?:stack backtrace:|note: )")
_BACKTRACE_END = Pattern(r"(?! +\d+: | +at )")
_OWN_FRAME = Pattern(r"\s+at (?P<path>\./[^:]+):(?P<line>\d+)(?::\d+)?$")
_NOTE = Pattern(r"\s*note: (?P<message>(?:test did not panic|panic did not contain).*)")
_ERROR = Pattern(r"\s*Error: (?P<message>\S.*)")
_WORDS = Pattern(
    r"\s*(?!stderr|stdout|running \d|test .+ \.\.\.|failures:|test result|---- |Test executable)\S.*"
)
_FAILED = Pattern(
    r"test (?P<test>\S.*?)(?: - should panic| - compile fail| - compile)? \.\.\. FAILED"
)
_NEXTEST = Pattern(
    r" *(?:TRY \d+ )?(?P<how>FAIL|SIG[A-Z]+|ABRT|SEGV|BUS|KILL|TIMEOUT|TMT|LEAK-FAIL|LKFAIL|ABORT|XFAIL)"
    r" +\[ *[>\d.]+s\] +(?:\([^)]*\) +)?(?P<test>\S+(?: \S.*)?)$"
)
_RETRIED = Pattern(
    r" *(?:TRY \d+ PASS|FLAKY(?: \d+/\d+)?) +\[ *[\d.]+s\] +(?:\([^)]*\) +)?(?P<test>\S.*)$"
)
_NEXTEST_END = Pattern(
    r" *(?:TRY \d+ )?[A-Z][A-Z -]+(?: \d+/\d+)? +\[|\u2500{6}| +Summary \[| +Cancell?ing "
)
_NEXTEST_HOW = Pattern(r"\s+\((?P<message>test (?:timed out|aborted|failed with|exited).*)\)$")
_COUNTS = Pattern(
    r"test result: FAILED\.|\s+Summary \[ *[\d.]+s\] .*(?:failed|timed out|exec)|error: test run failed"
    r"|error: (?:doc)?test failed, to rerun|error: \d+ targets? failed"
)
_RERUN = Pattern(r"error: (?:doc)?test failed, to rerun pass `(?P<target>[^`]+)`")
_OVERFLOWED = Pattern(
    r"(?P<message>thread '(?P<thread>(?!main')[^']+)'(?: \(\d+\))? has overflowed its stack)"
)
_SIGNAL = Pattern(r"\s+process didn't exit successfully: .*\((?P<how>signal: [^)]+)\)")


def _panic(region: Region, where: range) -> tuple[int, int, re.Match[str], str] | None:
    """Index of the message, index of the place, match of the place and the message."""
    for index in where:
        text = region[index].text
        if found := _PANIC.match(text):
            if found["message"] is not None:
                return index, index, found, found["message"]
            below = region.find(_WORDS, region.after(index, limit=3))
            return (below[0] if below else index), index, found, below[1][0] if below else ""
        if start := _PANIC_START.match(text):  # before Rust 1.73: 'a message of many lines', place
            end = region.find(_PANIC_END, region.after(index, limit=20))
            if end:
                return index, end[0], end[1], start["message"]
    return None


def _add(region: Region, reading: Reading, block: range, title: int, test: str, tool: str) -> None:
    """One failed test whose output stands in `block`."""
    note = region.find(_NOTE, block)
    if panic := _panic(region, block):
        cause, at, place, message = panic
        stop = region.find(_BACKTRACE, range(cause + 1, block.stop))
        if stop:
            reading.noise(region.after(stop[0], stop=_BACKTRACE_END, limit=100))
        detail = list(range(cause + 1, min(stop[0] if stop else block.stop, cause + 12)))
        path, line = place["path"], place["line"]
        frames = [at]
        if path.startswith(("/rustc/", "/")) and (own := region.find(_OWN_FRAME, block)):
            frames.append(own[0])
            path, line = own[1]["path"], own[1]["line"]
        if note:
            detail += [note[0], *region.after(note[0], limit=2)]
        reading.add(
            message,
            title=title,
            cause=cause,
            frames=frames,
            detail=detail,
            path=path,
            line=line,
            test=test,
            frame=f"{path}:{line}",
            tool=tool,
        )
        return
    told = note or region.find(_ERROR, block) or region.find(_WORDS, block)
    reading.add(
        (told[1].groupdict().get("message") or told[1][0]) if told else f"{test} failed",
        title=title,
        cause=told[0] if told else (),
        detail=range(told[0] + 1, min(told[0] + 9, block.stop)) if told else (),
        test=test,
        tool=tool,
    )


def _nextest(region: Region, reading: Reading) -> list[range]:
    """Blocks of nextest.

    Its final list and retries repeat a test; one that passed on a retry is no failure.
    """
    seen = {found["test"].strip() for _, found in region.matches(_RETRIED)}
    blocks = []
    for index, found in region.matches(_NEXTEST):
        block = region.after(index, stop=_NEXTEST_END, limit=200)
        blocks.append(block)
        test = found["test"].strip()
        if test in seen:
            reading.noise(range(index, block.stop))
            continue
        seen.add(test)
        told = region.find(_NEXTEST_HOW, block)
        if told is None or _panic(region, block):
            _add(region, reading, block, index, test, "nextest")
            continue
        late = found["how"] in {"TIMEOUT", "TMT"}
        reading.add(
            told[1]["message"],
            title=index,
            cause=told[0],
            detail=[i for i in reversed(block) if _WORDS.match(region[i].text)][:5],
            test=test,
            tool="nextest",
            failure_class=FailureClass.TIMEOUT if late else None,
        )
    return blocks


def read(region: Region, reading: Reading) -> None:
    """Blocks of failed tests, panics outside of them, tests that have neither, counts."""
    blocks = _nextest(region, reading)
    for index, found in region.matches(_BLOCK):
        block = region.after(index, stop=_BLOCK_END, limit=400)
        blocks.append(block)
        _add(region, reading, block, index, found["test"], "")
    inside = {i for block in blocks for i in block}
    tested = {region[index].step for index, _ in region.matches(_TESTING)}
    for pattern in (_PANIC, _PANIC_START):
        for index, found in region.matches(pattern):
            if index not in inside:
                inside.add(index)
                _loose(region, reading, index, found["thread"], tested)
    _endings(region, reading, inside)


def _endings(region: Region, reading: Reading, inside: set[int]) -> None:
    """Tests without a block, programs that a signal ended, counts."""
    told = {finding.diagnostic.test for finding in reading.findings}
    for index, found in region.matches(_FAILED):
        if found["test"] in told:
            reading.noise((index,))  # its block says the same, and why
        elif index not in inside:
            reading.add(f"{found['test']} failed", title=index, test=found["test"])
    for index, found in region.matches(_RERUN):
        if signal := region.find(_SIGNAL, region.after(index, limit=5)):
            over = region.find(_OVERFLOWED, reversed(region.before(index, limit=6)))
            reading.add(
                over[1]["message"] if over else signal[1]["how"],
                title=index,
                cause=[signal[0], *([over[0]] if over else [])],
                test=over[1]["thread"] if over else found["target"],
            )
    reading.summary(*(i for i, _ in region.matches(_COUNTS) if i not in inside))


def _loose(region: Region, reading: Reading, index: int, thread: str, tested: set[int]) -> None:
    """A panic outside of any block: `--nocapture`, or a program that is no test."""
    tool = "" if region[index].step in tested else "rust panic"
    block = range(index, region.after(index, stop=_BLOCK_END, limit=60).stop)
    _add(region, reading, block, index, "" if thread in {"main", "<unnamed>"} else thread, tool)


FORMAT = Format(
    name="cargo test",
    failure_class=FailureClass.TEST,
    anchors=(
        " stdout ----",
        " stderr ----",
        "panicked at",
        "... FAILED",
        "test result: FAILED",
        " FAIL [",
        " SIG",
        " ABRT [",
        " SEGV [",
        " TMT [",
        " TIMEOUT [",
        "FLAKY ",
        "TRY ",
        "Summary [",
        "test failed, to rerun",
        "test run failed",
        "targets failed",
        "target failed",
    ),
    read=read,
)
