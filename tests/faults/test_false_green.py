"""Traps in which others called red green: what the product says to each, through strict servers.

What would start by itself on the agent's commit is taken away: each trap lays out, second by
second, what shows up there instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.github_runs import CheckRun, Status, WorkflowRun
from bot.sandbox.http import Fault, HttpRequest, HttpResponse
from tests.scenarios.hostile import RED_LOG
from tests.scenarios.stage import Stage

FIX = {"prices.py": "repaired\n"}
MORE = RED_LOG.replace("test_voucher", "test_rounding")


@dataclass(slots=True)
class Scene:
    """Our pull request, and what happens to its head at which second after it was opened."""

    stage: Stage
    due: list[tuple[float, Callable[[Scene], Any]]]
    opened_at: float | None = None
    runs: list[WorkflowRun] = field(default_factory=list)

    def __call__(self, _: float) -> None:
        """Time has passed."""
        if self.ours is None:
            return
        if self.opened_at is None:
            self.opened_at = self.stage.clock.passed
            runs = self.stage.repository.state.runs
            runs[:] = [r for r in runs if r.head_branch != self.ours.head_ref]
        while self.due and self.stage.clock.passed - self.opened_at >= self.due[0][0]:
            self.due.pop(0)[1](self)
        self.stage.github.wait_idle()

    @property
    def ours(self) -> Any:
        """The pull request, once there is one."""
        pulls = self.stage.repository.state.pulls.values()
        return next((p for p in pulls if p.head_ref.startswith("coder-fix/")), None)


def run(*jobs: JobSeed, name: str = "CI", event: str = "pull_request", **more: Any):
    """A told run on our head."""

    def happens(scene: Scene) -> None:
        path = f".github/workflows/{name.lower()}.yml"
        branch = None if event == "pull_request" else scene.ours.head_ref
        number = scene.ours.number if event == "pull_request" else None
        scene.runs.append(
            scene.stage.github.add_run(
                scene.stage.repository,
                jobs,
                workflow=name,
                path=path,
                event=event,
                branch=branch,
                pull_number=number,
                **more,
            )
        )

    return happens


def without_gate(scene: Scene) -> None:
    """A run whose first job is green and whose last one has not even been registered."""
    run(JobSeed("test"), JobSeed("gate", None, status="queued"))(scene)
    told = scene.runs[-1]
    told.jobs.remove(next(job for job in told.jobs if job.name == "gate"))


def gate_fails(scene: Scene) -> None:
    """It turns up, and fails."""
    scene.stage.github.finish_run(
        scene.stage.repository, scene.runs[-1], [JobSeed("gate", "failure", log=MORE)]
    )


def status(state: str):
    """A commit status of somebody else's CI."""

    def happens(scene: Scene) -> None:
        github, stamp = scene.stage.github, scene.stage.github.clock.stamp()
        number, sha = github.state.next_id("status"), scene.ours.head_sha
        scene.stage.repository.state.statuses.append(
            Status(number, sha, state, "legacy/ci", None, None, "alice", stamp)
        )

    return happens


def check(word: str, conclusion: str | None):
    """A check run of somebody else's App."""

    def happens(scene: Scene) -> None:
        github, stamp = scene.stage.github, scene.stage.github.clock.stamp()
        made = CheckRun(
            id=github.state.next_id("job"),
            suite_id=github.state.next_id("suite"),
            name="scanner",
            head_sha=scene.ours.head_sha,
            app="scanner",
            status=word,
            conclusion=conclusion,
            started_at=stamp,
            completed_at=stamp if conclusion else None,
        )
        scene.stage.repository.state.check_runs.append(made)

    return happens


def moved_by_a_person(scene: Scene) -> None:
    """Somebody commits on top of ours; only the old head gets its green run."""
    old = scene.ours.head_sha
    run(JobSeed("test"), sha=old)(scene)
    scene.stage.repository.commit(
        scene.ours.head_ref, {"other.py": "1\n"}, "On top", author="alice", start=False
    )


GREEN, RED = JobSeed("test"), JobSeed("test", "failure", log=MORE)
MANY = [JobSeed(f"leg {number}") for number in range(120)]
NOTHING_VOUCHES, STILL_RED = {"unverified"}, {"not-fixed"}

TRAPS = {
    # what shows up, at which second: what may be said
    "nothing ran": ([], NOTHING_VOUCHES),
    "another workflow alone": ([(0, run(JobSeed("docs"), name="Docs"))], NOTHING_VOUCHES),
    "a job of the same name elsewhere": ([(0, run(GREEN, name="Docs"))], NOTHING_VOUCHES),
    "the red suite is late": (
        [(0, run(JobSeed("docs"), name="Docs")), (60, run(RED))], STILL_RED),
    "a gate job is not registered yet": ([(0, without_gate), (60, gate_fails)], STILL_RED),
    "cancelled by concurrency": (
        [(0, run(GREEN)), (1, run(JobSeed("test", "cancelled")))], STILL_RED),
    "only skipped": ([(0, run(JobSeed("test", "skipped")))], NOTHING_VOUCHES),
    "neutral": ([(0, run(JobSeed("test", "neutral")))], NOTHING_VOUCHES),
    "continue-on-error at the job": ([(0, run(RED, conclusion="success"))], NOTHING_VOUCHES),
    "red though every job is green": ([(0, run(GREEN, conclusion="failure"))], STILL_RED),
    "stale": ([(0, run(GREEN, conclusion="stale"))], STILL_RED),
    "timed out": ([(0, run(JobSeed("test", "timed_out", log=MORE)))], STILL_RED),
    "waiting for approval": ([(0, run(conclusion="action_required"))], NOTHING_VOUCHES),
    "a foreign check asks for action": (
        [(0, run(GREEN)), (0, check("completed", "action_required"))], NOTHING_VOUCHES),
    "a start-up failure": ([(0, run(conclusion="startup_failure"))], STILL_RED),
    "a status is pending": ([(0, run(GREEN)), (0, status("pending"))], {"timed-out"}),
    "a status failed": ([(0, run(GREEN)), (0, status("error"))], STILL_RED),
    "a foreign check runs": ([(0, run(GREEN)), (0, check("queued", None))], {"timed-out"}),
    "a status fails a moment later": ([(0, run(GREEN)), (5, status("failure"))], STILL_RED),
    "one event green, the other red": (
        [(0, run(GREEN)), (0, run(RED, event="push"))], STILL_RED),
    "red on the second page": ([(0, run(*MANY, GREEN, JobSeed("last", "failure", log=MORE)))],
                               STILL_RED),
    "the run never ends": ([(0, run(JobSeed("test", None, status="in_progress")))], {"timed-out"}),
    "green at the old head only": ([(0, moved_by_a_person)], NOTHING_VOUCHES | {"fixed"}),
    "control: green": ([(0, run(JobSeed("test", "cancelled"))), (0, run(GREEN))], {"fixed"}),
}  # fmt: skip


def queued_then(jobs: Sequence[JobSeed]):
    """The first run is told so; on our branch runs only queue up, until the scene takes them."""

    def script(told: WorkflowRun) -> Sequence[JobSeed]:
        ours = (told.head_branch or "").startswith("coder-fix/")
        return [JobSeed("test", None, status="queued")] if ours else jobs

    return script


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
@pytest.mark.parametrize(("due", "said"), TRAPS.values(), ids=TRAPS)
def test_trap(stage: Stage, due, said):
    """None of these is `fixed`, unless every run of the verified commit was green."""
    stage.github.script_runs(queued_then([JobSeed("test", "failure", log=RED_LOG)]))
    stage.red_pull_request()
    stage.fixes.append(FIX)
    scene = Scene(stage, list(due))
    stage.clock.on_sleep.append(scene)
    told = stage.run(verify="checks", max_attempts="1", verify_timeout_seconds="300")

    assert told.outcome in said, told.summary
    assert scene.due == []
    green = {r.head_sha for r in scene.runs if r.attempt.conclusion == "success"}
    assert told.outcome != "fixed" or told.outputs["verified-sha"] in green


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_one_leg_of_two(stage: Stage):
    """Two legs failed; that one of them is green vouches for nothing."""
    legs = [JobSeed(f"test ({leg})", "failure", log=RED_LOG) for leg in (1, 2)]
    stage.github.script_runs(queued_then(legs))
    stage.red_pull_request()
    stage.fixes.append(FIX)
    stage.clock.on_sleep.append(Scene(stage, [(0, run(JobSeed("test (1)")))]))
    told = stage.run(verify="checks")

    assert told.outcome == "unverified"


def test_the_old_head_is_reported_for_a_while(stage: Stage):
    """After a push GitHub shows the head before it: neither an end nor another attempt."""
    stage.red_pull_request()
    stage.colors.append("rounding")
    stage.fixes += [{"prices.py": "half\n"}, FIX]
    seen: list[str] = []
    until = [0.0]

    def lag(request: HttpRequest) -> None:
        if "/git/ref/heads/coder-fix/" not in request.path:
            return
        head = stage.repository.head(request.path.partition("/heads/")[2])
        if head not in seen:
            seen.append(head)
            until[0] = stage.clock.passed + 20
        if stage.clock.passed < until[0] and len(seen) > 1:
            at = {"type": "commit", "sha": seen[-2], "url": request.url}
            shown = {"ref": "refs/heads/x", "node_id": "x", "url": request.url, "object": at}
            raise Fault("lag", respond=HttpResponse(200, shown))

    stage.github.fault_hooks.append(lag)
    told = stage.run()

    assert (told.outcome, len(stage.prompts)) == ("fixed", 2)
    assert told.outputs["verified-sha"] == seen[-1]
