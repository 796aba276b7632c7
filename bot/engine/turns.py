"""How long the agent's present turn and the present verification have lasted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.decide.snapshot import Snapshot
from bot.engine import records
from bot.model import Session
from bot.ports import Clock


@dataclass(slots=True)
class Turns:
    """Monotonic marks of what began in this process; wall time for what an earlier one began."""

    clock: Clock
    _began: float | None = None
    _looked: float | None = None
    _head: str = ""
    _head_since: float = 0.0

    def begin(self) -> None:
        """The agent was given the turn just now."""
        self._began = self.clock.monotonic()

    def verify_anew(self) -> None:
        """The verification of the present head begins once more."""
        self._head_since = self.clock.monotonic()

    def timed(self, facts: Snapshot, session: Session | None) -> Snapshot:
        """The facts with the time as it is now."""
        now, mono = self.clock.now(), self.clock.monotonic()
        head = self._head if facts.known_head is None else facts.known_head
        if head != self._head:
            facts = _noted(replace(facts, now=now), head)
            self._head, self._head_since = head, mono - _seen_for(facts, head)
        return replace(
            facts,
            now=now,
            turn_seconds=self._turn_seconds(facts, session, now),
            verify_seconds=mono - self._head_since if head else 0.0,
        )

    def _turn_seconds(self, facts: Snapshot, session: Session | None, now: datetime) -> float:
        if self._began is not None:
            return self.clock.monotonic() - self._began
        state = facts.known_state
        began = state.turn_started if state else None
        if began is None and session is not None:
            began = session.created_at
        if self._looked is None:
            self._looked = self.clock.monotonic()
        # Written down by a clock that is ahead of ours: at least it lasts since we look.
        looked = self.clock.monotonic() - self._looked
        return max(looked, (now - began).total_seconds()) if began else 0.0


def _noted(facts: Snapshot, head: str) -> Snapshot:
    """With the moment at which the head was first seen, for a run that looks at it later."""
    state, session = facts.known_state, facts.known_session
    if not head or state is None or state.final or state.head == head:
        return facts
    told = session.since if session else None
    seen = records.latest(facts.now, told)
    return replace(facts, state=replace(state, head=head, head_seen=seen))


def _seen_for(facts: Snapshot, head: str) -> float:
    """Seconds since an earlier run, or this one, saw that head for the first time."""
    state = facts.known_state
    if state is None or state.head != head or state.head_seen is None:
        return 0.0
    return max(0.0, (facts.now - state.head_seen).total_seconds())
