"""What the sandbox GitHub knows: mutable records, changed only under the server's lock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.sandbox.git_repository import GitRepository
from bot.sandbox.github_alerts import DependabotAlert
from bot.sandbox.github_runs import CheckRun, Status, Workflow, WorkflowRun


class SandboxClock:
    """Wall clock that tests may move forward, so that links expire and limits reset."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Now, UTC."""
        return datetime.now(UTC) + self._ahead

    def stamp(self) -> str:
        """Now as the API says it, whole seconds."""
        return self.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    def advance(self, seconds: float) -> None:
        """Let so much time pass."""
        self._ahead += timedelta(seconds=seconds)


@dataclass(slots=True)
class User:
    """An account. `type` is `User`, `Bot` or `Organization`."""

    login: str
    id: int
    type: str = "User"


@dataclass(slots=True)
class Label:
    """A repository's label; `color` is six hex digits."""

    id: int
    name: str
    color: str = "ededed"
    description: str = ""


@dataclass(slots=True)
class Reaction:
    """One reaction of one user."""

    id: int
    content: str
    user: User
    created_at: str


@dataclass(slots=True)
class Comment:
    """A comment on an issue or pull request; `app` is the slug of the App that wrote it."""

    id: int
    number: int
    body: str
    user: User
    created_at: str
    updated_at: str
    app: str = ""
    reactions: list[Reaction] = field(default_factory=list)
    minimized: str = ""


@dataclass(slots=True)
class Issue:
    """An issue, or the conversation side of a pull request (same number).

    `body_edited_at` is when its body was last edited, `renamed_at` when each new title was given.
    """

    number: int
    id: int
    title: str
    body: str | None
    user: User
    created_at: str
    updated_at: str
    state: str = "open"
    state_reason: str | None = None
    closed_at: str | None = None
    labels: list[Label] = field(default_factory=list)
    assignees: list[User] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)
    locked: bool = False
    app: str = ""
    body_edited_at: str | None = None
    renamed_at: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Review:
    """A submitted review. `state` is `APPROVED`, `CHANGES_REQUESTED` or `COMMENTED`."""

    id: int
    user: User
    body: str
    state: str
    commit_id: str
    submitted_at: str


@dataclass(slots=True)
class ReviewComment:
    """A comment on a line of the diff; `in_reply_to` is the first comment of its thread."""

    id: int
    number: int
    user: User
    body: str
    path: str
    line: int | None
    commit_id: str
    created_at: str
    updated_at: str
    review_id: int | None = None
    in_reply_to: int | None = None
    resolved: bool = False
    reactions: list[Reaction] = field(default_factory=list)


@dataclass(slots=True)
class PullRequest:
    """A pull request. `merge_sha` is the commit that `pull_request` runs test; None in conflict."""

    id: int
    issue: Issue
    head: Repository
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str
    draft: bool = False
    maintainer_can_modify: bool = True
    merge_sha: str | None = None
    merged_at: str | None = None
    merged_by: User | None = None
    auto_merge: str = ""
    reviews: list[Review] = field(default_factory=list)
    review_comments: list[ReviewComment] = field(default_factory=list)

    @property
    def number(self) -> int:
        """The number it shares with its issue."""
        return self.issue.number


@dataclass(slots=True)
class RepositorySettings:
    """What an owner can switch. `fork_approval` makes runs of fork pull requests wait."""

    actions_may_open_pull_requests: bool = True
    drafts: bool = True
    fork_approval: bool = False
    dependabot_alerts: bool = True
    actions_enabled: bool = True
    allowed_actions: str = "all"
    sha_pinning_required: bool = False
    default_token: str = "read"  # noqa: S105 - what the workflow's own token may do
    issues: bool = True
    archived: bool = False


@dataclass(slots=True)
class Repository:
    """One repository and everything in it."""

    id: int
    owner: User
    name: str
    git: GitRepository
    default_branch: str
    created_at: str
    pushed_at: str
    parent: Repository | None = None
    private: bool = False
    settings: RepositorySettings = field(default_factory=RepositorySettings)
    noticed_refs: dict[str, str] = field(default_factory=dict)
    collaborators: dict[str, str] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    pulls: dict[int, PullRequest] = field(default_factory=dict)
    workflows: dict[str, Workflow] = field(default_factory=dict)
    runs: list[WorkflowRun] = field(default_factory=list)
    check_runs: list[CheckRun] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    rules: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    alerts: list[DependabotAlert] = field(default_factory=list)
    deleted_issues: set[int] = field(default_factory=set)
    secrets: set[str] = field(default_factory=set)
    organization_secrets: set[str] = field(default_factory=set)
    dependabot_secrets: set[str] = field(default_factory=set)
    codeowners_errors: list[dict[str, Any]] = field(default_factory=list)

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner.login}/{self.name}"

    def comment(self, comment_id: int) -> Comment | None:
        """The issue comment with that id."""
        every = (c for issue in self.issues.values() for c in issue.comments)
        return next((c for c in every if c.id == comment_id), None)

    def run(self, run_id: int) -> WorkflowRun | None:
        """The run with that id."""
        return next((run for run in self.runs if run.id == run_id), None)


# Ids in the size that GitHub hands out today: run and job ids do not fit into 32 bits.
_FIRST_ID = {
    "run": 17_402_000_000,
    "job": 48_511_000_000,
    "suite": 36_904_000_000,
    "comment": 2_904_000_000,
    "pull": 2_204_000_000,
    "issue": 2_704_000_000,
}


class GitHubState:
    """Every account and repository of one sandbox, and where its ids come from."""

    def __init__(self, clock: SandboxClock) -> None:
        self.clock = clock
        self.users: dict[str, User] = {}
        self.repositories: dict[str, Repository] = {}
        self._ids: Counter[str] = Counter()

    def next_id(self, kind: str) -> int:
        """A fresh id; each kind counts for itself."""
        self._ids[kind] += 1
        return _FIRST_ID.get(kind, 1_000_000) + self._ids[kind]

    def user(self, login: str) -> User:
        """The account of that login, made when first named."""
        known = self.users.get(login.lower())
        if known is None:
            kind = "Bot" if login.endswith("[bot]") else "User"
            known = self.users[login.lower()] = User(login, self.next_id("user"), kind)
        return known

    def repository(self, full_name: str) -> Repository | None:
        """The repository of that name, whatever its case."""
        return self.repositories.get(full_name.lower())

    def forks(self, repository: Repository) -> list[Repository]:
        """The repositories forked from it."""
        return [r for r in self.repositories.values() if r.parent is repository]


def next_number(repository: Repository) -> int:
    """The next number that issues and pull requests share; none is given twice."""
    return max([*repository.issues, *repository.deleted_issues], default=0) + 1


def next_run_number(repository: Repository, workflow: Workflow) -> int:
    """Runs are numbered for each workflow."""
    return 1 + sum(run.workflow is workflow for run in repository.runs)
