"""Workflow runs, jobs, annotations and log addresses."""

from __future__ import annotations

from itertools import islice

from bot.adapters.github_api import convert
from bot.adapters.github_api.client import PER_PAGE, Client
from bot.errors import ConfigurationError, UpstreamError
from bot.model import Annotation, Job, Repository, RunRef, WorkflowRun


class RunReader:
    """Implements the part of `bot.ports.Runs` that is plain reading."""

    def __init__(self, client: Client, full_name: str) -> None:
        self._client = client
        self._full_name = full_name
        self._at = f"/repos/{full_name}"

    def repository(self) -> Repository:
        """The repository; one that cannot be seen is a configuration error."""
        data = self._client.get(self._at, none_on=(404,))
        if data is None:
            raise ConfigurationError(
                f"The repository {self._full_name} cannot be found with this `github-token`.",
                remedy="Check GITHUB_REPOSITORY (or --repository) and the token's access.",
            )
        return convert.repository(data)

    def run(self, ref: RunRef) -> WorkflowRun:
        """The run at its attempt, or the newest."""
        attempt = f"/attempts/{ref.attempt}" if ref.attempt else ""
        data = self._client.get(f"{self._at}/actions/runs/{ref.id}{attempt}", none_on=(404,))
        if data is None:
            raise ConfigurationError(
                f"`run-id` {ref.id} is no workflow run of {self._full_name}"
                f"{f' with an attempt {ref.attempt}' if ref.attempt else ''}.",
                remedy="Take the number from the run's address, …/actions/runs/NUMBER.",
            )
        return convert.run(data)

    def jobs(self, ref: RunRef) -> tuple[Job, ...]:
        """Every job of the attempt: a matrix makes up to 256, three pages."""
        attempt = f"/attempts/{ref.attempt}" if ref.attempt else ""
        pages = self._client.pages(f"{self._at}/actions/runs/{ref.id}{attempt}/jobs", "jobs")
        return tuple(convert.job(data) for data in pages)

    def runs(self, **query: str) -> tuple[WorkflowRun, ...]:
        """The newest hundred: one page, however many there are."""
        pages = self._client.pages(f"{self._at}/actions/runs", "workflow_runs", **query)
        return tuple(convert.run(data) for data in islice(pages, PER_PAGE))

    def rerun_failed_jobs(self, run: WorkflowRun) -> None:
        """POST once: a rerun that was asked for twice would be two."""
        self._client.post(f"{self._at}/actions/runs/{run.id}/rerun-failed-jobs", {})

    def dispatch(self, workflow_id: int, branch: str) -> None:
        """POST once; 422 where the workflow declares no `workflow_dispatch`."""
        self._client.post(f"{self._at}/actions/workflows/{workflow_id}/dispatches", {"ref": branch})

    def workflow_state(self, workflow_id: int) -> str:
        """The workflow's own word for whether it runs."""
        data = self._client.get(f"{self._at}/actions/workflows/{workflow_id}", none_on=(404,))
        return "deleted" if data is None else str(data["state"])

    def annotations(self, job: Job) -> tuple[Annotation, ...]:
        """The job's annotations; none where `checks: read` is missing, they are a hint only."""
        if not job.check_run_id:
            return ()
        try:
            pages = self._client.pages(f"{self._at}/check-runs/{job.check_run_id}/annotations")
            return tuple(convert.annotation(data) for data in pages)
        except UpstreamError as refused:
            if refused.status in {403, 404}:
                return ()
            raise

    def log_address(self, job: Job) -> tuple[int, str]:
        """Status and signed address of the job's log: 302 with an address, 404 or 410 without."""
        return self._client.location(f"{self._at}/actions/jobs/{job.id}/logs")
