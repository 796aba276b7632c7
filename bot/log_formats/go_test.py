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
_TOOL = Pattern(r"go: (?P<message>no such tool .*)")


def _tests(region: Region, reading: Reading) -> None:
    fails = list(region.matches(_FAIL))
    claimed: set[int] = set()
    for position, (index, found) in enumerate(fails):
        below = region.after(index, stop=_RUN, limit=60)
        above = [i for i in region.before(index, stop=_RUN, limit=60) if i not in claimed]
        place = region.find(_MESSAGE, below) or region.find(_MESSAGE, above)
        test = found["test"] or found["full"]
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


def _panics(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_PANIC):
        block = region.after(index, limit=40)
        frame = next(
            (
                (i, hit)
                for i in block
                if (hit := _FRAME.match(region[i].text))
                and "/src/runtime/" not in hit["path"]
                and "/src/testing/" not in hit["path"]
            ),
            None,
        )
        above = _FAIL.match(region[index - 1].text) if index else None
        reading.add(
            found["message"] or found["race"] or found["fatal"],
            title=index - 1 if above else (),
            cause=index,
            test=above["test"] or above["full"] if above else "",
            frames=() if frame is None else frame[0],
            detail=block[:6],
            path=frame[1]["path"] if frame else "",
            line=frame[1]["line"] if frame else 0,
        )


def read(region: Region, reading: Reading) -> None:
    """Failed tests, panics and races, then packages that did not even build."""
    _tests(region, reading)
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
