"""Who listens to what is decided, so that it can be told again."""

from __future__ import annotations

from typing import Protocol

from bot.decide import Decision
from bot.decide.commands import Ruling
from bot.decide.snapshot import Snapshot
from bot.model import Request
from bot.policy import Policy


class Record(Protocol):
    """The decisions about one request."""

    def decided(self, facts: Snapshot, answer: Decision | Exception, *, glance: bool) -> None:
        """What these facts came to; a `glance` is at facts that may be a little old."""


class Recorder(Protocol):
    """Of a whole run, which may be about several requests. Never raises."""

    def begin(self, request: Request, policy: Policy) -> Record:
        """The record of what is decided about that one from now on."""

    def ruled(self, ruling: Ruling) -> None:
        """Whether a comment commands anything, or what one of its commands came to."""


class _Unrecorded:
    """Nobody listens."""

    def begin(self, request: Request, policy: Policy) -> Record:
        """Itself: there is nothing to tell apart."""
        del request, policy
        return self

    def decided(self, facts: Snapshot, answer: Decision | Exception, *, glance: bool) -> None:
        """Nothing is kept."""

    def ruled(self, ruling: Ruling) -> None:
        """Nothing is kept."""


UNRECORDED: Recorder = _Unrecorded()
