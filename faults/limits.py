"""Rate limits: from one call on a server refuses everything, until the time that it told.

GitHub (docs: rate limits for the REST API): 403 or 429; a used-up primary limit says when it is
full again, a secondary one says how long to stay away, or nothing, which means a minute. Coder
(go-chi/httprate): 429 with `Retry-After: 60`.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime

from bot.sandbox.http import HttpResponse
from faults.attempt import Told
from faults.gate import Asked, Serve
from faults.world import World

_PRIMARY = "API rate limit exceeded for user ID 1."
_SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes."
_CODER = "You've been rate limited for sending more than 512 requests in 1m0s."
PATIENCE = 60.0
"""Seconds that a run waits for a limit without an end to itself."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One kind of limit: who sets it, its status, how long it lasts, and what it says of that."""

    server: str
    status: int
    seconds: float
    says: str

    def answer(self, world: World, left: float) -> HttpResponse:
        """The refusal, with so many seconds left."""
        now = world.now()
        if self.says == "reset":
            reset = int((now + timedelta(seconds=left)).timestamp())
            headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset)}
        else:
            headers = {"retry-after": str(round(left))} if self.says == "retry-after" else {}
        words = _PRIMARY if self.says == "reset" else _SECONDARY
        body = {"message": words if self.server == "github" else _CODER}
        dated = {"date": format_datetime(now, usegmt=True), **headers}
        return HttpResponse(self.status, body, dated)


def _github(status: int) -> dict[str, Limit]:
    return {
        f"{status} primary, 30 s": Limit("github", status, 30, "reset"),
        f"{status} primary, 50 min": Limit("github", status, 3000, "reset"),
        f"{status} secondary, 30 s": Limit("github", status, 30, "retry-after"),
        f"{status} secondary, 10 min": Limit("github", status, 600, "retry-after"),
        f"{status} secondary, nothing said": Limit("github", status, 60, "nothing"),
    }


LIMITS: Mapping[str, Limit] = {
    **_github(403),
    **_github(429),
    "Coder's": Limit("coder", 429, 60, "retry-after"),
}


@dataclass(slots=True)
class Limiter:
    """The rule for one run; counts what the run asked before it was allowed to."""

    world: World
    number: int
    limit: Limit
    early: int = 0
    until: float | None = None
    _thread: int = 0
    _began: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, asked: Asked, serve: Serve) -> HttpResponse | None:
        """As `faults.gate.Rule`."""
        if asked.server != self.limit.server:
            return serve()
        with self._lock:
            first = self.until is None and asked.number >= self.number
            if first:
                self._began, self._thread = self.world.passed, threading.get_ident()
                self.until = self._began + self.limit.seconds
        if self.until is None or self.world.passed >= self.until:
            return serve()
        # What another thread had on its way already could not know.
        knew = self.world.passed > self._began or threading.get_ident() == self._thread
        self.early += knew and not first
        return self.limit.answer(self.world, self.until - self.world.passed)

    def mishandled(self, told: Told) -> int:
        """Calls too early, a run that gave up on a short limit, an error that does not say why."""
        words = told.outputs.get("error-message", "").lower()
        gave_up = told.outcome != "fixed" and self.limit.seconds <= PATIENCE
        unnamed = told.outcome == "error" and "rate limit" not in words
        return self.early + gave_up + unnamed

    def be_over(self) -> None:
        """Let the limit end."""
        if self.until is not None:
            self.world.let_pass(max(0.0, self.until - self.world.passed))
