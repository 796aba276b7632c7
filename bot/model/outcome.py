"""How it ended, and what vouches for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.model.github import Check
from bot.outcomes import ErrorKind, OutcomeKind, SkipReason, UnverifiedCause


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
    """How it ended: one word of a closed list, and the sentence that says why."""

    kind: OutcomeKind
    reason: str = ""
    skip_reason: SkipReason | None = None
    error_kind: ErrorKind | None = None
    remedy: str = ""
    cause: UnverifiedCause | None = None
    item: str = ""
