"""`trigger: upgrade`: the red pull requests of updaters, and nobody else's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.sandbox.coder_agents import Work
from tests.scenarios.hands import granted, plays
from tests.scenarios.stage import BOT, TOKEN, Stage


def opened(
    stage: Stage, branch: str, color: str, *, author: str = "dependabot[bot]", title: str = ""
) -> int:
    """A pull request of an updater whose run ends in that color."""
    stage.colors.insert(0, color)
    stage.repository.commit(branch, {"requirements.txt": branch}, title or branch, start=False)
    number = stage.repository.open_pull_request(branch, title=title or branch, author=author).number
    stage.github.wait_idle()
    stage.github.clock.advance(60)
    stage.clock.follow(stage.github.clock)
    return int(number)


def upgrade(stage: Stage, **given: str) -> Any:
    """The action on a schedule, with exactly what the example grants."""
    stage.github.tokens.grant(TOKEN, login=BOT, permissions=granted("upgrade.yml", "upgrade"))
    inputs: dict[str, Any] = {"trigger": "upgrade"} | given
    return stage.run({}, event="schedule", **inputs)


def test_one_red_upgrade(stage: Stage):
    """It is repaired like any other red run, and the agent knows what is upgraded."""
    plays(stage, Work(600))
    title = "Bump httpx from 0.27.0 to 1.0.0"
    number = opened(stage, "dependabot/pip/httpx-1.0.0", "voucher", title=title)
    told = upgrade(stage)

    assert (told.outcome, told.code, stage.sessions()) == ("pending", 0, 1)
    assert told.outputs["session-created"] == "true"
    assert len(stage.comments(number)) == 1


def test_several(stage: Stage):
    """Both updaters, the oldest first, within the limit; what is green, or a person's, is left."""
    plays(stage, Work(600))
    first = opened(stage, "dependabot/npm_and_yarn/left-pad-2.0.0", "voucher")
    opened(stage, "dependabot/pip/green-2.0.0", "green")
    opened(stage, "feature-x", "taxes", author="alice")
    second = opened(stage, "renovate/requests-3.x", "rounding", author="renovate[bot]")
    third = opened(stage, "renovate/urllib3-3.x", "discount", author="acme-renovate")
    told = upgrade(stage, updaters="Acme-Renovate", max_sessions_per_day="2")
    items = json.loads(told.outputs["items"])

    assert (told.outcome, stage.sessions()) == ("swept", 2)
    assert [(i["item"], i["outcome"], i["skip-reason"]) for i in items] == [
        (f"pr:{first}", "pending", ""),
        (f"pr:{second}", "pending", ""),
        (f"pr:{third}", "skipped", "limit"),
    ]
    again = upgrade(stage, updaters="acme-renovate", max_sessions_per_day="2")
    assert stage.sessions() == 2
    assert again.code == 0


def test_closed_in_between(stage: Stage):
    """The updater supersedes its pull request: nothing is started for the old one."""
    number = opened(stage, "dependabot/pip/httpx-1.0.0", "voucher")
    stage.repository.state.pulls[number].issue.state = "closed"
    told = upgrade(stage)

    assert (told.outcome, stage.sessions()) == ("skipped/nothing-to-do", 0)
    assert "No open pull request of an updater is red." in told.summary


def test_a_dry_run_is_the_plan(stage: Stage):
    """A line for each, and nothing written."""
    opened(stage, "dependabot/pip/httpx-1.0.0", "voucher")
    opened(stage, "renovate/requests-3.x", "rounding", author="renovate[bot]")
    told = upgrade(stage, dry_run="true")

    assert (told.outcome, stage.sessions()) == ("swept", 0)
    assert [i["outcome"] for i in json.loads(told.outputs["items"])] == ["reported", "reported"]
    written = [x for x in stage.github.exchanges if x.request.method not in {"GET", "POST"}]
    assert written == []


@pytest.mark.parametrize("branch", ["dependabot/pip/x-1", "renovate/x-1.x"])
def test_a_branch_name_proves_nothing(stage: Stage, branch: str):
    """Whoever may push may name a branch so; the author of the pull request counts."""
    opened(stage, branch, "voucher", author="mallory")

    assert upgrade(stage).outcome == "skipped/nothing-to-do"
