"""Everything that is told to people, whatever the place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.model import (
    BackendName,
    Evidence,
    Job,
    Outcome,
    PullRequest,
    Repository,
    Session,
    Severity,
    TimelineEntry,
    Verdict,
    WorkflowRun,
)
from bot.sanitize import NO_SECRETS, Secrets
from bot.untrusted import Untrusted


class Ending(StrEnum):
    """What settled an item for good, after which its comment is one line."""

    GREEN = "green"
    MERGED = "merged"
    CLOSED = "closed"


class Operation(StrEnum):
    """The output `pull-request-operation`."""

    CREATED = "created"
    UPDATED = "updated"
    ADOPTED = "adopted"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One turn of the agent: the commit it led to (empty without a push), and what came of it."""

    sha: str
    words: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One place of the diff policy; `rule`, `why` and `legitimate` are ours, all else the diff's.

    `line` is 0 for the whole file, and `path` is empty for the whole change. What does not block,
    or was accepted by a person, is only noted.
    """

    rule: str
    path: Untrusted
    line: int
    why: str
    text: Untrusted = Untrusted("")
    removed: bool = False
    legitimate: str = ""
    blocking: bool = True
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """What a line of an upgrade's plan is about, and the severity of what it mends."""

    what: Untrusted
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class SweptItem:
    """One item of a sweep, for the output `items`."""

    outcome: Outcome
    session_url: str = ""
    pull_request_url: str = ""
    planned: Planned | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """What a run knows at its end, or on the way. Empty, None and 0 stand for what is not known.

    `unfinished_jobs` are those of the run that nobody waited for. `decision` says in one sentence
    what was decided and why. `session_log`
    holds the session's last lines. `compare_url` is set where creating the pull request is
    forbidden. `would_start`: only the mode, or `dry-run`, kept a session from being started; of an
    upgrade `planned` is its line of the plan. `commands` says that `/coder` commands are answered
    here. `duration` is in seconds; `prompt` is shown by `dry-run`; `issue` is the issue that asked,
    `upgrade` the packages of an upgrade with their versions, in our grammar; `caution` is what our
    token cannot do. Our own sentences here (`decision`, `caution`, `Outcome.reason`)
    are Markdown and hold no outside text but what `to_markdown` made of it.
    """

    outcome: Outcome
    repository: Repository | None = None
    item: str = ""
    mode: str = "propose"
    dry_run: bool = False
    run: WorkflowRun | None = None
    failing_jobs: tuple[Job, ...] = ()
    unfinished_jobs: tuple[Job, ...] = ()
    evidence: Evidence | None = None
    failing_pull_request: PullRequest | None = None
    session: Session | None = None
    session_log: tuple[Untrusted, ...] = ()
    backend: BackendName | None = None
    pull_request: PullRequest | None = None
    operation: Operation = Operation.NONE
    branch: str = ""
    compare_url: str = ""
    verdict: Verdict | None = None
    attempts: tuple[Attempt, ...] = ()
    attempt: int = 0
    max_attempts: int = 0
    findings: tuple[Finding, ...] = ()
    ending: Ending | None = None
    decision: str = ""
    commands: bool = False
    issue: int = 0
    upgrade: tuple[str, ...] = ()
    items: tuple[SweptItem, ...] = ()
    planned: Planned | None = None
    would_start: bool = False
    timeline: tuple[TimelineEntry, ...] = ()
    duration: float = 0.0
    prompt: str = ""
    caution: str = ""
    bundle: str = ""
    secrets: Secrets = NO_SECRETS
