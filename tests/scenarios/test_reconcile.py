"""`trigger: reconcile` carries every open work item on, from GitHub and Coder alone."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.engine import sweep
from bot.engine.sweep import Sweep
from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.coder_agents import Report, Say, Work
from bot.sandbox.http import Fault, HttpResponse
from tests.scenarios.stage import Stage, branch_in

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


def _started(stage: Stage, numbers: Iterable[int]) -> None:
    """Red pull requests, each with a session that an earlier run began."""
    stage.clock.follow(stage.github.clock)
    for number in numbers:
        stage.colors.insert(0, f"case_{number}")
        branch = f"feature-{number}"
        stage.repository.commit(branch, {"prices.py": f"broken {number}\n"}, branch, start=False)
        stage.repository.open_pull_request(branch, author="alice")
        stage.github.wait_idle()
        stage.run(wait="none")


def _works_on(prompt: str, work: Path) -> Iterator[Any]:
    """An agent that does not come to an end."""
    del prompt, work
    yield Say("Looking at it")
    yield Work(1e6)


def _repairs(stage: Stage, seconds: float = 1.0) -> Callable[[str, Path], Iterator[Any]]:
    """An agent that pushes to its branch."""

    def agent(prompt: str, work: Path) -> Iterator[Any]:
        del work
        branch = branch_in(prompt)
        yield Work(seconds)
        _push(stage, branch)
        yield Report("complete", "Pushed a repair")

    return agent


def _push(stage: Stage, branch: str) -> None:
    failing = f"feature-{branch.split('/')[2]}"
    stage.repository.commit(branch, FIX, "Repair", from_branch=failing, author="coder-fix-bot")


def _items(told: Any) -> list[Any]:
    return list(json.loads(told.outputs["items"]))


def _ours(stage: Stage) -> list[str]:
    pulls = stage.repository.state.pulls.values()
    return sorted(p.head_ref.split("/")[2] for p in pulls if p.head_ref.startswith("coder-fix/"))


def _requests(stage: Stage) -> list[str]:
    return [f"{x.request.method} {x.request.path}" for x in stage.github.exchanges]


def test_looking_at_more_items_costs_no_more_requests(stage: Stage):
    """Items of which nothing changed are looked at together, and nothing is written."""
    stage.behave(_works_on)
    costs, told = [], None
    for numbers in ([1], [2, 3, 4]):
        _started(stage, numbers)
        before = len(_requests(stage))
        told = _sweep(stage)
        costs.append(_requests(stage)[before:])

    assert [i["outcome"] for i in _items(told)] == ["pending"] * 4
    assert len(costs[0]) == len(costs[1]) <= 12
    assert {c.split()[0] for c in costs[1] if not c.endswith("/graphql")} == {"GET"}
    assert "test_case_4" in stage.comments(4)[0]


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_a_small_budget_reaches_every_item(stage: Stage, monkeypatch):
    """A sweep does for an item or two what it can; within six of them each had its turn."""
    monkeypatch.setattr(sweep, "Sweep", functools.partial(Sweep, budget=20))
    stage.behave(_repairs(stage))
    _started(stage, range(1, 6))
    stage.clock.sleep(120)
    reached, spent, summaries = [], [], []
    seen: set[str] = set()
    for number in range(1, 7):
        before = len(_requests(stage))
        told = stage.run(
            {"schedule": "* * * * *"},
            event="schedule",
            trigger="reconcile",
            env={"GITHUB_RUN_NUMBER": str(number)},
        )
        spent.append(len(_requests(stage)) - before)
        reached.append(len(_ours(stage)))
        summaries.append(told.summary)
        seen |= {item["item"] for item in _items(told)}

    assert reached[0] < 5
    assert seen == {f"pr:{number}" for number in range(1, 6)}
    assert _ours(stage) == ["1", "2", "3", "4", "5"], reached
    assert "left for the next sweep" in summaries[0]
    assert max(spent) < 60, spent


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_what_changes_after_the_look_is_not_missed(stage: Stage):
    """The agent is done and its branch is not there when we look: it is read anew before the end.

    Acting on what was seen would have ended the item without a change.
    """
    _started(stage, [1])
    working = _sweep(stage)
    stage.clock.sleep(400)

    def pushes(exchange: Any) -> None:
        if b"query Glance" in exchange.request.body and not pushed:
            pushed.append(json.loads(exchange.request.body)["variables"]["b0"])
            _push(stage, pushed[0])

    pushed: list[str] = []

    stage.github.observers.append(pushes)
    told = _sweep(stage)

    assert (working.outcome, told.outcome) == ("pending", "pending")
    assert _ours(stage) == ["1"]


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_without_a_look_each_item_is_read_by_itself(stage: Stage):
    """GitHub refuses the long query: the sweep is slower, not blind."""
    stage.behave(_repairs(stage))
    _started(stage, [1, 2])
    stage.clock.sleep(120)

    def refuses(request: Any) -> None:
        if b"Glance" in request.body:
            raise Fault("long", respond=HttpResponse(502, {"message": "Something went wrong"}))

    stage.github.fault_hooks.append(refuses)
    told = _sweep(stage)

    assert told.outcome == "swept"
    assert _ours(stage) == ["1", "2"]


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_checks_under_way_are_only_looked_at(stage: Stage):
    """A push whose checks run needs no step, and no request of its own."""
    stage.behave(_repairs(stage))
    _started(stage, [1])
    stage.clock.sleep(120)
    waits = [JobSeed("test", None, status="in_progress")]
    stage.github.script_runs(lambda _: waits)
    opened = _sweep(stage)
    before = len(_requests(stage))
    again = _sweep(stage)
    asked = _requests(stage)[before:]

    assert (opened.outcome, again.outcome) == ("pending", "pending")
    assert not [a for a in asked if "check-runs" in a or "/pulls/" in a or "/comments" in a]


@pytest.mark.parametrize("ref", ["1", "99", "x"])
def test_a_branch_that_only_bears_our_name(stage: Stage, ref):
    """No red run ever led to it: nobody's work, and no trouble at every sweep."""
    name = f"coder-fix/pr/{ref}/0123456789ab-1"
    stage.repository.commit(name, {"x": "1"}, "x", from_branch="main", start=False)
    told = stage.run({}, event="schedule", trigger="reconcile")

    assert (told.outcome, told.code) == ("skipped/nothing-to-do", 0)


def test_a_session_whose_run_is_gone(stage: Stage):
    """What it was started for cannot be known any more: a person is asked, nothing is guessed."""
    stage.red_pull_request()
    stage.run(wait="none", comment="none")
    stage.repository.runs.clear()
    told = stage.run({}, event="schedule", trigger="reconcile")

    assert told.outcome == "needs-human"
    assert "red run cannot be found" in told.summary
