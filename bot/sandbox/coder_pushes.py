"""Uploads, template versions and their import in the sandbox Coder.

docs/reference/api/files.md and templates.md of coder/coder; a version's shape as recorded from
v2.36.0 (templates/version).
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from typing import Any

from bot.sandbox.coder_answers import (
    TAKEN,
    Uuid,
    forbidden,
    not_found,
    path_uuid,
    read_body,
    refuse,
)
from bot.sandbox.coder_auth import Call
from bot.sandbox.coder_push_wire import (
    log_json,
    variable_json,
    version_json,
)
from bot.sandbox.coder_template_source import declared
from bot.sandbox.coder_templates import Templates, template_json
from bot.sandbox.coder_world import Preset, Template, TemplateVersion, World
from bot.sandbox.http import Handler, HttpRequest, HttpResponse

_TAR = "application/x-tar"


class Pushes:
    """How a template comes into being and gets further versions.

    An import ends with the look at it number `import_looks`. `broken` is the error of each import.
    """

    def __init__(self, world: World, templates: Templates) -> None:
        self._world = world
        self._templates = templates
        self._looks: dict[str, int] = {}
        self.import_looks = 1
        self.broken = ""

    def routes(self) -> Iterator[tuple[str, str, Handler]]:
        """Method, path template, handler."""
        organization = "/api/v2/organizations/{organization}"
        version = "/api/v2/templateversions/{version}"
        yield "POST", "/api/v2/files", self.upload
        yield "GET", "/api/v2/files/{file}", self.download
        yield "POST", f"{organization}/templateversions", self.create_version
        yield "POST", f"{organization}/templates", self.create_template
        yield "GET", f"{organization}/templates/{{name}}/versions/{{version}}", self.by_name
        yield "GET", version, self.get_version
        yield "GET", f"{version}/logs", self.logs
        yield "GET", f"{version}/variables", self.variables
        yield "PATCH", "/api/v2/templates/{template}/versions", self.activate

    def upload(self, call: Call) -> HttpResponse:
        """`POST /files`: the same content of the same user is the same file."""
        request: HttpRequest = call.request
        if not call.user.administers("template"):
            raise forbidden()
        kind = request.headers.get("content-type", "")
        if kind != _TAR:
            raise refuse(400, f'Unsupported content type header "{kind}".')
        for file_id, (owner, content) in self._world.files.items():
            if owner is call.user and content == request.body:
                return HttpResponse(200, {"hash": file_id})
        file_id = self._world.new_id()
        self._world.files[file_id] = (call.user, request.body)
        return HttpResponse(201, {"hash": file_id})

    def download(self, call: Call, file: str) -> HttpResponse:
        """`GET /files/{file}`: for its owner and for those who administer templates."""
        found = self._world.files.get(path_uuid(file))
        if found is None or not (found[0] is call.user or call.user.administers("template")):
            raise not_found()
        return HttpResponse(200, found[1], {"Content-Type": _TAR})

    def create_version(self, call: Call, organization: str) -> HttpResponse:
        """`POST …/templateversions`: the import begins at once."""
        body = read_body(
            call.request,
            "CreateTemplateVersionRequest",
            {"name": str, "message": str, "template_id": Uuid, "storage_method": str}
            | {"file_id": Uuid, "provisioner": str, "user_variable_values": list, "tags": dict},
        )
        self._check(call, organization)
        if body["file_id"] not in self._world.files:
            raise refuse(404, "File not found.")
        template = self._template(body["template_id"]) if body["template_id"] else None
        name = body["name"] or f"version{len(self._world.unattached)}"
        if template and any(version.name == name for version in template.versions):
            text = f'A template version with name "{name}" already exists for this template.'
            raise refuse(409, text, validations=[("name", TAKEN)])
        version = TemplateVersion(self._world.new_id(), name, ai_task=False, job="pending")
        version.file_id, version.created_by = body["file_id"], call.user.username
        last = template.active.values if template else {}
        given = {v["name"]: v["value"] for v in body["user_variable_values"] or []}
        version.values = {**last, **given}
        (template.versions if template else self._world.unattached).append(version)
        return HttpResponse(201, self._json(call, version, template))

    def create_template(self, call: Call, organization: str) -> HttpResponse:
        """`POST …/templates`: of a version that belongs to none yet."""
        body = read_body(
            call.request,
            "CreateTemplateRequest",
            {"name": str, "display_name": str, "description": str, "icon": str}
            | {"template_version_id": Uuid, "default_ttl_ms": int, "activity_bump_ms": int},
        )
        self._check(call, organization)
        names = [t.name.lower() for t in self._world.templates]
        if (body["name"] or "").lower() in names:
            text = f'Template with name "{body["name"]}" already exists.'
            raise refuse(409, text, validations=[("name", TAKEN)])
        wanted = body["template_version_id"]
        version = next((v for v in self._world.unattached if v.id == wanted), None)
        if version is None:
            text = f'Template version "{wanted}" does not exist.'
            raise refuse(404, text, validations=[("template_version_id", "Does not exist")])
        if version.job != "succeeded":
            raise refuse(412, f"Template version import has not succeeded: {version.job}.")
        self._world.unattached.remove(version)
        template = self._templates.add(body["name"], display_name=body["display_name"] or "")
        template.versions[:] = [version]
        template.description, template.icon = body["description"] or "", body["icon"] or ""
        template.default_ttl = template.default_ttl.__class__(
            milliseconds=body["default_ttl_ms"] or 0
        )
        return HttpResponse(201, template_json(template))

    def by_name(self, call: Call, organization: str, name: str, version: str) -> HttpResponse:
        """`GET …/templates/{name}/versions/{version}`."""
        template = self._templates.named(call, organization, name)
        found = next((v for v in template.versions if v.name == version), None)
        if found is None:
            raise not_found()
        self._look(found)
        return HttpResponse(200, self._json(call, found, template))

    def get_version(self, call: Call, version: str) -> HttpResponse:
        """`GET /templateversions/{version}`: each look lets its import go on."""
        found, template = self._find(call, version)
        self._look(found)
        return HttpResponse(200, self._json(call, found, template))

    def logs(self, call: Call, version: str) -> HttpResponse:
        """`GET …/logs`: why it failed."""
        found, _ = self._find(call, version)
        lines = ["Initializing the backend...", found.error] if found.error else []
        told = [log_json(n, line, self._world.now()) for n, line in enumerate(lines, 1)]
        return HttpResponse(200, told)

    def variables(self, call: Call, version: str) -> HttpResponse:
        """`GET …/variables`: what is sensitive is never told."""
        found, _ = self._find(call, version)
        told = [variable_json(v, found.values.get(v.name)) for v in found.variables]
        return HttpResponse(200, told)

    def activate(self, call: Call, template: str) -> HttpResponse:
        """`PATCH /templates/{template}/versions`."""
        body = read_body(call.request, "UpdateActiveTemplateVersion", {"id": Uuid})
        found = self._template(path_uuid(template))
        if not call.user.administers("template"):
            raise not_found()
        version = next((v for v in found.versions if v.id == body["id"]), None)
        if version is None:
            raise refuse(
                400, "The provided template version doesn't belong to the specified template."
            )
        if version.job != "succeeded":
            raise refuse(400, "Only versions that have been built successfully can be promoted.")
        found.versions.remove(version)
        found.versions.insert(0, version)
        return HttpResponse(200, {"message": "Updated the active template version!"})

    def _check(self, call: Call, organization: str) -> None:
        if self._world.organization(organization) is None:
            raise not_found()
        if not call.user.administers("template"):
            raise not_found()

    def _template(self, template_id: str) -> Template:
        found = next((t for t in self._world.templates if t.id == template_id), None)
        if found is None:
            raise not_found()
        return found

    def _find(self, call: Call, text: str) -> tuple[TemplateVersion, Template | None]:
        version_id = path_uuid(text)
        known = self._world.version(version_id)
        if known is not None:
            return known[1], known[0]
        loose = next((v for v in self._world.unattached if v.id == version_id), None)
        if loose is None or not call.user.administers("template"):
            raise not_found()
        return loose, None

    def _look(self, version: TemplateVersion) -> None:
        if version.job not in {"pending", "running"}:
            return
        self._looks[version.id] = self._looks.get(version.id, 0) + 1
        version.job = "running"
        if self._looks[version.id] >= self.import_looks:
            self._import(version)

    def _import(self, version: TemplateVersion) -> None:
        """What the source says becomes the version's."""
        _, packed = self._world.files[version.file_id]
        version.job, version.error = "failed", self.broken
        try:
            found = declared(packed)
        except (tarfile.TarError, ValueError) as failure:
            version.error = f"parse source: {failure}"
        if version.error:
            return
        version.variables = tuple(found.variables)
        missing = [
            v.name for v in found.variables if v.default is None and not version.values.get(v.name)
        ]
        if missing:
            version.error = f"required template variables need values: {', '.join(missing)}"
            version.error_code = "REQUIRED_TEMPLATE_VARIABLES"
            return
        version.job, version.ai_task = "succeeded", found.ai_task
        version.parameters = found.parameters
        version.required_parameters = tuple(n for n, d in found.parameters.items() if d is None)
        version.external_auth = tuple(found.external_auth)
        version.optional_auth = tuple(found.optional_auth)
        version.presets = [
            Preset(self._world.new_id(), name, {}, default=default)
            for name, default in found.presets.items()
        ]

    def _json(
        self, call: Call, version: TemplateVersion, template: Template | None
    ) -> dict[str, Any]:
        organization = template.organization if template else call.user.organization
        told = version_json(version, organization.id, self._world.now())
        return {**told, **({"template_id": template.id} if template else {})}
