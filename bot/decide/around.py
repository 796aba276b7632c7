"""What goes on around a failure: other runs and items, its base, its branch meanwhile. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.model import PullRequest, WorkflowRun


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An item that is worked on: our open pull request, or the failing one while there is none."""

    number: int
    item: str
    fingerprint: tuple[str, ...] = ()
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Background:
    """What goes on around the failure, read before an agent is started.

    `recent` are the repository's newest workflow runs, `open_items` our open pull requests,
    `under_way` the items whose session has pushed nothing yet, by their failing pull request,
    `closed` the newest of ours for this item that somebody closed unmerged. `sessions_today` are
    the sessions of this repository in the last 24 hours, `at_work` those of them that may still
    come to a pull request of ours. `earlier_attempt` is the conclusion of
    the attempt before this one, empty for the first.
    """

    recent: tuple[WorkflowRun, ...] = ()
    open_items: tuple[OpenItem, ...] = ()
    under_way: tuple[OpenItem, ...] = ()
    closed: PullRequest | None = None
    sessions_today: int = 0
    at_work: int = 0
    earlier_attempt: str = ""


@dataclass(frozen=True, slots=True)
class Base:
    """The newest finished run of the failed workflow on the base branch, and its failure."""

    run: WorkflowRun | None = None
    fingerprint: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tip:
    """Where the failing branch stands when the agent is done, and whether it is green there."""

    sha: str
    green: bool = False
