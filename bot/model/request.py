"""One normalized piece of work, whatever door it came through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.model.assignment import Assignment
from bot.model.github import Job, Repository
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

    `detail` is the fingerprint for branches, else empty. `digest` is its hash where only that is
    known, from the name of a branch of ours. `wanted` is the version to which the package of an
    upgrade is to go, no part of what the item is.
    """

    repository_id: int
    kind: TargetKind
    ref: str
    detail: str = ""
    digest: str = ""
    wanted: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """The item as people and outputs see it."""
        return ":".join(part for part in (self.kind.value, self.ref, self.detail) if part)

    @property
    def thread(self) -> int:
        """The number of the pull request or issue that it is about, 0 where it is about none."""
        has_one = self.kind in {TargetKind.PULL_REQUEST, TargetKind.ISSUE}
        return int(self.ref) if has_one and self.ref.isdigit() else 0

    @property
    def is_assigned(self) -> bool:
        """Whether an assignment began it, rather than a red run."""
        return self.kind in {TargetKind.ISSUE, TargetKind.UPGRADE}


@dataclass(frozen=True, slots=True)
class RunRef:
    """A workflow run to look at; `attempt` 0 is the newest."""

    id: int
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class CommentRef:
    """The comment that asks: its id, the pull request or issue `number` below which it stands.

    `review` marks one on a line of a diff, with `path` and `line`; `at` is when it was written.
    """

    id: int
    number: int
    author: str
    on_pull_request: bool
    review: bool = False
    path: str = ""
    line: int = 0
    at: datetime | None = None


class Reaction(StrEnum):
    """GitHub's own words for the reactions that we use."""

    SEEN = "eyes"
    STARTED = "rocket"
    DONE = "+1"
    FAILED = "-1"
    CONFUSED = "confused"


@dataclass(frozen=True, slots=True)
class Hint:
    """What a person with write permission added to `/coder fix`, or told by `/coder tell`."""

    author: str
    permission: str
    text: Untrusted


@dataclass(frozen=True, slots=True)
class Vantage:
    """From where a run is looked at: from another run, or from `inside`, by one of its own jobs.

    Seen from inside a run never ends while we look. `check_run_id` and `runner_name` tell which of
    its jobs is ours, 0 and empty where the runner does not say; `workflow_sha` is the commit of the
    workflow file in use, which for a pull request is the merge commit.
    """

    inside: bool = False
    check_run_id: int = 0
    runner_name: str = ""
    workflow_sha: str = ""

    def own(self, jobs: Sequence[Job]) -> Job | None:
        """Our own job, each matrix leg its own; None where it cannot be told for certain.

        GITHUB_JOB is no help: all legs of a matrix, and all callers of a workflow, share it.
        """
        if not self.inside:
            return None
        wanted = self.check_run_id
        named = [job for job in jobs if wanted and wanted in {job.check_run_id, job.id}]
        here = [
            job
            for job in jobs
            if self.runner_name
            and (job.status, job.runner_name) == ("in_progress", self.runner_name)
        ]
        found = named or here
        return found[0] if len(found) == 1 else None


OUTSIDE = Vantage()


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for.

    `comment` is the one whose commands are to be followed. `commanded` says that a person with the
    right asks for a repair, whatever was decided about it before.
    `item` and `generation` name an open work item for `reconcile`, whose run is looked up.
    `assignment` is work without a failed run, of that `item`. `run` is the failed run, `by_hand`
    says that a person named it; `own_run` and `own_workflow` (a path such as
    `.github/workflows/fix.yml`) are the run in which we run ourselves, if any; seen
    from a `vantage` inside, `run` is that very run.
    """

    trigger: TriggerName
    repository: Repository
    run: RunRef | None = None
    by_hand: bool = False
    item: Item | None = None
    assignment: Assignment | None = None
    generation: int = 1
    own_run: RunRef | None = None
    own_workflow: str = ""
    vantage: Vantage = OUTSIDE
    sender: str = ""
    comment: CommentRef | None = None
    commanded: bool = False
    hint: Hint | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event that asks for nothing, with the reason."""

    skip_reason: SkipReason
    reason: str
