"""Runs that are not ours to repair, or not to be repaired at all: nothing is asked of Coder."""

from __future__ import annotations

import pytest

from bot.sandbox.actions_seeds import JobSeed
from tests.scenarios.hands import written
from tests.scenarios.hostile import RED_LOG
from tests.scenarios.stage import Stage

RED = [JobSeed("test", "failure", log=RED_LOG)]


@pytest.mark.row("own-run")
def test_a_red_run_of_our_own_workflow(stage: Stage):
    """We never work on our own failure: that would have no end."""
    path = ".github/workflows/coder-fix.yml"
    stage.github.add_run(stage.repository, RED, workflow="coder-fix", path=path)
    stage.github.wait_idle()
    told = stage.run()

    assert (told.outcome, told.code) == ("skipped/own-run", 0)
    assert (stage.coder.exchanges, written(stage)) == ([], [])


@pytest.mark.row("own-run")
def test_the_very_run_in_which_we_are(stage: Stage):
    """A step in the failing workflow itself, and `run-id` names that run."""
    run = stage.github.add_run(stage.repository, RED, branch="main")
    env = {"GITHUB_RUN_ID": str(run.id), "GITHUB_WORKFLOW_REF": ""}
    told = stage.run({}, event="workflow_dispatch", env=env, run_id=str(run.id))

    assert (told.outcome, stage.coder.exchanges, written(stage)) == ("skipped/own-run", [], [])


@pytest.mark.row("not-finished")
def test_a_run_that_is_not_finished(stage: Stage):
    """Somebody names a run too early: an error that names the input and the way out."""
    running = [JobSeed("test", None, status="in_progress")]
    run = stage.github.add_run(stage.repository, running, branch="main")
    told = stage.run({}, event="workflow_dispatch", run_id=str(run.id))

    assert (told.outcome, told.outputs["error-kind"], told.code) == ("error", "configuration", 2)
    assert f"`run-id` {run.id} is not finished" in told.outputs["error-message"]
    assert "wait for this one" in told.summary
    assert (stage.coder.exchanges, written(stage)) == ([], [])


@pytest.mark.row("not-failed")
def test_a_green_run(stage: Stage):
    """A run that passed needs nobody."""
    stage.github.add_run(stage.repository, [JobSeed("test")], branch="main")
    stage.github.wait_idle()
    told = stage.run()

    assert (told.outcome, told.code) == ("skipped/not-failed", 0)
    assert (stage.coder.exchanges, written(stage)) == ([], [])


@pytest.mark.row("not-failed")
def test_a_rerun_that_passed(stage: Stage):
    """Red, then green in the second attempt: a flake, and nobody is commented at."""
    number = stage.red_pull_request()
    event, run = stage.red_event(), stage.repository.runs[0]
    with stage.github.lock:
        stage.github.runs.rerun(stage.repository.state, run, "alice")
    stage.github.wait_idle()
    told, late = stage.run(), stage.run(event)

    assert run.attempt.conclusion == "success"
    assert (told.outcome, late.outcome) == ("skipped/flaky", "skipped/flaky")
    assert (stage.comments(number), stage.sessions(), written(stage)) == ([], 0, [])


@pytest.mark.row("our-branch")
@pytest.mark.parametrize("number", ["1", "99", "x"], ids=["never red", "no such", "no number"])
def test_a_branch_of_ours_without_its_item(stage: Stage, number):
    """The red run of its item cannot be found: what we try there is no failure of its own."""
    stage.repository.commit("feature", {"prices.py": "new\n"}, "Vouchers", start=False)
    stage.repository.open_pull_request("feature", author="alice")
    stage.github.wait_idle()
    branch = f"coder-fix/pr/{number}/0123456789ab-1"
    stage.repository.commit(branch, {"prices.py": "half\n"}, "Try", start=False)
    stage.github.add_run(stage.repository, RED, branch=branch)
    stage.github.wait_idle()
    told = stage.run()

    assert (told.outcome, told.code) == ("skipped/already-handled", 0)
    assert "a branch of ours" in told.summary
    assert (stage.coder.exchanges, written(stage)) == ([], [])


@pytest.mark.row("no-evidence")
def test_neither_log_nor_annotation(stage: Stage):
    """GitHub has deleted the log, and there is no annotation: an agent would only guess."""
    stage.github.script_runs(lambda _: [JobSeed("test", "failure", log_state="gone")])
    number = stage.red_pull_request()
    for job in stage.repository.runs[0].latest_jobs():
        job.annotations = []
    told = stage.run()

    assert (told.outcome, told.code) == ("skipped/no-evidence", 0)
    assert (stage.comments(number), stage.sessions(), written(stage)) == ([], 0, [])


@pytest.mark.row("human-at-work")
def test_a_person_pushes_on(stage: Stage):
    """`mode: fix` would push between somebody's commits, even where a person named the run."""
    number = stage.red_pull_request()
    run = stage.repository.runs[0]
    mine = stage.repository.commit("feature", {"prices.py": "better\n"}, "More", start=False)
    told = stage.run({}, event="workflow_dispatch", run_id=str(run.id), mode="fix")

    assert (told.outcome, told.code) == ("skipped/human-at-work", 0)
    assert stage.repository.head("feature") == mine
    assert (stage.comments(number), stage.sessions(), written(stage)) == ([], 0, [])
