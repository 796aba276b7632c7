"""The matrix's cases: one call in trouble, a kill at one call, two or three runs interleaved."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest

from bot.sandbox.http import HttpResponse
from faults.attempt import Told
from faults.gate import Asked, Serve, heard
from faults.interleaved import PairsOf, Three
from faults.kinds import KINDS, EachOnce, Once
from faults.limits import LIMITS, Limiter
from faults.played import Case, Played, judged
from faults.processes import Process
from faults.verdicts import carry_on, findings
from faults.world import BACKENDS, START, World


@dataclass(frozen=True, slots=True)
class Limited:
    """At one call of the first run a rate limit begins, with the runner's clock two hours off."""

    backend: str
    number: int
    kind: str

    def play(self, world: World) -> tuple[list[Told], dict[str, int]]:
        """The limited run; when the limit is over, unspoiled ones."""
        run = world.begin()
        run.passage.skew = -7200.0
        limiter = Limiter(world, self.number, LIMITS[self.kind])
        run.passage.rule = limiter
        told = run.play()
        limiter.be_over()
        runs = carry_on(world, [told])
        mishandled = Counter({"limits mishandled": limiter.mishandled(told)})
        return runs, +(findings(world, runs) + mishandled)


@dataclass(frozen=True, slots=True)
class Jumped:
    """The runner's wall clock jumps at one call of the first run, which may be killed right then.

    The servers' clocks are right, monotonic time does not jump.
    """

    backend: str
    number: int
    seconds: float
    killed: bool = False

    def play(self, world: World) -> tuple[list[Told], dict[str, int]]:
        """The run with the jump, or one that is wrong throughout and then killed; then others."""
        run = world.begin()
        if self.killed:
            run.passage.skew = self.seconds

        def jump(asked: Asked, serve: Serve) -> HttpResponse | None:
            if asked.number == self.number:
                run.passage.skew = self.seconds
                run.passage.is_dead = self.killed
            return serve()

        run.passage.rule = jump
        runs = carry_on(world, [run.play()])
        return runs, findings(world, runs)


@functools.cache
def story(backend: str, *, cheats: bool = False) -> list[Asked]:
    """Every call of the main story, nothing spoiled; or of the one in which the agent cheats."""
    with World(backend, cheats=cheats) as world:
        run = world.begin()
        told = run.play()
        assert told.outcome == "fixed", told
        return list(run.passage.asked)


@dataclass(frozen=True, slots=True)
class Spoiled:
    """One call of the first run meets one kind of trouble."""

    backend: str
    asked: Asked
    kind: str

    def play(self, world: World) -> tuple[list[Told], dict[str, int]]:
        """The spoiled run, then unspoiled ones."""
        runs = carry_on(world, [world.run(Once(self.asked.number, self.kind))])
        opening = self.asked.method == "POST" and self.asked.url.endswith("/pulls")
        return runs, findings(world, runs, _ends(self.kind if opening else ""))


def _ends(kind: str) -> Sequence[str]:
    """Where opening a pull request is forbidden, that is the end: said so, with a compare link."""
    return ("fixed", "unverified") if kind == "403" else ("fixed",)


@dataclass(frozen=True, slots=True)
class Killed:
    """The first run is killed at one call, before its effect or after it."""

    backend: str
    number: int
    after: bool

    def play(self, world: World) -> tuple[list[Told], dict[str, int]]:
        """The killed run, then others."""
        runs = carry_on(world, [self.kill(world)])
        return runs, findings(world, runs)

    def kill(self, world: World) -> Told:
        """The run that is killed, unless it has fewer calls."""
        run = world.begin()

        def kill(asked: Asked, serve: Serve) -> HttpResponse | None:
            if asked.number != self.number:
                return serve()
            if self.after:
                serve()
            run.passage.is_dead = True
            return None

        run.passage.rule = kill
        return run.play()


@dataclass(frozen=True, slots=True)
class Objected(Killed):
    """The same in a story in which the agent cheats first, and takes that back when told."""


@dataclass(frozen=True, slots=True)
class Storm:
    """Every sort of call meets that trouble once, in one story; runs follow until an end."""

    backend: str
    kind: str

    def play(self, world: World) -> tuple[list[Told], dict[str, int]]:
        """As many runs as it takes, each carrying on the trouble, then unspoiled ones."""
        trouble, runs = EachOnce(self.kind), [Told({}, 1, 1, killed=True)]
        while runs[-1].outcome in {"killed", "error"}:
            before = len(trouble.seen)
            runs.append(world.run(trouble))
            assert len(trouble.seen) > before, "a run met nothing new and ended in an error"
        runs = carry_on(world, runs)
        return runs, findings(world, runs, _ends(self.kind))


@dataclass(frozen=True, slots=True)
class Hunted:
    """Every run is killed at its `step`-th new call, until one comes to an end."""

    backend: str
    step: int
    after: bool

    def play(self, world: World) -> tuple[list[Told], dict[str, int]]:
        """Each killed run gets `step` calls further than the one before it."""
        runs: list[Told] = []
        reach = 0
        while not runs or runs[-1].killed:
            reach += self.step
            runs.append(Killed(self.backend, reach, self.after).kill(world))
        runs = carry_on(world, runs)
        return runs, findings(world, runs)


JUMPS = (-86_400.0, -600.0, 600.0, 86_400.0)
"""Seconds."""

Part = Callable[[str, list[Asked]], Iterator[Case | PairsOf]]


def _spoiled(backend: str, calls: list[Asked]) -> Iterator[Case]:
    return (Spoiled(backend, asked, kind) for asked in calls for kind in KINDS)


def _killed(backend: str, calls: list[Asked]) -> Iterator[Case]:
    return (Killed(backend, asked.number, after) for asked in calls for after in (False, True))


def _objected(backend: str, _: list[Asked]) -> Iterator[Case]:
    calls = story(backend, cheats=True)
    return (Objected(backend, asked.number, after) for asked in calls for after in (False, True))


def _pairs(backend: str, calls: list[Asked]) -> Iterator[PairsOf]:
    return (PairsOf(backend, i, len(calls)) for i in range(1, len(calls) + 1))


def _limited(backend: str, calls: list[Asked]) -> Iterator[Case]:
    return (
        Limited(backend, asked.number, kind)
        for asked in calls
        for kind, limit in LIMITS.items()
        if asked.server == limit.server
    )


def _jumped(backend: str, calls: list[Asked]) -> Iterator[Case]:
    for asked in calls:
        yield from (Jumped(backend, asked.number, seconds) for seconds in JUMPS)
        yield from (Jumped(backend, asked.number, s, killed=True) for s in JUMPS)


def _threes(backend: str, _: list[Asked]) -> Iterator[Case]:
    return (Three(backend, seed) for seed in range(250))


def _storms(backend: str, _: list[Asked]) -> Iterator[Case]:
    yield from (Storm(backend, kind) for kind in KINDS)
    yield from (Hunted(backend, step, after) for step in (5, 7) for after in (False, True))


def _processes(backend: str, calls: list[Asked]) -> Iterator[Case]:
    writes = [asked.number for asked in calls if asked.is_write]
    yield from (Process(backend, number, "SIGKILL") for number in writes)
    yield from (Process(backend, number, "SIGTERM") for number in writes[:3])


PARTS: dict[str, Part] = {
    "two runs": _pairs,
    "three runs": _threes,
    "kills": _killed,
    "kills of a cheat": _objected,
    "calls in trouble": _spoiled,
    "rate limits": _limited,
    "clock jumps": _jumped,
    "storms": _storms,
    "processes": _processes,
}


def cases(part: str) -> list[Case | PairsOf]:
    """Every case of that part, for both backends in turn."""
    backends = [PARTS[part](backend, story(backend)) for backend in BACKENDS]
    return [case for both in zip_longest(*backends) for case in both if case is not None]


def play(case: Case | PairsOf) -> Played:
    """A world for each case; the text says what happened where something was found."""
    with heard(sockets=isinstance(case, _ON_SOCKETS)):
        if isinstance(case, PairsOf):
            return case.played()
        # A process has the machine's clock, which its servers share.
        start = datetime.now(UTC) if isinstance(case, Process) else START
        sockets, cheats = isinstance(case, _ON_SOCKETS), isinstance(case, Objected)
        with World(case.backend, sockets, start, cheats=cheats) as world:
            return judged(case, world, case.play(world))


_ON_SOCKETS = (Storm, Hunted, Process)
"""What a client library makes of a socket's trouble is seen here."""
