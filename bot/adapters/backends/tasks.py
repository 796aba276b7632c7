"""Coder Tasks behind the port: an agent in a terminal, in a workspace of its own."""

from __future__ import annotations

from dataclasses import replace

from bot.adapters.backends.absences import Absences
from bot.adapters.backends.answer import Answer
from bot.adapters.backends.coder_http import CoderHttp
from bot.adapters.backends.coder_wire import WireTask
from bot.adapters.backends.options import CoderOptions
from bot.adapters.backends.refusals import REJECTED, SEND_REFUSALS, refused
from bot.adapters.backends.task_calls import StillLinkingError, TaskCalls
from bot.adapters.backends.task_logs import conversation, last_input_is
from bot.adapters.backends.task_observe import TaskObserver, gone, has_moved
from bot.adapters.backends.task_start import TaskStart
from bot.adapters.backends.templates import Templates
from bot.adapters.backends.workspaces import Workspaces, when_no_build
from bot.errors import SessionBusyError, UpstreamError
from bot.model import BackendName, Cleanup, Session, SessionKey, SessionState
from bot.outcomes import ErrorKind
from bot.ports import Clock
from bot.untrusted import Untrusted

_NOT_READY = (
    "Task app is not ready",
    "Task is ",
    "Task status must be active",
    "Failed to reach task app",
    "Failed to get status from task app",
)
"""The message was not typed and may be sent later (coderd/aitasks.go, v2.28 to v2.37)."""

_ENDING = frozenset({"stopping", "stopped", "deleting", "deleted"})


class TaskBackend:
    """Implements `bot.ports.AgentBackend`."""

    def __init__(
        self, http: CoderHttp, options: CoderOptions, clock: Clock, templates: Templates
    ) -> None:
        self._options = options
        self._clock = clock
        self._calls = TaskCalls(http, options)
        self._workspaces = Workspaces(http, options, clock)
        self._start = TaskStart(self._calls, templates, self._workspaces, options, clock)
        self._observer = TaskObserver(options.base_url, self._workspaces, clock)
        self._owner = "" if options.user == "me" else options.user
        self._absences = Absences(clock)

    @property
    def name(self) -> BackendName:
        """Tasks."""
        return BackendName.TASKS

    @property
    def owner(self) -> str:
        """The user name, once an answer told it; `me` before."""
        return self._owner or "me"

    def probe(self) -> None:
        """One list request; raises `UpstreamError` of kind `coder-unsupported` if not served."""
        self._calls.served()

    def find(self, key: SessionKey) -> Session | None:
        """The task of that name, or None."""
        task = self._start.find(key.name)
        if task is None:
            self._absences.note(key.name)
            return None
        return self._session(task)

    def start(self, key: SessionKey, *, prompt: str, title: str) -> Session:
        """The task of that name, made where there is none.

        A name that `find` missed a moment ago is not looked up again: names are unique, so creating
        tells. Raises `NameHeldError` when a dying workspace keeps the name.
        """
        known_absent = self._absences.take(key.name)
        started = self._start.start(key.name, prompt, title, known_absent=known_absent)
        return replace(self._session(started.task), created=started.created)

    def list(self, prefix: str) -> tuple[Session, ...]:
        """The owner's tasks whose name begins with `prefix`, oldest first; no further reads."""
        tasks = [task for task in self._calls.all() if task.name.startswith(prefix)]
        tasks.sort(key=lambda task: (task.created_at is not None, task.created_at))
        return tuple(self._observer.at_a_glance(task) for task in tasks)

    def observe(self, session: Session) -> Session:
        """The task now; GONE on a 404."""
        try:
            task = self._calls.by_id(session.id)
        except StillLinkingError:
            return replace(session, state=SessionState.PENDING, note="The task is being made.")
        if task is None:
            return gone(session)
        return self._session(task, session)

    def logs(self, session: Session, lines: int = 20) -> tuple[Untrusted, ...]:
        """The end of the conversation; of the build log where the build failed."""
        try:
            answer = self._calls.logs(session.id)
            if answer.ok:
                return tuple(Untrusted(line) for line in conversation(answer.data, lines))
            return tuple(Untrusted(line) for line in self._build_log(session, lines))
        except UpstreamError:
            return ()

    def send(self, session: Session, text: str) -> Session:
        """Type `text` into the agent's terminal, once.

        Raises `SessionBusyError` while the agent works or the workspace starts, and `UpstreamError`
        with `maybe_done` when nobody can tell whether it was typed.
        """
        text = text.strip()  # AgentAPI trims, and refuses what is empty then
        now = self.observe(session)
        if now.paused:
            self._resume(now)
            raise _busy("The task was paused and is being resumed.")
        if now.state in {SessionState.PENDING, SessionState.UNKNOWN}:
            raise _busy("The task's workspace is not ready.")
        if now.state is SessionState.GONE:
            raise _absent()
        if has_moved(session, now):
            raise _busy("Somebody else told the agent something.")
        self._type(now, text)
        self._observer.message_sent(now)
        return replace(now, state=SessionState.WORKING, report=None, note="The message was sent.")

    def pause(self, session: Session) -> Session:
        """Stop the workspace, unless it is stopped: pausing a paused task runs one more build."""
        task = self._calls.by_id(session.id)
        if task is None:
            return gone(session)
        now = self._session(task, session)
        if now.paused or task.workspace_status in _ENDING:
            return now
        answer = when_no_build(self._clock, lambda: self._calls.pause(session.id))
        if answer.route_missing:  # before v2.31.1
            self._workspaces.bring(now.workspace_id, "stop")
        elif not (answer.ok or answer.status == 404 or _has_no_workspace(answer)):
            raise refused("pause the task", answer, self._options)
        note = "The workspace is being stopped."
        return replace(now, state=SessionState.UNKNOWN, note=note)

    def resume(self, session: Session) -> Session:
        """Start the workspace again; nothing while it runs. A failed build is tried again."""
        now = self.observe(session)
        if not (now.paused or now.state is SessionState.FAILED):
            return now
        self._resume(now)
        return self.observe(now)

    def delete(self, session: Session) -> None:
        """Delete the task and, with it, its workspace."""
        answer = when_no_build(self._clock, lambda: self._calls.delete(session.id))
        if not (answer.ok or answer.status == 404):
            raise refused("delete the task", answer, self._options)

    def end(self, session: Session, cleanup: Cleanup) -> None:
        """Pause, delete, or leave it."""
        if cleanup is Cleanup.PAUSE:
            self.pause(session)
        elif cleanup is Cleanup.DELETE:
            self.delete(session)

    def _resume(self, session: Session) -> None:
        answer = self._calls.resume(session.id)
        if answer.route_missing:  # before v2.31.1
            self._workspaces.bring(session.workspace_id, "start")
        elif not (answer.ok or answer.status == 409):  # it runs, or a build is active
            raise refused("resume the task", answer, self._options)

    def _session(self, task: WireTask, before: Session | None = None) -> Session:
        self._owner = task.owner_name or self._owner
        return self._observer.session(before or self._observer.at_a_glance(task), task)

    def _type(self, session: Session, text: str) -> None:
        """POST once. After an answer that leaves it open, the conversation tells."""
        try:
            answer = self._calls.send(session.id, text)
        except UpstreamError as error:
            if not error.maybe_done or not self._was_typed(session, text):
                raise
            return
        if answer.ok:
            return
        if answer.message.startswith(_NOT_READY) or answer.status == 429:
            raise _busy(f"The agent cannot take a message now ({answer.status}).")
        if answer.status == 404:
            raise _absent()
        definite = answer.status < 500 or answer.message.startswith(REJECTED)
        if definite or not self._was_typed(session, text):
            raise refused("send the message to the task", answer, self._options, SEND_REFUSALS)

    def _was_typed(self, session: Session, text: str) -> bool:
        try:
            answer = self._calls.logs(session.id)
            return answer.ok and last_input_is(answer.data, text)
        except UpstreamError:
            return False

    def _build_log(self, session: Session, lines: int) -> tuple[str, ...]:
        workspace = self._workspaces.get(session.workspace_id) if session.workspace_id else None
        if workspace is None:
            return ()
        return self._workspaces.build_log(workspace.latest_build.id, lines)


def _busy(message: str) -> SessionBusyError:
    return SessionBusyError(ErrorKind.CODER, message, status=409)


def _absent() -> UpstreamError:
    return UpstreamError(ErrorKind.CODER, "The task is not there any more.", status=404)


def _has_no_workspace(answer: Answer) -> bool:
    return answer.status == 500 and answer.message.startswith("Task does not have a workspace")
