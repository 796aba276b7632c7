"""What was read of one repository: every place in which a repair may have left a trace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model import PullRequest
from bot.untrusted import Untrusted


class Gap(StrEnum):
    """What of a repository could not be read, so that its numbers are not whole."""

    RUNS = "runs"
    ISSUES = "issues"
    CHECKS = "checks"
    THREADS = "threads"
    COMMENTS = "comments"


@dataclass(frozen=True, slots=True)
class Text:
    """A comment, or what a pull request or issue opens with.

    `is_ours` is GitHub's word on who wrote it first, not on who edited it since.
    """

    author: str
    body: Untrusted
    at: datetime
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Thread:
    """A pull request or, without `pull`, an issue; comments without any marker are left out."""

    number: int
    opening: Text
    comments: tuple[Text, ...]
    pull: PullRequest | None = None


@dataclass(frozen=True, slots=True)
class History:
    """All threads that changed since a moment. `red_runs` is None where it could not be read."""

    repository: str
    repository_id: int
    threads: tuple[Thread, ...]
    red_runs: int | None
    gaps: frozenset[Gap] = frozenset()
