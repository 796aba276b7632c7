"""The main job through the real entry point, on both backends: event in → world changed."""

from __future__ import annotations

import pytest

from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.http import Exchange
from tests.scenarios.stage import Stage, branch_in

FIX = {"prices.py": "repaired\n"}


@pytest.mark.row("start", "open-pull-request", "green")
def test_red_run_becomes_a_green_pull_request(stage: Stage):
    """A failed run starts one session, opens one draft, and ends green at its head."""
    number = stage.red_pull_request()
    stage.fixes.append(FIX)
    told = stage.run()

    assert (told.outcome, told.code) == ("fixed", 0)
    assert told.outputs["verified-sha"] == stage.repository.head(
        told.outputs["pull-request-branch"]
    )
    ours = stage.repository.state.pulls[int(told.outputs["pull-request-number"])]
    assert (ours.draft, ours.base_ref, ours.issue.user.login) == (True, "feature", "coder-fix-bot")
    assert len(stage.comments(number)) == 1
    assert "green" in stage.comments(number)[0]
    assert stage.sessions() == 1
    assert told.outputs["pull-request-operation"] == "created"
    assert told.outputs["pull-request-head-sha"] == told.outputs["verified-sha"]


def test_prompt_tells_what_failed(stage: Stage):
    """The agent gets the failing test, its line and the branch to push to."""
    stage.red_pull_request()
    stage.fixes.append(FIX)
    stage.run()

    assert "test_prices.py::test_voucher" in stage.prompts[0]
    assert "assert -250 == 0" in stage.prompts[0]
    assert "origin/main" in stage.prompts[0]


def test_the_last_green_log_helps_where_no_format_does(stage: Stage):
    """What only the red run printed is shown, with the commit at which the job last passed."""
    usual = [f"packed part {n} of the archive" for n in range(200)]
    green = [JobSeed("test", log="\n".join(usual))]
    stage.github.add_run(stage.repository, green, branch="main", event="push")
    news = "part 7 comes from another compiler"
    stage.logs.append("\n".join([*usual[:100], news, *usual[100:]]))
    stage.red_pull_request()
    stage.run()

    head = stage.repository.head("main")
    assert f" {news}\n" in stage.prompts[0]
    assert f"Chosen by what is new since it last passed, at {head}: " in stage.prompts[0]
    assert "packed part 20 " not in stage.prompts[0]


def test_the_agents_own_pull_request_is_adopted(stage: Stage):
    """A pull request that the agent opened is taken as it is."""
    stage.red_pull_request()
    stage.fixes.append(FIX)
    opened = []

    def agent(prompt, work):
        yield from Stage.agent(stage, prompt, work)
        pull = stage.repository.open_pull_request(branch_in(prompt), "feature", "Mine", body="Own")
        opened.append(pull)

    stage.behave(agent)
    told = stage.run()

    assert told.outcome == "fixed"
    assert told.outputs["pull-request-number"] == str(opened[0].number)
    assert told.outputs["pull-request-operation"] == "adopted"
    assert opened[0].issue.body == "Own"


def test_fix_mode_pushes_to_the_failing_branch(stage: Stage):
    """`mode: fix` repairs the pull request itself and opens none."""
    number = stage.red_pull_request()
    stage.fixes.append(FIX)
    told = stage.run(mode="fix")

    assert told.outcome == "fixed"
    assert told.outputs["pull-request-number"] == str(number)
    assert told.outputs["pull-request-operation"] == "updated"
    assert list(stage.repository.state.pulls) == [number]


def test_report_needs_no_coder(stage: Stage):
    """`mode: report` diagnoses, comments, and starts nothing, without any Coder input."""
    number = stage.red_pull_request()
    told = stage.run(mode="report", coder_url="", coder_token="")

    assert (told.outcome, told.code) == ("reported", 0)
    assert "test_voucher" in stage.comments(number)[0]
    assert stage.coder.exchanges == []


def test_dry_run_writes_nothing(stage: Stage):
    """`dry-run` reads everything, shows the prompt and the decision, and changes nothing."""
    number = stage.red_pull_request()
    told = stage.run(dry_run="true")

    assert told.outcome == "reported"
    assert "a session would be started" in told.summary
    assert "test_voucher" in told.summary
    assert "The prompt" in told.summary
    assert (stage.comments(number), stage.sessions()) == ([], 0)
    written = [
        x.request.path
        for x in (*stage.github.exchanges, *stage.coder.exchanges)
        if x.request.method != "GET" and not x.request.path.endswith("graphql")
    ]
    assert written == []


@pytest.mark.row("under-way")
def test_wait_none_returns_and_the_next_run_carries_on(stage: Stage):
    """`wait: none` ends as `pending`; a repeated event adopts the session and finishes."""
    stage.red_pull_request()
    stage.fixes.append(FIX)
    first = stage.run(wait="none")
    stage.clock.sleep(60)
    second = stage.run()

    assert (first.outcome, second.outcome) == ("pending", "fixed")
    assert first.outputs["session-id"] == second.outputs["session-id"]
    assert (first.outputs["session-created"], second.outputs["session-created"]) == (
        "true",
        "false",
    )
    assert stage.sessions() == 1


@pytest.mark.row("settling", "no-change")
def test_an_agent_without_a_change(stage: Stage):
    """No push is `no-change`; nothing is opened and the comment quotes the agent."""
    number = stage.red_pull_request()
    told = stage.run()

    assert (told.outcome, told.code) == ("no-change", 0)
    assert list(stage.repository.state.pulls) == [number]
    assert len(stage.comments(number)) == 1
    assert told.outputs["pull-request-branch"] == ""


@pytest.mark.row("red")
def test_red_again_is_fed_back_once(stage: Stage):
    """A red push gets one follow-up in the same session, then it is green."""
    stage.red_pull_request()
    stage.colors += ["rounding"]
    stage.fixes += [{"prices.py": "half\n"}, FIX]
    told = stage.run()

    assert (told.outcome, told.outputs["attempt"]) == ("fixed", "2")
    assert stage.sessions() == 1
    assert "test_rounding" in stage.prompts[1]


@pytest.mark.row("used-up")
def test_attempts_end(stage: Stage):
    """Red after `max-attempts` turns is `not-fixed`."""
    stage.red_pull_request()
    stage.colors += ["rounding", "taxes"]
    stage.fixes += [{"prices.py": "half\n"}, {"prices.py": "worse\n"}]
    told = stage.run()

    assert (told.outcome, len(stage.prompts)) == ("not-fixed", 2)


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_a_red_default_branch(stage: Stage):
    """Without a pull request our own one carries everything, and nobody is commented at."""
    stage.colors.insert(0, "voucher")
    stage.repository.commit("main", {"prices.py": "broken\n"}, "Break main")
    stage.github.wait_idle()
    stage.fixes.append(FIX)
    stage.repository.commit("feature", {}, "x", from_branch="main", start=False)
    told = stage.run()

    assert told.outcome == "fixed"
    ours = stage.repository.state.pulls[int(told.outputs["pull-request-number"])]
    assert (ours.base_ref, len(stage.comments(ours.issue.number))) == ("main", 0)


@pytest.mark.row("fork")
def test_forks_get_a_report_only(stage: Stage):
    """A stranger's red pull request never starts an agent."""
    fork = stage.github.fork(stage.repository, "eve")
    fork.commit("evil", {"prices.py": "broken\n"}, "Innocent", start=False)
    stage.colors.insert(0, "voucher")
    number = stage.repository.open_pull_request("eve:evil", author="eve").number
    stage.github.wait_idle()
    told = stage.run()

    assert (told.outcome, told.code) == ("reported/fork", 0)
    assert (stage.sessions(), len(stage.comments(number))) == (0, 1)


@pytest.mark.row("open-pull-request")
@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_where_creating_is_forbidden(stage: Stage):
    """The push stays, the comment gives the compare link and the setting to change."""
    number = stage.red_pull_request()
    stage.repository.state.settings.actions_may_open_pull_requests = False
    stage.github.tokens.grant(
        "ghs_" + "b0t" * 12,
        kind="github-token",
        permissions={"actions": "read", "checks": "read", "contents": "read", "issues": "write",
                     "pull_requests": "write", "statuses": "read"},
    )  # fmt: skip
    stage.fixes.append(FIX)
    told = stage.run(github_token="ghs_" + "b0t" * 12)

    assert told.outcome == "unverified"
    assert "/compare/feature...coder-fix/pr/" in stage.comments(number)[0]


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_where_drafts_are_refused(stage: Stage):
    """A plan without drafts gets a ready pull request."""
    stage.red_pull_request()
    stage.repository.state.settings.drafts = False
    stage.fixes.append(FIX)
    told = stage.run()

    assert told.outcome == "fixed"
    assert stage.repository.state.pulls[int(told.outputs["pull-request-number"])].draft is False


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_requests_until_the_session_exists(stage: Stage):
    """The figure: at most 12 requests plus 2 for each log, and 2 for the policy files."""
    stage.red_pull_request()
    stage.fixes.append(FIX)
    order: list[Exchange] = []
    for server in (stage.github, stage.github.blobs, stage.coder):
        server.observers.append(order.append)
    stage.run(wait="none")
    created = next(
        i
        for i, x in enumerate(order, 1)
        if x.server == "coder" and x.request.method == "POST" and x.response.status == 201
    )
    logs = len(stage.github.blobs.exchanges)

    assert created <= 12 + 2 + 2 * logs, [f"{x.request.method} {x.request.path}" for x in order]


def test_an_updaters_pull_request(stage: Stage):
    """Dependabot's red pull request: the agent is told what it upgrades."""
    title = "Bump httpx from 0.27.0 to 1.0.0"
    stage.colors.insert(0, "voucher")
    message = f"{title}\n\n---\nupdated-dependencies:\n- dependency-name: httpx\n"
    message += "  dependency-version: 1.0.0\n  update-type: version-update:semver-major\n..."
    stage.repository.commit("dependabot/pip/httpx-1.0.0", {"r.txt": "1"}, message, start=False)
    head, author = "dependabot/pip/httpx-1.0.0", "dependabot[bot]"
    stage.repository.open_pull_request(head, title=title, author=author)
    stage.github.wait_idle()
    told = stage.run()

    assert told.outcome == "no-change"
    assert "It is by Dependabot and upgrades:\n  httpx 0.27.0 → 1.0.0 (major)" in stage.prompts[0]
