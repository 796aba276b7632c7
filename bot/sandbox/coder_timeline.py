"""What happens later in the sandbox Coder: builds end, agents connect, scripted agents go on.

Time is a callable, so a test that owns the clock needs no sleep: whatever is due happens, in order
and at its own moment, when the next request arrives or `advance` is called. With the real clock a
thread sees to it.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Action = Callable[[], None]


class Timeline:
    """Actions ordered by the moment at which they are due. They happen under `lock`."""

    def __init__(self, lock: threading.RLock, now: Callable[[], datetime] | None = None) -> None:
        self._clock = now or (lambda: datetime.now(UTC))
        self._offset = timedelta()
        self._due: list[tuple[datetime, int, Action]] = []
        self._order = itertools.count()
        self._acting_at: datetime | None = None
        self.lock = lock
        self._changed = threading.Condition(lock)
        self._closed = False
        self._thread = threading.Thread(target=self._run, daemon=True) if now is None else None

    def start(self) -> None:
        """Let things happen by themselves where the clock is the real one."""
        if self._thread:
            self._thread.start()

    def now(self) -> datetime:
        """The present; while an action runs, the moment at which it was due."""
        return self._acting_at or self._clock() + self._offset

    def after(self, seconds: float, action: Action) -> None:
        """Do `action` that much later; at once, in order, for zero."""
        with self.lock:
            due = self.now() + timedelta(seconds=seconds)
            heapq.heappush(self._due, (due, next(self._order), action))
            self._changed.notify_all()

    def settle(self) -> None:
        """Do everything that is due."""
        if self._acting_at:
            return
        while self._due and self._due[0][0] <= self.now():
            due, _, action = heapq.heappop(self._due)
            self._acting_at = due
            try:
                action()
            finally:
                self._acting_at = None

    def advance(self, seconds: float) -> None:
        """Jump forward; everything in between happens on the way."""
        with self.lock:
            self._offset += timedelta(seconds=seconds)
            self.settle()

    def close(self) -> None:
        """Forget what was to come and end the thread."""
        with self._changed:
            self._closed = True
            self._due.clear()
            self._changed.notify_all()
        if self._thread and self._thread.is_alive():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                self.settle()
                wait = (self._due[0][0] - self.now()).total_seconds() if self._due else None
                self._changed.wait(wait if wait is None else max(wait, 0.0))
