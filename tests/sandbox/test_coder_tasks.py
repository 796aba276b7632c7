"""What the recordings do not show of the sandbox Coder's tasks, tokens and limits."""

from __future__ import annotations

import itertools
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.sandbox.coder import SandboxCoder
from bot.sandbox.http import HttpRequest
from tests.coder_fixtures import CoderFactory
from tests.sandbox.coder_calls import bot_on

LATE = (409, 'Workspace "cf-1" already exists.', "")
RACED = (
    500,
    "Internal error creating task.",
    'pq: duplicate key value violates unique constraint "tasks_owner_id_name_unique_idx"',
)


def test_serves_over_http(coder_sandbox: CoderFactory) -> None:
    """An ordinary client reaches it by the URL and token of `runner_env`."""
    coder = coder_sandbox()
    _, token = coder.add_user("ci-repair-bot")
    inputs = coder.runner_env(token)

    answer = httpx.get(
        f"{inputs['INPUT_CODER-URL']}/api/v2/users/me",
        headers={"Coder-Session-Token": inputs["INPUT_CODER-TOKEN"]},
    )

    assert (answer.status_code, answer.json()["username"]) == (200, "ci-repair-bot")
    assert answer.headers["x-ratelimit-remaining"] == "511"


class Arrivals:
    """Counts who comes in, and says when the given number has."""

    def __init__(self, awaited: int) -> None:
        self.all_in = threading.Barrier(awaited + 1)
        self._count = itertools.count(1)
        self._awaited = awaited

    def __next__(self) -> int:
        number = next(self._count)
        if number <= self._awaited:
            self.all_in.wait(timeout=20)
        return number


def test_race_on_one_name_has_one_winner(coder_sandbox: CoderFactory) -> None:
    """Who was in before the winner had finished gets 500, who comes later 409; all find it."""
    coder = coder_sandbox()
    bot = bot_on(coder)
    arrivals = Arrivals(awaited=4)
    coder._arrivals = arrivals  # type: ignore[assignment]
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(bot.create())) for _ in range(4)]

    with coder.lock:
        for thread in threads:
            thread.start()
        arrivals.all_in.wait(timeout=20)
    for thread in threads:
        thread.join(timeout=20)

    lost = [answer.error for answer in answers if answer.status != 201]
    assert lost == [RACED] * 3
    assert bot.create().error == LATE
    assert bot.task()["name"] == "cf-1"


def test_name_is_made_from_the_prompt(coder_sandbox: CoderFactory) -> None:
    """A slug of at most 27 characters and four hexadecimal digits, as a server without a model."""
    bot = bot_on(coder_sandbox())
    body = {"template_version_id": bot.template.active.id, "input": "Repair the failing unit tests"}

    name = bot.call("POST", "/tasks/me", body).json()["name"]

    assert name[:-4] == "repair-the-failing-unit-"
    assert int(name[-4:], 16) >= 0


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        ("build", {"error": "terraform apply: exit status 1"}),
        (
            "quota",
            {
                "error": "insufficient quota: the workspace needs more than is left",
                "error_code": "INSUFFICIENT_QUOTA",
            },
        ),
    ],
)
def test_build_trouble_shows_in_the_job(
    trouble: str, error: dict[str, str], coder_sandbox: CoderFactory
) -> None:
    """The create call succeeds; the task ends as `error`, the reason in job and build log."""
    bot = bot_on(coder_sandbox(), presets={"Bad": {"trouble": trouble}}, default_preset="Bad")
    body = {"template_version_id": bot.template.active.id, "input": "x", "name": "cf-1"}
    preset = bot.template.active.presets[0].id
    created = bot.call("POST", "/tasks/me", {**body, "template_version_preset_id": preset})
    bot.coder.advance(1)

    build = bot.call("GET", f"/workspaces/{bot.task()['workspace_id']}").json()["latest_build"]
    log = bot.call("GET", f"/workspacebuilds/{build['id']}/logs").json()
    job = {name: build["job"][name] for name in ("error", "error_code") if name in build["job"]}
    assert (created.status, bot.state()[0], job) == (201, "error", error)
    assert error["error"] in log[-1]["output"]


def test_prompt_above_the_ceiling_fails_in_the_build(coder_sandbox: CoderFactory) -> None:
    """131,053 bytes build, one more answers 201 all the same and then fails."""
    bot = bot_on(coder_sandbox())
    statuses = []
    for number, size in enumerate((131_053, 131_054)):
        created = bot.create(f"cf-{number}", "x" * size).status
        bot.coder.advance(1)
        statuses.append((created, bot.state(f"cf-{number}")[0]))

    assert statuses == [(201, "active"), (201, "error")]


def test_agent_that_never_connects_is_told_after_two_minutes(coder_sandbox: CoderFactory) -> None:
    """It stays `initializing` for ever; only the reason of its health changes."""
    bot = bot_on(coder_sandbox())
    bot.template.active.trouble = "noagent"
    bot.create()
    reasons = []
    for seconds in (1, 120):
        bot.coder.advance(seconds)
        task = bot.task()
        reasons.append((task["status"], task["workspace_agent_health"]["reason"]))

    assert reasons == [
        ("initializing", "agent has not yet connected"),
        ("initializing", "agent is taking too long to connect"),
    ]


def test_no_provisioner_leaves_the_task_pending(coder_sandbox: CoderFactory) -> None:
    """The build says that nobody is there to take it; once somebody is, it goes on."""
    bot = bot_on(coder_sandbox())
    bot.coder.builds.hold = True
    bot.create()
    bot.coder.advance(3600)
    workspace = bot.call("GET", f"/workspaces/{bot.task()['workspace_id']}").json()
    status = bot.state()[0]

    bot.coder.builds.release()
    bot.coder.advance(1)

    assert (status, workspace["latest_build"]["matched_provisioners"]["available"]) == (
        "pending",
        0,
    )
    assert bot.state()[0] == "active"


def test_failed_delete_build_keeps_the_name(coder_sandbox: CoderFactory) -> None:
    """The task is gone, its workspace is not: the name stays taken for ever."""
    bot = bot_on(coder_sandbox())
    bot.coder.builds.fail_deletes = True
    bot.create()
    bot.coder.advance(1)

    bot.call("DELETE", "/tasks/me/cf-1")
    bot.coder.advance(3600)

    assert bot.call("GET", "/tasks/me/cf-1").status == 404
    assert bot.create().error == LATE


def test_auto_stop_pauses_the_task_unless_extended(coder_sandbox: CoderFactory) -> None:
    """The reason is `task_auto_pause`; what was reported stays visible."""
    bot = bot_on(coder_sandbox(), ttl=timedelta(hours=1))
    bot.create()
    bot.coder.advance(1)
    bot.coder.tasks.report("cf-1", "complete", "Done")
    workspace = bot.task()["workspace_id"]
    later = bot.coder.timeline.now() + timedelta(hours=2)
    bot.call("PUT", f"/workspaces/{workspace}/extend", {"deadline": later.isoformat()})
    states = []
    for hours in (1.5, 1):
        bot.coder.advance(hours * 3600)
        states.append(bot.state())

    build = bot.call("GET", f"/workspaces/{workspace}").json()["latest_build"]
    assert states == [("active", "complete", "Done"), ("paused", "complete", "Done")]
    assert build["reason"] == "task_auto_pause"


def test_lost_connection_is_active_and_unreachable(coder_sandbox: CoderFactory) -> None:
    """Status and report stay; messages and logs are a bad gateway; the snapshot is lost too."""
    bot = bot_on(coder_sandbox())
    bot.create()
    bot.coder.advance(1)
    bot.coder.tasks.named("cf-1").lose_agent()
    unreachable = (502, "Failed to reach task app endpoint.", "agent is unreachable")

    assert bot.task()["workspace_agent_health"]["reason"] == "agent has lost connection"
    assert bot.state()[0] == "active"
    assert bot.call("POST", "/tasks/me/cf-1/send", {"input": "x"}).error == unreachable
    assert bot.call("GET", "/tasks/me/cf-1/logs").error == unreachable
    bot.call("POST", "/tasks/me/cf-1/pause")
    bot.coder.advance(1)
    assert bot.call("GET", "/tasks/me/cf-1/logs").json() == {"logs": [], "snapshot": True}


def test_task_without_a_workspace_breaks_the_whole_list(coder_sandbox: CoderFactory) -> None:
    """GET and list are 500, pause as well; DELETE works."""
    bot = bot_on(coder_sandbox())
    bot.create()
    bot.coder.tasks.named("cf-1").unlinked = True

    assert bot.call("GET", "/tasks/me/cf-1").error[2] == "Task workspace ID is invalid."
    assert bot.call("GET", "/tasks?q=owner:me").error[2] == "task has no workspace ID"
    assert bot.call("POST", "/tasks/me/cf-1/pause").error[1] == "Task does not have a workspace."
    assert bot.call("DELETE", "/tasks/me/cf-1").status == 202
    assert bot.call("GET", "/tasks?q=owner:me").json() == {"tasks": [], "count": 0}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("owner:me", ["cf-2", "cf-1"]),
        ("ci-repair-bot status:active", ["cf-1"]),
        ("owner:me status:pending", ["cf-2"]),
        ("organization:coder status:paused", []),
    ],
)
def test_list_filters(query: str, found: list[str], coder_sandbox: CoderFactory) -> None:
    """Terms are ANDed; a bare word is the owner."""
    bot = bot_on(coder_sandbox())
    bot.create("cf-1")
    bot.coder.advance(1)
    bot.create("cf-2")

    tasks = bot.call("GET", f"/tasks?q={query.replace(' ', '+')}").json()["tasks"]

    assert found == [task["name"] for task in tasks]


@pytest.mark.parametrize(
    ("seed", "refusal"),
    [
        ({"deprecation": "use another"}, 'Template "ci-repair" has been deprecated, and cannot be'),
        ({}, "Build is not permitted: Your license is not entitled to managed agents."),
    ],
)
def test_template_and_licence_may_refuse(
    seed: dict[str, str], refusal: str, coder_sandbox: CoderFactory
) -> None:
    """Deprecation is a licensed feature, as is the agents' entitlement."""
    bot = bot_on(coder_sandbox())
    bot.template.deprecation = seed.get("deprecation", "")
    bot.coder.tasks.licensed = bool(seed)

    assert bot.create().error[1].startswith(refusal)


def test_rate_limit_counts_by_user_and_path(coder_sandbox: CoderFactory) -> None:
    """Method and query make no difference, a minute later it is over, and 0 calls got through."""
    bot = bot_on(coder_sandbox())
    bot.coder.rate_limit.limit = 2
    paths = ["/tasks", "/tasks?q=owner:me", "/tasks", "/users/me"]

    answers = [bot.call("GET", path) for path in paths]
    bot.coder.advance(61)

    assert [answer.status for answer in answers] == [200, 200, 429, 200]
    assert answers[2].headers["Retry-After"] == "60"
    assert answers[2].json() == {
        "message": "You've been rate limited for sending more than 2 requests in 1m0s."
    }
    assert bot.call("GET", "/tasks").status == 200


@pytest.mark.parametrize(
    ("token", "detail"),
    [
        ("aaaaaaaaaa-" + "b" * 22, "API key is invalid."),
        ("0123456789-" + "c" * 22, "API key secret is invalid."),
        (
            "not-a-token",
            "Invalid API key format: incorrect amount of API key parts, expected 2 got 3",
        ),
    ],
)
def test_wrong_tokens(token: str, detail: str, coder_sandbox: CoderFactory) -> None:
    """An unknown id, a wrong secret and a wrong shape have words of their own."""
    coder = coder_sandbox()
    coder.add_user("ci-repair-bot", "0123456789-" + "b" * 22)
    bot = bot_on_existing(coder, token)

    assert bot["detail"] == detail


def bot_on_existing(coder: SandboxCoder, token: str) -> Any:
    """The body of the answer to a call with that token."""
    request = HttpRequest("GET", "/api/v2/users/me", {}, {"coder-session-token": token}, b"")
    answer = coder.serve(request)
    return answer.body if answer else None


def test_token_has_coders_shape(tmp_path: Path) -> None:
    """A made-up token that no Coder would give out is refused at once."""
    coder = SandboxCoder(tmp_path)

    with pytest.raises(ValueError, match="10 characters, a hyphen and 22 characters"):
        coder.add_user("bot", "secret")

    coder.close()


def test_something_that_is_no_coder(coder_sandbox: CoderFactory) -> None:
    """Whatever is asked, a page comes back."""
    bot = bot_on(coder_sandbox(strict=False))
    bot.coder.html = True

    answer = bot.call("GET", "/buildinfo")

    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "X-Coder-Build-Version" not in answer.headers


def test_slashes_too_many_are_tolerated(coder_sandbox: CoderFactory) -> None:
    """The real server cleans paths; the contract check does not let them pass."""
    bot = bot_on(coder_sandbox(strict=False))

    assert bot.call("GET", "/api/v2//users/me/").status == 200


def test_wrong_method_is_405_without_a_body(coder_sandbox: CoderFactory) -> None:
    """As for the DELETE of a chat."""
    bot = bot_on(coder_sandbox(strict=False))

    answer = bot.call("PUT", "/tasks/me", {})

    assert (answer.status, answer.response.body) == (405, None)


def test_report_needs_a_running_agent(coder_sandbox: CoderFactory) -> None:
    """A test that reports before the workspace is up is told so."""
    bot = bot_on(coder_sandbox())
    bot.create()

    with pytest.raises(ValueError, match="cf-1 has no running agent"):
        bot.coder.tasks.report("cf-1", "complete", "Done")
