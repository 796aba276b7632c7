"""Workspaces of the sandbox Coder over HTTP (coderd/workspaces.go, workspacebuilds.go)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.sandbox.coder_answers import (
    NIL_UUID,
    Uuid,
    bad_json,
    name_taken,
    not_found,
    one_of,
    path_uuid,
    read_body,
    refuse,
    stamp,
)
from bot.sandbox.coder_auth import Call
from bot.sandbox.coder_builds import Builds
from bot.sandbox.coder_templates import check_external_auth
from bot.sandbox.coder_workspace_wire import build_json, workspace_json
from bot.sandbox.coder_world import Build, Preset, Template, TemplateVersion, User, Workspace, World
from bot.sandbox.http import Handler, HttpResponse

_REASONS = {"dashboard", "cli", "ssh_connection", "vscode_connection", "jetbrains_connection"} | {
    "task_manual_pause"
}
_LEAST_AHEAD = timedelta(minutes=30)


def _parameters(values: list[Any]) -> dict[str, str]:
    given = {}
    for value in values:
        if not isinstance(value, dict) or not {"name", "value"} <= value.keys():
            raise bad_json("json: cannot unmarshal into Go type WorkspaceBuildParameter")
        given[str(value["name"])] = str(value["value"])
    return given


class Workspaces:
    """Makes workspaces and answers for them."""

    def __init__(self, world: World, builds: Builds, root: Path) -> None:
        self._world = world
        self._builds = builds
        self._root = root

    def routes(self) -> Iterator[tuple[str, str, Handler]]:
        """Method, path template, handler."""
        one = "/api/v2/workspaces/{workspace}"
        build = "/api/v2/workspacebuilds/{build}"
        yield "GET", one, self.get
        yield "GET", "/api/v2/users/{user}/workspace/{name}", self.by_name
        yield "POST", "/api/v2/users/{user}/workspaces", self.create
        yield "POST", f"{one}/builds", self.create_build
        yield "PUT", f"{one}/extend", self.extend
        yield "PUT", f"{one}/ttl", self.set_ttl
        yield "GET", f"{one}/watch", self.watch
        yield "GET", build, self.get_build
        yield "GET", f"{build}/logs", self.build_logs
        yield "GET", "/api/v2/workspaceagents/{agent}/logs", self.agent_logs

    def make(
        self,
        owner: User,
        name: str,
        pair: tuple[Template, TemplateVersion],
        *,
        preset_id: str | None = None,
        parameters: dict[str, str] | None = None,
    ) -> Workspace:
        """A new workspace record, without a build: the checks from the name on, in Coder's order.

        Raises 409 for a name that is taken, 400 for a required parameter that no value fills, 500
        for an archived version and for an unknown preset (both measured on v2.36.0).
        """
        template, version = pair
        if self._world.workspace_named(owner, name):
            raise name_taken(name)
        preset = self._preset(preset_id)
        values = {**(preset.parameters if preset else {}), **(parameters or {})}
        missing = [n for n in version.required_parameters if n not in values]
        if missing:
            detail = "Required parameter not provided; parameter value is null"
            checks = [(parameter, detail) for parameter in missing]
            raise refuse(400, "Unable to validate parameters", validations=checks)
        if version.archived:
            raise refuse(
                500,
                "Archived template versions cannot be used to make a workspace.",
                validations=[("template_version_id", "template version archived")],
            )
        number = self._world.new_id()
        workspace = Workspace(
            id=number,
            name=name,
            owner=owner,
            template=template,
            version=version,
            preset=preset,
            created_at=self._world.now(),
            directory=self._root / "workspaces" / f"{name}-{number[:8]}",
            parameters=values,
        )
        workspace.ttl = template.default_ttl or None
        self._world.workspaces[number] = workspace
        return workspace

    def _preset(self, preset_id: str | None) -> Preset | None:
        if preset_id in {None, NIL_UUID}:
            return None
        for _, version in self._world.versions():
            for preset in version.presets:
                if preset.id == preset_id:
                    return preset
        raise refuse(
            500,
            "failed to fetch preset parameter values",
            "failed to get preset parameters: sql: no rows in result set",
        )

    def of(self, call: Call, text: str) -> Workspace:
        """The workspace of that id, deleted ones as well, if the caller may see it."""
        workspace = self._world.workspaces.get(path_uuid(text))
        if workspace is None or not call.may_act_for(workspace.owner):
            raise not_found()
        return workspace

    def _alive(self, call: Call, text: str) -> Workspace:
        workspace = self.of(call, text)
        if workspace.deleted and call.request.param("include_deleted") != "true":
            raise refuse(
                410,
                f'Workspace "{workspace.id}" was deleted, you can view this workspace by specifying'
                " '?include_deleted=true' and trying again.",
            )
        return workspace

    def get(self, call: Call, workspace: str) -> HttpResponse:
        """`GET /workspaces/{workspace}`: 410 once it is deleted."""
        return HttpResponse(200, workspace_json(self._alive(call, workspace), self._world.now()))

    def watch(self, call: Call, workspace: str) -> HttpResponse:
        """`GET …/watch`: the present state as one event, then the stream ends."""
        body = json.dumps(workspace_json(self._alive(call, workspace), self._world.now()))
        headers = {"Content-Type": "text/event-stream"}
        return HttpResponse(200, f"event: data\ndata: {body}\n\n".encode(), headers)

    def by_name(self, call: Call, user: str, name: str) -> HttpResponse:
        """`GET /users/{user}/workspace/{name}`."""
        owner = call.resolve(self._world, user)
        workspace = self._world.workspace_named(owner, name)
        if workspace is None or not call.may_act_for(owner):
            raise not_found()
        return HttpResponse(200, workspace_json(workspace, self._world.now()))

    def create(self, call: Call, user: str) -> HttpResponse:
        """`POST /users/{user}/workspaces`: a plain workspace, by template or version."""
        owner = call.resolve(self._world, user)
        members = {"template_id": Uuid, "template_version_id": Uuid, "name": str, "ttl_ms": int}
        more = {"template_version_preset_id": Uuid, "rich_parameter_values": list}
        body = read_body(call.request, "CreateWorkspaceRequest", {**members, **more})
        if not call.may_act_for(owner):
            raise refuse(403, "Unauthorized to create workspace.")
        pair = self._requested(body)
        check_external_auth(owner, pair[1])
        values = _parameters(body["rich_parameter_values"] or [])
        preset_id = body["template_version_preset_id"]
        workspace = self.make(
            owner, body["name"] or "", pair, preset_id=preset_id, parameters=values
        )
        if body["ttl_ms"]:
            workspace.ttl = timedelta(milliseconds=body["ttl_ms"])
        self._builds.add(workspace, "start", "initiator", call.user)
        return HttpResponse(201, workspace_json(workspace, self._world.now()))

    def _requested(self, body: dict[str, Any]) -> tuple[Template, TemplateVersion]:
        if body["template_version_id"]:
            pair = self._world.version(body["template_version_id"])
            if pair:
                return pair
        for template in self._world.templates:
            if template.id == body["template_id"]:
                return template, template.active
        detail = [("template_id", "template not found")]
        text = f'Template "{body["template_id"]}" doesn\'t exist.'
        raise refuse(400, text, validations=detail)

    def create_build(self, call: Call, workspace: str) -> HttpResponse:
        """`POST /workspaces/{workspace}/builds`: start, stop or delete it."""
        found = self.of(call, workspace)
        body = read_body(
            call.request, "CreateWorkspaceBuildRequest", {"transition": str, "reason": str}
        )
        if body["transition"] not in {"start", "stop", "delete"}:
            raise one_of("transition", body["transition"] or "")
        if body["reason"] and body["reason"] not in _REASONS:
            raise one_of("reason", body["reason"])
        if found.deleted:
            raise refuse(
                409,
                f"Cannot {body['transition']} a deleted workspace!",
                "This workspace has been deleted and cannot be modified.",
            )
        build = self._builds.add(
            found, body["transition"], body["reason"] or "initiator", call.user
        )
        return HttpResponse(201, build_json(found, build, self._world.now()))

    def extend(self, call: Call, workspace: str) -> HttpResponse:
        """`PUT …/extend`: a later auto-stop, at least 30 minutes ahead."""
        found = self._alive(call, workspace)
        text = read_body(call.request, "PutExtendWorkspaceRequest", {"deadline": str})["deadline"]
        try:
            deadline = datetime.fromisoformat(text or "")
        except ValueError:
            layout = "2006-01-02T15:04:05Z07:00"
            detail = f'parsing time "{text}" as "{layout}": cannot parse "{text}" as "2006"'
            raise bad_json(detail) from None
        if found.build.workspace_status != "running":
            status = found.build.transition
            raise refuse(409, f"Workspace must be started, current status: {status}")
        if found.build.deadline is None:
            raise refuse(409, "Workspace shutdown is manual.")
        if deadline - self._world.now() < _LEAST_AHEAD:
            rule = "new deadline must be at least 30 minutes in the future"
            raise refuse(400, f"Cannot extend workspace: {rule}")
        self._builds.set_deadline(found, deadline - self._world.now())
        return HttpResponse(200, {"message": f"Deadline updated to {stamp(deadline)}."})

    def set_ttl(self, call: Call, workspace: str) -> HttpResponse:
        """`PUT …/ttl`: for the next start; null clears it."""
        found = self._alive(call, workspace)
        ttl = read_body(call.request, "UpdateWorkspaceTTLRequest", {"ttl_ms": int})["ttl_ms"]
        if ttl is not None and ttl < 60_000:
            rule = ("ttl_ms", "time until shutdown must be at least one minute")
            raise refuse(400, "Error updating workspace time until shutdown.", validations=[rule])
        found.ttl = None if ttl is None else timedelta(milliseconds=ttl)
        return HttpResponse(204)

    def _build(self, call: Call, text: str) -> tuple[Workspace, Build]:
        found = self._world.build_of(path_uuid(text))
        if found is None or not call.may_act_for(found[0].owner):
            raise not_found()
        return found

    def get_build(self, call: Call, build: str) -> HttpResponse:
        """`GET /workspacebuilds/{build}`."""
        workspace, found = self._build(call, build)
        return HttpResponse(200, build_json(workspace, found, self._world.now()))

    def build_logs(self, call: Call, build: str) -> HttpResponse:
        """`GET /workspacebuilds/{build}/logs`."""
        _, found = self._build(call, build)
        lines = [
            {
                "id": line.id,
                "created_at": stamp(line.at),
                "log_source": "provisioner",
                "log_level": line.level,
                "stage": line.stage,
                "output": line.output,
            }
            for line in found.logs
        ]
        return HttpResponse(200, lines)

    def agent_logs(self, call: Call, agent: str) -> HttpResponse:
        """`GET /workspaceagents/{agent}/logs`: what the command wrote to its standard error."""
        for workspace in self._world.workspaces.values():
            mine = workspace.agent and workspace.agent.id == agent
            if mine and call.may_act_for(workspace.owner):
                path = workspace.directory / "agent.log"
                text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
                now = stamp(self._world.now())
                return HttpResponse(
                    200,
                    [
                        {"id": n, "created_at": now, "output": line, "level": "info"}
                        for n, line in enumerate(text.splitlines(), 1)
                    ],
                )
        raise not_found()
