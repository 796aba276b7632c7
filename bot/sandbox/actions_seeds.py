"""Runs that are told rather than executed: what a test or a demo says about jobs and their logs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.sandbox.actions_log import JobLog
from bot.sandbox.github_runs import FAILED, Annotation, Job, Step
from bot.sandbox.github_state import SandboxClock


@dataclass(frozen=True, slots=True)
class StepSeed:
    """One step of a told job; `output` is what it printed, without time stamps."""

    name: str
    conclusion: str = "success"
    output: str = ""


@dataclass(frozen=True, slots=True)
class JobSeed:
    """One told job.

    `log` is either bytes, served as they are, or the text that the deciding step printed, which is
    put into the runner's envelope. `conclusion` None with a `status` leaves the job unfinished;
    `steps` of one that is in progress have ended, and the job has no log yet. `runner` is the name
    of its machine.
    """

    name: str
    conclusion: str | None = "success"
    log: str | bytes = ""
    steps: Sequence[StepSeed] = ()
    annotations: Sequence[Annotation] = ()
    status: str = "completed"
    log_state: str = ""
    key: str = ""
    runner: str = "Sandbox 1"


def fill_job(job: Job, seed: JobSeed, clock: SandboxClock) -> None:
    """Make the job what the seed says."""
    steps = seed.steps or _default_steps(seed)
    job.status = seed.status
    job.started_at = None if seed.status in {"queued", "waiting", "pending"} else clock.stamp()
    job.log_state, job.runner = seed.log_state, seed.runner
    if seed.status != "completed":
        stamp = clock.stamp()
        job.steps = [
            Step(number, step.name, "completed", step.conclusion, stamp, stamp)
            for number, step in enumerate(seed.steps, start=2)
        ]
        job.annotations = list(seed.annotations)
        return
    job.conclusion, job.completed_at = seed.conclusion, clock.stamp()
    log = JobLog(clock.now)
    job.steps = _tell(log, seed, steps, clock.stamp())
    job.log = seed.log if isinstance(seed.log, bytes) else log.bytes()
    job.annotations = list(seed.annotations) or log.annotations


def _default_steps(seed: JobSeed) -> Sequence[StepSeed]:
    output = seed.log if isinstance(seed.log, str) else ""
    return (
        StepSeed("Run actions/checkout@v4"),
        StepSeed("Run tests", seed.conclusion or "success", output),
    )


def _tell(log: JobLog, seed: JobSeed, steps: Sequence[StepSeed], stamp: str) -> list[Step]:
    log.setup(seed.name, [])
    told = [Step(1, "Set up job", "completed", "success", stamp, stamp)]
    for number, step in enumerate(steps, start=2):
        told.append(Step(number, step.name, "completed", step.conclusion, stamp, stamp))
        if step.conclusion == "skipped":
            continue
        log.run_header(step.name.removeprefix("Run "), "/usr/bin/bash -e {0}", {})
        for line in step.output.splitlines():
            log.output(line)
        if step.conclusion in FAILED:
            log.error_line("Process completed with exit code 1.")
        elif step.conclusion == "cancelled":
            log.error_line("The operation was canceled.")
    log.completed()
    told.append(Step(2 * len(steps) + 2, "Complete job", "completed", "success", stamp, stamp))
    return told
