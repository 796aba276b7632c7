"""Reading a task: the table's word, the agent's own report, and why it failed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.adapters.backends.coder_wire import WireAppStatus, WireTask, WireWorkspace
from bot.adapters.backends.task_reports import app_statuses, merged, report_of_turn
from bot.adapters.backends.task_states import Reading, real_message, task_reading
from bot.adapters.backends.workspaces import Workspaces, build_failure
from bot.errors import UpstreamError
from bot.identity import target_in_title
from bot.model import BackendName, Report, Session, SessionState
from bot.outcomes import ErrorKind
from bot.ports import Clock
from bot.untrusted import Untrusted

BUILD_LOG_LINES = 20


@dataclass(slots=True)
class Memory:
    """What earlier reads of one task saw; all of it can be learnt again, only less exactly.

    `turn_after` is the newest status at the moment of our last message. `history` keeps reports
    that a stopped workspace no longer shows. `failure` is what the broken build said.
    """

    turn_after: datetime | None = None
    history: list[WireAppStatus] = field(default_factory=list)
    looked_at: datetime | None = None
    failure: tuple[str, ErrorKind] | None = None


class TaskObserver:
    """From a task on the wire to a `Session`."""

    def __init__(self, base_url: str, workspaces: Workspaces, clock: Clock) -> None:
        self._base_url = base_url
        self._workspaces = workspaces
        self._clock = clock
        self._memories: dict[str, Memory] = {}

    def message_sent(self, session: Session) -> None:
        """From now on only statuses newer than those seen so far belong to the turn."""
        memory = self._memory(session.id)
        memory.turn_after = memory.history[-1].created_at if memory.history else None

    def at_a_glance(self, task: WireTask) -> Session:
        """The task as its own answer shows it, without any further read."""
        empty = Session(BackendName.TASKS, task.id, task.name, "", SessionState.UNKNOWN)
        return self._bare(empty, task, task_reading(task))

    def session(self, session: Session, task: WireTask) -> Session:
        """`session` brought up to date."""
        reading = task_reading(task)
        memory = self._memory(task.id)
        now = self._bare(session, task, reading)
        if reading.state is SessionState.FAILED:
            return self._with_failure(now, task, memory)
        if reading.state not in {SessionState.IDLE, SessionState.BLOCKED}:
            memory.failure = None
            self._remember(memory, task)
            return replace(now, report=None)
        return self._with_report(now, task, memory, reading)

    def _bare(self, before: Session, task: WireTask, reading: Reading) -> Session:
        message = real_message(task)
        return replace(
            before,
            id=task.id,
            name=task.name,
            target=target_in_title(task.display_name),
            owner=task.owner_name,
            url=f"{self._base_url}/tasks/{task.owner_name}/{task.id}",
            workspace_id=task.workspace_id,
            created_at=task.created_at,
            state=reading.state,
            paused=reading.paused,
            created=False,
            since=self._since(before, task, reading),
            message=Untrusted(message),
            error=Untrusted(""),
            error_kind=reading.error_kind,
            note=reading.note,
        )

    def _since(self, before: Session, task: WireTask, reading: Reading) -> datetime | None:
        """When the state began. Coder dates reports only: the rest begins when it is first seen."""
        undated = reading.error_kind is not None or task.current_state is None
        if not undated and task.current_state is not None:
            return task.current_state.timestamp
        same = before.state is reading.state and before.since is not None
        return before.since if same else self._clock.now()

    def _with_report(
        self, now: Session, task: WireTask, memory: Memory, reading: Reading
    ) -> Session:
        self._remember(memory, task)
        stamp = task.current_state.timestamp if task.current_state else None
        if memory.turn_after is not None and stamp is not None and stamp <= memory.turn_after:
            note = "The message was delivered; the agent has not reacted yet."
            return replace(now, state=SessionState.WORKING, report=None, note=note)
        if stamp is not None and memory.looked_at != stamp and not reading.paused:
            self._read_history(memory, task)
            memory.looked_at = stamp
        report = report_of_turn(memory.history, memory.turn_after)
        # An `idle` after a `failed` keeps its text: still blocked.
        blocked = report is not None and not report.complete
        state = SessionState.BLOCKED if blocked else reading.state
        return replace(now, state=state, report=report, message=_best(now.message, report))

    def _read_history(self, memory: Memory, task: WireTask) -> None:
        try:
            workspace = self._workspaces.get(task.workspace_id) if task.workspace_id else None
        except UpstreamError:
            return  # what the polls saw has to do
        if workspace is not None:
            statuses = app_statuses(workspace, task.workspace_app_id)
            memory.history = merged(memory.history, statuses)

    @staticmethod
    def _remember(memory: Memory, task: WireTask) -> None:
        seen = task.current_state
        if seen is None or seen.message != real_message(task):
            return
        status = WireAppStatus(
            created_at=seen.timestamp, state=seen.state, message=seen.message, uri=seen.uri
        )
        memory.history = merged(memory.history, [status])

    def _with_failure(self, now: Session, task: WireTask, memory: Memory) -> Session:
        if now.error_kind is not ErrorKind.WORKSPACE:
            health = task.workspace_agent_health
            reason = health.reason if health and health.reason else now.note
            return replace(now, error=Untrusted(reason), report=None)
        if memory.failure is None:
            memory.failure = self._build_failure(task)
        text, kind = memory.failure or ("", ErrorKind.WORKSPACE)
        return replace(now, error=Untrusted(text or now.note), error_kind=kind, report=None)

    def _build_failure(self, task: WireTask) -> tuple[str, ErrorKind] | None:
        """The error of the last build with the end of its log; None when it cannot be read now."""
        try:
            workspace = self._workspaces.get(task.workspace_id) if task.workspace_id else None
            return None if workspace is None else build_failure(workspace, self._tail(workspace))
        except UpstreamError:
            return None

    def _tail(self, workspace: WireWorkspace) -> tuple[str, ...]:
        try:
            return self._workspaces.build_log(workspace.latest_build.id, BUILD_LOG_LINES)
        except UpstreamError:
            return ()

    def _memory(self, task_id: str) -> Memory:
        return self._memories.setdefault(task_id, Memory())


def has_moved(before: Session, now: Session) -> bool:
    """Whether a session that stood still does not any more, or has worked in between."""
    stood = before.state in {SessionState.IDLE, SessionState.BLOCKED} and not before.paused
    return stood and (before.state, before.since) != (now.state, now.since)


def gone(session: Session) -> Session:
    """What is left of a session that is not there any more."""
    return replace(
        session,
        state=SessionState.GONE,
        paused=False,
        created=False,
        report=None,
        error=Untrusted(""),
        error_kind=None,
        note="",
    )


def _best(message: Untrusted, report: Report | None) -> Untrusted:
    return message if message or report is None else report.message
