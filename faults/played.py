"""What a case is, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from faults.attempt import Told
from faults.verdicts import EXCUSED
from faults.world import World


@dataclass(frozen=True, slots=True)
class Played:
    """What became of some cases: how many, how many more were the same, and what was found."""

    cases: int = 1
    folded: int = 0
    excused: int = 0
    text: str = ""
    found: Mapping[str, int] = field(default_factory=dict)


class Case(Protocol):
    """One story with one thing going wrong."""

    @property
    def backend(self) -> str:
        """`tasks` or `chats`."""

    def play(self, world: World) -> tuple[list[Told], dict[str, int]]:
        """The runs in order, and what they left wrong."""


def judged(case: Case, world: World, played: tuple[list[Told], dict[str, int]]) -> Played:
    """What that case came to."""
    runs, found = played[0], dict(played[1])
    excused = found.pop(EXCUSED, 0)
    if not found:
        return Played(excused=excused)
    told = [(run.outcome, run.outputs.get("error-message", "")) for run in runs]
    escaped = [run.escaped for run in runs if run.escaped]
    text = f"{case}: {found}, {world.made()}, {told} {escaped}"
    return Played(excused=excused, text=text, found=found)
