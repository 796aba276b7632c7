"""What the words on the wire mean: each row of the tables for tasks and chats."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.adapters.backends.chat_states import SILENCE, answer_of_turn, chat_failure, chat_reading
from bot.adapters.backends.coder_wire import WireAppStatus, WireChat, WireMessages, WireTask, read
from bot.adapters.backends.task_reports import merged, report_of_turn
from bot.adapters.backends.task_states import ROWS, real_message, task_reading
from bot.model import SessionState
from bot.outcomes import ErrorKind
from tests.adapters.backends.stand_ins import START

PENDING, WORKING, IDLE = SessionState.PENDING, SessionState.WORKING, SessionState.IDLE
BLOCKED, FAILED, UNKNOWN = SessionState.BLOCKED, SessionState.FAILED, SessionState.UNKNOWN
AGENT, WORKSPACE = ErrorKind.AGENT, ErrorKind.WORKSPACE
LOST = "agent has lost connection"
SLOW = "agent is taking too long to connect"
NOT_YET = "agent has not yet connected"
SCRIPT = "agent startup script exited with an error"


def task(
    status: str, state: str = "", workspace: str = "running", lifecycle: str = "", reason: str = ""
) -> WireTask:
    """A task with these words."""
    current = {"timestamp": START, "state": state, "message": "", "uri": ""} if state else None
    health = {"healthy": not reason, "reason": reason} if lifecycle or reason else None
    return read(
        WireTask,
        {
            "id": "t",
            "status": status,
            "workspace_status": workspace,
            "workspace_agent_lifecycle": lifecycle or None,
            "workspace_agent_health": health,
            "current_state": current,
        },
    )


TASKS = {
    "queued": (task("pending", "", "pending"), PENDING, None),
    "queued, state made up": (task("pending", "working", "starting"), PENDING, None),
    "building": (task("initializing", "working", "starting"), PENDING, None),
    "agent connects": (
        task("initializing", "working", "running", "created", NOT_YET),
        PENDING,
        None,
    ),
    "agent never connects": (
        task("initializing", "working", "running", "created", SLOW),
        FAILED,
        AGENT,
    ),
    "app starts, agent ahead": (
        task("initializing", "complete", "running", "ready"),
        PENDING,
        None,
    ),
    "start-up script failed": (
        task("initializing", "working", "running", "start_error", SCRIPT),
        FAILED,
        AGENT,
    ),
    "active, no sign": (task("active", "", "running", "ready"), IDLE, None),
    "active, working": (task("active", "working", "running", "ready"), WORKING, None),
    "active, agent lost": (task("active", "working", "running", "ready", LOST), FAILED, AGENT),
    "active, idle": (task("active", "idle", "running", "ready"), IDLE, None),
    "active, idle, agent lost": (task("active", "idle", "running", "ready", LOST), FAILED, AGENT),
    "active, complete": (task("active", "complete", "running", "ready"), IDLE, None),
    "active, complete, agent lost": (
        task("active", "complete", "running", "ready", LOST),
        IDLE,
        None,
    ),
    "active, failed": (task("active", "failed", "running", "ready"), BLOCKED, None),
    "active, failed, before v2.32": (task("active", "failure", "running", "ready"), BLOCKED, None),
    "active, script failed": (
        task("active", "", "running", "start_error", SCRIPT),
        FAILED,
        AGENT,
    ),
    "active, script failed, work seen": (
        task("active", "working", "running", "start_error", SCRIPT),
        WORKING,
        None,
    ),
    "active, a new word": (task("active", "dancing", "running", "ready"), UNKNOWN, None),
    "build failed": (task("error", "", "failed"), FAILED, WORKSPACE),
    "build being cancelled": (task("error", "", "canceling"), FAILED, WORKSPACE),
    "build cancelled": (task("error", "", "canceled"), FAILED, WORKSPACE),
    "agent's process gone at work": (task("error", "working", "running", "ready"), FAILED, AGENT),
    "app unhealthy": (task("error", "idle", "running", "ready"), FAILED, AGENT),
    "being stopped": (task("unknown", "idle", "stopping"), UNKNOWN, None),
    "being deleted": (task("unknown", "idle", "deleting"), UNKNOWN, None),
    "stopped": (task("paused", "working", "stopped"), IDLE, None),
    "stopped after failing": (task("paused", "failed", "stopped"), BLOCKED, None),
    "a new status": (task("hibernating"), UNKNOWN, None),
}


@pytest.mark.parametrize(("wire", "state", "kind"), TASKS.values(), ids=TASKS.keys())
def test_a_task_means(wire: WireTask, state: SessionState, kind: ErrorKind | None) -> None:
    """State and kind of trouble; only `paused` counts as paused."""
    reading = task_reading(wire)
    assert (state, kind, wire.status == "paused") == (
        reading.state,
        reading.error_kind,
        reading.paused,
    )


def test_every_row_is_reached() -> None:
    """No row of the table is dead."""
    reached = {id(task_reading(wire)) for wire, *_ in TASKS.values()}
    assert [] == [row for row in ROWS if id(row.reading) not in reached]


@pytest.mark.parametrize(
    "text",
    [
        "Workspace is pending",
        "Workspace is starting",
        "Agent is connecting",
        "Agent is starting",
        "App is initializing",
        "Initializing workspace applications",
        "Initializing workspace agent",
        "Initializing workspace",
    ],
)
def test_a_text_that_coder_made_up_is_no_message(text: str) -> None:
    """The eight synthetic texts of coderd/aitasks.go."""
    state = {"timestamp": START, "state": "working", "message": text}
    wire = read(WireTask, {"id": "t", "status": "initializing", "current_state": state})
    assert real_message(wire) == ""


def history(*entries: tuple[str, str]) -> list[WireAppStatus]:
    """Statuses a second apart, oldest first."""
    return [
        WireAppStatus(created_at=START + timedelta(seconds=n), state=state, message=message)
        for n, (state, message) in enumerate(entries)
    ]


HISTORIES: dict[str, tuple[list[tuple[str, str]], int | None, str]] = {
    "nothing": ([], None, ""),
    "idle alone": ([("working", ""), ("idle", "")], None, ""),
    "complete, then idle keeps the text": (
        [("working", ""), ("complete", "Done"), ("idle", "Done")],
        None,
        "complete Done",
    ),
    "complete, then idle wipes the text": (
        [("working", ""), ("complete", "Done"), ("idle", "")],
        None,
        "complete Done",
    ),
    "failure": ([("failure", "No key"), ("idle", "No key")], None, "failure No key"),
    "complete after working with words": (
        [("working", "Compiling"), ("idle", "Compiling"), ("complete", "Compiled")],
        None,
        "complete Compiled",
    ),
    "a message begins a new turn": (
        [("complete", "Done"), ("idle", "Done"), ("working", "Done"), ("idle", "Done")],
        None,
        "",
    ),
    "the new turn ends": (
        [("complete", "One"), ("idle", "One"), ("working", "One"), ("complete", "Two")],
        None,
        "complete Two",
    ),
    "a report on the way is no new turn": (
        [("complete", "Done"), ("idle", "Done"), ("working", "Tidying up"), ("idle", "Tidying up")],
        None,
        "complete Done",
    ),
    "older than our message": ([("working", ""), ("complete", "Done")], 1, ""),
    "newer than our message": ([("working", ""), ("complete", "Done")], 0, "complete Done"),
}


@pytest.mark.parametrize(("entries", "after", "wanted"), HISTORIES.values(), ids=HISTORIES.keys())
def test_the_report_of_a_turn(entries: list[Any], after: int | None, wanted: str) -> None:
    """The last self-report since the last message to the agent, or none."""
    moment = None if after is None else START + timedelta(seconds=after)
    report = report_of_turn(history(*entries), moment)
    actual = ""
    if report is not None:
        actual = f"{'complete' if report.complete else 'failure'} {report.message.raw}"
    assert wanted == actual


def test_two_looks_at_one_history_are_one() -> None:
    """What the polls saw and what the workspace tells is joined by time."""
    whole = history(("working", ""), ("complete", "Done"), ("idle", ""))
    assert whole == merged(whole[2:], whole[:2], whole[1:])


def chat(status: str, **more: Any) -> WireChat:
    """A chat with that status."""
    moments = {"created_at": START, "updated_at": START}
    return read(WireChat, {"id": "c", "status": status, **moments, **more})


CHATS = {
    "pending": (chat("pending"), PENDING),
    "running": (chat("running"), WORKING),
    "running, queued": (chat("running", queued_for_capacity=True), PENDING),
    "interrupting": (chat("interrupting"), WORKING),
    "waiting": (chat("waiting"), IDLE),
    "completed": (chat("completed"), IDLE),
    "paused": (chat("paused"), IDLE),
    "error": (chat("error"), FAILED),
    "requires_action": (chat("requires_action"), BLOCKED),
    "a new status": (chat("dreaming"), UNKNOWN),
}


@pytest.mark.parametrize(("wire", "state"), CHATS.values(), ids=CHATS.keys())
def test_a_chat_means(wire: WireChat, state: SessionState) -> None:
    """The state of each status."""
    assert state == chat_reading(wire, START).state


def test_a_long_silence_names_its_likely_cause() -> None:
    """Provider trouble cannot be seen over REST; only time makes it likely."""
    later = START + timedelta(seconds=SILENCE + 1)
    notes = [chat_reading(chat("running"), moment).note for moment in (START, later)]
    assert [False, True] == ["provider" in note for note in notes]


def messages(*entries: tuple[str, str]) -> WireMessages:
    """Messages, newest first, each with one text part and one that only looks like one."""
    return read(
        WireMessages,
        {
            "messages": [
                {
                    "role": r,
                    "content": [{"type": "reasoning", "text": "x"}, {"type": "text", "text": t}],
                }
                for r, t in entries
            ],
            "queued_messages": None,
        },
    )


ANSWERS = {
    "none at all": (messages(), None),
    "only ours": (messages(("user", "Do it")), None),
    "answered": (messages(("assistant", "Done"), ("user", "Do it")), "Done"),
    "after tools": (
        messages(("assistant", "Done"), ("tool", ""), ("assistant", ""), ("user", "Do it")),
        "Done",
    ),
    "tools only": (messages(("tool", ""), ("assistant", " "), ("user", "Do it")), None),
    "answer to what was before": (
        messages(("user", "And this"), ("assistant", "Done"), ("user", "Do it")),
        None,
    ),
}


@pytest.mark.parametrize(("said", "wanted"), ANSWERS.values(), ids=ANSWERS.keys())
def test_the_answer_of_a_turn(said: WireMessages, wanted: str | None) -> None:
    """An assistant text newer than the last thing that we said, and nothing else."""
    report = answer_of_turn(said)
    assert wanted == (None if report is None else report.message.raw)


@pytest.mark.parametrize(
    ("last_error", "wanted"),
    [
        (None, ("Coder gives no reason.", AGENT)),
        ("it broke", ("it broke", AGENT)),
        ({"message": "No key.", "detail": "ask", "kind": "auth"}, ("No key.\nask", AGENT)),
        ({"message": "Over.", "kind": "usage_limit"}, ("Over.", ErrorKind.CODER_QUOTA)),
    ],
)
def test_why_a_chat_failed(last_error: Any, wanted: tuple[str, ErrorKind]) -> None:
    """`last_error` was text before v2.34 and is an object since."""
    assert wanted == chat_failure(chat("error", last_error=last_error))
