"""`trigger: reconcile` carries every open work item on, from GitHub and Coder alone."""

from __future__ import annotations

import json

import pytest

from tests.scenarios.stage import Stage

FIX = {"prices.py": "repaired\n"}


def _sweep(stage: Stage):
    return stage.run({"schedule": "*/10 * * * *"}, event="schedule", trigger="reconcile")


def test_nothing_to_do(stage: Stage):
    """Without any work there is nothing to do."""
    assert _sweep(stage).outcome == "skipped/nothing-to-do"


def test_a_started_item_is_carried_to_its_end(stage: Stage):
    """`wait: none`, then sweeps alone: pull request, verdict, one comment."""
    number = stage.red_pull_request()
    stage.fixes.append(FIX)
    started = stage.run(wait="none")
    outcomes = []
    for _ in range(4):
        stage.clock.sleep(120)
        outcomes.append(_sweep(stage).outcome)

    assert started.outcome == "pending"
    assert "fixed" in outcomes
    assert outcomes[-1] == "skipped/nothing-to-do"
    assert (stage.sessions(), len(stage.comments(number))) == (1, 1)


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_several_items(stage: Stage):
    """Each item has its own outcome in `items`."""
    for branch, color in (("feature", "voucher"), ("other", "rounding")):
        stage.colors.insert(0, color)
        stage.repository.commit(branch, {"prices.py": f"{branch} broken\n"}, branch, start=False)
        stage.repository.open_pull_request(branch, author="alice")
        stage.github.wait_idle()
        stage.run(wait="none")
    told = _sweep(stage)

    assert told.outcome == "swept", told.summary
    assert sorted(i["item"] for i in json.loads(told.outputs["items"])) == ["pr:1", "pr:2"]
    assert stage.sessions() == 2


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_strangers_sessions_are_left_alone(stage: Stage):
    """A task that is only named like ours is no work item."""
    user = stage.coder.world.tokens[0].user
    assert user is not None
    stage.red_pull_request()
    stage.run(wait="none")
    for workspace in stage.coder.world.workspaces.values():
        workspace.name = workspace.name + "x"

    assert _sweep(stage).outcome in {"pending", "swept", "skipped/nothing-to-do"}
    assert stage.sessions() == 1


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_a_schedule_without_a_trigger_is_refused(stage: Stage):
    """`auto` cannot know what a schedule is for, and says which input does."""
    told = stage.run({"schedule": "* * * * *"}, event="schedule")

    assert (told.outputs["error-kind"], told.code) == ("configuration", 2)
    assert "trigger" in told.outputs["error-message"]


@pytest.mark.row("no-change")
@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_a_red_branch_without_a_repair_gets_one_issue(stage: Stage):
    """No pull request and no change: one issue, which closes when the branch is green."""
    stage.colors.insert(0, "voucher")
    stage.repository.commit("main", {"prices.py": "broken\n"}, "Break main")
    stage.github.wait_idle()
    event = stage.red_event()
    first, again = stage.run(event), stage.run(event)
    issues = [i for i in stage.repository.state.issues.values() if "CI is red" in i.title]
    stage.repository.commit("main", {"prices.py": "repaired by hand\n"}, "Repair main")
    stage.github.wait_idle()
    _sweep(stage)

    assert (first.outcome, again.outcome) == ("no-change", "skipped/already-handled")
    assert [(i.state, [label.name for label in i.labels]) for i in issues] == [
        ("closed", ["coder-fix"])
    ]
    assert stage.sessions() == 1


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
@pytest.mark.parametrize("how", ["merged", "closed"])
def test_the_comment_is_one_line_in_the_end(stage: Stage, how):
    """Once our pull request is merged, or closed, nothing but a folded line is left."""
    number = stage.red_pull_request()
    stage.fixes.append(FIX)
    first = stage.run()
    ours = stage.repository.state.pulls[int(first.outputs["pull-request-number"])]
    ours.issue.state, ours.issue.closed_at = "closed", stage.github.clock.stamp()
    if how == "merged":
        ours.merged_at = stage.github.clock.stamp()
    stage.clock.follow(stage.github.clock)
    _sweep(stage)
    once = stage.comments(number)
    _sweep(stage)

    assert first.outcome == "fixed"
    assert once == stage.comments(number)
    assert len(once) == 1
    assert once[0].startswith("<details>")
