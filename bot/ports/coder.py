"""Coder, by one of its two agent APIs."""

from __future__ import annotations

from typing import Protocol

from bot.model import (
    BackendName,
    Cleanup,
    Session,
    SessionKey,
)
from bot.untrusted import Untrusted


class AgentBackend(Protocol):
    """Coder, by one of its two agent APIs. All the verbs of `coder task` are here."""

    @property
    def name(self) -> BackendName:
        """Tasks or chats."""

    @property
    def owner(self) -> str:
        """The Coder user name for whom sessions run."""

    def find(self, key: SessionKey) -> Session | None:
        """The session of that key (chats: archived ones too; the oldest wins), or None."""

    def start(self, key: SessionKey, *, prompt: str, title: str) -> Session:
        """Look up → create → on any error look up again and adopt. `Session.created` says which."""

    def list(self, prefix: str) -> tuple[Session, ...]:
        """Our sessions whose key name begins with `prefix`, oldest first."""

    def observe(self, session: Session) -> Session:
        """The session now; state GONE when it is not there any more."""

    def logs(self, session: Session, lines: int = 20) -> tuple[Untrusted, ...]:
        """The last lines of the conversation, or of the build where it failed; best effort."""

    def send(self, session: Session, text: str) -> Session:
        """A follow-up; resumes a paused session first.

        Raises `SessionBusyError` when the session cannot take it yet.
        """

    def pause(self, session: Session) -> Session:
        """Stop the workspace and keep it (chats: interrupt, then stop the workspace)."""

    def resume(self, session: Session) -> Session:
        """Start the workspace again (chats: nothing to do, a message does it)."""

    def delete(self, session: Session) -> None:
        """Delete the task and its workspace (chats: interrupt, archive, delete the workspace)."""

    def end(self, session: Session, cleanup: Cleanup) -> None:
        """Apply the clean-up; never raises for a session that is already where it should be."""
