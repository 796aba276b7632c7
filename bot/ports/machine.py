"""The machine on which we run: its files, its time, and whoever watches."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from bot.evidence.recorded import Recorded

Exchanged = Callable[[str, str, int, float], None]
"""Told of one HTTP exchange: method, path, status (0 where there was no answer), seconds."""


class LocalFiles(Protocol):
    """What the failing job left in the workspace that we share with it."""

    def recorded(self) -> AbstractContextManager[Recorded]:
        """Copies of the files that `log-file` names, gone when the context ends; never raises."""


class Narrator(Protocol):
    """Where progress is told to whoever watches the run."""

    def tell(self, text: str) -> None:
        """One line of our own words; outside text has been rendered before."""


class Clock(Protocol):
    """Time, so that tests need none."""

    def now(self) -> datetime:
        """Wall clock, UTC."""

    def monotonic(self) -> float:
        """Seconds that never jump, for waits and deadlines."""

    def sleep(self, seconds: float) -> None:
        """Sleep; raises `CancelledError` at once when a signal arrives."""
