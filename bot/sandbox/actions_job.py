"""One job, run for real: its steps in order, its log, its annotations and its conclusion."""

from __future__ import annotations

import json
import shutil
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.sandbox.actions_expressions import Context, ExpressionError, condition, evaluate, expand
from bot.sandbox.actions_files import read_pairs
from bot.sandbox.actions_log import JobLog
from bot.sandbox.actions_process import StepProcess, base_environment, shell_path
from bot.sandbox.actions_workflow import SHELLS, JobSpec, StepSpec
from bot.sandbox.git_command import git
from bot.sandbox.github_runs import Job, Step, WorkflowRun
from bot.sandbox.github_state import Repository, SandboxClock


@dataclass(slots=True)
class JobTask:
    """What a job needs to run. `context` holds github, needs, inputs and the workflow's env."""

    job: Job
    spec: JobSpec
    leg: Mapping[str, Any]
    run: WorkflowRun
    repository: Repository
    context: Mapping[str, Any]
    environment: Mapping[str, str]
    directory: Path
    clock: SandboxClock
    lock: AbstractContextManager[Any]


@dataclass(slots=True)
class JobExecution:
    """One job on its way; `kill` may be called from another thread."""

    task: JobTask
    log: JobLog = field(init=False)
    status: str = "success"
    outcomes: dict[str, dict[str, Any]] = field(default_factory=dict)
    exported: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    process: StepProcess | None = None
    deadline: float = field(init=False)

    def __post_init__(self) -> None:
        self.log = JobLog(self.task.clock.now)
        self.deadline = time.monotonic() + self.task.spec.timeout_minutes * 60

    @property
    def workspace(self) -> Path:
        """`GITHUB_WORKSPACE`."""
        name = self.task.repository.name
        return self.task.directory / "work" / name / name

    @property
    def _event_file(self) -> Path:
        return self.task.directory / "_temp" / "event.json"

    def execute(self) -> None:
        """Run every step whose condition holds, then conclude the job."""
        task, specs = self.task, self.task.spec.steps
        for directory in (self.workspace, task.directory / "home", task.directory / "_temp"):
            directory.mkdir(parents=True)
        self._event_file.write_text(json.dumps(task.context["github"]["event"]))
        with task.lock:
            task.job.status, task.job.started_at = "in_progress", task.clock.stamp()
            task.job.steps = _planned(specs)
        steps = {step.number: step for step in task.job.steps}
        self._bracket(steps[1], lambda: self.log.setup(task.job.name, _checkouts(specs)))
        for number, spec in enumerate(specs, start=2):
            self._step(spec, steps[number])
        last = max(steps)
        for number in range(len(specs) + 2, last):
            if number in steps:
                self._bracket(steps[number], lambda: self.log.say("Post job cleanup."))
        self._bracket(steps[last], self.log.completed)
        self._conclude()

    def kill(self) -> None:
        """End the running step; the rest is skipped."""
        self.status = "cancelled"
        if self.process is not None:
            self.process.kill()

    def _bracket(self, step: Step, act: Callable[[], None]) -> None:
        with self.task.lock:
            step.status, step.started_at = "in_progress", self.task.clock.stamp()
        act()
        self._end(step, "success")

    def _end(self, step: Step, conclusion: str) -> None:
        with self.task.lock:
            step.status, step.conclusion = "completed", conclusion
            step.completed_at = self.task.clock.stamp()

    def _conclude(self) -> None:
        job = self.task.job
        with self.task.lock:
            job.annotations, job.log = self.log.annotations, self.log.bytes()
            job.status, job.conclusion = "completed", self.status
            job.completed_at = self.task.clock.stamp()

    def _context(self, env: Mapping[str, str]) -> Context:
        values = {**self.task.context, "env": env, "steps": self.outcomes, "matrix": self.task.leg}
        return Context({**values, "job": {"status": self.status}}, self.status)

    def _step(self, spec: StepSpec, step: Step) -> None:
        env = {**self.task.environment, **self.exported}
        try:
            wanted = condition(spec.condition, self._context(env))
            for name, value in spec.env.items():
                env[name] = expand(value, self._context(env))
            step.name = expand(spec.name, self._context(env))
            tolerant = evaluate_flag(spec.continue_on_error, self._context(env))
        except ExpressionError as broken:
            wanted, tolerant = True, False
            self.log.error_line(str(broken))
            spec = StepSpec(name=spec.name, run="exit 1")
        if not wanted:
            with self.task.lock:
                step.started_at = self.task.clock.stamp()
            self._end(step, "skipped")
            self._record(spec, "skipped", "skipped", {})
            return
        with self.task.lock:
            step.status, step.started_at = "in_progress", self.task.clock.stamp()
        outcome, outputs = self._checkout(spec) if spec.uses else self._run(spec, env)
        conclusion = "success" if tolerant and outcome == "failure" else outcome
        if conclusion == "failure" and self.status == "success":
            self.status = "failure"
        self._end(step, conclusion)
        self._record(spec, outcome, conclusion, outputs)

    def _record(
        self, spec: StepSpec, outcome: str, conclusion: str, outputs: Mapping[str, str]
    ) -> None:
        if spec.id:
            self.outcomes[spec.id] = {
                "outcome": outcome,
                "conclusion": conclusion,
                "outputs": outputs,
            }

    def _checkout(self, spec: StepSpec) -> tuple[str, Mapping[str, str]]:
        task = self.task
        name = task.repository.full_name
        inputs = (f"repository: {name}", "token: ***", "fetch-depth: 1")
        self.log.group(f"Run {spec.uses}", "with:", *(f"  {line}" for line in inputs))
        self.log.say(f"Syncing repository: {name}")
        source, target = task.repository.git.path, self.workspace
        git(target.parent, "clone", "-q", "--shared", "--no-checkout", str(source), str(target))
        git(target, "checkout", "-q", "--detach", task.run.tested_sha)
        self.log.group("Checking out the ref", f"[command]git checkout --force {task.run.ref}")
        self.log.say("[command]git log -1 --format=%H")
        self.log.say(task.run.tested_sha)
        return "success", {}

    def _run(self, spec: StepSpec, env: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
        task = self.task
        files = {name: task.directory / "_temp" / f"{name}_{uuid.uuid4()}" for name in _FILES}
        for file in files.values():
            file.touch()
        try:
            script = expand(spec.run, self._context(env))
        except ExpressionError as broken:
            self.log.error_line(str(broken))
            return "failure", {}
        path = task.directory / "_temp" / f"{uuid.uuid4()}.sh"
        path.write_text(script + "\n")
        shell = SHELLS[spec.shell]
        self.log.run_header(script, shell_path(shell), env)
        command = [part.replace("{0}", str(path)) for part in shell]
        outcome = self._follow(spec, command, {**env, **{k: str(v) for k, v in files.items()}})
        self.exported |= read_pairs(files["GITHUB_ENV"])
        self.paths[:0] = files["GITHUB_PATH"].read_text().split()
        return outcome, read_pairs(files["GITHUB_OUTPUT"])

    def _follow(self, spec: StepSpec, command: list[str], env: Mapping[str, str]) -> str:
        base = base_environment(self.task.directory / "home")
        base["PATH"] = ":".join([*self.paths, base["PATH"]])
        own = (spec.timeout_minutes or self.task.spec.timeout_minutes) * 60
        left = self.deadline - time.monotonic()
        directory = self.workspace / spec.directory
        if not directory.is_dir():
            self.log.error_line(
                f"An error occurred trying to start process: no directory {spec.directory}"
            )
            return "failure"
        self.process = StepProcess(
            command, directory=directory, env={**base, **self._runner_environment(), **env}
        )
        if self.task.run.cancelled:
            self.process.kill()
        ended = self.process.follow(self.log.output, min(own, left))
        self.process = None
        if self.status == "cancelled":
            self.log.error_line("The operation was canceled.")
            return "cancelled"
        if ended.timed_out:
            return self._out_of_time(spec, own_limit=own <= left)
        if ended.exit_code:
            self.log.error_line(f"Process completed with exit code {ended.exit_code}.")
            return "failure"
        return "success"

    def _out_of_time(self, spec: StepSpec, *, own_limit: bool) -> str:
        if own_limit and spec.timeout_minutes is not None:
            minutes = f"{spec.timeout_minutes:g}"
            self.log.error_line(f"The action '{spec.name}' has timed out after {minutes} minutes.")
            return "failure"
        # A job's own limit ends like a cancel; only the annotation tells the difference.
        minutes = f"{self.task.spec.timeout_minutes:g}"
        self.log.error_line(f"The job has exceeded the maximum execution time of {minutes}m0s")
        self.log.error_line("The operation was canceled.")
        self.status = "cancelled"
        return "cancelled"

    def _runner_environment(self) -> dict[str, str]:
        github = self.task.context["github"]
        names = ("repository", "ref", "ref_name", "sha", "event_name", "run_id", "run_number",
                 "run_attempt", "actor", "workflow", "server_url", "api_url", "graphql_url",
                 "repository_owner", "head_ref", "base_ref")  # fmt: skip
        return {
            **{f"GITHUB_{name.upper()}": str(github.get(name) or "") for name in names},
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_PATH": str(self._event_file),
            "GITHUB_JOB": self.task.spec.key,
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_OS": "Linux",
            "RUNNER_TEMP": str(self.task.directory / "_temp"),
            "RUNNER_NAME": "Sandbox 1",
        }


_FILES = ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")


def evaluate_flag(text: str, context: Context) -> bool:
    """A boolean that may be written as an expression."""
    if text in {"true", "false"}:
        return text == "true"
    return bool(evaluate(text.strip().removeprefix("${{").removesuffix("}}"), context))


def discard(directory: Path) -> None:
    """Remove a job's directory, whatever its scripts left there."""
    shutil.rmtree(directory, ignore_errors=True)


def _checkouts(specs: tuple[StepSpec, ...]) -> list[str]:
    return sorted({spec.uses for spec in specs if spec.uses})


def _planned(specs: tuple[StepSpec, ...]) -> list[Step]:
    """Set-up, the steps, a post step for each checkout, completion.

    The runner counts as if every step had a post step, so the numbers have gaps.
    """
    count = len(specs)
    steps = [Step(1, "Set up job")]
    steps += [Step(number, spec.name) for number, spec in enumerate(specs, start=2)]
    for index in range(count, 0, -1):
        if specs[index - 1].uses:
            steps.append(Step(2 * count + 2 - index, f"Post {specs[index - 1].name}"))
    return [*steps, Step(2 * count + 2, "Complete job")]
