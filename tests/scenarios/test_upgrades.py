"""`trigger: upgrade`: the red pull requests of updaters, and nobody else's."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from bot.engine import upgrades
from bot.sandbox.coder_agents import Report, Work
from tests.scenarios.hands import granted, plays
from tests.scenarios.stage import BOT, TOKEN, Stage, branch_in


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
    assert "No open pull request of an updater is red, and nothing else" in told.summary


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


# --- alerts and names ------------------------------------------------------------------------

MANIFESTS = {"pyproject.toml": 'dependencies = ["httpx", "jinja2", "pydantic"]\n', "uv.lock": "x"}


def depends(stage: Stage) -> None:
    """The repository has a manifest; the agent works for a long time."""
    stage.repository.commit("main", MANIFESTS, "Depend on them", start=False)
    stage.github.tokens.grant(TOKEN, login=BOT, permissions=granted("upgrade.yml", "upgrade"))

    def script(prompt: str, _work: Any) -> Any:
        stage.prompts.append(prompt)
        yield Work(600)

    stage.behave(script)


def given(stage: Stage) -> list[str]:
    """The prompts, once the workspaces have started."""
    stage.clock.sleep(5)
    stage.coder.timeline.settle()
    return stage.prompts


def ends(told: Any) -> list[tuple[str, str]]:
    """Item and outcome of each line, with the reason of a skip."""
    items = json.loads(told.outputs["items"])
    return [(i["item"], "/".join(filter(None, (i["outcome"], i["skip-reason"])))) for i in items]


def test_an_alert(stage: Stage):
    """The patched version, the advisory, the files and the command are in the prompt."""
    depends(stage)
    stage.repository.alert(
        "jinja2", patched="3.1.6", severity="high", ghsa_id="GHSA-cpwx-vrp4-4pq7"
    )
    stage.repository.alert("httpx", patched="0.28.1", severity="low")
    told = upgrade(stage, alerts="medium")
    (prompt,) = given(stage)

    assert (told.outcome, told.code, stage.sessions()) == ("pending", 0, 1)
    assert "  jinja2 >=3.1.6" in prompt
    assert "GHSA-cpwx-vrp4-4pq7" in prompt
    assert "uv lock --upgrade-package jinja2" in prompt
    assert "httpx" not in prompt.split("Upgrade:")[1].split("Where")[0]


def test_by_severity_then_age(stage: Stage):
    """Critical first, then the older of two; what has no fixed version is said so."""
    depends(stage)
    stage.repository.alert("pydantic", severity="high", created_at="2026-05-02T00:00:00Z")
    stage.repository.alert("httpx", severity="high", created_at="2026-05-01T00:00:00Z")
    stage.repository.alert("jinja2", severity="critical", created_at="2026-05-03T00:00:00Z")
    stage.repository.alert("left", severity="high", patched="", created_at="2026-05-04T00:00:00Z")
    stage.repository.alert("$(id)", severity="low", created_at="2026-05-05T00:00:00Z")
    told = upgrade(stage, alerts="low", packages="rich@>=14")

    assert ends(told) == [
        ("upgrade:jinja2", "pending"),
        ("upgrade:httpx", "pending"),
        ("upgrade:pydantic", "pending"),
        ("upgrade:left", "skipped/nothing-to-do"),
        ("upgrade:alert-5", "skipped/nothing-to-do"),
        ("upgrade:rich", "pending"),
    ]
    assert stage.sessions() == 4
    assert "$(id)" not in told.stdout


def test_groups_and_release_age(stage: Stage):
    """One session for a group, with all that is named of it and how old a release must be."""
    depends(stage)
    stage.repository.alert("jinja2", patched="3.1.6", severity="high")
    told = upgrade(
        stage,
        alerts="low",
        packages="pydantic@>=2, httpx",
        groups="web = jinja2, pydantic*\ntypes = @types/*",
        minimum_release_age_days="7",
    )

    assert ends(told) == [
        ("upgrade:web", "pending"),
        ("upgrade:httpx", "pending"),
        ("upgrade:types", "pending"),
    ]
    web, _, types = given(stage)
    assert "  jinja2 >=3.1.6\n  pydantic >=2" in web
    assert "younger than 7 days" in web
    assert "Upgrade whatever fits:\n  @types/*" in types


def test_alerts_forbidden(stage: Stage):
    """The permission is named once; the rest goes on. Alone, it is an error."""
    depends(stage)
    less = dict(granted("upgrade.yml", "upgrade"))
    less.pop("vulnerability_alerts")
    stage.github.tokens.grant(TOKEN, login=BOT, permissions=less)
    told = stage.run({}, event="schedule", trigger="upgrade", alerts="high", packages="httpx")
    alone = stage.run({}, event="schedule", trigger="upgrade", alerts="high")

    assert (told.outcome, stage.sessions()) == ("pending", 1)
    assert told.summary.count("vulnerability-alerts: read") == 1
    assert (alone.outcome, alone.code) == ("error", 3)
    assert alone.outputs["error-kind"] == "github-permission"
    assert "vulnerability-alerts: read" in alone.summary


def test_alerts_disabled(stage: Stage):
    """Said in the summary; the rest goes on."""
    depends(stage)
    stage.repository.state.settings.dependabot_alerts = False
    told = upgrade(stage, alerts="high", packages="httpx")

    assert (told.outcome, stage.sessions()) == ("pending", 1)
    assert "disabled" in told.summary


def test_an_open_upgrade_is_preferred(stage: Stage):
    """A red one is repaired with the alert's severity; a green one is named and left alone."""
    depends(stage)
    red = opened(
        stage, "dependabot/pip/jinja2-3.1.6", "voucher", title="Bump jinja2 from 3.1.5 to 3.1.6"
    )
    green = opened(stage, "dependabot/pip/httpx-1", "green", title="Bump httpx from 0.27 to 1.0")
    stage.repository.alert("jinja2", patched="3.1.6", severity="critical")
    told = upgrade(stage, alerts="low", packages="httpx, rich")

    assert ends(told) == [
        (f"pr:{red}", "pending"),
        ("upgrade:jinja2", "skipped/already-handled"),
        ("upgrade:httpx", "skipped/already-handled"),
        ("upgrade:rich", "pending"),
    ]
    assert f"Pull request #{green} of Dependabot upgrades it." in told.summary
    assert stage.sessions() == 2


def test_limits_on_the_way(stage: Stage):
    """The started ones are pending, the others wait; sessions without a pull request count."""
    depends(stage)
    told = upgrade(stage, packages="a1, b2, c3", max_open_pull_requests="2")

    assert ends(told) == [
        ("upgrade:a1", "pending"),
        ("upgrade:b2", "pending"),
        ("upgrade:c3", "skipped/limit"),
    ]
    assert stage.sessions() == 2


def test_hundreds_of_alerts(stage: Stage):
    """Behind the limit nobody asks about each; what has begun is told as it is, wherever it is."""
    depends(stage)
    upgrade(stage, packages="httpx, rich")
    for number in range(150):
        stage.repository.alert(f"package-{number}", patched="2.0", severity="high")
    before = len(stage.github.exchanges)
    told = upgrade(stage, alerts="low", packages="httpx, rich", max_sessions_per_day="3")

    kinds = Counter(end for _, end in ends(told))
    assert kinds == {"pending": 3, "skipped/limit": 149}
    assert ends(told)[-2:] == [("upgrade:httpx", "pending"), ("upgrade:rich", "pending")]
    assert len(stage.github.exchanges) - before < 60


def test_no_more_requests_than_fit(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    """What this run cannot ask about is left for the next one, and said."""
    depends(stage)
    monkeypatch.setattr(upgrades, "BUDGET", 30)
    told = upgrade(stage, packages="a1, b2, c3, d4, e5, f6")
    started = stage.sessions()

    assert 0 < started < 6
    assert [end for _, end in ends(told)] == ["pending"] * started + ["skipped/limit"] * (
        6 - started
    )
    assert "Left for the next run" in told.summary


def test_twice_and_at_once(stage: Stage):
    """A second schedule adopts what the first began: never two for one group."""
    depends(stage)
    first = upgrade(stage, packages="httpx, rich")
    second = upgrade(stage, packages="httpx, rich")

    assert (
        ends(first) == ends(second) == [("upgrade:httpx", "pending"), ("upgrade:rich", "pending")]
    )
    assert stage.sessions() == 2


def test_from_schedule_to_green(stage: Stage):
    """Started by the schedule, carried on by sweeps, with the version that was asked for."""
    depends(stage)

    def script(prompt: str, _work: Any) -> Any:
        stage.prompts.append(prompt)
        branch = branch_in(prompt)
        exists = stage.repository.state.git.branch(branch) is not None
        stage.repository.commit(
            branch,
            {"uv.lock": f"x{len(stage.prompts)}", "pyproject.toml": f"httpx {len(stage.prompts)}"},
            "Upgrade",
            from_branch="" if exists else "main",
            author=BOT,
        )
        yield Report("complete", "Upgraded")

    stage.behave(script)
    stage.colors[:] = ["proxies"]
    upgrade(stage, packages="httpx@>=0.28")
    stage.repository.commit("main", {"README": "moved on"}, "Meanwhile", start=False)
    for _ in range(8):
        stage.clock.sleep(60)
        stage.run({}, event="schedule", trigger="reconcile")
    (pull,) = stage.repository.state.pulls.values()
    body = str(pull.issue.body)

    assert stage.sessions() == 1
    assert "  httpx >=0.28" in stage.prompts[1]
    assert "test_proxies" in stage.prompts[1]
    assert "Upgrades `httpx >=0.28`." in body
    assert "green at" in body
    assert "not-descended" not in body


def test_a_person_is_needed_and_then_not(stage: Stage):
    """No pull request and no result: one issue says so, and closes when the upgrade is merged."""
    depends(stage)
    stage.behave(lambda *_: iter([Work(5000)]))
    upgrade(stage, packages="httpx", wait_timeout_seconds="600")
    stage.clock.sleep(700)
    told = stage.run({}, event="schedule", trigger="reconcile", wait_timeout_seconds="600")
    (issue,) = stage.repository.state.issues.values()

    assert (told.outcome, issue.title) == ("timed-out", "An upgrade needs a person")
    assert "**The upgrade.** `httpx`" in str(issue.body)
    marker = str(issue.body).split("<!-- coder-fix:")[1][:12]
    stage.repository.commit(f"coder-fix/upgrade/httpx/{marker}-1", {"a": "b"}, "By hand")
    pull = stage.repository.open_pull_request(f"coder-fix/upgrade/httpx/{marker}-1", author=BOT)
    pull.issue.state, pull.merged_at = "closed", stage.github.clock.stamp()
    pull.issue.closed_at = pull.merged_at
    stage.run({}, event="schedule", trigger="reconcile")

    assert issue.state == "closed"
    assert f"Merged in #{pull.number}" in str(issue.body)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"packages": "httpx; rm -rf /"}, "Input `packages`, entry 1"),
        ({"packages": "../../etc/passwd"}, "Input `packages`, entry 1"),
        ({"groups": "web jinja2"}, "Input `groups`, line 1"),
        ({"alerts": "urgent"}, "Input `alerts`"),
        ({"minimum_release_age_days": "-1"}, "Input `minimum-release-age-days`"),
    ],
)
def test_bad_inputs(stage: Stage, given: dict[str, str], named: str):
    """Each is named, and nothing is read or started."""
    told = upgrade(stage, **given)

    assert (told.outcome, told.code) == ("error", 2)
    assert named in told.outputs["error-message"]
    assert "rm -rf" not in told.summary


def test_the_plan(stage: Stage):
    """`dry-run` starts nothing and shows a reason for each line, within the limits."""
    depends(stage)
    stage.repository.alert("jinja2", severity="critical")
    opened(stage, "dependabot/pip/httpx-1", "voucher", title="Bump httpx from 0.27 to 1.0")
    told = upgrade(
        stage, dry_run="true", alerts="low", packages="rich, attrs", max_sessions_per_day="3"
    )

    assert (told.outcome, stage.sessions()) == ("swept", 0)
    assert [end for _, end in ends(told)] == ["reported", "reported", "reported", "skipped/limit"]
    assert (
        "| `upgrade:jinja2` | `jinja2 >=3.1.5` | critical | 🔎 reported: Nothing was started."
        in told.summary
    )


def test_two_runs_at_once(stage: Stage):
    """The second one runs whole while the first is about to create: both end with one session.

    A chat has no name that Coder holds to be the only one: the younger is archived.
    """
    depends(stage)
    others: list[Any] = []

    def meanwhile(request: Any) -> None:
        creates = request.method == "POST" and ("/tasks/" in request.path or _chats(request.path))
        if creates and not others:
            others.append(None)
            others[0] = upgrade(stage, packages="httpx")

    stage.coder.fault_hooks.append(meanwhile)
    told = upgrade(stage, packages="httpx")

    assert (told.outcome, others[0].outcome) == ("pending", "pending")
    assert stage.sessions() == (1 if stage.backend == "tasks" else 2)
    kept: Any = stage.coder.tasks if stage.backend == "tasks" else stage.coder.chats
    assert len([one for one in kept if not getattr(one, "archived", False)]) == 1
    assert told.outputs["session-url"] == others[0].outputs["session-url"]


def _chats(path: str) -> bool:
    return path.endswith("/chats")


LESS = {
    "actions": "Grant `actions: read` in the job's `permissions:`",
    "contents": "Grant `contents: read` in the job's `permissions:`",
    "pull_requests": "Grant `pull-requests: read` in the job's `permissions:`",
    "vulnerability_alerts": "vulnerability-alerts: read",
}
"""What a schedule needs before the agent works, and the words that name it."""


@pytest.mark.parametrize("missing", LESS)
def test_one_permission_less(stage: Stage, missing: str):
    """Each one that is missed is named, and nothing is started because of it."""
    depends(stage)
    opened(stage, "dependabot/pip/httpx-1", "voucher", title="Bump httpx from 0.27 to 1.0")
    less = dict(granted("upgrade.yml", "upgrade"))
    less.pop(missing)
    stage.github.tokens.grant(TOKEN, login=BOT, permissions=less)
    told = stage.run({}, event="schedule", trigger="upgrade", alerts="high", packages="rich")

    assert LESS[missing] in told.summary + told.stdout
    assert "Traceback" not in told.stdout
