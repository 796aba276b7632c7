"""What can be done to one task of the sandbox Coder (coderd/aitasks.go at a300a06a).

Before v2.31.1 every state but `active` was a 400 with one text; before v2.32 a busy agent a 502.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.sandbox.coder_answers import Release, build_active, read_body, refuse, stamp
from bot.sandbox.coder_auth import Call
from bot.sandbox.coder_builds import Builds
from bot.sandbox.coder_task_life import Task
from bot.sandbox.coder_task_wire import logs_json
from bot.sandbox.coder_tasks import Tasks
from bot.sandbox.coder_workspace_wire import build_json
from bot.sandbox.coder_world import World
from bot.sandbox.http import Answer, Handler, HttpResponse

_EMPTY_MESSAGE = (
    'failed to post message: {"$schema":"http://localhost:3284/schemas/ErrorModel.json",'
    '"title":"Internal Server Error","status":500,"detail":"unexpected error occurred",'
    '"errors":[{"message":"failed to send message: message must not be empty"}]}\n'
)


class TaskActions:
    """The routes below one task."""

    def __init__(self, world: World, tasks: Tasks, builds: Builds, release: Release) -> None:
        self._world = world
        self._tasks = tasks
        self._builds = builds
        self._release = release

    def routes(self, prefix: str) -> Iterator[tuple[str, str, Handler]]:
        """Method, path template, handler, below `/api/v2` or `/api/experimental`."""
        one = f"{prefix}/tasks/{{user}}/{{task}}"
        yield "GET", one, self.get
        yield "DELETE", one, self.delete
        yield "POST", f"{one}/send", self.send
        yield "GET", f"{one}/logs", self.logs
        if self._release >= (2, 29):
            yield "PATCH", f"{one}/input", self.update_input
        if self._release >= (2, 31, 1):
            yield "POST", f"{one}/pause", self.pause
            yield "POST", f"{one}/resume", self.resume

    def get(self, call: Call, user: str, task: str) -> HttpResponse:
        """`GET …/{task}`."""
        found = self._tasks.of(call, user, task)
        if found.unlinked:
            raise refuse(500, "Internal error fetching task.", "Task workspace ID is invalid.")
        return HttpResponse(200, self._tasks.json(found))

    def delete(self, call: Call, user: str, task: str) -> HttpResponse:
        """`DELETE …/{task}`: hides the task at once and queues the delete build."""
        found = self._tasks.of(call, user, task)
        if not found.unlinked:
            self._builds.add(found.workspace, "delete", "initiator", call.user)
        self._tasks.remove(found)
        return HttpResponse(202)

    def update_input(self, call: Call, user: str, task: str) -> HttpResponse:
        """`PATCH …/input`: only while paused."""
        found = self._tasks.of(call, user, task)
        text = self._input(call)
        if found.status != "paused":
            raise refuse(
                409,
                "Unable to update task input, task must be paused.",
                "Please stop the task's workspace before updating the input.",
            )
        found.workspace.prompt = text
        return HttpResponse(204)

    @staticmethod
    def _input(call: Call) -> str:
        text: str | None = read_body(call.request, "TaskSendRequest", {"input": str})["input"]
        if not text:
            raise refuse(400, "Task input is required.")
        return text

    def send(self, call: Call, user: str, task: str) -> HttpResponse:
        """`POST …/send`: AgentAPI trims the text, and takes none while its screen changes."""
        found = self._tasks.of(call, user, task)
        text = self._input(call).strip()
        if found.status != "active":
            raise self._not_active(found.status)
        self._check_reachable(found)
        if not text:
            raise refuse(502, "Task app rejected the message.", _EMPTY_MESSAGE)
        if found.busy:
            status = 409 if self._release >= (2, 32) else 502
            raise refuse(status, "Task app is not ready to accept input.", "Status: running")
        found.send(text)
        return HttpResponse(204)

    def _not_active(self, status: str) -> Answer:
        if self._release < (2, 31, 1):
            return refuse(400, "Task status must be active.")
        conflict = 409 if self._release >= (2, 31, 1) else 400
        if status in {"pending", "initializing"}:
            return refuse(
                conflict,
                f"Task is {status}.",
                "The task is resuming. Wait for the task to become active before sending messages.",
            )
        if status == "paused":
            return refuse(conflict, "Task is paused.", "Resume the task to send messages.")
        return refuse(
            400,
            "Task must be active.",
            f'Task status is "{status}", it must be "active" to interact with the task.',
        )

    @staticmethod
    def _check_reachable(task: Task) -> None:
        if task.workspace.agent and task.workspace.agent.lost:
            raise refuse(502, "Failed to reach task app endpoint.", "agent is unreachable")

    def logs(self, call: Call, user: str, task: str) -> HttpResponse:
        """`GET …/logs`: live while active, the snapshot while the workspace is not up."""
        found = self._tasks.of(call, user, task)
        if found.status == "active":
            self._check_reachable(found)
            return HttpResponse(200, {"logs": logs_json(found.log)})
        if self._release < (2, 31, 1):
            raise refuse(400, "Task status must be active.")
        if found.status in {"error", "unknown"}:
            raise refuse(
                409,
                "Cannot fetch logs for task in current state.",
                f'Task status is "{found.status}".',
            )
        at = {"snapshot_at": stamp(found.snapshot_at)} if found.snapshot_at else {}
        return HttpResponse(200, {"logs": logs_json(found.snapshot), "snapshot": True, **at})

    def pause(self, call: Call, user: str, task: str) -> HttpResponse:
        """`POST …/pause`: a stop build, once more for a paused task."""
        return self._build(call, self._linked(call, user, task), "stop", "task_manual_pause")

    def resume(self, call: Call, user: str, task: str) -> HttpResponse:
        """`POST …/resume`: a start build; for a failed one a new try."""
        found = self._linked(call, user, task)
        build = found.workspace.build
        if build.active:
            raise build_active()
        if build.workspace_status == "running":
            raise refuse(
                409, "Task workspace is already running.", 'Workspace status is "running".'
            )
        return self._build(call, found, "start", "task_resume")

    def _linked(self, call: Call, user: str, task: str) -> Task:
        found = self._tasks.of(call, user, task)
        if found.unlinked:
            raise refuse(500, "Task does not have a workspace.")
        return found

    def _build(self, call: Call, task: Task, transition: str, reason: str) -> HttpResponse:
        build = self._builds.add(task.workspace, transition, reason, call.user)
        answer = build_json(task.workspace, build, self._world.now())
        return HttpResponse(202, {"workspace_build": answer})
