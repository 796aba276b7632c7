"""What can be known of a run while it lives, from one of its own jobs.

GitHub shows a job's log when that job has ended, and says so of its steps and annotations at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace

from bot.decide.run_facts import RunFacts
from bot.errors import UpstreamError
from bot.evidence.noted import SAYS_NOTHING, TOOL, of_steps
from bot.evidence.recorded import Recorded
from bot.evidence.workflow_file import command_of
from bot.model import Check, Diagnostic, Evidence, Job, MissingLog, Request, WorkflowRun
from bot.ports import Ports
from bot.untrusted import Untrusted

LOOKS, PAUSE = 3, 2.0
"""The failed step of our own job is told a moment late; seconds between two looks."""


@dataclass(frozen=True, slots=True)
class Unended:
    """Our own run, where that is the one asked about."""

    request: Request
    ports: Ports

    def facts(self, run: WorkflowRun, jobs: tuple[Job, ...]) -> RunFacts:
        """Judged by its jobs. A run that nothing has failed in yet is looked at again."""
        asked = self.request.run
        assert asked is not None  # noqa: S101 - our own run is asked about
        for look in range(LOOKS):
            if look:
                self.ports.clock.sleep(PAUSE)
                jobs = self.ports.github.jobs(asked)
            own = self.request.vantage.own(jobs)
            facts = RunFacts(run, jobs, by_jobs=True, own=own.id if own else 0)
            if facts.failing or run.status == "completed":
                break
        return facts

    def is_asked(self, run_id: int) -> bool:
        """Whether it is the run in which we are."""
        asked = self.request.run
        return self.request.vantage.inside and asked is not None and asked.id == run_id

    @contextmanager
    def recorded(self, runs: Sequence[int]) -> Iterator[Recorded]:
        """The files of `log-file`, where they are of one of these runs."""
        ours = any(self.is_asked(run_id) for run_id in runs)
        files = self.ports.files if ours else None
        with files.recorded() if files else nullcontext(Recorded()) as found:
            yield found

    def completed(
        self, evidence: Evidence, jobs: Sequence[Job], files: Recorded, run: WorkflowRun | None
    ) -> Evidence:
        """With each step's command and what could not be seen; `jobs` have not ended.

        Where only names of steps are known there is no fingerprint: that "Run tests" failed here
        and there makes no two failures one.
        """
        if not jobs:
            return replace(evidence, missing=(*evidence.missing, *files.refused))
        excerpts = evidence.excerpts
        commands = {}
        workflow = self._workflow(run) if run is not None else None
        if workflow is not None:
            told = ((job.id, command_of(workflow, job)) for job in jobs)
            commands = {number: command for number, command in told if command.raw}
            excerpts = tuple(
                e if e.command.raw else replace(e, command=commands.get(e.job_id, e.command))
                for e in evidence.excerpts
            )
        telling = tuple(d for d in evidence.diagnostics if _tells(d))
        return replace(
            evidence,
            excerpts=excerpts,
            diagnostics=telling or tuple(d for job in jobs for d in of_steps(job)),
            fingerprint=evidence.fingerprint if telling else (),
            missing=(
                *evidence.missing,
                *(_unseen(job, files, found=job.id in commands) for job in jobs),
                *files.refused,
            ),
        )

    def _workflow(self, run: WorkflowRun) -> Untrusted | None:
        """The run's file. It only helps: trouble with it must not end what goes on without."""
        sha = self.request.vantage.workflow_sha if self.is_asked(run.id) else ""
        with suppress(UpstreamError):
            return self.ports.github.text_at(run.path, sha or run.head_sha)
        return None

    def counted(self, checks: tuple[Check, ...]) -> tuple[Check, ...]:
        """The checks of our own run count, for it tests the commit; not those of a job like us.

        That is a job which repairs what others broke. Our own job counts where it is the one that
        failed, and is under way for as long as we are.
        """
        asked = self.request.run
        if not self.request.vantage.inside or asked is None or not any(c.ours for c in checks):
            return checks
        own = self.request.vantage.own(self.ports.github.jobs(asked))
        repairs = own is not None and not own.failing_steps
        mine = {own.id, own.check_run_id, 0} if own is not None and repairs else set()
        return tuple(replace(c, ours=c.ours and c.job_id in mine) for c in checks)


def _tells(diagnostic: Diagnostic) -> bool:
    """More than that a step failed, which the runner itself notes of every failed step."""
    tool, message = diagnostic.tool, diagnostic.message.raw
    return tool != "step" and not (tool == TOOL and message.startswith(SAYS_NOTHING))


def _unseen(job: Job, files: Recorded, *, found: bool) -> MissingLog:
    count = len(files.logs) + len(files.reports)
    why = "GitHub shows it only when the job has ended"
    if count:
        stand = (
            "1 file of `log-file` stands" if count == 1 else f"{count} files of `log-file` stand"
        )
        why += f"; {stand} in for it"
    else:
        why += ", and no `log-file` stands in for it"
    if not found:
        why += "; the failed step's command is not in the workflow file, or cannot be told"
    return MissingLog(job.name, why, unended=not count)
