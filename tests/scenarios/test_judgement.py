"""Judgement before spending, event in → nothing started, for each reason; and what carries on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox.actions_seeds import JobSeed
from tests.scenarios.hostile import RED_LOG
from tests.scenarios.stage import PERMISSIONS, Stage
from tests.scenarios.story_clock import START

FIX = {"prices.py": "repaired\n"}
WEATHER = """\
Cloning into 'widgets'...
fatal: unable to access 'https://github.com/acme/base/': Could not resolve host: github.com
"""


def _comments_and_sessions(stage: Stage, number: int) -> tuple[int, int]:
    return len(stage.comments(number)), stage.sessions()


@pytest.mark.row("superseded")
def test_superseded(stage: Stage):
    """A newer push overtakes the red commit; its own run decides."""
    number = stage.red_pull_request()
    event = stage.red_event()
    stage.repository.commit("feature", {"prices.py": "better\n"}, "More", start=False)
    told = stage.run(event)

    assert told.outcome == "skipped/superseded"
    assert _comments_and_sessions(stage, number) == (0, 0)


@pytest.mark.row("gone")
def test_closed_meanwhile(stage: Stage):
    """A pull request that was closed before we looked needs nothing."""
    number = stage.red_pull_request()
    stage.repository.state.pulls[number].issue.state = "closed"

    assert stage.run().outcome == "skipped/superseded"


@pytest.mark.row("opted-out")
@pytest.mark.parametrize("how", ["title", "message"])
def test_opted_out(stage: Stage, how):
    """`[skip coder-fix]` keeps the bot away."""
    if how == "message":
        stage.colors.insert(0, "voucher")
        stage.repository.commit(
            "feature", {"prices.py": "x\n"}, "WIP [skip coder-fix]", start=False
        )
        number = stage.repository.open_pull_request("feature", author="alice").number
        stage.github.wait_idle()
    else:
        number = stage.red_pull_request(title="Try [skip coder-fix]")

    assert stage.run().outcome == "skipped/opted-out"
    assert _comments_and_sessions(stage, number) == (0, 0)


@pytest.mark.row("base-red")
def test_base_is_red_with_the_same_failure(stage: Stage):
    """The failure is the base branch's: it is repaired there."""
    log = RED_LOG
    stage.github.add_run(
        stage.repository, [JobSeed("test", "failure", log=log)], branch="main", event="push"
    )
    number = stage.red_pull_request()

    assert stage.run().outcome == "skipped/base-red"
    assert _comments_and_sessions(stage, number) == (0, 0)


def test_base_is_red_with_another_failure(stage: Stage):
    """Another failure on the base branch is no excuse."""
    other = RED_LOG.replace("test_voucher", "test_taxes").replace("-250 == 0", "3 == 4")
    stage.github.add_run(
        stage.repository, [JobSeed("test", "failure", log=other)], branch="main", event="push"
    )
    stage.red_pull_request()
    stage.fixes.append(FIX)

    assert stage.run().outcome == "fixed"


@pytest.mark.row("outage")
def test_outage(stage: Stage):
    """Eleven branches newly red within the hour are an outage."""
    stage.github.clock.advance(0)
    for number in range(11):
        stage.repository.commit(f"b{number}", {"x": str(number)}, "x", start=False)
        stage.github.add_run(
            stage.repository, [JobSeed("other", "failure", log="boom\n")], branch=f"b{number}"
        )
    stage.red_pull_request()
    stage.clock.follow(stage.github.clock)

    assert stage.run().outcome == "skipped/outage"


@pytest.mark.row("infrastructure")
def test_infrastructure_is_rerun_once(stage: Stage):
    """Weather gets a rerun, not an agent; red again it gets an agent."""
    stage.logs.append(WEATHER)
    number = stage.red_pull_request()
    stage.grant(actions="write")
    told = stage.run()

    assert told.outcome == "skipped/rerunning"
    assert _comments_and_sessions(stage, number) == (0, 0)
    assert stage.repository.runs[0].attempt.number == 2


@pytest.mark.row("infrastructure")
def test_rerun_needs_a_right(stage: Stage):
    """Without `actions: write` the sentence says so, and nothing is started either."""
    stage.logs.append(WEATHER)
    stage.red_pull_request()
    told = stage.run()

    assert told.outcome == "skipped/infrastructure"
    assert "actions: write" in told.summary


@pytest.mark.row("flaky")
def test_a_pass_of_the_same_commit_is_a_flake(stage: Stage):
    """The same commit passed in another run of the same workflow."""
    number = stage.red_pull_request()
    event = stage.red_event()
    stage.github.add_run(
        stage.repository, [JobSeed("test")], event="pull_request", pull_number=number
    )

    assert stage.run(event).outcome == "skipped/flaky"


@pytest.mark.row("limits")
def test_open_pull_requests_have_a_limit(stage: Stage):
    """`max-open-pull-requests` counts ours only."""
    stage.red_pull_request()
    stage.repository.commit("mine", {"y": "1"}, "y", start=False)
    stage.repository.open_pull_request("mine", author="alice")
    stage.repository.commit(
        "coder-fix/pr/99/0123456789ab-1", {"z": "1"}, "z", from_branch="main", start=False
    )
    stage.repository.open_pull_request("coder-fix/pr/99/0123456789ab-1", author="coder-fix-bot")
    stage.github.wait_idle()
    event = next(p for n, p in stage.events if n == "workflow_run" and p["action"] == "completed")
    told = stage.run(event, max_open_pull_requests="1")

    assert told.outcome == "skipped/limit"
    assert "max-open-pull-requests" in told.summary


@pytest.mark.row("limits")
def test_sessions_have_a_limit(stage: Stage):
    """`max-sessions-per-day` counts the sessions of this repository."""
    stage.red_pull_request()
    event = stage.red_event()
    stage.run(event, wait="none")
    stage.repository.commit("other", {"prices.py": "also broken\n"}, "Other", start=False)
    stage.colors.insert(0, "rounding")
    stage.repository.open_pull_request("other", author="bob")
    stage.github.wait_idle()
    told = stage.run(max_sessions_per_day="1")

    assert told.outcome == "skipped/limit"
    assert stage.sessions() == 1


@pytest.mark.row("closed-by-human")
def test_a_closed_repair_is_not_insisted_on(stage: Stage):
    """Somebody closed our pull request unmerged; the same failure again starts nothing."""
    number = stage.red_pull_request()
    stage.fixes.append(FIX)
    first = stage.run()
    ours = stage.repository.state.pulls[int(first.outputs["pull-request-number"])]
    ours.issue.state = "closed"
    ours.issue.closed_at = stage.github.clock.stamp()
    stage.colors.insert(0, "voucher")
    stage.repository.commit("feature", {"prices.py": "still broken\n"}, "Again")
    stage.github.wait_idle()
    stage.clock.follow(stage.github.clock)
    told = stage.run()

    assert (first.outcome, told.outcome) == ("fixed", "skipped/closed-by-human")
    assert _comments_and_sessions(stage, number) == (1, 1)


@pytest.mark.row("elsewhere")
def test_the_same_failure_elsewhere_is_adopted(stage: Stage):
    """A second pull request with the same failure names the repair that exists."""
    stage.red_pull_request()
    stage.fixes.append(FIX)
    first = stage.run()
    stage.repository.commit("other", {"prices.py": "broken\n"}, "Other", start=False)
    stage.colors.insert(0, "voucher")
    second = stage.repository.open_pull_request("other", author="bob")
    stage.github.wait_idle()
    told = stage.run()

    assert (first.outcome, told.outcome) == ("fixed", "skipped/already-handled")
    assert f"#{first.outputs['pull-request-number']}" in told.summary
    assert (stage.sessions(), len(stage.comments(second.number))) == (1, 0)


@pytest.mark.row("elsewhere")
def test_the_same_failure_in_a_session_elsewhere(stage: Stage):
    """The first session has pushed nothing yet; a second pull request with that failure waits."""
    first = stage.red_pull_request()
    stage.run(wait="none")
    stage.repository.commit("other", {"prices.py": "broken\n"}, "Other", start=False)
    stage.colors.insert(0, "voucher")
    second = stage.repository.open_pull_request("other", author="bob")
    stage.github.wait_idle()
    told = stage.run()

    assert told.outcome == "skipped/already-handled"
    assert f"in a session for pull request #{first}" in told.summary
    assert (stage.sessions(), len(stage.comments(second.number))) == (1, 0)


def test_a_branch_that_was_red_before_is_no_outage(stage: Stage):
    """Eleven branches are red, but one of them has been so since yesterday."""
    for number in range(11):
        stage.repository.commit(f"b{number}", {"x": str(number)}, "x", start=False)
    red = [JobSeed("other", "failure", log="boom\n")]
    stage.github.add_run(stage.repository, red, branch="b0")
    stage.github.clock.advance(7200)
    for number in range(10):
        stage.github.add_run(stage.repository, red, branch=f"b{number}")
    stage.red_pull_request()
    stage.fixes.append(FIX)
    stage.clock.follow(stage.github.clock)

    assert stage.run().outcome == "fixed"


@pytest.mark.row("ended-before")
def test_the_same_commit_twice(stage: Stage):
    """A duplicate delivery after the end starts nothing."""
    stage.red_pull_request()
    event = stage.red_event()
    stage.fixes.append(FIX)
    first, second = stage.run(event), stage.run(event)

    assert (first.outcome, second.outcome) == ("fixed", "skipped/already-handled")
    assert stage.sessions() == 1


def test_a_later_failure_begins_the_next_generation(stage: Stage):
    """After an end, another failure on a new head gets a session of its own."""
    number = stage.red_pull_request()
    stage.fixes.append(FIX)
    stage.run()
    stage.colors.insert(0, "rounding")
    stage.repository.commit("feature", {"prices.py": "otherwise broken\n"}, "More")
    stage.github.wait_idle()
    stage.fixes.append({"prices.py": "repaired again\n"})
    told = stage.run()

    assert told.outcome == "fixed"
    assert told.outputs["pull-request-branch"].endswith("-2")
    assert _comments_and_sessions(stage, number) == (1, 2)


@pytest.mark.parametrize("color", ["green", "rounding"])
def test_a_run_on_our_branch_carries_its_item_on(stage: Stage, color):
    """`wait: none`: the checks' own event, red or green, does the next step of the same item."""
    stage.red_pull_request()
    stage.colors.append(color)
    stage.fixes += [FIX, {"prices.py": "repaired for good\n"}]
    stage.run(wait="none")
    stage.clock.sleep(120)
    opened = stage.run(stage.red_event_on("feature"), wait="none")
    stage.clock.sleep(120)
    ours = next(p for p in stage.repository.state.pulls.values() if p.head_ref != "feature")
    told = stage.run(stage.red_event_on(ours.head_ref), wait="complete")
    ends = {opened.outcome, told.outcome}

    assert "fixed" in ends, told.summary
    assert (stage.sessions(), len(stage.prompts)) == (1, 1 if color == "green" else 2)


@pytest.mark.row("gone")
def test_events_of_days_ago(stage: Stage):
    """An old event of a branch that is gone ends quietly."""
    stage.red_pull_request()
    event = stage.red_event()
    stage.clock.passed += timedelta(days=9).total_seconds()
    stage.repository.state.pulls[1].issue.state = "closed"

    assert stage.run(event).outcome == "skipped/superseded"
    assert PERMISSIONS["actions"] == "read"
    assert stage.clock.now() > START


@pytest.mark.row("green-by-itself")
def test_green_by_itself(stage: Stage):
    """A person repaired the branch while the agent worked: nothing is claimed, the session ends."""
    number = stage.red_pull_request()

    def agent(prompt, work):
        stage.repository.commit("feature", {"prices.py": "repaired by hand\n"}, "By hand")
        yield from Stage.agent(stage, prompt, work)

    stage.behave(agent)
    told = stage.run()

    assert told.outcome == "skipped/superseded"
    assert "green without us" in told.summary
    assert len(stage.comments(number)) == 1


TEST_REQUIRED = {
    "type": "required_status_checks",
    "ruleset_source_type": "Repository",
    "ruleset_source": "acme/widgets",
    "ruleset_id": 1,
    "parameters": {
        "required_status_checks": [{"context": "test"}],
        "strict_required_status_checks_policy": False,
    },
}


def test_required_checks_alone_count(stage: Stage):
    """Where the base's rules name checks, a red one that is not among them changes nothing."""
    stage.repository.state.rules["main"] = [TEST_REQUIRED]
    stage.red_pull_request()
    stage.fixes.append(FIX)
    stage.also_red.append("optional")

    assert stage.run().outcome == "fixed"


@pytest.mark.row("red")
def test_the_follow_up_is_about_what_the_verdict_counts(stage: Stage):
    """A red job that is not required has no place in the agent's second prompt either."""
    stage.repository.state.rules["main"] = [TEST_REQUIRED]
    stage.red_pull_request()
    stage.fixes += [{"prices.py": "half\n"}, FIX]
    stage.colors.append("rounding")
    stage.also_red.append("optional")
    told = stage.run()

    assert (told.outcome, len(stage.prompts)) == ("fixed", 2)
    assert "test_rounding" in stage.prompts[1]
    assert "optional" not in stage.prompts[1]
    assert "boom" not in stage.prompts[1]


def test_a_merge_queue(stage: Stage):
    """The queue's own commit is red: the repair builds on the pull request that it had merged."""
    stage.colors.append("green")
    stage.repository.commit("feature", {"prices.py": "broken\n"}, "Vouchers", start=False)
    number = stage.repository.open_pull_request("feature", author="alice").number
    stage.github.wait_idle()
    queued = f"gh-readonly-queue/main/pr-{number}-{'0' * 40}"
    stage.repository.commit(
        queued, {"prices.py": "merged\n"}, "Merge", from_branch="feature", start=False
    )
    red = [JobSeed("test", "failure", log=RED_LOG)]
    stage.github.add_run(stage.repository, red, branch=queued, event="merge_group")
    stage.github.wait_idle()
    stage.fixes.append(FIX)
    told = stage.run(stage.red_event_on(queued))
    head = stage.repository.head("feature")

    assert told.outcome == "fixed"
    assert f"the pull request's commit {head} merged with" in stage.prompts[0]
    ours = stage.repository.state.pulls[int(told.outputs["pull-request-number"])]
    assert ours.base_ref == "feature"
