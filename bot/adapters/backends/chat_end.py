"""Ending a chat: interrupt until nothing runs, put it away, and see to its workspace."""

from __future__ import annotations

from bot.adapters.backends.answer import Answer
from bot.adapters.backends.chat_calls import ChatCalls
from bot.adapters.backends.coder_wire import WireChat
from bot.adapters.backends.options import CoderOptions
from bot.adapters.backends.refusals import CHAT_REFUSALS, refused
from bot.adapters.backends.workspaces import Workspaces
from bot.ports import Clock

QUIET_PATIENCE = 60.0
"""Seconds for interrupting: after each one the next of up to 20 queued messages runs."""

_LOOK_AGAIN = 0.5


class ChatEnd:
    """Every step is fine to repeat."""

    def __init__(
        self, calls: ChatCalls, workspaces: Workspaces, options: CoderOptions, clock: Clock
    ) -> None:
        self._calls = calls
        self._workspaces = workspaces
        self._options = options
        self._clock = clock

    def quiet(self, chat_id: str) -> None:
        """Interrupt until Coder says that there is nothing to interrupt."""
        deadline = self._clock.monotonic() + QUIET_PATIENCE
        while True:
            answer = self._calls.interrupt(chat_id)
            if _nothing_runs(answer):
                return
            if not (answer.ok or answer.status == 409):
                raise refused("interrupt the chat", answer, self._options, CHAT_REFUSALS)
            if self._clock.monotonic() >= deadline:
                return
            self._clock.sleep(_LOOK_AGAIN)

    def put_away(self, chat: WireChat, *, keep_workspace: str = "") -> None:
        """Interrupt, archive, and stop the workspace, unless it is the one to keep."""
        self.quiet(chat.id)
        self.archive(chat.id)
        if chat.workspace_id != keep_workspace:
            self.bring_workspace(chat.workspace_id, "stop")

    def archive(self, chat_id: str) -> None:
        """Archive; one that is archived or gone is fine."""
        answer = self._calls.archive(chat_id)
        archived = answer.status == 400 and "already archived" in answer.message
        if not (answer.ok or archived or answer.status == 404):
            raise refused("archive the chat", answer, self._options, CHAT_REFUSALS)

    def bring_workspace(self, workspace_id: str, transition: str) -> None:
        """Stop or delete the chat's workspace, but never one that the workflow gave to it."""
        if workspace_id and workspace_id.lower() != self._options.workspace_id.lower():
            self._workspaces.bring(workspace_id, transition)


def _nothing_runs(answer: Answer) -> bool:
    return answer.status == 404 or (
        answer.status == 409 and answer.message.startswith("Chat is not in an interruptible")
    )
