"""One chat of the sandbox Coder: turns, queue, interruption and the wait for a free slot.

Rules of coderd/x/chatd at a300a06a (v2.36.0), measured; what differs by version is marked. The
agent loop of a real Coder runs in its control plane and uses a workspace; here the workspace's
command is the loop.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.sandbox.coder_agents import ManualAgent, Run
from bot.sandbox.coder_answers import Release
from bot.sandbox.coder_builds import Builds
from bot.sandbox.coder_timeline import Timeline
from bot.sandbox.coder_world import User, Workspace, World

STOPPED = "workspace has no running agent: the workspace is likely stopped."


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message; ids grow over all chats."""

    id: int
    at: datetime
    role: str
    text: str


@dataclass(slots=True)
class ChatRules:
    """What all chats share: clock, builds, version, and how an unpinned chat gets a workspace."""

    world: World
    timeline: Timeline
    builds: Builds
    release: Release
    root: Path
    make_workspace: Callable[[User, str], Workspace | None]
    slot_freed: Callable[[], None]
    may_run: Callable[[Chat], bool]
    ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    queue_ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))


class Chat:
    """One chat. `status` is waiting, pending (≤ v2.34), running, interrupting or error."""

    def __init__(self, rules: ChatRules, owner: User, title: str) -> None:
        self._rules = rules
        self.id = rules.world.new_id()
        self.owner = owner
        self.title = title
        self.labels: dict[str, str] = {}
        self.client_type = "api"
        self.workspace: Workspace | None = None
        self.status = "waiting"
        self.archived = False
        self.queued_for_capacity = False
        self.last_error: dict[str, Any] | None = None
        self.last_turn_summary: str | None = None
        self.diff_status: dict[str, Any] | None = None
        self.messages: list[ChatMessage] = []
        self.queue: list[ChatMessage] = []
        self.created_at = self.updated_at = rules.timeline.now()
        self._lines: list[str] = []
        self._turn = 0
        self._awaited = 0
        self._working = False
        self._run: Run | None = None

    @property
    def is_busy(self) -> bool:
        """In a turn, or waiting for one to begin or to end."""
        return self.status in {"running", "pending", "interrupting"}

    @property
    def has_slot(self) -> bool:
        """One of the agents that may work at a time."""
        return self._working

    def bind(self, workspace: Workspace | None) -> None:
        """Use that workspace from now on."""
        if self.workspace and self in self.workspace.occupants:
            self.workspace.occupants.remove(self)
        self.workspace = workspace
        if workspace:
            workspace.occupants.append(self)

    def add_message(self, role: str, text: str) -> ChatMessage:
        """Append to the conversation."""
        message = ChatMessage(next(self._rules.ids), self._rules.timeline.now(), role, text)
        self.messages.append(message)
        self._touch()
        return message

    def enqueue(self, text: str) -> ChatMessage:
        """Keep a message for the end of the turn."""
        message = ChatMessage(next(self._rules.queue_ids), self._rules.timeline.now(), "user", text)
        self.queue.append(message)
        return message

    def begin(self, text: str) -> ChatMessage:
        """A message starts a turn; the control plane picks it up a moment later."""
        message = self.add_message("user", text)
        self._turn += 1
        turn = self._awaited = self._turn
        if self._rules.release >= (2, 36):
            self.status = "running"
        elif len(self.messages) == 1:
            self.status = "pending" if self._rules.release < (2, 35) else "running"
        self.last_error = None

        def pick_up() -> None:
            if turn == self._awaited:
                self.status = "running"
                self.queued_for_capacity = not self._rules.may_run(self)
                if not self.queued_for_capacity:
                    self.run()

        self._rules.timeline.after(self._rules.builds.timings.queue, pick_up)
        return message

    def run(self) -> None:
        """The turn has its slot: start the agent, or first the workspace that it needs."""
        self.queued_for_capacity = False
        self._lines = []
        self._working = True
        if self.workspace is None or self.workspace.deleted:
            self.bind(self._new_workspace())
        workspace = self.workspace
        if workspace is None or (workspace.agent and workspace.agent.booted):
            self._start_agent()
        elif not workspace.build.active and workspace.build.workspace_status != "running":
            self._rules.builds.add(workspace, "start", "initiator", self.owner)
        elif workspace.build.transition != "start":
            self._rules.timeline.after(self._rules.builds.timings.stop, self._once_more(self._turn))

    def _new_workspace(self) -> Workspace | None:
        if isinstance(self._rules.world.agent, ManualAgent):
            return None
        return self._rules.make_workspace(self.owner, f"chat-{self.id[:8]}")

    def _once_more(self, turn: int) -> Callable[[], None]:
        def again() -> None:
            if turn == self._turn and self.status == "running":
                self.run()

        return again

    def _start_agent(self) -> None:
        agent, workspace = self._rules.world.agent, self.workspace
        if agent is None:
            return
        directory = workspace.directory if workspace else self._rules.root / "chats" / self.id
        text = next(m.text for m in reversed(self.messages) if m.role == "user")
        self._run = agent.start(text, directory, self)
        if workspace:
            workspace.run = self._run

    def workspace_ready(self) -> None:
        """The workspace came up: a turn that waited for it goes on."""
        if self._working and self.status == "running" and not self._lines:
            self._start_agent()

    def workspace_stopping(self) -> None:
        """The workspace goes away under a turn: the model is told so and ends the turn."""
        if self._working and self.status == "running":
            self.said(STOPPED)
            self.finish()

    def said(self, text: str) -> None:
        """Part of the answer."""
        self._lines.append(text)

    def reported(self, state: str, message: str, uri: str, *, via_tool: bool) -> None:
        """Chats know no reports: what a task's agent would report is said instead."""
        del state, via_tool
        self.said(f"{message} {uri}".strip())

    def ended(self, exit_code: int) -> None:
        """The command is over; anything but exit code 0 is an error of the chat."""
        if exit_code:
            last = self._lines[-1] if self._lines else ""
            self.fail(f"The agent's command ended with exit code {exit_code}", last)
        else:
            self.finish()

    def quieted(self) -> None:
        """A scripted agent has nothing more to say."""
        self.finish()

    def silent(self) -> None:
        """A chat's loop knows that a tool is still at work."""

    def died(self) -> None:
        """The loop is gone."""
        self.fail("The agent ended unexpectedly")

    def finish(self) -> None:
        """End of the turn; without any text there is no assistant message, but a summary."""
        if self._lines:
            self.add_message("assistant", "\n".join(self._lines))
        self.last_turn_summary = "Finished latest turn"
        self._end_turn("waiting")

    def fail(self, message: str, detail: str = "", kind: str = "generic") -> None:
        """End of the turn by an error; what is queued stays queued."""
        more = {"detail": detail} if detail else {}
        self.last_error = {
            "message": message,
            **more,
            "kind": kind,
            "provider": "sandbox",
            "retryable": False,
        }
        self._end_turn("error")

    def interrupt(self) -> None:
        """Wind down; what was said so far stays, then a queued message runs."""
        self.status = "interrupting"
        self._stop()
        if self._lines:
            self.add_message("assistant", "\n".join(self._lines))
            self._lines = []
        turn = self._turn

        def wound_down() -> None:
            if turn == self._turn and self.status == "interrupting":
                self._end_turn("waiting")

        self._rules.timeline.after(self._rules.builds.timings.interrupt, wound_down)

    def _stop(self) -> None:
        self.queued_for_capacity = False
        self._awaited = 0
        self._working = False
        # Another chat may work in the same workspace: it goes on.
        run, self._run = self._run, None
        if run and self.workspace and self.workspace.run is run:
            run.stop()
            self.workspace.run = None

    def _end_turn(self, status: str) -> None:
        self.status = status
        self._lines = []
        self._awaited = 0
        self._working = False
        self._touch()
        if self.queue and status == "waiting":
            self.begin(self.queue.pop(0).text)
        self._rules.slot_freed()

    def _touch(self) -> None:
        self.updated_at = self._rules.timeline.now()
