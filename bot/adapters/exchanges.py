"""The requests of one client: how many there were, and word of each for whoever debugs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from urllib.parse import urlsplit

from bot.ports import Clock, Exchanged


class Exchanges:
    """Safe to use from several threads, which share a client and its count."""

    def __init__(self, clock: Clock, told: Exchanged | None = None) -> None:
        self.count = 0
        self._clock = clock
        self._told = told
        self._lock = threading.Lock()

    def begin(self, method: str, address: str) -> Callable[[int], None]:
        """Count one request; call the result with its status, 0 where there was no answer."""
        with self._lock:
            self.count += 1
        began = self._clock.monotonic()

        def ended(status: int) -> None:
            if self._told is not None:
                # The path alone: a query may hold what nobody should read.
                path = urlsplit(address).path
                self._told(method, path, status, self._clock.monotonic() - began)

        return ended
