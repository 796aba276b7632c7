"""Time as a value: it passes when the product sleeps, and nothing waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.adapters.clock import SystemClock
from bot.sandbox.github_state import SandboxClock

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class StoryClock(SystemClock):
    """Time that passes only in `sleep`; both sandboxes follow it."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0
        self.on_sleep: list[Callable[[float], None]] = []
        self.world_moves = False
        """Whether the main thread is at work for the world, not for the product."""

    def now(self) -> datetime:
        """The story's wall clock."""
        return START + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        """The same, without a date."""
        return self.passed

    def in_a_new_process(self) -> None:
        """The next run has not been cancelled."""
        self._cancelled.clear()

    def follow(self, other: SandboxClock) -> None:
        """Be where the sandbox GitHub's clock is, for what is measured by its time stamps."""
        self.passed = (other.now() - START).total_seconds()

    def sleep(self, seconds: float) -> None:
        """Nothing waits; the world moves on by that much."""
        super().sleep(0)
        self.passed += seconds
        self.world_moves = True
        try:
            for follow in self.on_sleep:
                follow(seconds)
        finally:
            self.world_moves = False
