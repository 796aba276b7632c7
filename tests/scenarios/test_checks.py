"""After the agent's push: whose checks are waited for, asked for, or not; and when it is enough."""

from __future__ import annotations

import pytest

from bot.sandbox.actions_seeds import JobSeed
from tests.scenarios.hands import FIX, at, is_stopped, written
from tests.scenarios.stage import WORKFLOW, Stage

FILE = ".github/workflows/ci.yml"
STACKED = WORKFLOW.replace(
    "  pull_request:\n", "  pull_request:\n    branches: [main]\n  workflow_dispatch:\n"
)


@pytest.mark.row("ours-settled")
@pytest.mark.parametrize(
    ("how", "outcome", "sentence"),
    [
        ("merged", "skipped/superseded", "was merged"),
        ("closed", "skipped/closed-by-human", "was closed without merging it"),
    ],
)
def test_our_pull_request_is_settled(stage: Stage, how, outcome, sentence):
    """Somebody merged or closed it while its checks ran: no second one, the workspace stops."""
    number = stage.red_pull_request()
    event = stage.red_event()
    stage.fixes.append(FIX)
    stage.colors.append("running")
    stage.run(event, wait="none")
    stage.clock.sleep(120)
    opened = stage.run(event, wait="none")
    ours = stage.repository.state.pulls[int(opened.outputs["pull-request-number"])]
    ours.issue.state, ours.issue.closed_at = "closed", stage.github.clock.stamp()
    if how == "merged":
        ours.merged_at = stage.github.clock.stamp()
    told = stage.run(event)

    assert (opened.outcome, told.outcome, told.code) == ("pending", outcome, 0)
    assert f"#{ours.number} {sentence}" in stage.comments(number)[0]
    assert list(stage.repository.state.pulls) == [number, ours.number]
    assert (stage.sessions(), is_stopped(stage)) == (1, True)


@pytest.mark.row("verify-off")
def test_nobody_asks_for_a_verdict(stage: Stage):
    """`verify: none`: a pull request, no look at any check, and never `fixed`."""
    number = stage.red_pull_request()
    stage.fixes.append(FIX)
    stage.colors.append("running")
    told = stage.run(verify="none")
    ours = stage.repository.state.pulls[int(told.outputs["pull-request-number"])]

    assert (told.outcome, told.code) == ("unverified", 0)
    assert (told.outputs["verified"], ours.issue.state) == ("unverified", "open")
    assert "`verify: none`" in stage.comments(number)[0]
    assert not any("check-runs" in x.request.path for x in stage.github.exchanges)
    assert is_stopped(stage)


@pytest.mark.row("pending", "green")
def test_checks_that_take_their_time(stage: Stage):
    """While a check runs nothing is said of the commit, and no attempt is used up."""
    number = stage.red_pull_request()
    stage.fixes.append(FIX)
    stage.colors.append("running")
    seen: list[str] = []

    def end() -> None:
        seen.extend(stage.comments(number))
        run = stage.repository.runs[-1]
        stage.github.finish_run(stage.repository, run, [JobSeed("test")])

    at(stage, 900, end)
    told = stage.run(poll_interval_seconds="60")

    assert (told.outcome, told.outputs["attempt"], len(stage.prompts)) == ("fixed", "1", 1)
    assert 900 <= stage.clock.passed < 1020
    assert "The agent pushed; its checks are watched." in seen[0]
    assert "green" in stage.comments(number)[0]


@pytest.mark.row("pending")
def test_checks_that_never_end(stage: Stage):
    """`timed-out` after `verify-timeout-seconds`: the pull request stays for people."""
    number = stage.red_pull_request()
    stage.fixes.append(FIX)
    stage.colors.append("running")
    told = stage.run(verify_timeout_seconds="600", poll_interval_seconds="60")
    ours = stage.repository.state.pulls[int(told.outputs["pull-request-number"])]

    assert (told.outcome, told.code) == ("timed-out", 0)
    assert 600 <= stage.clock.passed < 780
    assert "did not end within 10 minutes" in stage.comments(number)[0]
    assert (ours.issue.state, told.outputs["verified"]) == ("open", "timeout")
    assert is_stopped(stage)


@pytest.mark.row("dispatch", "green")
@pytest.mark.parametrize(("verify", "waits"), [("auto", True), ("workflow", False)])
def test_a_stacked_pull_request_gets_its_run(stage: Stage, verify, waits):
    """CI listens to `main` alone: the failed workflow is dispatched on our head, once."""
    stage.grant(actions="write")
    stage.repository.commit("main", {FILE: STACKED}, "Listen to main", start=False)
    stage.red_pull_request()
    stage.fixes.append(FIX)
    told = stage.run(verify=verify)
    run = stage.repository.runs[-1]

    assert (told.outcome, told.code) == ("fixed", 0)
    assert (run.event, run.head_sha) == ("workflow_dispatch", told.outputs["verified-sha"])
    assert run.head_branch == told.outputs["pull-request-branch"]
    assert len(stage.repository.runs) == 2
    assert sum(path.endswith("/dispatches") for path in written(stage)) == 1
    assert (stage.clock.passed >= 120) is waits


@pytest.mark.row("dispatch", "nothing-vouches")
def test_a_dispatch_needs_a_right(stage: Stage):
    """Without `actions: write` it is tried once, said, and the commit stays unverified."""
    stage.repository.commit("main", {FILE: STACKED}, "Listen to main", start=False)
    number = stage.red_pull_request()
    stage.fixes.append(FIX)
    told = stage.run(verify="workflow")

    assert (told.outcome, len(stage.repository.runs)) == ("unverified", 1)
    assert sum(path.endswith("/dispatches") for path in written(stage)) == 1
    assert "The workflow could not be dispatched (403)" in told.summary
    assert "No check ran" in stage.comments(number)[0]


@pytest.mark.row("red", "no-progress")
def test_the_same_failure_comes_back(stage: Stage):
    """Two attempts with one result: the third is not spent, the pull request stays for people."""
    number = stage.red_pull_request()
    stage.colors += ["rounding", "rounding"]
    stage.fixes += [{"prices.py": "half\n"}, {"prices.py": "also half\n"}, FIX]
    told = stage.run(max_attempts="3")
    ours = stage.repository.state.pulls[int(told.outputs["pull-request-number"])]

    assert (told.outcome, told.code) == ("not-fixed", 0)
    assert (stage.sessions(), len(stage.prompts), told.outputs["attempt"]) == (1, 2, "2")
    assert "The same failure came back" in stage.comments(number)[0]
    assert (ours.issue.state, told.outputs["verified"]) == ("open", "red")
    assert is_stopped(stage)
