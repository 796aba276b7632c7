"""A clock that never waits, and answers by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from bot.adapters.backends import CoderOptions
from bot.model import BackendName

TOKEN = "0123456789-bbbbbbbbbbbbbbbbbbbbbb"
URL = "https://coder.example.com"
START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class FakeClock:
    """Time passes by sleeping alone; `on_sleep` may move a sandbox along."""

    def __init__(self, on_sleep: Callable[[float], None] = lambda _: None) -> None:
        self.slept: list[float] = []
        self._on_sleep = on_sleep

    def now(self) -> datetime:
        """Wall clock."""
        return START + timedelta(seconds=sum(self.slept))

    def monotonic(self) -> float:
        """The sum of all sleeps."""
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        """Remember, and go on at once."""
        self.slept.append(seconds)
        self._on_sleep(seconds)


def options(**more: Any) -> CoderOptions:
    """Inputs of a run that uses Tasks, unless `more` says otherwise."""
    return CoderOptions(
        **{"url": URL, "token": TOKEN, "backend": BackendName.TASKS, "template": "ci-repair"} | more
    )


def coder_answer(status: int, body: Any = None, version: str = "v2.36.0") -> httpx.Response:
    """An answer as Coder gives it."""
    headers = {"X-Coder-Build-Version": version}
    if body is None:
        return httpx.Response(status, headers=headers)
    return httpx.Response(status, json=body, headers=headers)
