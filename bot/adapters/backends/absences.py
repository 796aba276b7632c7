"""What was looked for a moment ago and not found, so that a start need not look again at once."""

from __future__ import annotations

from bot.ports import Clock

FRESH = 30.0
"""Seconds. Later somebody else may have started the session, and a second look is worth it."""


class Absences:
    """Names that were looked for, each with the moment."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: dict[str, float] = {}

    def note(self, name: str) -> None:
        """It was not there just now."""
        self._seen[name] = self._clock.monotonic()

    def take(self, name: str) -> bool:
        """Whether it was not there a moment ago; true once only."""
        seen = self._seen.pop(name, None)
        return seen is not None and self._clock.monotonic() - seen <= FRESH
