"""What the engine needs from outside, as Protocols named by need; `bot.adapters` implements them.

Every method may raise `UpstreamError`. Reads are safe to repeat. A method that creates something
looks for it first, and again after a lost answer, so it is safe to repeat as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.ports.coder import AgentBackend
from bot.ports.github import (
    Alerts,
    CodeHost,
    Comment,
    Comments,
    Glance,
    Issue,
    Issues,
    PullRequests,
    Runs,
)
from bot.ports.machine import Clock, Exchanged, LocalFiles, Narrator
from bot.ports.recorder import UNRECORDED, Record, Recorder


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything outside, bundled. `agent` is None where nothing may be started."""

    github: CodeHost
    agent: AgentBackend | None
    clock: Clock
    narrator: Narrator
    files: LocalFiles | None = None
    recorder: Recorder = UNRECORDED


__all__ = [
    "UNRECORDED",
    "AgentBackend",
    "Alerts",
    "Clock",
    "CodeHost",
    "Comment",
    "Comments",
    "Exchanged",
    "Glance",
    "Issue",
    "Issues",
    "LocalFiles",
    "Narrator",
    "Ports",
    "PullRequests",
    "Record",
    "Recorder",
    "Runs",
]
