"""What a Coder of each version serves and says: the sandbox differs as the releases did."""

from __future__ import annotations

from typing import Any

import pytest

from tests.coder_fixtures import CoderFactory
from tests.sandbox.coder_calls import Bot, bot_on

OLD = {"version": "v2.28.0", "tasks": "experimental", "chats": "off"}
NO_ROUTE = (404, "Route not found.", "")


def active(coder_sandbox: CoderFactory, version: str, **more: Any) -> Bot:
    """A bot with one task whose agent is up and at work."""
    prefix = "/api/experimental" if version < "v2.29" else "/api/v2"
    tasks = "experimental" if version < "v2.29" else "v2+experimental"
    bot = bot_on(coder_sandbox(version=version, tasks=tasks, **more), prefix)
    bot.create()
    bot.coder.advance(1)
    return bot


@pytest.mark.parametrize(
    ("arguments", "served"),
    [
        (OLD, ["/api/experimental/tasks"]),
        ({}, ["/api/v2/tasks", "/api/experimental/tasks", "/api/experimental/chats"]),
        ({"chats": "v2+experimental"}, 4),
        ({"tasks": "off", "chats": "v2"}, ["/api/v2/chats"]),
        ({"tasks": "off", "chats": "off"}, []),
    ],
)
def test_probe_tells_what_is_served(
    arguments: dict[str, str], served: Any, coder_sandbox: CoderFactory
) -> None:
    """A list route answers 200, or 404 with the one text that means: no such feature."""
    bot = bot_on(coder_sandbox(**arguments))
    lists = [f"/api/{p}/{kind}" for kind in ("tasks", "chats") for p in ("v2", "experimental")]

    answers = {path: bot.call("GET", path) for path in lists}

    wanted = lists if served == 4 else served
    assert wanted == [path for path, answer in answers.items() if answer.status == 200]
    missing = {answer.error for path, answer in answers.items() if path not in wanted}
    assert missing <= {NO_ROUTE}


@pytest.mark.parametrize("version", ["v2.28.0", "v2.36.0+a300a06", "v2.37.0-devel"])
def test_version_is_in_build_info_and_every_answer(
    version: str, coder_sandbox: CoderFactory
) -> None:
    """Errors included, and no token is needed for the build info."""
    bot = bot_on(coder_sandbox(version=version))
    bot.token = ""

    assert bot.call("GET", "/api/v2/buildinfo").json()["version"] == version
    assert bot.call("GET", "/api/v2/users/me").headers["X-Coder-Build-Version"] == version


@pytest.mark.parametrize(
    ("version", "refusal"),
    [
        ("v2.28.0", (502, "Task app is not ready to accept input.", "Status: running")),
        ("v2.31.1", (502, "Task app is not ready to accept input.", "Status: running")),
        ("v2.32.0", (409, "Task app is not ready to accept input.", "Status: running")),
    ],
)
def test_busy_agent_refuses_a_message(
    version: str, refusal: tuple[int, str, str], coder_sandbox: CoderFactory
) -> None:
    """409 from v2.32 on, a bad gateway before."""
    bot = active(coder_sandbox, version)
    task = bot.coder.tasks.named("cf-1").id

    assert refusal == bot.call("POST", f"/tasks/me/{task}/send", {"input": "hello"}).error


@pytest.mark.parametrize(
    ("version", "refusal"),
    [
        ("v2.31.0", (400, "Task status must be active.", "")),
        (
            "v2.31.1",
            (
                409,
                "Task is pending.",
                "The task is resuming. Wait for the task to become active before sending messages.",
            ),
        ),
    ],
)
def test_task_that_is_not_active_refuses_a_message(
    version: str, refusal: tuple[int, str, str], coder_sandbox: CoderFactory
) -> None:
    """One text for every state before v2.31.1."""
    bot = bot_on(coder_sandbox(version=version))
    bot.create()

    assert refusal == bot.call("POST", "/tasks/me/cf-1/send", {"input": "hello"}).error


@pytest.mark.parametrize(
    ("version", "told"),
    [("v2.31.0", "working"), ("v2.31.1", "failure"), ("v2.32.0", "failed")],
)
def test_failure_report_by_version(version: str, told: str, coder_sandbox: CoderFactory) -> None:
    """Self-reports counted as working at first, then came the raw word, then `failed`."""
    bot = active(coder_sandbox, version)

    bot.coder.tasks.report("cf-1", "failure", "I need a secret")

    assert bot.state() == ("active", told, "I need a secret")


def test_v2_28_has_no_names_and_no_display_name(coder_sandbox: CoderFactory) -> None:
    """There a task is looked up by its id alone, and there is no synthetic report either."""
    bot = bot_on(coder_sandbox(strict=False, **OLD), "/api/experimental")
    created = bot.create().json()

    assert "display_name" not in created
    assert bot.call("GET", "/tasks/me/cf-1").error[:2] == (400, 'Invalid UUID "cf-1".')
    bot.coder.advance(0.02)
    found = bot.call("GET", f"/tasks/me/{created['id']}").json()
    assert (found["status"], found["current_state"]) == ("initializing", None)


def test_pause_came_with_v2_31_1(coder_sandbox: CoderFactory) -> None:
    """Before, the route is missing, and a stop build does the same."""
    bot = active(coder_sandbox, "v2.31.0")
    workspace = bot.task()["workspace_id"]

    paused = bot.call("POST", "/tasks/me/cf-1/pause")
    stopped = bot.call("POST", f"/workspaces/{workspace}/builds", {"transition": "stop"})
    bot.coder.advance(1)

    assert (paused.error, stopped.status) == (NO_ROUTE, 201)
    assert bot.state()[0] == "paused"


def test_unknown_user_by_version(coder_sandbox: CoderFactory) -> None:
    """400 with the name up to v2.30, the general 404 later."""
    answers = []
    for version in ("v2.30.0", "v2.31.1"):
        bot = bot_on(coder_sandbox(version=version))
        answers.append(bot.call("GET", "/users/nobody").error[:2])

    assert answers == [
        (400, '"user" must be an existing uuid or username.'),
        (404, "Resource not found or you do not have access to this resource"),
    ]


def test_external_auth_is_asked_for_from_v2_35(coder_sandbox: CoderFactory) -> None:
    """Before, the workspace is created and lacks it."""
    statuses = []
    for version in ("v2.34.0", "v2.35.0"):
        bot = bot_on(coder_sandbox(version=version))
        bot.template.active.external_auth = ("github",)
        statuses.append(bot.create().status)
    bot.user.linked.add("github")

    assert [*statuses, bot.create().status] == [201, 403, 201]


@pytest.mark.parametrize(
    ("version", "statuses"),
    [
        ("v2.34.0", ["pending", "running", "waiting"]),
        ("v2.35.0", ["running", "running", "waiting"]),
        ("v2.36.0", ["running", "running", "running"]),
    ],
)
def test_chat_status_by_version(
    version: str, statuses: list[str], coder_sandbox: CoderFactory
) -> None:
    """`pending` was the first one up to v2.34; a follow-up showed the old `waiting` for a while."""
    bot = bot_on(coder_sandbox(version=version), "/api/experimental")
    chat = bot.chat().json()
    bot.coder.advance(1)
    second = bot.call("GET", f"/chats/{chat['id']}").json()["status"]
    bot.coder.chats.answer(chat["id"], "Done")
    bot.call("POST", f"/chats/{chat['id']}/messages", {"content": [{"type": "text", "text": "x"}]})
    third = bot.call("GET", f"/chats/{chat['id']}").json()["status"]

    assert statuses == [chat["status"], second, third]


def test_last_error_of_a_chat_by_version(coder_sandbox: CoderFactory) -> None:
    """A string on v2.33, an object from v2.34 on."""
    errors = []
    for version in ("v2.33.0", "v2.34.0"):
        bot = bot_on(coder_sandbox(version=version), "/api/experimental")
        chat = bot.chat().json()["id"]
        bot.coder.advance(1)
        bot.coder.chats[chat].fail("No such model", kind="config")
        errors.append(bot.call("GET", f"/chats/{chat}").json()["last_error"])

    assert errors[0] == "No such model"
    assert (errors[1]["message"], errors[1]["kind"]) == ("No such model", "config")


def test_busy_chat_is_archived_up_to_v2_35(coder_sandbox: CoderFactory) -> None:
    """Then it is interrupted without a word; later that is a 409."""
    statuses = []
    for version in ("v2.35.0", "v2.36.0"):
        bot = bot_on(coder_sandbox(version=version), "/api/experimental")
        chat = bot.chat().json()["id"]
        statuses.append(bot.call("PATCH", f"/chats/{chat}", {"archived": True}).status)

    assert statuses == [204, 409]


def test_version_must_be_one(coder_sandbox: CoderFactory) -> None:
    """A version that no Coder ever had is a mistake of the test."""
    with pytest.raises(ValueError, match="is not a Coder version"):
        coder_sandbox(version="2.36")
