"""One normalized piece of work, whatever door it came through."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.model.github import Repository
from bot.outcomes import SkipReason
from bot.untrusted import Untrusted


class TriggerName(StrEnum):
    """Which door a request came through."""

    FAILURE = "failure"
    UPGRADE = "upgrade"
    COMMENT = "comment"
    RECONCILE = "reconcile"


class TargetKind(StrEnum):
    """What a work item is about."""

    PULL_REQUEST = "pr"
    BRANCH = "branch"
    ISSUE = "issue"
    UPGRADE = "upgrade"


@dataclass(frozen=True, slots=True)
class Item:
    """A work item: the target, with the repository. `name` is `pr:12`, `branch:main:1a2b3c4d5e6f`.

    `detail` is the fingerprint for branches, else empty.
    """

    repository_id: int
    kind: TargetKind
    ref: str
    detail: str = ""

    @property
    def name(self) -> str:
        """The item as people and outputs see it."""
        return ":".join(part for part in (self.kind.value, self.ref, self.detail) if part)


@dataclass(frozen=True, slots=True)
class RunRef:
    """A workflow run to look at; `attempt` 0 is the newest."""

    id: int
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. `run` is the failed run; `own_run` is the run in which we run, if any."""

    trigger: TriggerName
    repository: Repository
    run: RunRef | None = None
    own_run: RunRef | None = None
    sender: str = ""
    pull_request: int = 0
    hint: Untrusted = Untrusted("")


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event that asks for nothing, with the reason."""

    skip_reason: SkipReason
    reason: str
