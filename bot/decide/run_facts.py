"""The run that failed: which of its jobs are red, and which still run. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model import RED_CONCLUSIONS, Job, WorkflowRun


@dataclass(frozen=True, slots=True)
class RunFacts:
    """The failed run and its attempt's jobs. `timed_out` are cancelled jobs that hit a limit.

    `by_jobs`: its jobs say whether it failed, for it may not have ended: we are in it (`own` is
    then our job's id, 0 where that cannot be told), or work on it has begun from there.
    """

    run: WorkflowRun
    jobs: tuple[Job, ...]
    timed_out: tuple[int, ...] = ()
    by_jobs: bool = False
    own: int = 0

    @property
    def failing(self) -> tuple[Job, ...]:
        """The jobs whose logs are the evidence, in GitHub's order."""
        return tuple(
            j
            for j in self.jobs
            if j.conclusion in RED_CONCLUSIONS or j.id in self.timed_out or self._fails_now(j)
        )

    def _fails_now(self, job: Job) -> bool:
        """A step of it has failed and it goes on: ours, or any where that is unknown."""
        ours = self.own in {0, job.id}
        return self.by_jobs and ours and job.conclusion is None and bool(job.failing_steps)

    @property
    def is_red(self) -> bool:
        """Whether there is a failure to repair."""
        if self.by_jobs and self.run.conclusion in {None, "cancelled"}:
            return bool(self.failing)
        cancelled = self.run.conclusion == "cancelled" and bool(self.timed_out)
        return self.run.conclusion in RED_CONCLUSIONS or cancelled

    @property
    def unfinished(self) -> tuple[Job, ...]:
        """Jobs besides ours that still run: what they come to is not known, nor waited for."""
        known = {self.own, *(job.id for job in self.failing)}
        return tuple(j for j in self.jobs if j.status != "completed" and j.id not in known)
