"""The matrix's cases: one call in trouble, a kill at one call, two or three runs interleaved."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.sandbox.http import HttpResponse
from faults.attempt import Told
from faults.gate import Asked, Serve, heard
from faults.kinds import KINDS, EachOnce, Once
from faults.processes import Process
from faults.turns import Interleaving, Lottery
from faults.verdicts import carry_on, findings
from faults.world import BACKENDS, World


class Case(Protocol):
    """One story with one thing going wrong."""

    @property
    def backend(self) -> str:
        """`tasks` or `chats`."""

    def play(self, world: World) -> tuple[list[Told], dict[str, int]]:
        """The runs in order, and what they left wrong."""


@functools.cache
def story(backend: str) -> list[Asked]:
    """Every call of the main story, nothing spoiled."""
    with World(backend) as world:
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


@dataclass(frozen=True, slots=True)
class Pair:
    """Run A stops after its call `i`, B runs to its call `j`, A ends, B ends."""

    backend: str
    i: int
    j: int

    def play(self, world: World) -> tuple[list[Told], dict[str, int]]:
        """Both runs, and the event once more."""
        schedule = Interleaving(world, self.i, self.j)
        runs = carry_on(world, schedule.play())
        return runs, findings(world, runs, held_telling=schedule.held_telling)


@dataclass(frozen=True, slots=True)
class Three:
    """Three runs at once; a seed says whose call is next."""

    backend: str
    seed: int

    def play(self, world: World) -> tuple[list[Told], dict[str, int]]:
        """All of them, and the event once more."""
        schedule = Lottery(world, 3, random.Random(self.seed))  # noqa: S311 - a schedule
        runs = carry_on(world, schedule.play())
        return runs, findings(world, runs, held_telling=schedule.held_telling)


Part = Callable[[str, list[Asked]], Iterator[Case]]


def _spoiled(backend: str, calls: list[Asked]) -> Iterator[Case]:
    return (Spoiled(backend, asked, kind) for asked in calls for kind in KINDS)


def _killed(backend: str, calls: list[Asked]) -> Iterator[Case]:
    return (Killed(backend, asked.number, after) for asked in calls for after in (False, True))


def _pairs(backend: str, calls: list[Asked]) -> Iterator[Case]:
    numbers = range(1, len(calls) + 1)
    return (Pair(backend, i, j) for i in numbers for j in numbers)


def _threes(backend: str, _: list[Asked]) -> Iterator[Case]:
    return (Three(backend, seed) for seed in range(100))


def _storms(backend: str, _: list[Asked]) -> Iterator[Case]:
    yield from (Storm(backend, kind) for kind in KINDS)
    yield from (Hunted(backend, step, after) for step in (5, 7) for after in (False, True))


def _processes(backend: str, calls: list[Asked]) -> Iterator[Case]:
    writes = [asked.number for asked in calls if asked.is_write]
    yield from (Process(backend, number, "SIGKILL") for number in writes)
    yield from (Process(backend, number, "SIGTERM") for number in writes[:3])


PARTS: dict[str, Part] = {
    "calls in trouble": _spoiled,
    "kills": _killed,
    "two runs": _pairs,
    "three runs": _threes,
    "storms": _storms,
    "processes": _processes,
}


def cases(part: str) -> list[Case]:
    """Every case of that part, for both backends."""
    return [case for backend in BACKENDS for case in PARTS[part](backend, story(backend))]


def play(case: Case) -> tuple[str, dict[str, int]]:
    """One case in a world of its own; the text says what happened where something was found."""
    with heard(), World(case.backend) as world:
        runs, findings = case.play(world)
        if not findings:
            return "", {}
        told = [(run.outcome, run.outputs.get("error-message", "")) for run in runs]
        escaped = [run.escaped for run in runs if run.escaped]
        return f"{case}: {dict(findings)}, {world.made()}, {told} {escaped}", dict(findings)
