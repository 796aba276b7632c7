"""The door inside: a follow-up job or a step of the failing workflow, while its run lives."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.actions_seeds import JobSeed, StepSeed
from bot.sandbox.github_runs import Annotation
from bot.sandbox.http import Fault, HttpRequest, HttpResponse
from tests.scenarios.hands import FIX, granted, written
from tests.scenarios.hostile import RED_LOG
from tests.scenarios.stage import BOT, TOKEN, Stage, Told

CI = """\
name: CI
on:
  push:
    branches: [main]
  pull_request:
jobs:
  test:
    strategy:
      matrix:
        python: ["3.11", "3.12"]
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: |
          pip install -e .
          pytest
"""
STEPS = (
    StepSeed("Run actions/checkout@v5"),
    StepSeed("Run pip install -e .", "failure"),
)
REPAIR = JobSeed("repair", None, status="in_progress", runner="Sandbox 9")
RED = JobSeed("test", "failure", log=RED_LOG)
WEATHER = "##[error]The runner has received a shutdown signal.\n"


def leg(name: str, runner: str = "Sandbox 1", **changes: Any) -> JobSeed:
    """A job whose second step has failed and whose third is us."""
    return JobSeed(name, None, status="in_progress", runner=runner, steps=STEPS, **changes)


@dataclass(slots=True)
class Living:
    """A run that has not ended, and the product in one of its jobs."""

    stage: Stage
    run: Any
    number: int = 0

    def job(self, name: str) -> Any:
        return next(job for job in self.run.jobs if job.name == name)

    def asks(
        self,
        job: str = "",
        *,
        event: str = "pull_request",
        runner: str = "Sandbox 9",
        workspace: Path | None = None,
        **inputs: str,
    ) -> Told:
        """The action as a step of that job; without a job only the runner's name tells which."""
        env = {
            "GITHUB_RUN_ID": str(self.run.id),
            "GITHUB_RUN_ATTEMPT": str(len(self.run.attempts)),
            "GITHUB_WORKFLOW_REF": "acme/widgets/.github/workflows/ci.yml@refs/pull/1/merge",
            "RUNNER_NAME": runner,
        }
        if job:
            inputs["check_run_id"] = str(self.job(job).id)
        if workspace:
            env["GITHUB_WORKSPACE"] = str(workspace)
        return self.stage.run({}, event=event, env=env, **inputs)


def living(stage: Stage, jobs: Sequence[JobSeed]) -> Living:
    """A pull request whose run stands as these jobs say."""
    stage.github.script_runs(lambda _: jobs)
    files = {"prices.py": "broken\n", ".github/workflows/ci.yml": CI}
    stage.repository.commit("feature", files, "Vouchers", start=False)
    number = int(stage.repository.open_pull_request("feature", author="alice").number)
    stage.github.wait_idle()
    stage.github.script_runs(stage.told_jobs)
    return Living(stage, stage.repository.runs[-1], number)


def told_to_agent(stage: Stage) -> str:
    """The newest prompt or message, once the agent has had time to take it."""
    stage.clock.sleep(60)
    stage.coder.timeline.settle()
    return stage.prompts[-1]


@pytest.mark.row("start", "under-way")
def test_a_follow_up_job(stage: Stage):
    """With exactly its permissions the sibling's log is read, and nothing is waited for."""
    stage.github.tokens.grant(TOKEN, login=BOT, permissions=granted("follow-up-job.yml", "repair"))
    slow = JobSeed("slow", None, status="in_progress", runner="Sandbox 3")
    here = living(stage, [RED, slow, REPAIR])
    told = here.asks("repair")

    assert (told.outcome, told.code, stage.sessions()) == ("pending", 0, 1)
    assert "assert -250 == 0" in told_to_agent(stage)
    assert "| Still running, not waited for | `slow` |" in told.summary
    assert "| Failed jobs | `test` |" in told.summary
    assert "Not seen" not in told.summary
    assert len(stage.comments(here.number)) == 1


@pytest.mark.row("start", "under-way")
def test_a_step_with_its_output_in_a_file(stage: Stage, tmp_path: Path):
    """With exactly its permissions: the file is the evidence, step and command are known."""
    stage.github.tokens.grant(TOKEN, login=BOT, permissions=granted("step.yml", "test"))
    (tmp_path / "ci.log").write_text(RED_LOG)
    here = living(stage, [leg("test (3.11)", "Sandbox 2"), leg("test (3.12)")])
    told = here.asks("test (3.12)", workspace=tmp_path, log_file="ci.log")

    assert (told.outcome, stage.sessions()) == ("pending", 1)
    prompt = told_to_agent(stage)
    assert "tests/test_prices.py:8: test_voucher" in prompt
    assert "Job: test (3.12), step 3: Run pip install -e ." in prompt
    assert "    pip install -e .\n    pytest\n" in prompt
    assert "Job: test (3.11)" not in prompt
    assert "1 file of `log-file` stands in for it" in told.summary
    assert "**Not seen.**" not in told.summary
    assert "| Still running, not waited for | `test (3.11)` |" in told.summary


@pytest.mark.row("start")
def test_a_step_without_a_file(stage: Stage):
    """Name, command and annotations are all there is; the summary says so and how to do better."""
    said = Annotation("assert -250 == 0", "failure", "tests/test_prices.py", 8, 8)
    here = living(stage, [leg("test (3.11)", annotations=[said])])
    told = here.asks(runner="Sandbox 1")

    assert (told.outcome, stage.sessions()) == ("pending", 1)
    prompt = told_to_agent(stage)
    assert "    pip install -e .\n    pytest\n" in prompt
    assert "tests/test_prices.py:8: assert -250 == 0" in prompt
    assert "**Not seen.** The log of `test (3.11)`: GitHub shows it only" in told.summary
    assert "- run: make test 2>&1 | tee ci.log\n  shell: bash" in told.summary
    assert not [x for x in stage.github.exchanges if x.request.path.endswith("/logs")]


@pytest.mark.row("start")
def test_names_of_steps_make_no_sameness(stage: Stage):
    """Two pull requests in which "Run tests" failed, and nobody knows how, are two failures."""
    first = living(stage, [leg("test")])
    assert first.asks("test").outcome == "pending"

    stage.github.script_runs(lambda _: [leg("test")])
    stage.repository.commit("other", {"prices.py": "bad\n"}, "Other", start=False)
    stage.repository.open_pull_request("other", author="bob")
    stage.github.wait_idle()
    second = Living(stage, stage.repository.runs[-1])
    told = second.asks("test")

    assert (told.outcome, stage.sessions()) == ("pending", 2)
    assert told.outputs["failure-fingerprint"] == ""


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_a_leg_of_a_reusable_workflow(stage: Stage):
    """It finds itself; its command stands in another file, which is said and not guessed."""
    legs = [leg("call / test (3.11)"), leg("call / test (3.12)", "Sandbox 2")]
    here = living(stage, legs)
    told = here.asks("call / test (3.12)", runner="")

    assert told.outcome == "pending"
    assert "| Failed jobs | `call / test (3.12)` |" in told.summary
    assert "command is not in the workflow file, or cannot be told" in told.summary
    assert "Command of the step" not in told_to_agent(stage)


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_the_right_attempt(stage: Stage):
    """GITHUB_RUN_ATTEMPT: what the attempt before has printed is none of this one's."""
    old = JobSeed("test", "failure", log=RED_LOG.replace("voucher", "tax"))
    here = living(stage, [old])
    stage.github.script_runs(lambda _: [RED, REPAIR])
    with stage.github.lock:
        stage.github.runs.rerun(stage.repository.state, here.run, "alice")
    stage.github.wait_idle()
    told = here.asks("repair")
    prompt = told_to_agent(stage)

    assert len(here.run.attempts) == 2
    assert told.outcome == "pending"
    assert ("test_voucher" in prompt, "test_tax" in prompt) == (True, False)


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_a_diagnosis_from_inside(stage: Stage):
    """`mode: report` in a step: the comment, and no Coder."""
    here = living(stage, [leg("test")])
    told = here.asks("test", mode="report", coder_url="", coder_token="")

    assert (told.outcome, stage.coder.exchanges) == ("reported", [])
    assert "step 3 failed" in stage.comments(here.number)[0]
    assert "**Not seen.**" in told.summary


@pytest.mark.row("not-failed")
def test_nothing_has_failed_yet(stage: Stage):
    """`if: always()`: no job is red, so nothing is asked of Coder; GitHub is asked three times."""
    here = living(stage, [JobSeed("test"), REPAIR])
    told = here.asks("repair")

    assert (told.outcome, told.code) == ("skipped/not-failed", 0)
    assert "has failed so far" in told.summary
    assert (stage.coder.exchanges, written(stage)) == ([], [])
    asked = [x for x in stage.github.exchanges if x.request.path.endswith("/jobs")]
    assert len(asked) == 3


@pytest.mark.row("infrastructure")
def test_nothing_is_rerun_while_the_run_lives(stage: Stage):
    """A rerun would be refused: that is said instead, even to a token that may."""
    stage.grant(actions="write")
    here = living(stage, [JobSeed("test", "failure", log=WEATHER), REPAIR])
    told = here.asks("repair")

    assert told.outcome == "skipped/infrastructure"
    assert "Nothing can be rerun while the run still lives" in told.summary
    assert not [w for w in written(stage) if "rerun" in w]


@pytest.mark.row("green")
def test_wait_complete_is_kept(stage: Stage):
    """`none` is only this door's default."""
    here = living(stage, [RED, REPAIR])
    stage.fixes.append(FIX)

    assert here.asks("repair", wait="complete").outcome == "fixed"


@pytest.mark.row("green")
@pytest.mark.parametrize("ended", ["lives", "cancelled", "failure"])
def test_a_later_run_carries_on(stage: Stage, ended: str):
    """The repair's own checks end it, whatever has become of the run with which it began."""
    here = living(stage, [leg("test")])
    stage.fixes.append(FIX)
    first = here.asks("test")
    stage.clock.sleep(60)
    if ended != "lives":
        seed = JobSeed("test", ended if ended == "failure" else "cancelled", steps=STEPS)
        if ended == "cancelled":
            seed = JobSeed("test", "failure", log=RED_LOG)
        stage.github.finish_run(stage.repository, here.run, [seed])
        if ended == "cancelled":
            here.run.attempt.conclusion = "cancelled"
        stage.github.wait_idle()
    swept = [stage.run({}, event="schedule", trigger="reconcile") for _ in range(2)]
    stage.clock.sleep(200)
    last = stage.run({}, event="schedule", trigger="reconcile")

    assert first.outcome == "pending"
    assert "fixed" in {*(told.outcome for told in swept), last.outcome}, last.summary
    assert stage.sessions() == 1


@pytest.mark.row("red")
def test_red_again_on_our_branch(stage: Stage):
    """There the same follow-up job tells the same session what its push has left red."""
    here = living(stage, [RED, REPAIR])
    stage.github.script_runs(
        lambda _: [JobSeed("test", "failure", log=RED_LOG.replace("voucher", "tax")), REPAIR]
    )
    stage.fixes += [{"prices.py": "half\n"}, FIX]
    here.asks("repair")
    stage.clock.sleep(60)
    stage.run({}, event="schedule", trigger="reconcile")
    stage.github.wait_idle()
    ours = Living(stage, stage.repository.runs[-1])
    assert ours.run is not here.run
    stage.github.script_runs(stage.told_jobs)
    told = ours.asks("repair")

    assert told.outcome == "pending", told.summary
    assert "test_tax" in told_to_agent(stage)
    assert (stage.sessions(), len(stage.prompts)) == (1, 2)


@pytest.mark.row("pending")
def test_our_own_failing_job_is_under_way_on_our_branch(stage: Stage):
    """A step of the job that fails again cannot judge it before it ends: nothing is dispatched."""
    here = living(stage, [leg("test")])
    stage.github.script_runs(lambda _: [leg("test")])
    stage.fixes.append({"prices.py": "half\n"})
    here.asks("test")
    stage.clock.sleep(60)
    stage.run({}, event="schedule", trigger="reconcile")
    ours = Living(stage, stage.repository.runs[-1])
    told = ours.asks("test")

    assert ours.run is not here.run
    assert (told.outcome, len(stage.prompts)) == ("pending", 1)


@pytest.mark.parametrize("event", ["schedule", "workflow_dispatch"])
def test_a_schedule_must_say_what_it_is_for(stage: Stage, event: str):
    """Without `trigger` it is an error that names the input; with it, the run is our own."""
    here = living(stage, [RED, REPAIR])
    told = here.asks("repair", event=event)
    meant = here.asks("repair", event=event, trigger="failure")

    assert (told.outcome, told.outputs["error-kind"], told.code) == ("error", "configuration", 2)
    assert "`trigger`" in told.outputs["error-message"]
    assert meant.outcome == "pending"


@pytest.mark.row("fork")
def test_a_forks_run_is_only_diagnosed(stage: Stage):
    """`pull_request_target` has secrets; a stranger's commit starts nothing all the same."""
    fork = stage.github.fork(stage.repository, "eve")
    fork.commit("evil", {"prices.py": "broken\n"}, "Innocent", start=False)
    stage.github.script_runs(lambda _: [RED, REPAIR])
    stage.repository.open_pull_request("eve:evil", author="eve")
    stage.github.wait_idle()
    told = Living(stage, stage.repository.runs[-1]).asks("repair", event="pull_request_target")

    assert (told.outcome, stage.sessions()) == ("reported/fork", 0)


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_hostile_files_are_refused_and_said(stage: Stage, tmp_path: Path):
    """What cannot be read is named with its reason, and the rest goes on."""
    (tmp_path / "link.log").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe.log")
    here = living(stage, [leg("test")])
    told = here.asks("test", workspace=tmp_path, log_file="*.log, ../secret, reports/**/*.xml")

    assert told.outcome == "pending"
    assert "root:" not in told_to_agent(stage)
    for words in (
        "a symbolic link",
        "no plain file",
        "leads out of the workspace",
        "matches no file",
    ):
        assert words in told.summary


LESS = {
    # what is missing: outcome, words of the error or of the summary
    "actions": ("error", "Grant `actions: read` in the job's `permissions:`"),
    "checks": ("pending", ""),
    # The policy files: what might switch the bot off is not taken for absent.
    "contents": ("error", "Grant `contents: read` in the job's `permissions:`"),
    "issues": ("pending", ""),
    "pull_requests": ("error", "Grant `pull-requests: read` in the job's `permissions:`"),
    "statuses": ("pending", ""),
}
"""The comment needs `issues: write` or `pull-requests: write`; the verdict needs the rest."""


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
@pytest.mark.parametrize("example", [("follow-up-job.yml", "repair"), ("step.yml", "test")])
@pytest.mark.parametrize("permission", LESS)
def test_one_permission_less(stage: Stage, permission: str, example: tuple[str, str]):
    """What is needed to begin is named by an error; what only helps is done without."""
    less = {k: v for k, v in granted(*example).items() if k != permission}
    stage.github.tokens.grant(TOKEN, login=BOT, permissions=less)
    here = living(stage, [RED, REPAIR] if example[1] == "repair" else [leg("test")])
    told = here.asks(example[1])
    outcome, words = LESS[permission]

    assert told.outcome == outcome
    assert words in told.outputs["error-message"]
    assert (told.code, stage.sessions()) == ((0, 1) if outcome == "pending" else (3, 0))


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
@pytest.mark.parametrize("status", [403, 502])
def test_a_workflow_file_that_cannot_be_read(stage: Stage, status: int):
    """The command of the failed step only helps: without it the repair begins, and that is said."""

    def refuse(request: HttpRequest) -> None:
        if "/contents/.github/workflows/" in request.path:
            raise Fault("refused", respond=HttpResponse(status, {"message": "No"}))

    stage.github.fault_hooks.append(refuse)
    told = living(stage, [leg("test")]).asks("test")

    assert (told.outcome, told.code, stage.sessions()) == ("pending", 0, 1)
    assert "command is not in the workflow file, or cannot be told" in told.summary


NEEDED = {
    "checks": "Grant `checks: read`",
    "contents": "Grant `contents: read`",
    "statuses": "Grant `statuses: read`",
}


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
@pytest.mark.parametrize("permission", NEEDED)
def test_a_verdict_names_the_permission_that_it_lacks(stage: Stage, permission: str):
    """On our branch the same job judges the push: there the rest of its permissions is needed."""
    here = living(stage, [RED, REPAIR])
    again = JobSeed("test", "failure", log=RED_LOG.replace("voucher", "tax"))
    stage.github.script_runs(lambda _: [again, REPAIR])
    stage.fixes.append({"prices.py": "half\n"})
    here.asks("repair")
    stage.clock.sleep(60)
    stage.run({}, event="schedule", trigger="reconcile")
    whole = granted("follow-up-job.yml", "repair")
    less = {k: v for k, v in whole.items() if k != permission}
    stage.github.tokens.grant(TOKEN, login=BOT, permissions=less)
    told = Living(stage, stage.repository.runs[-1]).asks("repair")

    assert told.outcome == "error"
    assert NEEDED[permission] in told.outputs["error-message"]
