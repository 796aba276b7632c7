"""Templates, versions and presets of the sandbox Coder (coderd/templates.go, presets.go)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.sandbox.coder_answers import not_found, path_uuid, refuse, stamp
from bot.sandbox.coder_auth import Call
from bot.sandbox.coder_world import Preset, Template, TemplateVersion, User, World
from bot.sandbox.http import Handler, HttpResponse


class Templates:
    """What workspaces are made from, and the routes that tell."""

    def __init__(self, world: World, origin: str) -> None:
        self._world = world
        self._origin = origin

    def routes(self) -> Iterator[tuple[str, str, Handler]]:
        """Method, path template, handler."""
        by_name = "/api/v2/organizations/{organization}/templates/{name}"
        version = "/api/v2/templateversions/{version}"
        yield "GET", by_name, self.by_name
        yield "GET", "/api/v2/templates", self.search
        yield "GET", f"{version}/presets", self.presets
        yield "GET", f"{version}/external-auth", self.external_auth
        yield "GET", f"{version}/rich-parameters", self.parameters

    def add(  # noqa: PLR0913 - each is a seed of its own, all but `name` by keyword
        self,
        name: str,
        *,
        organization: str = "default",
        ai_task: bool = True,
        presets: Sequence[str] | Mapping[str, Mapping[str, str]] = (),
        default_preset: str = "",
        display_name: str = "",
        description: str = "",
        ttl: timedelta = timedelta(hours=2),
    ) -> Template:
        """A new template with one version; presets by name, or name → parameter values."""
        owner = self._world.organization(organization)
        if owner is None:
            raise ValueError(f"there is no organization {organization}")
        values = presets if isinstance(presets, Mapping) else {preset: {} for preset in presets}
        version = TemplateVersion(self._world.new_id(), "v1", ai_task=ai_task)
        version.presets = [
            Preset(self._world.new_id(), preset, dict(parameters), default=preset == default_preset)
            for preset, parameters in values.items()
        ]
        template = Template(
            self._world.new_id(), name, owner, [version], self._world.now(), display_name
        )
        template.description, template.default_ttl = description, ttl
        self._world.templates.append(template)
        return template

    def add_version(self, template: Template, **more: Any) -> TemplateVersion:
        """A further version, not the active one; `more` are fields of `TemplateVersion`."""
        version = TemplateVersion(self._world.new_id(), f"v{len(template.versions) + 1}", **more)
        template.versions.append(version)
        return version

    def by_name(self, call: Call, organization: str, name: str) -> HttpResponse:
        """`GET /organizations/{organization}/templates/{name}`."""
        return HttpResponse(200, template_json(self.named(call, organization, name)))

    def named(self, call: Call, organization: str, name: str) -> Template:
        """The template of that name, for those who see it; 404 for others."""
        owner = self._world.organization(organization)
        for template in self._visible(call):
            if template.organization is owner and template.name.lower() == name.lower():
                return template
        raise not_found()

    def search(self, call: Call) -> HttpResponse:
        """`GET /templates?q=has-ai-task:true exact_name:…`: the filter the CLI uses."""
        found = list(self._visible(call))
        for term in call.request.param("q").split():
            field, _, value = term.partition(":")
            if field == "has-ai-task":
                if value not in {"true", "false"}:
                    detail = (
                        'Query param "has-ai-task" must be a valid boolean: strconv.ParseBool:'
                        f' parsing "{value}": invalid syntax'
                    )
                    raise refuse(
                        400, "Invalid template search query.", validations=[(field, detail)]
                    )
                found = [t for t in found if t.active.ai_task == (value == "true")]
            elif field == "exact_name":
                found = [t for t in found if t.name == value]
        return HttpResponse(200, [template_json(t) for t in found])

    def presets(self, call: Call, version: str) -> HttpResponse:
        """`GET /templateversions/{version}/presets`: PascalCase, and `null` for none."""
        _, found = self._version(call, version)
        if not found.presets:
            return HttpResponse(200, b"null\n", {"Content-Type": "application/json; charset=utf-8"})
        return HttpResponse(200, [preset_json(preset) for preset in found.presets])

    def parameters(self, call: Call, version: str) -> HttpResponse:
        """`GET /templateversions/{version}/rich-parameters`."""
        _, found = self._version(call, version)
        named = dict.fromkeys(found.required_parameters) | found.parameters
        return HttpResponse(200, [parameter_json(*one) for one in named.items()])

    def external_auth(self, call: Call, version: str) -> HttpResponse:
        """`GET /templateversions/{version}/external-auth`: the state of the calling user."""
        _, found = self._version(call, version)
        providers = [self._provider(call, name) for name in found.external_auth]
        providers += [{**self._provider(call, n), "optional": True} for n in found.optional_auth]
        return HttpResponse(200, providers)

    def _provider(self, call: Call, name: str) -> dict[str, Any]:
        return {
            "id": name,
            "type": name,
            "display_name": _display_name(name),
            "display_icon": f"/icon/{name}.svg",
            "authenticate_url": f"{self._origin}/external-auth/{name}",
            "authenticated": name in call.user.linked,
        }

    def _visible(self, call: Call) -> Iterator[Template]:
        for template in self._world.templates:
            if call.user.is_owner or template.organization is call.user.organization:
                yield template

    def _version(self, call: Call, text: str) -> tuple[Template, TemplateVersion]:
        found = self._world.version(path_uuid(text))
        if found is None or found[0] not in list(self._visible(call)):
            raise not_found()
        return found


def check_external_auth(owner: User, version: TemplateVersion) -> None:
    """Raises the 403 for a provider that the template asks for and the owner has not linked."""
    missing = [name for name in version.external_auth if name not in owner.linked]
    if missing:
        names = ", ".join(_display_name(name) for name in missing)
        raise refuse(
            403,
            "External authentication is required to create a workspace with this template.",
            "The workspace owner must authenticate with the following external auth"
            f" providers: {names}.",
            [("external_auth", name) for name in missing],
        )


def _display_name(provider: str) -> str:
    """The name under which people know an external-auth provider."""
    return {"github": "GitHub", "gitlab": "GitLab"}.get(provider, provider.title())


def preset_json(preset: Preset) -> dict[str, Any]:
    """A preset as on the wire: the Go struct has no JSON tags (codersdk/presets.go)."""
    return {
        "ID": preset.id,
        "Name": preset.name,
        "Parameters": [{"Name": n, "Value": v} for n, v in preset.parameters.items()],
        "Default": preset.default,
        "DesiredPrebuildInstances": 0,
        "Description": preset.description,
        "Icon": "",
    }


def parameter_json(name: str, default: str | None = None) -> dict[str, Any]:
    """A parameter as on the wire; without a default it is required."""
    return {
        "name": name,
        "description": "",
        "description_plaintext": "",
        "type": "string",
        "form_type": "input",
        "mutable": default is not None,
        "default_value": default or "",
        "icon": "",
        "options": [],
        "required": default is None,
        "ephemeral": False,
    }


def template_json(template: Template) -> dict[str, Any]:
    """A template as on the wire; nothing in it says whether it is task-capable."""
    organization = template.organization
    return {
        "id": template.id,
        "created_at": stamp(template.created_at),
        "updated_at": stamp(template.created_at),
        "organization_id": organization.id,
        "organization_name": organization.name,
        "organization_display_name": organization.display_name,
        "organization_icon": "",
        "name": template.name,
        "display_name": template.display_name,
        "provisioner": "terraform",
        "active_version_id": template.active.id,
        "active_user_count": 0,
        "description": template.description,
        "deprecated": bool(template.deprecation),
        "deprecation_message": template.deprecation,
        "deleted": False,
        "icon": template.icon,
        "default_ttl_ms": int(template.default_ttl.total_seconds() * 1000),
        "activity_bump_ms": 3_600_000,
        "created_by_id": organization.id,
        "created_by_name": "owner",
        "failure_ttl_ms": 0,
        "time_til_dormant_ms": 0,
        "require_active_version": False,
        "use_classic_parameter_flow": False,
        "allow_user_cancel_workspace_jobs": False,
    }
