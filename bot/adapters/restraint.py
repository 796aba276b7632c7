"""Until when a server wants to be left alone: one for each client, whatever thread asks."""

from __future__ import annotations

from bot.ports import Clock

LONGEST_PAUSE = 60.0
"""Seconds that one call waits for a rate limit; one that lasts longer is an error at once."""


class Restraint:
    """Remembers what a rate limit said, so that nothing is sent before that time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: float | None = None

    def keep_away(self, seconds: float) -> None:
        """Send nothing for so long; a shorter time than one told before changes nothing."""
        if seconds <= 0:
            return
        until = self._clock.monotonic() + seconds
        self._until = until if self._until is None else max(until, self._until)

    def wait(self) -> float:
        """Sleep what is left, or give it back at once where it is more than `LONGEST_PAUSE`."""
        left = 0.0 if self._until is None else self._until - self._clock.monotonic()
        if left > LONGEST_PAUSE:
            return left
        if left > 0:
            self._clock.sleep(left)
        self._until = None
        return 0.0
