"""What the recordings do not show of the sandbox Coder's chats."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.coder_agents import Report, Say, Step, Work
from bot.sandbox.coder_chats import UsageLimit
from tests.coder_fixtures import CoderFactory
from tests.sandbox.coder_calls import Bot, Reply, bot_on

V37 = {"version": "v2.37.0", "tasks": "off", "chats": "v2+experimental"}
MEASURED = "/api/experimental"


def script(prompt: str, work: Path) -> Iterator[Step]:
    """An agent that works for a minute, reports and writes a file."""
    yield Work(60)
    (work / "notes").write_text(prompt)
    yield Say(f"I did: {prompt}")
    yield Report("complete", "Opened it", "https://github.com/acme/widgets/pull/7")


def seen(bot: Bot, chat: str) -> dict[str, Any]:
    """The chat as it is now."""
    found: dict[str, Any] = bot.call("GET", f"/chats/{chat}").json()
    return found


def conversation(bot: Bot, chat: str) -> list[tuple[str, str]]:
    """Role and text of each message, oldest first."""
    messages = bot.call("GET", f"/chats/{chat}/messages").json()["messages"]
    return [(m["role"], m["content"][0]["text"]) for m in reversed(messages)]


def send(bot: Bot, chat: str, text: str, **more: Any) -> Reply:
    """A follow-up."""
    body = {"content": [{"type": "text", "text": text}], **more}
    return bot.call("POST", f"/chats/{chat}/messages", body)


def test_scripted_agent_answers_in_a_workspace(coder_sandbox: CoderFactory) -> None:
    """An unpinned chat makes its workspace when it needs one; a report is said instead."""
    bot = bot_on(coder_sandbox(agent=script), MEASURED)
    chat = bot.chat("one").json()
    bot.coder.advance(30)
    busy = seen(bot, chat["id"])
    bot.coder.advance(60)
    done = seen(bot, chat["id"])

    assert (chat["status"], busy["status"], done["status"]) == ("running", "running", "waiting")
    assert "workspace_id" not in chat
    workspace = bot.call("GET", f"/api/v2/workspaces/{done['workspace_id']}").json()
    assert workspace["latest_build"]["status"] == "running"
    answer = "I did: one\nOpened it https://github.com/acme/widgets/pull/7"
    assert conversation(bot, chat["id"]) == [("user", "one"), ("assistant", answer)]


def test_pinned_workspace_is_used_again_and_started_again(coder_sandbox: CoderFactory) -> None:
    """Each turn finds what the one before left; a stopped workspace comes up for a message."""
    bot = bot_on(coder_sandbox(agent_command="cat >> notes; echo >> notes; cat notes"), MEASURED)
    body = {"template_id": bot.template.id, "name": "cf-1"}
    workspace = bot.call("POST", "/api/v2/users/me/workspaces", body).json()["id"]
    chat = bot.chat("one", workspace_id=workspace).json()["id"]
    bot.coder.advance(1)
    bot.coder.wait_for_agents()
    bot.call("POST", f"/api/v2/workspaces/{workspace}/builds", {"transition": "stop"})
    bot.coder.advance(1)

    send(bot, chat, "two")
    bot.coder.advance(1)
    bot.coder.wait_for_agents()

    assert conversation(bot, chat)[-1] == ("assistant", "one\ntwo")
    assert seen(bot, chat)["workspace_id"] == workspace


def test_workspace_that_stops_under_a_turn_ends_it(coder_sandbox: CoderFactory) -> None:
    """The model is told by its tool, says so, and waits."""
    bot = bot_on(coder_sandbox(agent=script), MEASURED)
    chat = bot.chat().json()["id"]
    bot.coder.advance(1)
    workspace = seen(bot, chat)["workspace_id"]

    bot.call("POST", f"/api/v2/workspaces/{workspace}/builds", {"transition": "stop"})
    bot.coder.advance(1)

    assert seen(bot, chat)["status"] == "waiting"
    assert conversation(bot, chat)[-1][1].startswith("workspace has no running agent")


def test_exit_code_is_an_error_of_the_chat(coder_sandbox: CoderFactory) -> None:
    """A message starts it again."""
    bot = bot_on(coder_sandbox(agent_command="echo no key; exit 2"), MEASURED)
    chat = bot.chat().json()["id"]
    bot.coder.advance(1)
    bot.coder.wait_for_agents()
    failed = seen(bot, chat)

    again = send(bot, chat, "again").json()

    assert (failed["status"], failed["last_error"]["detail"]) == ("error", "no key")
    assert (again["queued"], seen(bot, chat)["status"]) == (False, "running")


def test_model_that_answers_nothing_looks_like_success(coder_sandbox: CoderFactory) -> None:
    """`waiting` and a summary, but no message of the assistant's."""
    bot = bot_on(coder_sandbox(), MEASURED)
    chat = bot.chat("one").json()["id"]
    bot.coder.advance(1)

    bot.coder.chats.answer(chat)

    assert (seen(bot, chat)["status"], seen(bot, chat)["last_turn_summary"]) == (
        "waiting",
        "Finished latest turn",
    )
    assert conversation(bot, chat) == [("user", "one")]


def test_five_chats_work_at_once_on_v2_37(coder_sandbox: CoderFactory) -> None:
    """The others say so when asked by id, never in the list; a free slot is taken at once."""
    bot = bot_on(coder_sandbox(**V37))
    chats = [bot.chat(f"chat {number}").json()["id"] for number in range(7)]
    bot.coder.advance(1)

    def queued() -> list[bool]:
        return ["queued_for_capacity" in seen(bot, chat) for chat in chats]

    before = queued()
    listed = bot.call("GET", "/chats").json()
    bot.coder.chats.answer(chats[2], "Done")

    assert before == [False] * 5 + [True] * 2
    assert all("queued_for_capacity" not in chat for chat in listed)
    assert queued() == [False] * 6 + [True]
    assert bot.call("POST", f"/chats/{chats[6]}/interrupt").status == 200
    bot.coder.advance(1)
    assert seen(bot, chats[6])["status"] == "waiting"


def test_queue_holds_twenty_messages(coder_sandbox: CoderFactory) -> None:
    """The 429 of a full queue has no Retry-After: it is no rate limit."""
    bot = bot_on(coder_sandbox(), MEASURED)
    chat = bot.chat().json()["id"]
    answers = [send(bot, chat, f"m{number}") for number in range(21)]

    assert [answer.json().get("queued") for answer in answers[:20]] == [True] * 20
    full = (429, "Message queue is full.", "Maximum 20 messages can be queued.")
    assert answers[20].error == full
    assert "Retry-After" not in answers[20].headers


def test_interrupt_runs_what_is_queued(coder_sandbox: CoderFactory) -> None:
    """So a client interrupts until it is told 409."""
    bot = bot_on(coder_sandbox(), MEASURED)
    chat = bot.chat("one").json()["id"]
    send(bot, chat, "two")
    statuses = []
    for _ in range(3):
        statuses.append(bot.call("POST", f"/chats/{chat}/interrupt").status)
        bot.coder.advance(1)

    assert statuses == [200, 200, 409]
    assert [text for _, text in conversation(bot, chat)] == ["one", "two"]


@pytest.mark.parametrize(
    ("version", "roles", "status"),
    [
        ("v2.36.0", (), 403),
        ("v2.36.0", ("agents-access",), 201),
        ("v2.37.0", (), 201),
    ],
)
def test_right_to_chat_by_version(
    version: str, roles: tuple[str, ...], status: int, coder_sandbox: CoderFactory
) -> None:
    """The list is 200 and empty without the right; only creating says 403."""
    bot = bot_on(coder_sandbox(version=version), MEASURED)
    bot.user.org_roles = set(roles)

    assert bot.call("GET", "/chats?limit=1").json() == []
    assert bot.chat().status == status


def test_used_up_limit_is_a_409_with_figures(coder_sandbox: CoderFactory) -> None:
    """Up to v2.36: how much, of how much, and until when."""
    bot = bot_on(coder_sandbox(), MEASURED)
    bot.coder.chats.usage_limit = UsageLimit(spent_micros=7, limit_micros=5)

    answer = bot.chat()

    assert answer.error[:2] == (409, "Chat usage limit exceeded.")
    assert (answer.json()["spent_micros"], answer.json()["limit_micros"]) == (7, 5)


def test_gateway_off_hides_from_reading(coder_sandbox: CoderFactory) -> None:
    """The probe is 200; whatever starts or changes something is 503."""
    bot = bot_on(coder_sandbox(), MEASURED)
    chat = bot.chat().json()["id"]
    bot.coder.chats.gateway = False

    reads = [bot.call("GET", path).status for path in ("/chats", f"/chats/{chat}")]
    writes = [
        bot.chat().status,
        send(bot, chat, "x").status,
        bot.call("POST", f"/chats/{chat}/interrupt").status,
        bot.call("PATCH", f"/chats/{chat}", {"archived": True}).status,
    ]

    assert (reads, writes) == ([200, 200], [503] * 4)


@pytest.mark.parametrize(
    ("version", "detail"),
    [
        ("v2.36.0", "http: request body too large"),
        ("v2.37.0", "Maximum request body size is 262144 bytes."),
    ],
)
def test_body_above_256_kib_is_refused(
    version: str, detail: str, coder_sandbox: CoderFactory
) -> None:
    """200 kB pass; the newer server names the number."""
    bot = bot_on(coder_sandbox(version=version), MEASURED)

    assert bot.chat("x" * 200_000).status == 201
    assert bot.chat("x" * 262_144).error == (413, "Request body too large.", detail)


def test_owner_id_is_ignored(coder_sandbox: CoderFactory) -> None:
    """The chat belongs to the caller: a client must compare."""
    bot = bot_on(coder_sandbox(strict=False), MEASURED)
    other, _ = bot.coder.add_user("other-dev")

    assert bot.chat(owner_id=other.id).json()["owner_id"] == bot.user.id


def test_archived_chats_are_found_only_when_asked_for(coder_sandbox: CoderFactory) -> None:
    """Several labels are ANDed; `archived:true` shows the archived ones instead."""
    bot = bot_on(coder_sandbox(), MEASURED)
    chats = [bot.chat(labels={"item": "1", "n": str(n)}).json()["id"] for n in range(3)]
    bot.coder.advance(1)
    bot.coder.chats.answer(chats[0], "Done")
    bot.call("PATCH", f"/chats/{chats[0]}", {"archived": True})

    def found(query: str) -> list[str]:
        return sorted(chat["id"] for chat in bot.call("GET", f"/chats?{query}").json())

    assert found("label=item:1") == sorted(chats[1:])
    assert found("label=item:1&label=n:2") == [chats[2]]
    assert found("label=item:1&q=archived:true") == [chats[0]]
