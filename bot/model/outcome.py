"""How it ended, and what vouches for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.errors import BotError
from bot.model.github import Check
from bot.outcomes import ErrorKind, OutcomeKind, SkipReason, UnverifiedCause
from bot.untrusted import Untrusted


class VerdictKind(StrEnum):
    """What the checks of one commit say."""

    GREEN = "green"
    RED = "red"
    PENDING = "pending"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The checks of exactly `sha`."""

    kind: VerdictKind
    sha: str
    cause: UnverifiedCause | None = None
    failing: tuple[Check, ...] = ()
    counted: int = 0


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of the job summary's timeline; `at` is seconds since the run began."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended: one word of a closed list, and the sentence that says why.

    `detail` is what a server said of it, and ends that sentence wherever it is shown.
    """

    kind: OutcomeKind
    reason: str = ""
    skip_reason: SkipReason | None = None
    error_kind: ErrorKind | None = None
    remedy: str = ""
    cause: UnverifiedCause | None = None
    item: str = ""
    detail: Untrusted = Untrusted("")

    @classmethod
    def of(cls, failure: BotError) -> Outcome:
        """What an error comes to, with all that is known of it."""
        return cls(
            OutcomeKind.ERROR,
            failure.message,
            error_kind=failure.kind,
            remedy=failure.remedy,
            detail=failure.detail,
        )
