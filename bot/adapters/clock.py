"""Real time, and a sleep that a signal ends at once."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

from bot.errors import CancelledError


class SystemClock:
    """Implements `bot.ports.Clock`. `cancel` may be called from a signal handler."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._signal = 0
        self._exempt = 0

    def cancel(self, signal_number: int) -> None:
        """Wake every sleeper; each raises `CancelledError`."""
        self._signal = signal_number
        self._cancelled.set()

    def exempt(self) -> None:
        """From now on the calling thread may sleep for all that: it cleans up after the others."""
        self._exempt = threading.get_ident()

    def now(self) -> datetime:
        """Wall clock, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some fixed moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Sleep that long, or raise `CancelledError` as soon as `cancel` was called."""
        if threading.get_ident() == self._exempt:
            time.sleep(max(0.0, seconds))
        elif self._cancelled.wait(max(0.0, seconds)):
            raise CancelledError(self._signal)
