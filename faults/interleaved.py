"""The cases in which several runs are under way at once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from faults.attempt import Told
from faults.played import Played, judged
from faults.turns import Interleaving, Lottery
from faults.verdicts import carry_on, findings
from faults.world import World


@dataclass(frozen=True, slots=True)
class Pair:
    """Run A stops after its call `i`, B runs to its call `j`, A ends, B ends."""

    backend: str
    i: int
    j: int

    def play(self, world: World) -> tuple[list[Told], dict[str, int]]:
        """Both runs, and the event once more."""
        return self.judge(world, Interleaving(world, self.i, self.j))

    @staticmethod
    def judge(world: World, schedule: Interleaving) -> tuple[list[Told], dict[str, int]]:
        """As `play`, by that schedule."""
        runs = carry_on(world, schedule.play())
        return runs, findings(world, runs, held_telling=schedule.held_telling)


@dataclass(frozen=True, slots=True)
class PairsOf:
    """Every pair with that `i`. Where B ends before its call `j`, every greater `j` is the same."""

    backend: str
    i: int
    calls: int

    def each(self) -> Iterator[Pair]:
        """The pairs, by `j`."""
        return (Pair(self.backend, self.i, j) for j in range(1, self.calls + 1))

    def played(self) -> Played:
        """All of them, each in a world of its own."""
        found, texts, count, excused = Counter[str](), list[str](), 0, 0
        for pair in self.each():
            count += 1
            with World(pair.backend) as world:
                schedule = Interleaving(world, pair.i, pair.j)
                one = judged(pair, world, pair.judge(world, schedule))
            found.update(one.found)
            excused += one.excused
            texts += [one.text] if one.text else []
            if schedule.is_last:
                break
        return Played(count, self.calls - count, excused, "\n".join(texts), found)


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
