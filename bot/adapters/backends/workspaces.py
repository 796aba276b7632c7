"""The workspace behind a task or a chat: its builds, what they say, and the name it takes.

coderd/workspaces.go, workspacebuilds.go at v2.36.0.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.adapters.backends.answer import Answer, path
from bot.adapters.backends.coder_http import CoderHttp
from bot.adapters.backends.coder_wire import WireBuildLog, WireWorkspace, read
from bot.adapters.backends.options import CoderOptions
from bot.adapters.backends.refusals import WORKSPACE_REFUSALS, refused
from bot.adapters.backends.templates import Choice
from bot.errors import NameHeldError, UpstreamError
from bot.outcomes import ErrorKind
from bot.ports import Clock

BUILD_PATIENCE = 60.0
"""Seconds for which a build of somebody else may stand in the way of ours."""

_LOOK_AGAIN = 3.0


def when_no_build(clock: Clock, call: Callable[[], Answer]) -> Answer:
    """`call` again while a build is active (409), for `BUILD_PATIENCE` seconds."""
    deadline = clock.monotonic() + BUILD_PATIENCE
    while (answer := call()).build_active and clock.monotonic() < deadline:
        clock.sleep(_LOOK_AGAIN)
    return answer


class Workspaces:
    """Verbs on workspaces; a workspace that is gone is None, never an error."""

    def __init__(self, http: CoderHttp, options: CoderOptions, clock: Clock) -> None:
        self._http = http
        self._options = options
        self._clock = clock

    def get(self, workspace_id: str) -> WireWorkspace | None:
        """By id; None when it is deleted (410) or not visible (404)."""
        return self._read(self._http.get("/api/v2/workspaces" + path(workspace_id)))

    def by_name(self, name: str) -> WireWorkspace | None:
        """By the owner's name for it; deleted ones do not count."""
        user = path(self._options.user)
        return self._read(self._http.get(f"/api/v2/users{user}/workspace" + path(name)))

    def create(self, name: str, choice: Choice) -> WireWorkspace:
        """Find it or make it; on any error look again and take what is there.

        Raises `NameHeldError` when a workspace that is being deleted keeps the name.
        """
        found = self._unless_dying(name)
        if found is not None:
            return found
        body = {"template_version_id": choice.version_id, "name": name}
        if choice.preset_id:
            body["template_version_preset_id"] = choice.preset_id
        try:
            answer = self._http.post(f"/api/v2/users{path(self._options.user)}/workspaces", body)
            if answer.ok:
                return read(WireWorkspace, answer.data)
            failure: Exception = refused(
                "create the workspace", answer, self._options, WORKSPACE_REFUSALS
            )
        except UpstreamError as error:
            failure = error
        found = self.by_name(name)
        if found is None:
            raise failure
        return found

    def _unless_dying(self, name: str) -> WireWorkspace | None:
        deadline = self._clock.monotonic() + BUILD_PATIENCE
        while (holder := self.by_name(name)) and holder.latest_build.transition == "delete":
            if self._clock.monotonic() >= deadline:
                raise NameHeldError(name)
            self._clock.sleep(_LOOK_AGAIN)
        if holder is not None and holder.task_id:
            raise UpstreamError(
                ErrorKind.WORKSPACE,
                f"The workspace {name} belongs to a task, so no chat can have it.",
                remedy="Set coder-backend to tasks, or delete that task in Coder.",
            )
        return holder

    def build(self, workspace_id: str, transition: str) -> Answer:
        """Ask once for a build: start, stop or delete."""
        return self._http.post(
            "/api/v2/workspaces" + path(workspace_id) + "/builds", {"transition": transition}
        )

    def bring(self, workspace_id: str, transition: str) -> None:
        """Have that build made, unless it is made already; a workspace that is gone is fine."""
        workspace = self.get(workspace_id)
        if workspace is None or _is_there(workspace, transition):
            return
        answer = when_no_build(self._clock, lambda: self.build(workspace_id, transition))
        gone = answer.status in {404, 410} or answer.message.startswith("Cannot ")
        if not answer.ok and not gone:
            raise refused(f"{transition} the workspace", answer, self._options)

    def build_log(self, build_id: str, lines: int) -> tuple[str, ...]:
        """The last lines of a build's log."""
        answer = self._http.get("/api/v2/workspacebuilds" + path(build_id) + "/logs")
        if not answer.ok:
            raise refused("read the build log", answer, self._options)
        entries = read(list[WireBuildLog], answer.data or [])
        texts = [entry.output.rstrip() for entry in entries if entry.output.strip()]
        return tuple(texts[-lines:])

    def _read(self, answer: Answer) -> WireWorkspace | None:
        if answer.status in {404, 410}:
            return None
        if not answer.ok:
            raise refused("read the workspace", answer, self._options)
        return read(WireWorkspace, answer.data)


def _is_there(workspace: WireWorkspace, transition: str) -> bool:
    wanted = {
        "start": {"running", "starting"},
        "stop": {"stopped", "stopping"},
        "delete": {"deleted", "deleting"},
    }
    ending = transition == "stop" and workspace.latest_build.status in wanted["delete"]
    return ending or workspace.latest_build.status in wanted[transition]


def build_failure(workspace: WireWorkspace, log: tuple[str, ...]) -> tuple[str, ErrorKind]:
    """What the failed build said, and who can act.

    `job.error` is short (`terraform apply: exit status 1`); the cause stands in the build log.
    """
    job = workspace.latest_build.job
    cancelled = "The build was cancelled." if job.status.startswith("cancel") else ""
    text = "\n".join((job.error or cancelled, *log)).strip()
    quota = job.error_code == "INSUFFICIENT_QUOTA"
    return text, ErrorKind.CODER_QUOTA if quota else ErrorKind.WORKSPACE
