"""What the failed jobs printed when they last passed, for failures that no log format knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import UpstreamError
from bot.evidence.distiller import Distillation
from bot.model import GreenRun, RunRef, WorkflowRun
from bot.ports import CodeHost

LOGS = 3
"""Green logs fetched at most: the legs of a matrix print much the same."""


@dataclass(frozen=True, slots=True)
class LastGreen:
    """The newest green run of the same workflow, on the first of `branches` that has one."""

    github: CodeHost
    run: WorkflowRun
    branches: Sequence[str]

    def compare(self, read: Distillation) -> GreenRun | None:
        """Two requests and two for each log, only where lines were chosen by their wording.

        A hint: what cannot be had is done without.
        """
        guessed = {job.name.raw for job in read.guessed}
        if not guessed:
            return None
        try:
            return self._compare(read, guessed)
        except UpstreamError:
            return None

    def _compare(self, read: Distillation, guessed: set[str]) -> GreenRun | None:
        green = self._newest()
        if green is None:
            return None
        jobs = [
            job
            for job in self.github.jobs(RunRef(green.id, green.attempt))
            if job.name.raw in guessed and job.conclusion == "success"
        ]
        compared = False
        with self.github.logs(jobs[:LOGS]) as (logs, _):
            for log in logs:
                read.compare_with(log, job=log.job.name.raw)
                compared = True
        return GreenRun(green.url, green.head_sha) if compared else None

    def _newest(self) -> WorkflowRun | None:
        for branch in dict.fromkeys(b for b in self.branches if b):
            runs = self.github.runs(branch=branch, status="success")
            own = [r for r in runs if r.workflow_id == self.run.workflow_id and r.id < self.run.id]
            if own:
                return max(own, key=lambda r: r.id)
        return None
