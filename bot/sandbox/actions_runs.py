"""Runs on their way: attempts in threads of their own, at most two at once, and their end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.sandbox.actions_expressions import Context, ExpressionError, expand
from bot.sandbox.actions_job import JobExecution, JobTask, discard
from bot.sandbox.actions_plan import Plan, conclude, job_name, keep_for_rerun
from bot.sandbox.actions_seeds import JobSeed, fill_job
from bot.sandbox.actions_workflow import JobSpec, WorkflowFile, WorkflowFileError, read_workflow
from bot.sandbox.github_runs import Attempt, Job, WorkflowRun
from bot.sandbox.github_state import Repository

if TYPE_CHECKING:
    from bot.sandbox.github_server import GitHubServer

Script = Callable[[WorkflowRun], Sequence[JobSeed] | None]
"""Says what a run's jobs come to instead of running them; None lets them run."""

PARALLEL_RUNS = 2


class RunsInProgress:
    """Executes attempts. Its threads take the server's lock only to change what others read."""

    def __init__(self, server: GitHubServer, directory: Path) -> None:
        self.script: Script | None = None
        self._server = server
        self._directory = directory
        self._slots = threading.Semaphore(PARALLEL_RUNS)
        self._idle = threading.Condition()
        self._active = 0
        self._executing: dict[int, JobExecution] = {}
        self._begun: set[int] = set()

    def start(
        self, repository: Repository, run: WorkflowRun, kept: Mapping[str, str] | None = None
    ) -> None:
        """Begin the newest attempt of a run."""
        seeds = self.script(run) if self.script else None
        if seeds is not None:
            self.tell(repository, run, seeds)
            return
        raw = repository.git.read(run.tested_sha, run.workflow.path) or b""
        try:
            file = read_workflow(run.workflow.path, raw.decode(errors="replace"))
        except WorkflowFileError as broken:
            self.refuse(repository, run, str(broken))
            return
        with self._idle:
            self._active += 1
            self._begun.add(run.id)
        arguments = (repository, run, file, Plan(file.jobs, kept or {}))
        name = f"run-{run.id}"
        threading.Thread(target=self._attempt, args=arguments, name=name, daemon=True).start()

    def tell(
        self,
        repository: Repository,
        run: WorkflowRun,
        seeds: Sequence[JobSeed],
        conclusion: str | None = None,
    ) -> None:
        """Fill the newest attempt with told jobs; it ends when all of them have.

        A `conclusion` ends it at once with a word that need not follow from the jobs.
        """
        self._fill(run, seeds)
        jobs = run.jobs_of(run.attempt.number)
        if conclusion or all(job.status == "completed" for job in jobs):
            self.finish(repository, run, conclusion)
        else:
            run.attempt.status = "in_progress"

    def refuse(self, repository: Repository, run: WorkflowRun, problem: str) -> None:
        """End a run that could not start; its title says why, since the API has no other place."""
        run.problem = problem
        run.display_title = f"Invalid workflow file: {problem}"
        self.finish(repository, run, "startup_failure")

    def finish(
        self, repository: Repository, run: WorkflowRun, conclusion: str | None = None
    ) -> None:
        """Conclude the newest attempt and tell the listeners."""
        attempt = run.attempt
        jobs = run.jobs_of(attempt.number)
        attempt.status, attempt.updated_at = "completed", self._server.clock.stamp()
        found = "cancelled" if run.cancelled else conclude(job.conclusion for job in jobs)
        attempt.conclusion = conclusion or found
        self._server.events.workflow_run(repository, run, "completed")

    def rerun(
        self,
        repository: Repository,
        run: WorkflowRun,
        actor: str,
        *,
        failed_only: bool = False,
        job: Job | None = None,
    ) -> None:
        """Begin the next attempt: of everything, of the failed jobs, or of one job."""
        stamp = self._server.clock.stamp()
        kept: dict[str, str] = {}
        if failed_only or job:
            raw = repository.git.read(run.tested_sha, run.workflow.path) or b""
            try:
                specs = read_workflow(run.workflow.path, raw.decode(errors="replace")).jobs
            except WorkflowFileError:
                specs = ()
            kept = keep_for_rerun(specs, run.latest_jobs(), job)
        run.cancelled = False
        run.attempts.append(Attempt(len(run.attempts) + 1, actor, stamp, stamp))
        self.start(repository, run, kept)

    def cancel(self, repository: Repository, run: WorkflowRun) -> None:
        """Ask a run to end; its running step is killed. A told run ends at once."""
        run.cancelled = True
        for execution in list(self._executing.values()):
            if execution.task.run is run:
                execution.kill()
        if run.id not in self._begun:
            for job in run.jobs_of(run.attempt.number):
                if job.status != "completed":
                    self._end_unrun(job, "cancelled")
            self.finish(repository, run)

    def cancel_all(self) -> None:
        """End everything that runs."""
        for execution in list(self._executing.values()):
            execution.task.run.cancelled = True
            execution.kill()

    def wait_idle(self, timeout: float) -> bool:
        """Whether every run ended within so many seconds."""
        with self._idle:
            return self._idle.wait_for(lambda: self._active == 0, timeout)

    def _attempt(
        self, repository: Repository, run: WorkflowRun, file: WorkflowFile, plan: Plan
    ) -> None:
        try:
            with self._slots:
                run.attempt.status = "in_progress"
                problem = self._jobs(repository, run, file, plan)
            with self._server.lock:
                if problem:
                    self.refuse(repository, run, problem)
                else:
                    self.finish(repository, run)
        except Exception as crash:  # noqa: BLE001 - kept for the owner; the run must end
            self._server.crashes.append(crash)
            self.finish(repository, run, "failure")
        finally:
            with self._idle:
                self._active -= 1
                self._begun.discard(run.id)
                self._idle.notify_all()

    def _jobs(
        self, repository: Repository, run: WorkflowRun, file: WorkflowFile, plan: Plan
    ) -> str:
        context = {**self._server.events.context(repository, run), "env": {}}
        begun: set[str] = set()
        queue: list[tuple[JobSpec, list[tuple[Job, Mapping[str, Any]]]]] = []
        try:
            environment = {k: expand(v, Context(context)) for k, v in file.env.items()}
            context["env"] = environment
            while (ready := plan.ready(begun)) or queue:
                for spec in ready:
                    begun.add(spec.key)
                    queue.append((spec, self._create(run, spec, plan, context)))
                spec, legs = queue.pop(0)
                self._legs(repository, run, spec, legs, {**context, "needs": plan.needs(spec)})
                names = {job_name(spec, leg, context) for leg in spec.legs}
                kept = [plan.kept[name] for name in names if name in plan.kept]
                plan.settle(spec, [*kept, *(job.conclusion for job, _ in legs)])
        except ExpressionError as broken:
            return str(broken)
        return ""

    def _create(
        self, run: WorkflowRun, spec: JobSpec, plan: Plan, context: Mapping[str, Any]
    ) -> list[tuple[Job, Mapping[str, Any]]]:
        wanted = plan.wanted(spec, context, cancelled=run.cancelled)
        legs = spec.legs if wanted else ({},)
        made = []
        for leg in legs:
            name = job_name(spec, leg, context)
            if name in plan.kept:
                continue
            with self._server.lock:
                job = self._new_job(run, spec.key, name, spec.labels)
                if not wanted:
                    self._end_unrun(job, "skipped")
            made.append((job, leg))
        return made

    def _legs(
        self,
        repository: Repository,
        run: WorkflowRun,
        spec: JobSpec,
        legs: Sequence[tuple[Job, Mapping[str, Any]]],
        context: Mapping[str, Any],
    ) -> None:
        for index, (job, leg) in enumerate(legs):
            red = any(earlier.conclusion == "failure" for earlier, _ in legs[:index])
            if job.status == "completed":
                continue
            if run.cancelled or (red and spec.fail_fast):
                self._end_unrun(job, "cancelled")
                continue
            self._run_job(repository, run, spec, job, leg, context)

    def _run_job(
        self,
        repository: Repository,
        run: WorkflowRun,
        spec: JobSpec,
        job: Job,
        leg: Mapping[str, Any],
        context: Mapping[str, Any],
    ) -> None:
        directory = self._directory / str(job.id)
        values = Context({**context, "matrix": leg})
        own = {name: expand(value, values) for name, value in spec.env.items()}
        execution = JobExecution(
            JobTask(
                job=job,
                spec=spec,
                leg=leg,
                run=run,
                repository=repository,
                context=context,
                environment={**context["env"], **own},
                directory=directory,
                clock=self._server.clock,
                lock=self._server.lock,
            )
        )
        self._executing[job.id] = execution
        try:
            execution.execute()
        finally:
            del self._executing[job.id]
            discard(directory)

    def _fill(self, run: WorkflowRun, seeds: Sequence[JobSeed]) -> None:
        unfinished = {
            job.name: job for job in run.jobs_of(run.attempt.number) if job.status != "completed"
        }
        for seed in seeds:
            known = unfinished.get(seed.name)
            job = known or self._new_job(run, seed.key or seed.name, seed.name)
            fill_job(job, seed, self._server.clock)

    def _end_unrun(self, job: Job, conclusion: str) -> None:
        stamp = self._server.clock.stamp()
        job.status, job.conclusion, job.completed_at = "completed", conclusion, stamp
        job.started_at = job.started_at or stamp

    def _new_job(
        self, run: WorkflowRun, key: str, name: str, labels: tuple[str, ...] = ("ubuntu-latest",)
    ) -> Job:
        state = self._server.state
        job = Job(state.next_id("job"), key, name, run.attempt.number, self._server.clock.stamp())
        job.labels = labels
        run.jobs.append(job)
        return job
