"""How long the agent's present turn and the present verification have lasted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.decide.snapshot import ItemState, Snapshot
from bot.model import Session
from bot.ports import Clock


@dataclass(slots=True)
class Turns:
    """Monotonic marks of what began in this process; wall time for what an earlier one began."""

    clock: Clock
    _began: float | None = None
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
        head = facts.head if isinstance(facts.head, str) else self._head
        if head != self._head:
            self._head, self._head_since = head, mono
        return replace(
            facts,
            now=now,
            turn_seconds=self._turn_seconds(facts, session, now),
            verify_seconds=mono - self._head_since if head else 0.0,
        )

    def _turn_seconds(self, facts: Snapshot, session: Session | None, now: datetime) -> float:
        if self._began is not None:
            return self.clock.monotonic() - self._began
        state = facts.state if isinstance(facts.state, ItemState) else None
        began = state.turn_started if state else None
        if began is None and session is not None:
            began = session.created_at
        return max(0.0, (now - began).total_seconds()) if began else 0.0
