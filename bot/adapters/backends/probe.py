"""`coder-backend: auto`: which of the two APIs a work item uses, decided with its first call.

The backend of the item's existing session; else Tasks when served and the named template can run
tasks; else Chats.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from bot.adapters.backends.chats import ChatBackend
from bot.adapters.backends.coder_http import CoderHttp
from bot.adapters.backends.options import CoderOptions
from bot.adapters.backends.prefixes import version_text
from bot.adapters.backends.tasks import TaskBackend
from bot.adapters.backends.templates import Templates
from bot.errors import ConfigurationError, UpstreamError
from bot.model import BackendName, Cleanup, Session, SessionKey
from bot.outcomes import ErrorKind
from bot.ports import AgentBackend
from bot.untrusted import Untrusted

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Backends:
    """Both, over one connection."""

    tasks: TaskBackend
    chats: ChatBackend

    def named(self, name: BackendName) -> AgentBackend:
        """That one."""
        return self.tasks if name is BackendName.TASKS else self.chats


class AutoBackend:
    """Implements `bot.ports.AgentBackend` by whichever backend the first call settles on."""

    def __init__(
        self,
        backends: Backends,
        http: CoderHttp,
        options: CoderOptions,
        templates: Templates,
        existing: Callable[[], BackendName | None],
    ) -> None:
        self._backends = backends
        self._http = http
        self._options = options
        self._templates = templates
        self._existing = existing
        self._settled: AgentBackend | None = None

    @property
    def name(self) -> BackendName:
        """The one settled on; asks Coder when nothing is settled yet."""
        return self._choose().name

    @property
    def owner(self) -> str:
        """The user name, once an answer told it; `me` before."""
        return (self._settled or self._backends.tasks).owner

    def find(self, key: SessionKey) -> Session | None:
        """By the backend of the existing session; else a task first, then by what is served."""
        if self._settled is None and self._options.template:
            existing = self._existing()
            if existing is None:
                return self._find_and_settle(key)
            self._settled = self._backends.named(existing)
        return self._choose().find(key)

    def start(self, key: SessionKey, *, prompt: str, title: str) -> Session:
        """By the backend settled on."""
        return self._choose().start(key, prompt=prompt, title=title)

    def list(self, prefix: str) -> tuple[Session, ...]:
        """By the backend settled on."""
        return self._choose().list(prefix)

    def observe(self, session: Session) -> Session:
        """By the session's own backend."""
        return self._of(session).observe(session)

    def logs(self, session: Session, lines: int = 20) -> tuple[Untrusted, ...]:
        """By the session's own backend."""
        return self._of(session).logs(session, lines)

    def send(self, session: Session, text: str) -> Session:
        """By the session's own backend."""
        return self._of(session).send(session, text)

    def pause(self, session: Session) -> Session:
        """By the session's own backend."""
        return self._of(session).pause(session)

    def resume(self, session: Session) -> Session:
        """By the session's own backend."""
        return self._of(session).resume(session)

    def delete(self, session: Session) -> None:
        """By the session's own backend."""
        self._of(session).delete(session)

    def end(self, session: Session, cleanup: Cleanup) -> None:
        """By the session's own backend."""
        self._of(session).end(session, cleanup)

    def _of(self, session: Session) -> AgentBackend:
        return self._backends.named(session.backend)

    def _find_and_settle(self, key: SessionKey) -> Session | None:
        """Two reads at once: the task of that name, and whether the template can run tasks.

        The first also shows whether Tasks are served.
        """
        with ThreadPoolExecutor(max_workers=2) as pool:
            looking = pool.submit(_unless_unserved, lambda: self._backends.tasks.find(key))
            capable = pool.submit(self._templates.task_capable)
            served, found = looking.result()
            if served and (found is not None or capable.result()):
                self._settled = self._backends.tasks
                return found
        return self._by_chats(lambda: self._backends.chats.find(key), tasks_served=served)

    def _choose(self) -> AgentBackend:
        if self._settled is None:
            existing = self._existing()
            self._settled = self._backends.named(existing) if existing else self._by_what_serves()
        return self._settled

    def _by_what_serves(self) -> AgentBackend:
        if self._options.template:
            served, _ = _unless_unserved(self._backends.tasks.probe)
            if served and self._templates.task_capable():
                return self._backends.tasks
            self._by_chats(self._backends.chats.probe, tasks_served=served)
        else:
            self._by_chats(self._backends.chats.probe, tasks_served=None)
        return self._backends.chats

    def _by_chats(self, call: Callable[[], T], *, tasks_served: bool | None) -> T:
        """Settle on Chats with that call, or say why nothing fits; None is not yet known."""
        try:
            answer = call()
        except UpstreamError as error:
            if not _is_unserved(error):
                raise
            if tasks_served is None:
                tasks_served, _ = _unless_unserved(self._backends.tasks.probe)
            raise self._nothing_fits(tasks_served=tasks_served) from None
        self._settled = self._backends.chats
        return answer

    def _nothing_fits(self, *, tasks_served: bool) -> Exception:
        version = version_text(self._http.version)
        if not tasks_served:
            return UpstreamError(
                ErrorKind.CODER_UNSUPPORTED,
                f"The Coder at coder-url ({version}) serves neither Tasks nor chats.",
                remedy="Upgrade it, or switch Tasks on there with CODER_ENABLE_AI_TASKS=true.",
            )
        if not self._options.template:
            return ConfigurationError(
                f"The input coder-template-name is empty, and this Coder ({version}) serves Tasks"
                " only.",
                remedy="Name a template that has a coder_ai_task resource.",
            )
        return self._no_task_template()

    def _no_task_template(self) -> Exception:
        self._templates.choice()  # says so when template, organization or preset do not exist
        return UpstreamError(
            ErrorKind.TEMPLATE,
            f"The template {self._options.template} (coder-template-name) cannot run tasks, and"
            " this Coder serves no chats.",
            remedy="Add a coder_ai_task resource to the template.",
        )


def _unless_unserved(call: Callable[[], T]) -> tuple[bool, T | None]:
    try:
        return True, call()
    except UpstreamError as error:
        if _is_unserved(error):
            return False, None
        raise


def _is_unserved(error: UpstreamError) -> bool:
    return error.kind is ErrorKind.CODER_UNSUPPORTED and error.status == 404
