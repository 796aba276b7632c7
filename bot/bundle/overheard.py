"""An agent of whom each prompt is kept."""

from __future__ import annotations

from collections.abc import Callable

from bot.model import BackendName, Cleanup, Session, SessionKey
from bot.ports import AgentBackend
from bot.untrusted import Untrusted


def overheard(agent: AgentBackend, told: Callable[..., None]) -> AgentBackend:
    """The same agent; `told` hears the session's name and the text of each prompt."""
    return _Overheard(agent, told)


class _Overheard:
    """Implements `bot.ports.AgentBackend` by another one."""

    def __init__(self, agent: AgentBackend, told: Callable[..., None]) -> None:
        self._agent = agent
        self._told = told

    @property
    def name(self) -> BackendName:
        return self._agent.name

    @property
    def owner(self) -> str:
        return self._agent.owner

    def find(self, key: SessionKey) -> Session | None:
        return self._agent.find(key)

    def start(self, key: SessionKey, *, prompt: str, title: str) -> Session:
        try:
            session = self._agent.start(key, prompt=prompt, title=title)
        except Exception:
            self._told(key.name, prompt, sent=False)
            raise
        self._told(key.name, prompt, sent=session.created)
        return session

    def list(self, prefix: str) -> tuple[Session, ...]:
        return self._agent.list(prefix)

    def observe(self, session: Session) -> Session:
        return self._agent.observe(session)

    def logs(self, session: Session, lines: int = 20) -> tuple[Untrusted, ...]:
        return self._agent.logs(session, lines)

    def send(self, session: Session, text: str) -> Session:
        answer = self._agent.send(session, text)  # while it is busy the same is sent again
        self._told(session.name, text, sent=True)
        return answer

    def pause(self, session: Session) -> Session:
        return self._agent.pause(session)

    def resume(self, session: Session) -> Session:
        return self._agent.resume(session)

    def delete(self, session: Session) -> None:
        self._agent.delete(session)

    def end(self, session: Session, cleanup: Cleanup) -> None:
        self._agent.end(session, cleanup)
