"""GitHub's nouns, as far as a repair needs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.untrusted import Untrusted


@dataclass(frozen=True, slots=True)
class Repository:
    """`full_name` is `owner/name`; `url` is the page for people, without a trailing slash."""

    full_name: str
    id: int
    default_branch: str
    url: str


@dataclass(frozen=True, slots=True)
class Event:
    """What GitHub delivered: `GITHUB_EVENT_NAME` and the payload, unparsed."""

    name: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class JobStep:
    """One step of a job; `number` is 1-based as in `#step:N:LINE` links."""

    number: int
    name: Untrusted
    status: str
    conclusion: str | None
    started_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One job of one attempt. `conclusion` is GitHub's word, or one that we have never seen."""

    id: int
    name: Untrusted
    status: str
    conclusion: str | None
    steps: tuple[JobStep, ...] = ()
    url: str = ""
    run_attempt: int = 1
    runner_name: str = ""
    check_run_id: int = 0
    started_at: datetime | None = None
    completed_at: datetime | None = None

    @property
    def failing_steps(self) -> tuple[JobStep, ...]:
        """The steps whose conclusion is red, in order."""
        return tuple(s for s in self.steps if s.conclusion in RED_CONCLUSIONS)


RED_CONCLUSIONS = frozenset({"failure", "timed_out", "startup_failure"})
"""Conclusions that always count as red; a `cancelled` job may be a time-out, see `Annotation`."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotation of a job's check run. GitHub keeps at most 10 per level and step."""

    path: str
    line: int
    level: str
    title: Untrusted
    message: Untrusted


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """One attempt of one workflow run. `head_repository` is empty when the fork was deleted."""

    id: int
    attempt: int
    workflow_id: int
    name: Untrusted
    path: str
    event: str
    status: str
    conclusion: str | None
    head_sha: str
    head_branch: str
    head_repository: str
    url: str
    actor: str = ""
    pull_request_numbers: tuple[int, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    display_title: Untrusted = Untrusted("")
    head_message: Untrusted = Untrusted("")


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request; `head_repository` is empty when the fork was deleted."""

    number: int
    url: str
    title: Untrusted
    body: Untrusted
    state: str
    draft: bool
    merged: bool
    author: str
    head_ref: str
    head_sha: str
    head_repository: str
    base_ref: str
    base_sha: str
    labels: tuple[str, ...] = ()
    mergeable_state: str = ""
    created_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One check run, commit status or workflow run on a commit, as GitHub counts it.

    `workflow_id` and `event` are set for Actions, where the latest run per workflow and event
    counts. `ours` marks the checks of the workflow run in which we run.
    """

    name: Untrusted
    status: str
    conclusion: str | None
    url: str = ""
    app: str = ""
    workflow_id: int = 0
    event: str = ""
    run_id: int = 0
    job_id: int = 0
    suite_id: int = 0
    ours: bool = False


class Severity(StrEnum):
    """How bad a vulnerability is, in GitHub's words; `LOW < CRITICAL`."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for the lowest."""
        return tuple(Severity).index(self)

    # Texts are ordered by their letters: all four must be said.
    def __lt__(self, other: str) -> bool:
        return self.rank < Severity(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Severity(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Severity(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Severity(other).rank


@dataclass(frozen=True, slots=True)
class Alert:
    """One open Dependabot alert: a dependency in one manifest that an advisory warns of.

    `package` and `patched`, the first version without the fault, may go into commands. `package` is
    empty where GitHub's text is no name in our grammar, `patched` where there is no such version,
    or none that reads as one. `advisory` is the GHSA id, `manifest` the path of the file.
    """

    number: int
    package: str
    ecosystem: str
    severity: Severity
    patched: str
    advisory: str
    summary: Untrusted
    manifest: Untrusted
    url: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Thread:
    """An issue, or the conversation of a pull request, as it stands now.

    `author` is empty for a deleted account. `edited_at` is when title or body were last edited,
    whole seconds; None where they are as they were opened.
    """

    number: int
    title: Untrusted
    body: Untrusted
    author: str
    labels: tuple[str, ...]
    state: str
    locked: bool
    url: str
    created_at: datetime | None = None
    edited_at: datetime | None = None
