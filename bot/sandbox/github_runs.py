"""Workflow runs, jobs, steps, check runs and statuses as the sandbox keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FAILED = frozenset({"failure", "timed_out", "startup_failure"})


@dataclass(slots=True)
class Workflow:
    """A workflow file, known by its path."""

    id: int
    path: str
    name: str
    created_at: str
    state: str = "active"


@dataclass(slots=True)
class Step:
    """One step; numbers have gaps, since post steps are counted as if every step had one."""

    number: int
    name: str
    status: str = "queued"
    conclusion: str | None = None
    started_at: str | None = None
    completed_at: str | None = None


@dataclass(slots=True)
class Annotation:
    """One annotation of a check run."""

    message: str
    level: str = "failure"
    path: str = ".github"
    start_line: int = 1
    end_line: int = 1
    title: str = ""


@dataclass(slots=True)
class Job:
    """One job of one attempt; its id is its check run's id too, as on GitHub.

    `log_state` says how the log is served: empty is well; `gone` (410), `missing` (404 with an XML
    body from the store), `empty`, `cut` (the connection is lost half-way).
    """

    id: int
    key: str
    name: str
    attempt: int
    created_at: str
    status: str = "queued"
    conclusion: str | None = None
    started_at: str | None = None
    completed_at: str | None = None
    labels: tuple[str, ...] = ("ubuntu-latest",)
    steps: list[Step] = field(default_factory=list)
    annotations: list[Annotation] = field(default_factory=list)
    log: bytes | None = None
    log_state: str = ""
    runner: str = "Sandbox 1"


@dataclass(slots=True)
class Artifact:
    """A zip that a run left behind."""

    id: int
    name: str
    content: bytes
    created_at: str
    expired: bool = False


@dataclass(slots=True)
class Attempt:
    """What one attempt of a run came to."""

    number: int
    actor: str
    created_at: str
    updated_at: str
    status: str = "queued"
    conclusion: str | None = None


@dataclass(slots=True)
class WorkflowRun:
    """One workflow run with all its attempts.

    `head_sha` is what the API calls so (for pull requests the head commit), `tested_sha` is what
    is checked out (the merge commit). `problem` says why a run could not start.
    """

    id: int
    workflow: Workflow
    number: int
    event: str
    head_branch: str | None
    head_sha: str
    tested_sha: str
    ref: str
    head_full_name: str
    actor: str
    display_title: str
    suite_id: int
    attempts: list[Attempt]
    jobs: list[Job] = field(default_factory=list)
    artifacts: list[Artifact] = field(default_factory=list)
    pull_number: int | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""
    cancelled: bool = False

    @property
    def attempt(self) -> Attempt:
        """The newest attempt."""
        return self.attempts[-1]

    @property
    def status(self) -> str:
        """The newest attempt's status."""
        return self.attempt.status

    @property
    def conclusion(self) -> str | None:
        """The newest attempt's conclusion."""
        return self.attempt.conclusion

    def jobs_of(self, attempt: int) -> list[Job]:
        """The jobs that ran in that attempt; a passed job stays in the older one."""
        return [job for job in self.jobs if job.attempt == attempt]

    def latest_jobs(self) -> list[Job]:
        """For each job name the newest one, over all attempts."""
        return list({job.name: job for job in self.jobs}.values())


@dataclass(slots=True)
class CheckRun:
    """A check run made through the API by an App."""

    id: int
    suite_id: int
    name: str
    head_sha: str
    app: str
    status: str
    conclusion: str | None
    started_at: str | None
    completed_at: str | None
    output: Mapping[str, Any] = field(default_factory=dict)
    details_url: str = ""
    external_id: str = ""
    annotations: list[Annotation] = field(default_factory=list)


@dataclass(slots=True)
class Status:
    """A commit status. `state` is `error`, `failure`, `pending` or `success`."""

    id: int
    sha: str
    state: str
    context: str
    description: str | None
    target_url: str | None
    creator: str
    created_at: str
