"""Tests that get more time, or that sleep longer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.diff_policy.assertions import is_assertion
from bot.diff_policy.change import Block, Change, ChangedFile, CodeLine
from bot.diff_policy.code import remembered
from bot.diff_policy.finding import Hit, Rule, Severity
from bot.diff_policy.numbers import numbers_of, renumbered
from bot.diff_policy.places import Place

_TIME = re.compile(
    r"time_?-?out|wait|\bsleep|deadline|at_?most|within|Eventually|Never\(|delay|duration|interval"
    r"|assert_receive|max_?time|Thread\.sleep|poll|patience|grace|-timeout|\}\s*,\s*[0-9]",
    re.IGNORECASE,
)
_RAISED = re.compile(
    r"\bjest\.setTimeout\(|\btest\.setTimeout\(|\btest\.slow\(|\bthis\.(?:timeout|slow)\(|\bjasmine\.DEFAULT_TIMEOUT_INTERVAL\b|\bdefaultCommandTimeout\b"
    r"|\b(?:test|hook|teardown|expect|action|navigation|page_?load)Timeout\s*:|\bcy\.wait\([0-9]|(?:go test|gotestsum).*\s-timeout[ =]"
    r"|\bextendWaitFor|\bdefault_max_wait_time\s*=|\basync_timeout\s*[:=]|--test-timeout|--testTimeout|\bmocha\b.*--timeout"
)
_THIRD = re.compile(r"^\s*\}\s*,\s*(?:\{\s*timeout\s*:\s*)?[0-9][0-9_*\s]*\}?\s*\)\s*;?\s*$")
_CLOSED = re.compile(r"^\s*\}\s*\)\s*;?\s*$")
_SLEEP = re.compile(
    r"\b(?:time\.sleep|Thread\.sleep|time\.Sleep|asyncio\.sleep|usleep|sleep_for|Task\.sleep|Process\.sleep|thread::sleep|Future\.delayed|Task\.Delay|timer:sleep|Sys\.sleep|waitForTimeout|Thread\.Sleep|sleep)\s*\(?\s*[^)]*[0-9]"
)
_LONG = 1.0
_ENDLESS = re.compile(
    r"timeout\s*[=:(]\s*(?:None|0|null|Infinity|nil)\b|timeout\s*:\s*:infinity|-timeout[ =]0\b|\bdeadline\s*=\s*None"
)


def find(change: Change) -> Iterator[Hit]:
    """Larger numbers beside words of time; limits that frameworks have and that are raised."""
    for file in change.files:
        if file.place in {Place.DOCS, Place.LOCK, Place.VENDORED, Place.SNAPSHOT, Place.OTHER}:
            continue
        virtual = {id(hunk) for hunk in file.hunks if any(_VIRTUAL.search(x.code) for x in hunk)}
        for block in file.blocks:
            grown = {pair.added for pair in renumbered(block) if pair.grew}
            paired = {pair.added for pair in renumbered(block)}
            for line in block.added:
                watched = line.in_test or file.runs_things
                if id(block.hunk) in virtual and line.in_test:
                    continue
                if (
                    line in paired and line.in_test | file.runs_things and _is_endless(line, block)
                ) or (watched and _is_taken(line, block)):
                    yield Hit(file, line, "A time limit was taken away.")
                elif watched and _is_larger(line, block):
                    yield Hit(file, line)
                elif line in grown and _TIME.search(line.code) and _says_time(line):
                    yield Hit(file, line, severity=Severity.BLOCK if watched else Severity.NOTICE)
                elif watched and line not in paired and not change.is_moved_here(line):
                    yield from _new(file, line, block.beside(line))


_VIRTUAL = re.compile(
    r"start_paused|useFakeTimers|FakeClock|FakeAsync|StandardTestDispatcher|TestScheduler"
)


_WITHIN = re.compile(
    r"\bWithTimeout\(|\bWithDeadline\(|\bwait_for\(|\basyncio\.timeout\(|\bfail_after\(|\bwithTimeout\(|\bTimeout\.timeout\("
)
_UNBOUND = re.compile(r"\b(?:Background|TODO)\(\)|\bWithCancel\(")
_SIZES = (
    {"small": 0, "medium": 1, "large": 2, "enormous": 3},
    {"short": 0, "moderate": 1, "long": 2, "eternal": 3},
)
_SIZE = re.compile(r"^\s*(?:size|timeout)\s*=\s*[\"'](\w+)[\"']")


def _is_taken(line: CodeLine, block: Block) -> bool:
    """Whether what had been given up after a while now waits for ever."""
    return (
        bool(_UNBOUND.search(line.code))
        and not _WITHIN.search(line.code)
        and any(_WITHIN.search(x.code) for x in block.removed)
        and not any(_WITHIN.search(x.code) for x in block.added)
    )


def _is_larger(line: CodeLine, block: Block) -> bool:
    """Bazel's classes of size and time."""
    now = _SIZE.match(line.text)
    was = next((m for x in block.beside(line) if (m := _SIZE.match(x.text))), None)
    return (
        bool(now and was) and any(s.get(now[1], -1) > s.get(was[1], 9) for s in _SIZES)
        if now and was
        else False
    )


def _is_endless(line: CodeLine, block: Block) -> bool:
    return bool(_ENDLESS.search(line.code)) and not any(
        _ENDLESS.search(x.code) for x in block.beside(line)
    )


def _says_time(line: CodeLine) -> bool:
    return '"' not in line.code or bool(_TIME.search(line.code))


def _new(file: ChangedFile, line: CodeLine, removed: tuple[CodeLine, ...]) -> Iterator[Hit]:
    longer = line.in_test and any(_is_longer(x, line) for x in removed)
    raised = longer or (
        _RAISED.search(line.code) and not any(_RAISED.search(x.code) for x in removed)
    )
    third = _THIRD.match(line.code) and any(_CLOSED.match(x.code) for x in removed)
    if raised or third:
        yield Hit(file, line)
    elif _ENDLESS.search(line.code) and any("timeout" in x.code.lower() for x in removed):
        yield Hit(file, line, "A time limit was taken away.")
    elif _sleeps_long(line) and not any(_SLEEP.search(x.code) for x in removed):
        yield Hit(file, line, "The test sleeps, where it might wait for what it needs.")


def _is_longer(old: CodeLine, new: CodeLine) -> bool:
    """Whether both set one limit in other words, and the new one is the larger."""
    was, now = _limit_of(old.code), _limit_of(new.code)
    if not was or not now or was[0].lower() != now[0].lower():
        return False
    before, after = _limit(old), _limit(new)
    return 0 < before < after


_limit_of = remembered(
    re.compile(
        r"time_?-?out|\bwithin\b|\bwait\w*|deadline|eventually|at_?most|\bsleep|\bdelay",
        re.IGNORECASE,
    )
)
_APART = re.compile(
    r"(?:TimeUnit|ChronoUnit|DispatchTimeInterval)?\.?\b(MILLISECONDS|MILLIS|SECONDS|MINUTES|HOURS)\b"
)
_SCALE = {"MILLISECONDS": 1e-3, "MILLIS": 1e-3, "SECONDS": 1.0, "MINUTES": 60.0, "HOURS": 3600.0}


_UNIT = re.compile(
    r"(?:from_|of|from|::|\b)(millis\w*|sec\w*|min(?:ute)?s?|hours?)\s*\(\s*([0-9][0-9_]{0,12})",
    re.IGNORECASE,
)
_TIMES = re.compile(
    r"\btime\.(Milli\w+|Second|Minute|Hour)\s*\*\s*([0-9]{1,9})|\b([0-9]{1,9})\s*\*\s*time\.(Milli\w+|Second|Minute|Hour)"
)
_ALONE = re.compile(r"(?<![*0-9] )(?<!\*)\btime\.(Second|Minute|Hour)\b(?!\s*\*)")
_NAMED = {"mil": 1e-3, "sec": 1.0, "min": 60.0, "hou": 3600.0}


def _limit(line: CodeLine) -> float:
    """The largest duration of a line, in seconds where it says so."""
    named = [
        float(m[2].replace("_", "")) * _NAMED[m[1][:3].lower()] for m in _UNIT.finditer(line.code)
    ]
    if named:
        return max(named)
    multiplied = [
        float(m[2] or m[3]) * _NAMED[(m[1] or m[4])[:3].lower()] for m in _TIMES.finditer(line.code)
    ]
    multiplied += [_NAMED[m[1][:3].lower()] for m in _ALONE.finditer(line.code) if multiplied]
    if multiplied:
        return max(multiplied)
    alone = [_NAMED[m[1][:3].lower()] for m in _ALONE.finditer(line.code)]
    if alone:
        return max(alone)
    largest = max(numbers_of(line.code), default=0.0)
    apart = _APART.search(line.code)
    beside = re.search(r"[0-9]\s*,?\s*(?:\w+\.)?(?:MILLIS|SECONDS|MINUTES|HOURS)", line.code)
    return largest * _SCALE[apart[1]] if apart and not beside else largest


def _sleeps_long(line: CodeLine) -> bool:
    found = line.in_test and not is_assertion(line) and _SLEEP.search(line.code)
    return bool(found) and max(_durations(line), default=0) >= _LONG


def _durations(line: CodeLine) -> list[float]:
    """Seconds, as far as the call tells: JavaScript, Java, C# and Elixir count milliseconds."""
    scale = (
        1e-3
        if re.search(
            r"Thread\.sleep|Process\.sleep|usleep|setTimeout|Delay\(|waitForTimeout|timer:sleep|Thread\.Sleep",
            line.code,
        )
        else 1.0
    )
    return [value * scale for value in numbers_of(line.code)]


RULE = Rule(
    id="widened-timeouts",
    why="A test or a job gets more time than before.",
    legitimate="What it waits for has become slower on purpose, or the limit was a guess.",
    find=find,
    spares_new_tests=True,
)
