"""One task of the sandbox Coder: what its agent says, reports and does, turn by turn.

Rules of coderd/aitasks.go, cli/exp_mcp.go and AgentAPI's screen watcher, measured on v2.36.0:
reports of the agent are words of its own, `idle` comes from the watcher and keeps the last text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from bot.sandbox.coder_answers import Release
from bot.sandbox.coder_builds import Builds
from bot.sandbox.coder_timeline import Timeline
from bot.sandbox.coder_world import AppStatus, Build, User, Workspace, World

SUMMARY_LIMIT = 160
_URL = re.compile(r"https?://[^\s<>\"')\]]+")
_SNAPSHOT_ENTRIES = 10


@dataclass(slots=True)
class LogEntry:
    """One side's part of the conversation: `kind` is input or output."""

    kind: str
    at: datetime
    lines: list[str] = field(default_factory=list)


class Task:
    """One task: the agent's turns, its reports and its conversation."""

    def __init__(
        self,
        world: World,
        timeline: Timeline,
        builds: Builds,
        release: Release,
        workspace: Workspace,
    ) -> None:
        self._world = world
        self._timeline = timeline
        self._builds = builds
        self._release = release
        self.id = world.new_id()
        self.workspace = workspace
        self.display_name = ""
        self.created_at = self.updated_at = timeline.now()
        self.busy = False
        self.unlinked = False
        self.log: list[LogEntry] = []
        self.snapshot: list[LogEntry] = []
        self.snapshot_at: datetime | None = None
        self._turn = 0
        self._prompted = False
        self._keeps_text = True
        self._lost = False

    @property
    def name(self) -> str:
        """The task's name is its workspace's."""
        return self.workspace.name

    @property
    def owner(self) -> User:
        """Whose task it is."""
        return self.workspace.owner

    @property
    def status(self) -> str:
        """The task's status by the view `tasks_with_status` (coderd/database/dump.sql)."""
        if self.unlinked:
            return "pending"
        build = self.workspace.build
        if build.job in {"failed", "canceling", "canceled"}:
            return "error"
        if build.transition != "start":
            return "paused" if build.job == "succeeded" else "unknown"
        if build.job == "pending":
            return "pending" if self._release >= (2, 31, 1) else "initializing"
        return self._status_by_agent()

    def _status_by_agent(self) -> str:
        agent = self.workspace.agent
        if agent is None or agent.lifecycle in {"created", "starting"}:
            return "initializing"
        return {"initializing": "initializing", "unhealthy": "error"}.get(
            agent.app_health, "active"
        )

    @property
    def report(self) -> AppStatus | None:
        """The newest report, unless it is older than the present start build."""
        newest = self.workspace.statuses[-1] if self.workspace.statuses else None
        build = self.workspace.build
        if newest and build.transition == "start" and newest.at < build.created_at:
            return None
        return newest

    def workspace_ready(self) -> None:
        """The agent is up: the first time it works on the prompt, later it waits for a message."""
        self.log = [LogEntry("output", self._timeline.now())]
        self._lost = False
        self._turn += 1
        self._keeps_text = True
        self._add_status("working", "", "")
        if self._prompted:
            self._idle_soon()
            return
        self._prompted = True
        self._begin(self.workspace.prompt)

    def workspace_stopping(self) -> None:
        """What was said is kept; whatever runs is ended by the build."""
        self._turn += 1
        self.busy = False
        self.snapshot = [] if self._lost else self.log[-_SNAPSHOT_ENTRIES:]
        self.snapshot_at = self._timeline.now() if self.snapshot else None

    def send(self, text: str) -> None:
        """A message typed into the agent's terminal; `working` shows a moment later."""
        self.log.append(LogEntry("input", self._timeline.now(), text.split("\n")))
        self._turn += 1
        turn, before = self._turn, len(self.workspace.statuses)

        def echo() -> None:
            if turn == self._turn and before == len(self.workspace.statuses):
                self._repeat("working")

        self._timeline.after(self._builds.timings.echo, echo)
        self._begin(text)

    def _begin(self, text: str) -> None:
        self.busy = True
        agent = self._world.agent
        if agent:
            self.workspace.run = agent.start(text, self.workspace.directory, self)

    def said(self, text: str) -> None:
        """A line on the agent's screen."""
        if self.log[-1].kind == "input":
            self.log.append(LogEntry("output", self._timeline.now()))
        self.log[-1].lines.append(text)

    def reported(self, state: str, message: str, uri: str, *, via_tool: bool) -> None:
        """A self-report: the MCP tool refuses a long one; before v2.31.1 all count as working."""
        if via_tool and len(message.encode()) > SUMMARY_LIMIT:
            return
        self._keeps_text = via_tool
        trusted = self._release >= (2, 31, 1)
        self._add_status(state if trusted else "working", message, uri)

    def ended(self, exit_code: int) -> None:
        """The command is over: its last line is the summary, a link in it the link."""
        said = self.log[-1].lines if self.log[-1].kind == "output" else []
        last = next((line for line in reversed(said) if line.strip()), "")
        link = _URL.search(last)
        message = last.encode()[:SUMMARY_LIMIT].decode(errors="ignore").strip()
        state = "failure" if exit_code else "complete"
        if exit_code and not message:
            message = f"The agent's command ended with exit code {exit_code}"
        self.reported(state, message, link[0] if link else "", via_tool=True)
        self._idle_soon()

    def quieted(self) -> None:
        """The watcher sees a still screen."""
        self._idle_soon()

    def silent(self) -> None:
        """The watcher cannot tell silent work from none."""
        self._idle_soon()

    def died(self) -> None:
        """The agent's process is gone; the last report stays as it is."""
        self._builds.app_died(self.workspace)

    def _idle_soon(self) -> None:
        turn = self._turn

        def idle() -> None:
            if turn == self._turn:
                self.idle()

        self._timeline.after(self._builds.timings.quiet, idle)

    def idle(self) -> None:
        """Now the screen counts as still: the agent takes messages."""
        self.busy = False
        self._repeat("idle")

    def _repeat(self, state: str) -> None:
        """A state of the watcher's: the text of the last report that it knows stays."""
        last = self.report
        kept = (last.message, last.uri) if last and self._keeps_text else ("", "")
        self._add_status(state, *kept)

    def _add_status(self, state: str, message: str, uri: str) -> None:
        now = self._timeline.now()
        self.workspace.statuses.append(AppStatus(self._world.new_id(), now, state, message, uri))
        self.updated_at = now

    def driven(self, state: str, message: str | None, uri: str) -> None:
        """A test's word instead of the agent's; `failed` is taken for the raw `failure`."""
        if self.workspace.agent is None:
            raise ValueError(f"{self.name} has no running agent that could report")
        self._turn += 1
        self.busy = state == "working"
        if state == "idle" and message is None:
            self._repeat("idle")
        elif state == "idle":
            self._add_status("idle", message or "", uri)
        else:
            raw = "failure" if state == "failed" else state
            self.reported(raw, message or "", uri, via_tool=True)

    def lose_agent(self) -> None:
        """The workspace's agent loses its connection: `active` all the same, and unreachable."""
        if self.workspace.agent:
            self.workspace.agent.lost = self._lost = True

    def start(self, reason: str, initiator: User) -> Build:
        """Queue the start build that gives the task its agent."""
        return self._builds.add(self.workspace, "start", reason, initiator)
