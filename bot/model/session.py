"""Coder's nouns, backend-neutral: a session is one task or one chat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.outcomes import ErrorKind
from bot.untrusted import Untrusted


class BackendName(StrEnum):
    """Which of Coder's two agent APIs."""

    TASKS = "tasks"
    CHATS = "chats"


class SessionState(StrEnum):
    """What a session is doing; each backend maps its wire states to these, totally."""

    PENDING = "pending"
    WORKING = "working"
    IDLE = "idle"
    BLOCKED = "blocked"
    FAILED = "failed"
    GONE = "gone"
    UNKNOWN = "unknown"


class Cleanup(StrEnum):
    """What becomes of the workspace at the end."""

    PAUSE = "pause"
    DELETE = "delete"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class SessionKey:
    """How a session is found again: the task name (≤ 32 characters), or the chat labels."""

    name: str
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The agent's own word about its end: `complete` or `failure`, and its last text."""

    complete: bool
    message: Untrusted
    link: Untrusted = Untrusted("")


@dataclass(frozen=True, slots=True)
class Session:
    """One task or one chat, backend-neutral.

    `since` is when the present state began, as far as the backend tells. `report` is the best
    self-report of the present turn. `error` is the backend's own text about a failure.
    `target` is what its title or labels name, such as `pr:12`. `created` is true only in the answer
    of the call that made it.
    """

    backend: BackendName
    id: str
    name: str
    url: str
    state: SessionState
    owner: str = ""
    workspace_id: str = ""
    paused: bool = False
    created: bool = False
    created_at: datetime | None = None
    since: datetime | None = None
    report: Report | None = None
    message: Untrusted = Untrusted("")
    error: Untrusted = Untrusted("")
    error_kind: ErrorKind | None = None
    note: str = ""
    target: str = ""
