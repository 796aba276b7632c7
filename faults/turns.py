"""Several runs at once, call by call: who may go on is decided here and nowhere else.

A run is a thread; its calls wait in the gate, before the servers take their locks. The next step is
taken only when every run waits at a call or has ended, so the order is the schedule's own.
"""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field

from bot.sandbox.http import HttpResponse
from faults.attempt import Attempt, Told
from faults.gate import Asked, Serve
from faults.world import World

PATIENCE = 60.0
"""Real seconds after which a schedule is stuck."""

_TELLING = ("/send", "/messages")
"""No API lets anybody send a message only if nobody else did: a run that is held right before this
call, while another one takes it for dead and tells the agent itself, tells it once more."""


@dataclass(slots=True)
class Walker:
    """One run, let through `limit` calls so far."""

    attempt: Attempt
    changed: threading.Condition
    limit: float = 0
    arrived: int = 0
    serving: int = 0
    ended: bool = False
    held_telling: bool = False
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.attempt.passage.rule = self._pass
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        try:
            self.attempt.play()
        finally:
            with self.changed:
                self.ended = True
                self.changed.notify_all()

    def _pass(self, asked: Asked, serve: Serve) -> HttpResponse | None:
        with self.changed:
            self.arrived += 1
            turn = self.arrived
            telling = asked.method == "POST" and asked.url.endswith(_TELLING)
            self.held_telling |= turn > self.limit > 0 and telling
            self.changed.notify_all()
            self.changed.wait_for(lambda: turn <= self.limit, PATIENCE)
            self.serving += 1
        try:
            return serve()
        finally:
            with self.changed:
                self.serving -= 1
                self.changed.notify_all()

    @property
    def stands(self) -> bool:
        """Waiting at a call, or over."""
        return self.ended or (self.arrived > self.limit and not self.serving)

    def go(self, limit: float) -> None:
        """Let it go until so many calls were served, and wait until it stands there."""
        with self.changed:
            self.limit = limit
            self.changed.notify_all()
            if not self.changed.wait_for(lambda: self.stands, PATIENCE):
                raise TimeoutError("a run neither calls nor ends")

    @property
    def told(self) -> Told:
        """What it left."""
        self.thread.join(PATIENCE)
        assert self.attempt.told is not None
        return self.attempt.told


def _walkers(world: World, count: int) -> list[Walker]:
    changed = threading.Condition()
    return [Walker(world.begin(), changed) for _ in range(count)]


@dataclass(slots=True)
class Interleaving:
    """A stops after its call `i`, B goes to its call `j`, A goes to its end, then B."""

    world: World
    i: int
    j: int
    held_telling: int = 0
    is_last: bool = False
    """Whether B ended before its call `j`: every greater `j` is this same schedule."""

    def play(self) -> list[Told]:
        """What both left."""
        first, second = _walkers(self.world, 2)
        first.thread.start()
        first.go(self.i)
        second.thread.start()
        second.go(self.j)
        self.is_last = second.ended
        first.go(float("inf"))
        second.go(float("inf"))
        self.held_telling = first.held_telling + second.held_telling
        return [first.told, second.told]


@dataclass(slots=True)
class Lottery:
    """So many runs; after each call it is drawn anew whose turn it is."""

    world: World
    count: int
    luck: random.Random
    held_telling: int = 0

    def play(self) -> list[Told]:
        """What each left, in the order of their beginning."""
        walkers = _walkers(self.world, self.count)
        for walker in walkers:
            walker.thread.start()
            walker.go(0)
        while going := [w for w in walkers if not w.ended]:
            chosen = self.luck.choice(going)
            chosen.go(chosen.limit + self.luck.choice((1, 1, 2, 5)))
        self.held_telling = sum(walker.held_telling for walker in walkers)
        return [walker.told for walker in walkers]
