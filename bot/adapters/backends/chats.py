"""Coder Chats ("Coder Agents") behind the port: the agent runs in Coder's control plane."""

from __future__ import annotations

from dataclasses import replace

from bot.adapters.backends.absences import Absences
from bot.adapters.backends.answer import Answer
from bot.adapters.backends.chat_calls import ChatCalls
from bot.adapters.backends.chat_end import ChatEnd
from bot.adapters.backends.chat_start import NAME_LABEL, ChatStart
from bot.adapters.backends.chat_states import answer_of_turn, chat_failure, chat_reading
from bot.adapters.backends.coder_http import CoderHttp
from bot.adapters.backends.coder_wire import WireChat
from bot.adapters.backends.options import CoderOptions
from bot.adapters.backends.refusals import CHAT_REFUSALS, refused
from bot.adapters.backends.task_observe import gone, has_moved
from bot.adapters.backends.templates import Templates
from bot.adapters.backends.workspaces import Workspaces
from bot.errors import SessionBusyError, UpstreamError
from bot.identity import TARGET_LABEL
from bot.model import BackendName, Cleanup, Session, SessionKey, SessionState
from bot.outcomes import ErrorKind
from bot.ports import Clock
from bot.untrusted import Untrusted


class ChatBackend:
    """Implements `bot.ports.AgentBackend`."""

    def __init__(
        self, http: CoderHttp, options: CoderOptions, clock: Clock, templates: Templates
    ) -> None:
        self._options = options
        self._clock = clock
        self._calls = ChatCalls(http, options)
        workspaces = Workspaces(http, options, clock)
        self._end = ChatEnd(self._calls, workspaces, options, clock)
        self._start = ChatStart(self._calls, http, templates, workspaces, self._end, options)
        self._owner = "" if options.user == "me" else options.user
        self._absences = Absences(clock)

    @property
    def name(self) -> BackendName:
        """Chats."""
        return BackendName.CHATS

    @property
    def owner(self) -> str:
        """The user name, once an answer told it; `me` before."""
        return self._owner or "me"

    def probe(self) -> None:
        """One list request; raises `UpstreamError` of kind `coder-unsupported` if not served."""
        self._calls.served()

    def find(self, key: SessionKey) -> Session | None:
        """The oldest chat with the key's labels, archived or not."""
        chat = self._start.find(key)
        if chat is None:
            self._absences.note(key.name)
            return None
        return self._session(chat)

    def start(self, key: SessionKey, *, prompt: str, title: str) -> Session:
        """The chat of that key, made where there is none. Coder makes the title itself."""
        del title
        known_absent = self._absences.take(key.name)
        started = self._start.start(key, prompt, known_absent=known_absent)
        return replace(self._session(started.chat, name=key.name), created=started.created)

    def list(self, prefix: str) -> tuple[Session, ...]:
        """Our chats whose name label begins with `prefix`, oldest first, archived ones too."""
        chats = [*self._calls.all(archived=False), *self._calls.all(archived=True)]
        ours = [c for c in chats if c.labels.get(NAME_LABEL, "").startswith(prefix)]
        ours.sort(key=lambda chat: chat.created_at)
        return tuple(self._at_a_glance(chat) for chat in ours)

    def observe(self, session: Session) -> Session:
        """The chat now; GONE on a 404."""
        chat = self._calls.by_id(session.id)
        if chat is None:
            return gone(session)
        return self._session(chat, name=session.name)

    def logs(self, session: Session, lines: int = 20) -> tuple[Untrusted, ...]:
        """The last lines of what was said, on both sides; the error last."""
        try:
            messages = self._calls.messages(session.id).messages
        except UpstreamError:
            return ()
        said = [
            line.rstrip()
            for message in reversed(messages)
            if message.role in {"user", "assistant"}
            for line in message.text.splitlines()
            if line.strip()
        ]
        said += [line for line in session.error.raw.splitlines() if line.strip()]
        return tuple(Untrusted(line) for line in said[-lines:])

    def send(self, session: Session, text: str) -> Session:
        """A message; Coder queues it behind a turn that is under way.

        Raises `SessionBusyError` when the queue is full, and `UpstreamError` with `maybe_done` when
        nobody can tell whether it was taken.
        """
        text = text.strip()
        if session.paused:
            self._unarchive(session)
        elif has_moved(session, self._glanced(session)):
            raise SessionBusyError(ErrorKind.CODER, "Somebody else told the agent something.")
        return self._say(session, text)

    def _glanced(self, session: Session) -> Session:
        """The chat now, by one read: nothing else may happen between this look and a message."""
        chat = self._calls.by_id(session.id)
        return gone(session) if chat is None else self._at_a_glance(chat)

    def pause(self, session: Session) -> Session:
        """Interrupt the turn and stop the workspace; a message goes on later."""
        self._end.quiet(session.id)
        now = self.observe(session)
        self._end.bring_workspace(now.workspace_id, "stop")
        return now

    def resume(self, session: Session) -> Session:
        """Take it out of the archive; a message starts the rest."""
        now = self.observe(session)
        if now.paused:
            self._unarchive(now)
            return self.observe(now)
        return now

    def delete(self, session: Session) -> None:
        """Interrupt, archive (there is no deleting), delete the workspace unless it was given."""
        self._end.quiet(session.id)
        now = self.observe(session)
        self._end.archive(session.id)
        self._end.bring_workspace(now.workspace_id, "delete")

    def end(self, session: Session, cleanup: Cleanup) -> None:
        """Pause, delete, or leave it."""
        if cleanup is Cleanup.PAUSE:
            self.pause(session)
        elif cleanup is Cleanup.DELETE:
            self.delete(session)

    def _session(self, chat: WireChat, *, name: str = "") -> Session:
        self._owner = chat.owner_username or self._owner
        session = self._at_a_glance(chat)
        session = replace(session, name=name or session.name)
        if session.state is SessionState.FAILED:
            text, kind = chat_failure(chat)
            return replace(session, error=Untrusted(text), error_kind=kind)
        if session.state is not SessionState.IDLE:
            return session
        messages = self._calls.messages(chat.id)
        if messages.queued_messages:
            note = "A queued message is about to be taken up."
            return replace(session, state=SessionState.WORKING, note=note)
        report = answer_of_turn(messages)
        if report is None:
            return replace(session, note="The model gave no answer yet.")
        return replace(session, report=report, message=report.message)

    def _at_a_glance(self, chat: WireChat) -> Session:
        reading = chat_reading(chat, self._clock.now())
        return Session(
            BackendName.CHATS,
            chat.id,
            chat.labels.get(NAME_LABEL, ""),
            f"{self._options.base_url}/agents?chat={chat.id}",
            reading.state,
            owner=chat.owner_username or self.owner,
            workspace_id=chat.workspace_id,
            paused=chat.archived,
            created_at=chat.created_at,
            since=chat.updated_at,
            note=reading.note,
            target=chat.labels.get(TARGET_LABEL, ""),
        )

    def _say(self, session: Session, text: str) -> Session:
        """POST once. After an answer that leaves it open, the conversation tells."""
        try:
            answer = self._calls.send(session.id, text)
        except UpstreamError as error:
            if not error.maybe_done or not self._was_taken(session, text):
                raise
        else:
            self._check_sent(session, text, answer)
        note = "The message was sent."
        return replace(
            session, state=SessionState.WORKING, paused=False, report=None, note=note, created=False
        )

    def _check_sent(self, session: Session, text: str, answer: Answer) -> None:
        if answer.ok:
            return
        if answer.status == 429:  # the queue holds 20 and is no rate limit: it has no Retry-After
            raise SessionBusyError(
                ErrorKind.CODER, "The chat cannot take a message now.", status=429
            )
        if answer.status == 404:
            message = "The chat is not there any more."
            raise UpstreamError(ErrorKind.CODER, message, status=404)
        if answer.status < 500 or not self._was_taken(session, text):
            raise refused("send the message to the chat", answer, self._options, CHAT_REFUSALS)

    def _was_taken(self, session: Session, text: str) -> bool:
        """Whether the last message of ours, queued or not, is `text`."""
        try:
            now = self._calls.messages(session.id)
        except UpstreamError:
            return False
        if now.queued_messages:
            return now.queued_messages[-1].text.strip() == text
        said = [message for message in now.messages if message.role == "user"]
        return bool(said) and said[0].text.strip() == text

    def _unarchive(self, session: Session) -> None:
        answer = self._calls.archive(session.id, archived=False)
        if not (answer.ok or answer.status == 400):
            raise refused("take the chat out of the archive", answer, self._options, CHAT_REFUSALS)
