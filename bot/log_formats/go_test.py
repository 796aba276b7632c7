"""go test: `--- FAIL: Test (0.00s)` with its messages above or below it, panics, races.

`go test` prints a test's log below the `--- FAIL` line; `go test -v` above it, behind the line
`=== RUN`, `=== NAME` or `=== CONT` that says whose it is. gotestsum prints `=== FAIL: package
Test`. https://pkg.go.dev/cmd/go#hdr-Test_packages
"""

import re
from bisect import bisect_left

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_FAIL = Pattern(r"(?P<indent> *)--- FAIL: (?P<test>\S+) \([\d.]+m?s\)|=== FAIL: (?P<full>\S+ \S+)")
_MESSAGE = Pattern(r"\s+(?P<path>[\w./-]+\.go):(?P<line>\d+): ?(?P<message>.*)")
_RUN = Pattern(r"\s*(?:=== |--- |ok  |FAIL|PASS|\?  |panic: )")
_PANIC = Pattern(r"panic: (?P<message>.+)|(?P<race>WARNING: DATA RACE)|fatal error: (?P<fatal>.+)")
_FRAME = Pattern(r"\s+(?P<path>\S+\.go):(?P<line>\d+)(?: \+0x[0-9a-f]+)?$")
_PACKAGE = Pattern(r"(?P<fail>FAIL\t(?P<package>\S+)(?P<how> \[(?:build|setup) failed\])?)")
_RACED = Pattern(r"\s+testing\.go:\d+: race detected during execution of test")
_GOROUTINE = Pattern(r"goroutine \d+ .*\[|\[signal ")
_CALL = Pattern(r"\s*(?P<function>[\w./*()\[\]-]+?)\((?:\.\.\.|0x|\{|\))")
_TESTING = Pattern(r"testing\.(?:tRunner|\(\*[TBM]\))|\s+\S*/src/testing/")
_FOREIGN = Pattern(
    r".*(?:/usr/(?:local|lib)/go[^/]*/src/|/hostedtoolcache/.*/src/|/toolchain@[^/]*/src/"
    r"|/libexec/src/|/pkg/mod/|/src/(?:runtime|testing|sync|reflect|net/http|internal)/)"
)
_SPEAKER = Pattern(r"=== (?:RUN|NAME|CONT) +(?P<test>\S+)$")
_EXAMPLE = Pattern(r"got:$")
_TESTIFY_ERROR = Pattern(r"\s+Error: +\t(?P<message>.*)")
_TESTIFY_NEXT = Pattern(r"\s+(?:Test|Messages): +\t|\s*$|\s+Diff:$")
_TIMED_OUT = Pattern(r"panic: test timed out after ")
_RUNNING = Pattern(r"\s+(?P<test>[A-Z]\S*) \([\d.hms]+\)$")
_FAMILY = 50
"""Failures among which a test's subtests are looked for; gotestsum names them before it."""
_TURNS = 8
"""How often a verbose test may have spoken last without a place before its log is given up."""
_LAST = 400
"""Lines behind a panic within which a test binary says `FAIL`."""
_RULER = Pattern(r"={10,}$")
_TOOL = Pattern(r"go: (?P<message>no such tool .*)")


def _tests(region: Region, reading: Reading, raced: set[int]) -> None:
    fails = list(region.matches(_FAIL))
    speakers = _speakers(region) if fails else {}
    claimed: set[int] = set()
    for position, (index, found) in enumerate(fails):
        test = found["test"] or found["full"]
        below = region.after(index, stop=_RUN, limit=60)
        above = [i for i in _above(region, speakers, index, test) if i not in claimed]
        place = region.find(_MESSAGE, below) or region.find(_MESSAGE, above)
        if index in raced:
            continue  # the race says why
        if place is None and below and _EXAMPLE.match(region[below[0]].text):
            shown = [i for i in below[:12] if region[i].text.strip() != "FAIL"]
            message = " ".join(region[i].text.strip() for i in shown)
            reading.add(message, title=index, cause=shown[0], detail=shown[1:], test=test)
            continue
        if place is None:
            near = fails[max(0, position - _FAMILY) : position + _FAMILY]
            told = below.stop < len(region) and region[below.stop].text.startswith("panic: ")
            if not told and not any(_is_parent(found, other) for _, other in near):
                reading.add(f"{test} failed", title=index, test=test)
            continue  # the subtest or the panic below says why
        at, hit = place
        end = below.stop if at in below else region.after(at, stop=_RUN, limit=60).stop
        claimed.update(range(at, end))
        cause, message = _said(region, at, end)
        reading.add(
            message,
            title=index,
            cause=cause,
            detail=range(at + 1, min(at + 9, end)),
            path=hit["path"],
            line=hit["line"],
            test=test,
            frame=f"{hit['path']}:{hit['line']}",
        )


def _speakers(region: Region) -> dict[str, list[int]]:
    """For each test the lines at which `-v` says that it speaks, in order."""
    found: dict[str, list[int]] = {}
    for index, line in enumerate(region.lines):
        if line.text.startswith("=== ") and (speaker := _SPEAKER.match(line.text)):
            found.setdefault(speaker["test"], []).append(index)
    return found


def _above(region: Region, speakers: dict[str, list[int]], index: int, test: str) -> range:
    """The lines above that the test wrote: right above, or where `-v` says that it speaks."""
    near = region.before(index, stop=_RUN, limit=60)
    ahead = _SPEAKER.match(region[near.start - 1].text) if near.start else None
    if near and (ahead is None or ahead["test"] == test):
        return near
    spoke = speakers.get(test, [])
    last = bisect_left(spoke, index)
    for other in reversed(spoke[max(0, last - _TURNS) : last]):
        said = region.after(other, stop=_RUN, limit=60)
        if region[other].step == region[index].step and region.find(_MESSAGE, said):
            return said
    return range(0)


def _said(region: Region, at: int, end: int) -> tuple[int, str]:
    """The line of a log entry that says what is wrong, and its text; testify says it further down."""
    found = _MESSAGE.match(region[at].text)
    if found and found["message"]:
        return at, found["message"]
    for index in range(at + 1, min(at + 12, end)):
        if not (error := _TESTIFY_ERROR.match(region[index].text)):
            continue
        told = region.after(index, stop=_TESTIFY_NEXT, limit=3)
        return index, " ".join([error["message"].strip(), *(region[i].text.strip() for i in told)])
    return at, region[min(at + 1, len(region) - 1)].text.strip()


def _is_parent(parent: re.Match[str], child: re.Match[str]) -> bool:
    outer, inner = (found["test"] or found["full"] for found in (parent, child))
    return inner.startswith(f"{outer}/")


def _frame(region: Region, block: range) -> tuple[int, re.Match[str]] | None:
    """The first frame in the project."""
    for index in block:
        found = _FRAME.match(region[index].text)
        if found and not _FOREIGN.match(found["path"]):
            return index, found
    return None


def _panics(region: Region, reading: Reading) -> None:
    packages = [index for index, _ in region.matches(_PACKAGE)]
    for index, found in region.matches(_PANIC):
        if found["race"]:
            continue
        if _TIMED_OUT.match(region[index].text):
            _timed_out(region, reading, index, found["message"])
            continue
        block = region.after(index, limit=60)
        above = _FAIL.match(region[index - 1].text) if index else None
        tested = (
            above is not None
            or region.find(_TESTING, block) is not None
            or any(_is_behind(region, index, at) for at in packages)
        )
        if found["fatal"] and not tested and not region.find(_GOROUTINE, block[:6]):
            continue  # a compiler of another language
        frame = _frame(region, block)
        reading.add(
            found["message"] or found["fatal"],
            title=index - 1 if above else (),
            cause=index,
            test=above["test"] or above["full"] if above else "",
            frames=() if frame is None else frame[0],
            detail=block[:6],
            path=frame[1]["path"] if frame else "",
            line=frame[1]["line"] if frame else 0,
            frame=f"{frame[1]['path']}:{frame[1]['line']}" if frame else "",
            tool="" if tested else "go panic",
        )


def _timed_out(region: Region, reading: Reading, index: int, message: str) -> None:
    """A diagnostic for each test that still ran; the stacks of all goroutines follow."""
    listed = region.after(index, stop=_GOROUTINE, limit=30)
    running = [(i, hit["test"]) for i in listed if (hit := _RUNNING.match(region[i].text))]
    stacks = region.after(index, limit=_LAST if running else 0)
    for at, test in running or [(index, "")]:
        name = test.partition("/")[0]
        calls = [i for i in stacks if name and f".{name}" in region[i].text]
        inside = [f for i in calls if (f := _frame(region, range(i + 1, min(i + 2, stacks.stop))))]
        frame = inside[0] if inside else None
        reading.add(
            message,
            title=at,
            cause=index,
            frames=() if frame is None else frame[0],
            detail=listed[:3],
            path=frame[1]["path"] if frame else "",
            line=frame[1]["line"] if frame else 0,
            frame=f"{frame[1]['path']}:{frame[1]['line']}" if frame else "",
            test=test,
        )


def _is_behind(region: Region, index: int, other: int) -> bool:
    return index < other <= index + _LAST and region[index].step == region[other].step


def _races(region: Region, reading: Reading) -> set[int]:
    """Each race with the test during which it was seen; returns the lines of those tests."""
    raced = [
        (index, found["test"] or found["full"])
        for index, found in region.matches(_FAIL)
        if region.find(_RACED, region.after(index, stop=_RUN, limit=60))
    ]
    told: set[int] = set()
    for index, found in region.matches(_PANIC):
        if not found["race"]:
            continue
        block = region.after(index, stop=_RULER, limit=80)
        seen = next(((i, test) for i, test in raced if _is_behind(region, index, i)), None)
        frame = _frame(region, block)
        call = _CALL.match(region[frame[0] - 1].text) if frame else None
        told.update((seen[0],) if seen else ())
        reading.add(
            f"{found['race']} in {call['function']}" if call else found["race"],
            title=seen[0] if seen else (),
            cause=index,
            frames=() if frame is None else frame[0],
            detail=block[:3],
            path=frame[1]["path"] if frame else "",
            line=frame[1]["line"] if frame else 0,
            frame=f"{frame[1]['path']}:{frame[1]['line']}" if frame else "",
            test=seen[1] if seen else "",
        )
    return told


def read(region: Region, reading: Reading) -> None:
    """Failed tests, panics and races, then packages that did not even build."""
    _tests(region, reading, _races(region, reading))
    _panics(region, reading)
    for index, found in region.matches(_TOOL):
        reading.add(found["message"], cause=index, failure_class=FailureClass.CONFIG)
    for index, found in region.matches(_PACKAGE):
        if found["how"]:
            reading.add(
                found["fail"],
                title=index,
                path=found["package"],
                failure_class=FailureClass.COMPILE,
            )
        else:
            reading.summary(index)


FORMAT = Format(
    name="go test",
    failure_class=FailureClass.TEST,
    anchors=(
        "--- FAIL: ",
        "=== FAIL: ",
        "FAIL\t",
        "panic: ",
        "DATA RACE",
        "fatal error: ",
        "no such tool",
    ),
    read=read,
)
