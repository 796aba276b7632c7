"""What a task is doing: one total table from the words on the wire to `SessionState`. Pure.

Sources: the view `tasks_with_status` (coderd/database/dump.sql), coderd/aitasks.go:345-428 and
coderd/database/db2sdk/db2sdk.go:606-640 at v2.36.0, and recorded lives of tasks.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.adapters.backends.coder_wire import WireTask
from bot.model import SessionState
from bot.outcomes import ErrorKind

_SYNTHETIC: Final = (
    "Workspace is ",
    "Agent is ",
    "App is initializing",
    "Initializing workspace",
)
_LOST: Final = frozenset(
    {
        "agent is taking too long to connect",
        "agent has lost connection",
        "agent is not running",
        "agent is shutting down",
    }
)
_SCRIPT: Final = "agent startup script exited with an error"


class Trouble(StrEnum):
    """What the workspace agent's health says."""

    NONE = ""
    LOST = "lost"
    SCRIPT = "script"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one row of the table says. `note` is for the line of progress."""

    state: SessionState
    error_kind: ErrorKind | None = None
    note: str = ""
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Conditions, each empty for "whatever", and the reading when all hold."""

    status: str
    reading: Reading
    workspace: frozenset[str] = frozenset()
    trouble: frozenset[Trouble] = frozenset()
    state: frozenset[str] = frozenset()


_FAILED_STATES: Final = frozenset({"failed", "failure"})
_ENDED: Final = frozenset({"complete"})
_BROKEN_BUILD: Final = frozenset({"failed", "canceling", "canceled"})
_LOST_AGENT: Final = Reading(
    SessionState.FAILED, ErrorKind.AGENT, "The workspace has lost its agent."
)
_BAD_SCRIPT: Final = Reading(
    SessionState.FAILED, ErrorKind.AGENT, "The workspace's startup script failed."
)
_BLOCKED: Final = Reading(SessionState.BLOCKED, note="The agent says that it is blocked.")
_DONE: Final = Reading(SessionState.IDLE, note="The agent says that it is done.")
_STILL: Final = Reading(SessionState.IDLE, note="The agent is still.")

ROWS: Final = (
    Row("pending", Reading(SessionState.PENDING, note="The workspace waits for a provisioner.")),
    Row("initializing", _LOST_AGENT, trouble=frozenset({Trouble.LOST})),
    Row("initializing", _BAD_SCRIPT, trouble=frozenset({Trouble.SCRIPT})),
    Row("initializing", Reading(SessionState.PENDING, note="The workspace is starting.")),
    Row(
        "error",
        Reading(SessionState.FAILED, ErrorKind.WORKSPACE, "The workspace build failed."),
        workspace=_BROKEN_BUILD,
    ),
    # The status wins over a `working` that a dead agent left behind.
    Row(
        "error",
        Reading(SessionState.FAILED, ErrorKind.AGENT, "The agent's app is not healthy."),
    ),
    Row("unknown", Reading(SessionState.UNKNOWN, note="The workspace is being stopped.")),
    Row(
        "paused",
        Reading(SessionState.BLOCKED, note="The workspace is stopped.", paused=True),
        state=_FAILED_STATES,
    ),
    Row("paused", Reading(SessionState.IDLE, note="The workspace is stopped.", paused=True)),
    Row("active", _DONE, state=_ENDED),
    Row("active", _BLOCKED, state=_FAILED_STATES),
    Row("active", _LOST_AGENT, trouble=frozenset({Trouble.LOST})),
    Row("active", Reading(SessionState.WORKING), state=frozenset({"working"})),
    Row(
        "active", Reading(SessionState.IDLE, note="The agent is still."), state=frozenset({"idle"})
    ),
    # Setup failed, unless work is visible.
    Row("active", _BAD_SCRIPT, trouble=frozenset({Trouble.SCRIPT}), state=frozenset({""})),
    Row(
        "active",
        Reading(SessionState.IDLE, note="The agent has given no sign yet."),
        state=frozenset({""}),
    ),
)

_ANYTHING_ELSE: Final = Reading(SessionState.UNKNOWN, note="Coder reports a state that is new.")


def task_reading(task: WireTask) -> Reading:
    """The first row that holds; UNKNOWN for words that no release had so far."""
    state = task.current_state.state if task.current_state else ""
    trouble = _trouble(task)
    for row in ROWS:
        if (
            row.status == task.status
            and (not row.workspace or task.workspace_status in row.workspace)
            and (not row.trouble or trouble in row.trouble)
            and (not row.state or state in row.state)
        ):
            return row.reading
    return _ANYTHING_ELSE


def real_message(task: WireTask) -> str:
    """The agent's own text; empty for one that Coder made up while the workspace starts."""
    message = task.current_state.message if task.current_state else ""
    return "" if message.startswith(_SYNTHETIC) else message


def _trouble(task: WireTask) -> Trouble:
    health = task.workspace_agent_health
    if task.workspace_agent_lifecycle == "start_error":
        return Trouble.SCRIPT
    if health is None or health.healthy:
        return Trouble.NONE
    if health.reason == _SCRIPT:
        return Trouble.SCRIPT
    return Trouble.LOST if health.reason in _LOST else Trouble.NONE
