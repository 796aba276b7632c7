"""GitHub, as far as the engine needs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.diff_policy import Comparison
from bot.evidence.reports import Report
from bot.model import (
    Alert,
    Annotation,
    Check,
    CommentRef,
    Job,
    JobLog,
    MissingLog,
    PullRequest,
    Reaction,
    Repository,
    RunRef,
    Thread,
    WorkflowRun,
)
from bot.untrusted import Untrusted


class Runs(Protocol):
    """Workflow runs, their jobs and logs."""

    def repository(self) -> Repository:
        """The repository itself."""

    def run(self, ref: RunRef) -> WorkflowRun:
        """The run at that attempt. A run that does not exist is a `ConfigurationError`."""

    def jobs(self, ref: RunRef) -> tuple[Job, ...]:
        """Every job of that attempt, all pages."""

    def logs(
        self, jobs: Sequence[Job]
    ) -> AbstractContextManager[tuple[Iterator[JobLog], Sequence[MissingLog]]]:
        """Download the logs, a few at a time; each is given, in order, while others are on the way.

        Those that cannot be had are in the second part, with the reason, once the first has ended.
        """

    def runs(self, **query: str) -> tuple[WorkflowRun, ...]:
        """The newest 100 runs that fit `branch`, `head_sha`, `status`, `created` and the like."""

    def rerun_failed_jobs(self, run: WorkflowRun) -> None:
        """Rerun them; raises `UpstreamError` where the token or the run's state forbids it."""

    def dispatch(self, workflow_id: int, branch: str) -> None:
        """Start the workflow on the branch; raises `UpstreamError` where that is impossible."""

    def workflow_state(self, workflow_id: int) -> str:
        """`active`, or why it does not run, such as `disabled_manually`."""

    def reports(self, run_id: int) -> tuple[Report, ...]:
        """JUnit XML and SARIF among the run's artifacts; what cannot be had is left out."""

    def annotations(self, job: Job) -> tuple[Annotation, ...]:
        """The annotations of the job's check run; empty where they cannot be read."""


class PullRequests(Protocol):
    """Pull requests and branches."""

    def pull_request(self, number: int) -> PullRequest | None:
        """That pull request; None when there is none."""

    def pull_requests_for(
        self, branch: str, *, owner: str = "", state: str = "open", base: str = ""
    ) -> tuple[PullRequest, ...]:
        """Pull requests whose head is that branch, newest first.

        It is a branch of this repository, or of the fork of another `owner`.
        """

    def open_pull_requests(self) -> tuple[PullRequest, ...]:
        """Every open one, newest first."""

    def closed_pull_requests(self) -> tuple[PullRequest, ...]:
        """The hundred that changed last among the closed ones."""

    def branches(self, prefix: str) -> tuple[str, ...]:
        """The names of the branches that begin so."""

    def text_at(self, path: str, sha: str) -> Untrusted | None:
        """The file at that commit; None where there is none, or none that may be read."""

    def files(self, sha: str) -> tuple[str, ...]:
        """The paths of the files of that commit, as Git has them: outside text.

        Empty where there are none, or no such commit. Of more than 100,000 entries or 7 MB GitHub
        gives the first ones only, and so does this.
        """

    def compare(self, base_sha: str, head_sha: str) -> Comparison:
        """What leads from the one to the other: up to 300 files; not readable is no error."""

    def branch_head(self, branch: str) -> str:
        """The branch's head SHA; empty when there is no such branch."""

    def open_pull_request(
        self, *, head: str, base: str, title: str, body: str, draft: bool
    ) -> PullRequest:
        """Open it, or return the open one of that head and base.

        Where drafts are refused it is opened ready. Raises `UpstreamError` of kind
        `github-permission` where creating is forbidden.
        """

    def update_pull_request(self, number: int, *, body: str) -> None:
        """Replace the body of a pull request of ours."""

    def required_checks(self, branch: str) -> tuple[str, ...]:
        """The names of the checks that the branch's rules require; empty where unreadable."""

    def checks(self, sha: str) -> tuple[Check, ...]:
        """All check runs and statuses of exactly that commit."""


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment on an issue or pull request."""

    id: int
    author: str
    body: Untrusted
    url: str
    edited: bool = False
    thread: int = 0


class Comments(Protocol):
    """The conversation below a pull request or issue."""

    def viewer(self) -> str:
        """Our own login, asked once (GraphQL `viewer`: `GET /user` is 403 for app tokens)."""

    def is_us(self, login: str) -> bool:
        """Whether that is our own login, with or without an app's `[bot]`."""

    def find_comment(self, number: int, marker: str) -> Comment | None:
        """The oldest comment, on any page, that we wrote and that contains the marker."""

    def upsert_comment(
        self, number: int, marker: str, body: str, *, unless: Callable[[str], bool] | None = None
    ) -> Comment:
        """Edit ours, or write it; left as it is where nothing changed or `unless` says so of it."""

    def answer(self, number: int, marker: str, body: str) -> Comment:
        """Our comment with that marker at the end of the thread; older ones of it are deleted."""

    def said(self, ref: CommentRef) -> Comment | None:
        """That comment as it stands now; None when it was deleted."""

    def permission(self, login: str) -> str:
        """`admin`, `write`, `read` or `none`; `none` also for an account that does not exist."""

    def react(self, ref: CommentRef, reaction: Reaction) -> None:
        """React to the comment, once; GitHub keeps one of each kind."""


@dataclass(frozen=True, slots=True)
class Issue:
    """An open issue of ours; `body` holds its marker."""

    number: int
    url: str
    body: Untrusted


class Issues(Protocol):
    """Issues that people wrote, and the one that an item without any pull request may need."""

    def thread(self, number: int) -> Thread | None:
        """That issue or pull request, with the time of its last edit, read together.

        None where there is none, or not in this repository now.
        """

    def our_issues(self) -> tuple[Issue, ...]:
        """The open issues with our label that we wrote."""

    def upsert_issue(self, marker: str, title: str, body: str) -> Issue:
        """Edit our open issue with that marker, or write it."""

    def close_issue(self, number: int, body: str) -> None:
        """Say the last word in its body and close it."""


class Alerts(Protocol):
    """What GitHub warns of."""

    def alerts(self) -> tuple[Alert, ...]:
        """Every open Dependabot alert, oldest first.

        Raises `UpstreamError` of kind `github-permission`, whose message names the permission, or
        says that alerts are disabled, where GitHub refuses: the rest of a run can go on without.
        """


class CodeHost(Runs, PullRequests, Comments, Issues, Alerts, Protocol):
    """All of GitHub that the engine needs."""

    @property
    def requests(self) -> int:
        """Requests sent so far; a sweep has a budget."""


class Glance(CodeHost, Protocol):
    """GitHub as a reader of many items at once sees it: what was told together is not asked again.

    Its answers may be as old as the last `look`, so nothing may be done about them.
    """

    def look(self, numbers: Sequence[int], branches: Sequence[str]) -> None:
        """Read pull requests with their comments, and branches with their checks and requests.

        One request, for about fifty of each. What cannot be had is read when it is asked for.
        """

    def look_at_runs(self, runs: Mapping[int, str], before: datetime | None) -> None:
        """Read those red runs, by id with their head SHA, and their red jobs.

        None of them is younger than `before`.
        """
