"""What a chat is doing: one total table from `status` to `SessionState`. Pure.

Statuses from v2.32 to v2.37: codersdk/chats.go; `paused` and `completed` were never produced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.adapters.backends.coder_wire import WireChat, WireMessages
from bot.model import Report, SessionState
from bot.outcomes import ErrorKind
from bot.untrusted import Untrusted

SILENCE = 120.0
"""Seconds of `running` without any change after which the line of progress names the cause."""

_SILENT_NOTE: Final = (
    "The model's provider may be in trouble: Coder retries it for up to 25 minutes without a sign."
)
_QUEUED_NOTE: Final = "The chat waits for a free agent: this Coder limits how many run at once."

STATES: Final[Mapping[str, tuple[SessionState, str]]] = {
    "pending": (SessionState.PENDING, "The chat waits for a worker."),
    "running": (SessionState.WORKING, ""),
    "interrupting": (SessionState.WORKING, "The turn is being interrupted."),
    "waiting": (SessionState.IDLE, ""),
    "completed": (SessionState.IDLE, ""),
    "paused": (SessionState.IDLE, ""),
    "error": (SessionState.FAILED, "The chat ended in an error."),
    "requires_action": (SessionState.BLOCKED, "The chat asks for an action."),
}


@dataclass(frozen=True, slots=True)
class ChatReading:
    """What a status says; `note` is for the line of progress."""

    state: SessionState
    note: str = ""


def chat_reading(chat: WireChat, now: datetime) -> ChatReading:
    """UNKNOWN for words that no release had so far."""
    state, note = STATES.get(
        chat.status, (SessionState.UNKNOWN, "Coder reports a status that is new.")
    )
    if state is SessionState.WORKING and chat.queued_for_capacity:
        return ChatReading(SessionState.PENDING, _QUEUED_NOTE)
    if chat.status == "running" and (now - chat.updated_at).total_seconds() > SILENCE:
        note = _SILENT_NOTE
    return ChatReading(state, note)


def answer_of_turn(messages: WireMessages) -> Report | None:
    """The model's last text, when it is newer than the last thing said to it.

    `waiting` and a `last_turn_summary` prove nothing: both are there when the model answered
    nothing at all, and right after a follow-up.
    """
    for message in messages.messages:  # newest first
        if message.role == "user":
            return None
        if message.role == "assistant" and message.text.strip():
            return Report(complete=True, message=Untrusted(message.text))
    return None


def chat_failure(chat: WireChat) -> tuple[str, ErrorKind]:
    """What Coder says about the error, and who can act."""
    error = chat.last_error
    if error is None or isinstance(error, str):
        return error or "Coder gives no reason.", ErrorKind.AGENT
    text = "\n".join(part for part in (error.message, error.detail) if part)
    return text, ErrorKind.CODER_QUOTA if error.kind == "usage_limit" else ErrorKind.AGENT
