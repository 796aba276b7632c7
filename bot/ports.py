"""What the engine needs from outside, as Protocols named by need; `bot.adapters` implements them.

Every method may raise `UpstreamError`. Reads are safe to repeat. A method that creates something
looks for it first, and again after a lost answer, so it is safe to repeat as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.evidence.recorded import Recorded
from bot.evidence.reports import Report
from bot.model import (
    Annotation,
    BackendName,
    Check,
    Cleanup,
    Job,
    JobLog,
    MissingLog,
    PullRequest,
    Repository,
    RunRef,
    Session,
    SessionKey,
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
        self, jobs: Sequence[Job], arrived: Callable[[JobLog], None] | None = None
    ) -> AbstractContextManager[tuple[Iterator[JobLog], Sequence[MissingLog]]]:
        """Download the logs, a few at a time; each is given, in order, while others are on the way.

        Those that cannot be had are in the second part, with the reason, once the first has ended.
        `arrived` gets each log before that, in the thread that downloaded it.
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
        self, head: str, *, state: str = "open", base: str = ""
    ) -> tuple[PullRequest, ...]:
        """Pull requests whose head is `owner:branch`, newest first."""

    def open_pull_requests(self) -> tuple[PullRequest, ...]:
        """Every open pull request, newest first."""

    def closed_pull_requests(self) -> tuple[PullRequest, ...]:
        """The hundred that changed last among the closed ones."""

    def branches(self, prefix: str) -> tuple[str, ...]:
        """The names of the branches that begin so."""

    def text_at(self, path: str, sha: str) -> Untrusted:
        """The file at that commit; empty where there is none, or none that can be read."""

    def changed_paths(self, base: str, head: str) -> tuple[str, ...]:
        """What the commits from `base` to `head` touch: up to 300 paths; empty if unreadable."""

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


class Comments(Protocol):
    """The conversation below a pull request or issue."""

    def viewer(self) -> str:
        """Our own login, asked once (GraphQL `viewer`: `GET /user` is 403 for app tokens)."""

    def find_comment(self, number: int, marker: str) -> Comment | None:
        """The oldest comment, on any page, that we wrote and that contains the marker."""

    def upsert_comment(self, number: int, marker: str, body: str) -> Comment:
        """Edit our comment with that marker, or write it. Nothing is sent when nothing changed."""


@dataclass(frozen=True, slots=True)
class Issue:
    """An open issue of ours; `body` holds its marker."""

    number: int
    url: str
    body: Untrusted


class Issues(Protocol):
    """The one issue that an item without any pull request may need."""

    def our_issues(self) -> tuple[Issue, ...]:
        """The open issues with our label that we wrote."""

    def upsert_issue(self, marker: str, title: str, body: str) -> Issue:
        """Edit our open issue with that marker, or write it."""

    def close_issue(self, number: int, body: str) -> None:
        """Say the last word in its body and close it."""


class CodeHost(Runs, PullRequests, Comments, Issues, Protocol):
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


class AgentBackend(Protocol):
    """Coder, by one of its two agent APIs. All the verbs of `coder task` are here."""

    @property
    def name(self) -> BackendName:
        """Tasks or chats."""

    @property
    def owner(self) -> str:
        """The Coder user name for whom sessions run."""

    def find(self, key: SessionKey) -> Session | None:
        """The session of that key (chats: archived ones too; the oldest wins), or None."""

    def start(self, key: SessionKey, *, prompt: str, title: str) -> Session:
        """Look up → create → on any error look up again and adopt. `Session.created` says which."""

    def list(self, prefix: str) -> tuple[Session, ...]:
        """Our sessions whose key name begins with `prefix`, oldest first."""

    def observe(self, session: Session) -> Session:
        """The session now; state GONE when it is not there any more."""

    def logs(self, session: Session, lines: int = 20) -> tuple[Untrusted, ...]:
        """The last lines of the conversation, or of the build where it failed; best effort."""

    def send(self, session: Session, text: str) -> Session:
        """A follow-up; resumes a paused session first.

        Raises `SessionBusyError` when the session cannot take it yet.
        """

    def pause(self, session: Session) -> Session:
        """Stop the workspace and keep it (chats: interrupt, then stop the workspace)."""

    def resume(self, session: Session) -> Session:
        """Start the workspace again (chats: nothing to do, a message does it)."""

    def delete(self, session: Session) -> None:
        """Delete the task and its workspace (chats: interrupt, archive, delete the workspace)."""

    def end(self, session: Session, cleanup: Cleanup) -> None:
        """Apply the clean-up; never raises for a session that is already where it should be."""


class LocalFiles(Protocol):
    """What the failing job left in the workspace that we share with it."""

    def recorded(self) -> AbstractContextManager[Recorded]:
        """Copies of the files that `log-file` names, gone when the context ends; never raises."""


class Narrator(Protocol):
    """Where progress is told to whoever watches the run."""

    def tell(self, text: str) -> None:
        """One line of our own words; outside text has been rendered before."""


class Clock(Protocol):
    """Time, so that tests need none."""

    def now(self) -> datetime:
        """Wall clock, UTC."""

    def monotonic(self) -> float:
        """Seconds that never jump, for waits and deadlines."""

    def sleep(self, seconds: float) -> None:
        """Sleep; raises `CancelledError` at once when a signal arrives."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything outside, bundled. `agent` is None where nothing may be started."""

    github: CodeHost
    agent: AgentBackend | None
    clock: Clock
    narrator: Narrator
    files: LocalFiles | None = None


__all__ = [
    "AgentBackend",
    "Clock",
    "CodeHost",
    "Comment",
    "Comments",
    "Glance",
    "Issue",
    "Issues",
    "LocalFiles",
    "Narrator",
    "Ports",
    "PullRequests",
    "Runs",
]
