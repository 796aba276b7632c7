"""The Tasks API of the sandbox Coder (coderd/aitasks.go at a300a06a, and what earlier ones did)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from bot.sandbox.coder_answers import (
    Release,
    Uuid,
    name_taken,
    not_found,
    path_uuid,
    read_body,
    refuse,
    uuid_problem,
)
from bot.sandbox.coder_auth import Call
from bot.sandbox.coder_builds import Builds
from bot.sandbox.coder_task_life import Task
from bot.sandbox.coder_task_wire import pending_state, task_json
from bot.sandbox.coder_templates import check_external_auth
from bot.sandbox.coder_timeline import Timeline
from bot.sandbox.coder_workspaces import Workspaces
from bot.sandbox.coder_world import Template, TemplateVersion, User, Workspace, World
from bot.sandbox.http import Handler, HttpResponse

_NAME = re.compile(r"[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*")
_STATUSES = {"pending", "initializing", "active", "paused", "unknown", "error"}
_NO_WORKSPACE_RIGHT = (
    "You are unable to create a workspace in this organization. It is possible to have access to"
    " the template, but not be able to create a workspace. Please contact an administrator about"
    " your permissions if you feel this is an error."
)


class Tasks:
    """Creates tasks and answers for them, on the prefixes that the deployment serves."""

    def __init__(
        self,
        world: World,
        timeline: Timeline,
        builds: Builds,
        workspaces: Workspaces,
        release: Release,
    ) -> None:
        self._world = world
        self._timeline = timeline
        self._builds = builds
        self._workspaces = workspaces
        self._release = release
        self.licensed = True
        self.committed: Callable[[], int] = lambda: 0
        self._tasks: dict[str, Task] = {}
        builds.deleted.append(self._forget)

    def routes(self, prefix: str) -> Iterator[tuple[str, str, Handler]]:
        """Method, path template, handler, below `/api/v2` or `/api/experimental`."""
        yield "GET", f"{prefix}/tasks", self.list
        yield "POST", f"{prefix}/tasks/{{user}}", self.create

    def named(self, name: str) -> Task:
        """The task of that name, for tests that drive it by hand; `KeyError` for none."""
        for task in self._tasks.values():
            if task.name == name:
                return task
        raise KeyError(name)

    def report(self, name: str, state: str, message: str | None = None, uri: str = "") -> None:
        """Report by hand for the task of that name.

        `working`, `complete` and `failure` as the agent's own words; `idle` as the watcher, with
        the last text unless one is given. All but `working` leave the agent ready for a message.
        """
        with self._timeline.lock:
            self.named(name).driven(state, message, uri)

    def __iter__(self) -> Iterator[Task]:
        return iter(list(self._tasks.values()))

    def of(self, call: Call, user: str, task: str) -> Task:
        """The task of that id, or (v2.29+) of that name among `user`'s; 404 as for a stranger's."""
        owner = self._owner(call, user)
        if uuid_problem(task):
            if self._release < (2, 29):
                path_uuid(task)
            mine = [t for t in self if t.owner is owner and t.name.lower() == task.lower()]
        else:
            mine = [t for t in self if t.id == task.lower()]
        if not mine or not call.may_act_for(owner) or not call.may_act_for(mine[0].owner):
            raise not_found()
        return mine[0]

    def remove(self, task: Task) -> None:
        """Hide the task at once; its workspace may live on for a while."""
        del self._tasks[task.id]

    def json(self, task: Task) -> dict[str, Any]:
        """The task as on the wire, now."""
        return task_json(task, self._release, self._timeline.now())

    def _forget(self, workspace: Workspace) -> None:
        self._tasks = {i: t for i, t in self._tasks.items() if t.workspace is not workspace}

    def create(self, call: Call, user: str) -> HttpResponse:
        """`POST /tasks/{user}`, the checks in Coder's order."""
        owner = self._owner(call, user)
        names = {"name": str, "display_name": str, "input": str}
        ids = {"template_version_id": Uuid, "template_version_preset_id": Uuid}
        body = read_body(call.request, "CreateTaskRequest", {**ids, **names})
        pair = self._requested(body["template_version_id"])
        name = body["name"] or ""
        display = (body["display_name"] or "").strip()
        self._check_names(name, display)
        self._check_rights(call, owner, pair)
        name = name or self._generated(body["input"] or "")
        existing = self._world.workspace_named(owner, name)
        if existing:
            raise self._taken(call, name, existing)
        preset = body["template_version_preset_id"]
        workspace = self._workspaces.make(owner, name, pair, preset_id=preset)
        task = self._add(workspace, body["input"] or "", display or name)
        task.start("initiator", call.user)
        workspace.committed = self.committed()
        return HttpResponse(201, self._created(task))

    def _created(self, task: Task) -> dict[str, Any]:
        """The answer to a create: an idle provisioner (`queue` 0) has already taken the job."""
        body = self.json(task)
        if not self._builds.timings.queue and not self._builds.hold:
            body["status"] = "initializing"
            if self._release >= (2, 29):
                body["current_state"] = pending_state(task)
        return body

    def _add(self, workspace: Workspace, prompt: str, display: str) -> Task:
        task = Task(self._world, self._timeline, self._builds, self._release, workspace)
        workspace.task_id, workspace.prompt = task.id, prompt
        workspace.occupants.append(task)
        task.display_name = display
        self._tasks[task.id] = task
        return task

    def _owner(self, call: Call, user: str) -> User:
        owner = call.user if user == "me" else self._world.user(user)
        if owner is None and self._release < (2, 31, 1):
            text = '"user" must be an existing uuid or username.'
            raise refuse(400, text, f'queried user="{user}"')
        if owner is None:
            raise not_found()
        return owner

    def _requested(self, version_id: str | None) -> tuple[Template, TemplateVersion]:
        pair = self._world.version(version_id) if version_id else None
        if pair is None:
            text = "Template version not found or you do not have access to this resource"
            raise refuse(400, text)
        if not pair[1].ai_task or pair[1].job != "succeeded":
            raise refuse(400, 'Template does not have a valid "coder_ai_task" resource.')
        return pair

    @staticmethod
    def _check_names(name: str, display: str) -> None:
        problem = ""
        if name and len(name) > 32:
            problem = "must be <= 32 characters"
        elif name and not _NAME.fullmatch(name):
            problem = "must be alphanumeric with hyphens"
        elif name in {"new", "create"}:
            problem = f'cannot use "{name}" as a name'
        if problem:
            raise refuse(400, "Unable to create a Task with the provided name.", problem)
        if len(display.encode()) > 64:
            raise refuse(400, "Display name must be 64 characters or less.")

    def _check_rights(
        self, call: Call, owner: User, pair: tuple[Template, TemplateVersion]
    ) -> None:
        template, version = pair
        if owner.organization is not template.organization:
            raise not_found()
        if not call.may_act_for(owner):
            raise refuse(403, "Unauthorized to create workspace.", _NO_WORKSPACE_RIGHT)
        if template.deprecation:
            raise refuse(
                400,
                f'Template "{template.name}" has been deprecated, and cannot be used to create a'
                " new workspace.",
                template.deprecation,
            )
        if self._release >= (2, 35):
            check_external_auth(owner, version)
        if not self.licensed:
            raise refuse(
                403,
                "Build is not permitted: Your license is not entitled to managed agents. Please"
                " contact sales to continue using managed agents.",
            )

    def _generated(self, prompt: str) -> str:
        slug = "-".join(re.findall(r"[a-z0-9]+", prompt.lower()))[:27].rsplit("-", 1)[0]
        return f"{slug or 'task'}-{self._world.new_id()[:4]}"

    @staticmethod
    def _taken(call: Call, name: str, existing: Workspace) -> Exception:
        """409 for who comes late, PostgreSQL's word for who came before the winner was done."""
        if existing.task_id and call.arrival < existing.committed:
            detail = (
                "pq: duplicate key value violates unique constraint"
                ' "tasks_owner_id_name_unique_idx"'
            )
            return refuse(500, "Internal error creating task.", detail)
        return name_taken(name)

    def list(self, call: Call) -> HttpResponse:
        """`GET /tasks?q=owner:… organization:… status:…`; a bare word means the owner."""
        found = [t for t in reversed(self._tasks.values()) if call.may_act_for(t.owner)]
        for term in call.request.param("q").split():
            field, colon, value = term.partition(":")
            found = self._filtered(call, found, *((field, value) if colon else ("owner", field)))
        if any(task.unlinked for task in found):
            raise refuse(500, "Internal error converting tasks.", "task has no workspace ID")
        return HttpResponse(
            200, {"tasks": [self.json(task) for task in found], "count": len(found)}
        )

    def _filtered(self, call: Call, tasks: Any, field: str, value: str) -> Any:
        if field == "owner":
            owner = call.user if value == "me" else self._world.user(value)
            if owner is None or not call.may_act_for(owner):
                detail = (
                    f'Query param "owner" has invalid value: user "{value}" either does not exist,'
                    " or you are unauthorized to view them"
                )
                raise refuse(400, "Invalid task search query.", validations=[(field, detail)])
            return [task for task in tasks if task.owner is owner]
        if field == "organization":
            wanted = self._world.organization(value)
            return [task for task in tasks if task.owner.organization is wanted]
        if field != "status":
            detail = f'"{field}" is not a valid query param'
            raise refuse(400, "Invalid task search query.", validations=[(field, detail)])
        if value not in _STATUSES:
            detail = f'fetch object: pq: invalid input value for enum task_status: "{value}"'
            raise refuse(500, "Internal error fetching tasks.", detail)
        return [task for task in tasks if task.status == value]
