"""Who listens to what is decided, so that it can be told again."""

from __future__ import annotations

from typing import Protocol

from bot.decide import Decision
from bot.decide.commands import Response, Standing
from bot.decide.snapshot import ItemState, Snapshot
from bot.model import Command, CommentRef, Outcome, Request, Session
from bot.policy import Policy


class Record(Protocol):
    """The decisions about one request."""

    def decided(self, facts: Snapshot, answer: Decision | Exception, *, glance: bool) -> None:
        """What these facts came to; a `glance` is at facts that may be a little old."""


class Recorder(Protocol):
    """Of a whole run, which may be about several requests. Never raises."""

    def begin(self, request: Request, policy: Policy) -> Record:
        """The record of what is decided about that one from now on."""

    def weighed(
        self, ref: CommentRef, now: Standing, policy: Policy, answer: Outcome | None
    ) -> None:
        """Whether a comment commands anything: why not, or None."""

    def followed(
        self,
        command: Command,
        state: ItemState | None,
        session: Session | None,
        *,
        started: bool,
        answer: Response,
    ) -> None:
        """What one of its commands came to."""


class _Unrecorded:
    """Nobody listens."""

    def begin(self, request: Request, policy: Policy) -> Record:
        """Itself: there is nothing to tell apart."""
        del request, policy
        return self

    def decided(self, facts: Snapshot, answer: Decision | Exception, *, glance: bool) -> None:
        """Nothing is kept."""

    def weighed(
        self, ref: CommentRef, now: Standing, policy: Policy, answer: Outcome | None
    ) -> None:
        """Nothing is kept."""

    def followed(
        self,
        command: Command,
        state: ItemState | None,
        session: Session | None,
        *,
        started: bool,
        answer: Response,
    ) -> None:
        """Nothing is kept."""


UNRECORDED: Recorder = _Unrecorded()
