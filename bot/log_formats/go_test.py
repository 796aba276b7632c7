"""go test: `--- FAIL: Test (0.00s)` with its messages above or below it, panics, races.

`go test` prints a test's log below the `--- FAIL` line, `go test -v` above it; gotestsum prints
`=== FAIL: package Test`. https://pkg.go.dev/cmd/go#hdr-Test_packages
"""

import re

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
_LAST = 400
"""Lines behind a panic within which a test binary says `FAIL`."""
_RULER = Pattern(r"={10,}$")
_TOOL = Pattern(r"go: (?P<message>no such tool .*)")


def _tests(region: Region, reading: Reading, raced: set[int]) -> None:
    fails = list(region.matches(_FAIL))
    claimed: set[int] = set()
    for position, (index, found) in enumerate(fails):
        below = region.after(index, stop=_RUN, limit=60)
        above = [i for i in region.before(index, stop=_RUN, limit=60) if i not in claimed]
        place = region.find(_MESSAGE, below) or region.find(_MESSAGE, above)
        test = found["test"] or found["full"]
        if index in raced:
            continue  # the race says why
        if place is None:
            follower = fails[position + 1][1] if position + 1 < len(fails) else None
            told = below.stop < len(region) and region[below.stop].text.startswith("panic: ")
            if not told and not (follower and _is_parent(found, follower)):
                reading.add(f"{test} failed", title=index, test=test)
            continue  # the subtest or the panic below says why
        at, message = place
        end = below.stop if at in below else index
        claimed.update(range(at, end))
        reading.add(
            message["message"] or region[min(at + 1, len(region) - 1)].text.strip(),
            title=index,
            cause=at,
            detail=range(at + 1, min(at + 9, end)),
            path=message["path"],
            line=message["line"],
            test=test,
            frame=f"{message['path']}:{message['line']}",
        )


def _is_parent(parent: re.Match[str], child: re.Match[str]) -> bool:
    return bool(parent["test"] and child["test"] and child["test"].startswith(f"{parent['test']}/"))


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
