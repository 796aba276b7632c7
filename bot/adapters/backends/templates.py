"""Which template version and preset a session gets.

coderd/templates.go, presets.go at v2.36.0. The server does not choose the `Default` preset, and its
list has no order, so the choice is made here, as Coder's own CLI does (cli/task_create.go).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from bot.adapters.backends.answer import in_one_line, path
from bot.adapters.backends.coder_http import CoderHttp
from bot.adapters.backends.coder_wire import WireOrganization, WirePreset, WireTemplate, read
from bot.adapters.backends.options import CoderOptions
from bot.adapters.backends.refusals import refused
from bot.errors import ConfigurationError, UpstreamError
from bot.outcomes import ErrorKind


@dataclass(frozen=True, slots=True)
class Choice:
    """What a session or workspace is made from; `preset_id` is empty for none."""

    version_id: str
    preset_id: str
    organization_id: str


class Templates:
    """Look-ups of the named template, once each."""

    def __init__(self, http: CoderHttp, options: CoderOptions) -> None:
        self._http = http
        self._options = options
        self._template: WireTemplate | None = None

    def choice(self) -> Choice:
        """The active version and the named or default preset: two requests the first time.

        Raises `UpstreamError` of kind `template`, or `ConfigurationError` for organization or
        preset.
        """
        template = self._template or self._by_name()
        self._template = template
        return Choice(
            template.active_version_id,
            self._preset(template.active_version_id),
            template.organization_id,
        )

    def task_capable(self) -> bool:
        """Whether the named template can run tasks, by the filter that Coder's CLI uses.

        Nothing in a template itself tells. A template found so is not looked up again.
        """
        answer = self._http.get("/api/v2/templates", [("q", "has-ai-task:true")])
        if not answer.ok:
            raise refused("list templates", answer, self._options)
        wanted = self._options.template_name.lower()
        organization = self._options.organization_name.lower()
        found = [t for t in read(list[WireTemplate], answer.data) if t.name.lower() == wanted]
        if organization != "default":
            found = [
                t
                for t in found
                if organization in {t.organization_name.lower(), t.organization_id.lower()}
            ]
        # "default" is no organization's name: with several candidates the look-up by name decides.
        self._template = found[0] if len(found) == 1 and organization != "default" else None
        return bool(found)

    def organization_id(self) -> str:
        """The id of the organization in which chats are created."""
        name = self._options.organization_name
        answer = self._http.get("/api/v2/organizations" + path(name))
        if answer.status == 404:
            raise _no_organization(name)
        if not answer.ok:
            raise refused("read the organization", answer, self._options)
        return read(WireOrganization, answer.data).id

    def _by_name(self) -> WireTemplate:
        organization, name = self._options.organization_name, self._options.template_name
        answer = self._http.get(
            "/api/v2/organizations" + path(organization) + "/templates" + path(name)
        )
        if answer.status == 404:
            with suppress(UpstreamError):
                self.organization_id()  # says so when it is the organization that is missing
            raise UpstreamError(
                ErrorKind.TEMPLATE,
                f"The template {name} (coder-template-name) does not exist in the organization"
                f" {organization}, or the user of coder-token may not use it.",
                status=404,
                remedy="Correct coder-template-name or coder-organization.",
            )
        if not answer.ok:
            raise refused("read the template", answer, self._options)
        return read(WireTemplate, answer.data)

    def _preset(self, version_id: str) -> str:
        answer = self._http.get("/api/v2/templateversions" + path(version_id) + "/presets")
        if not answer.ok:
            raise refused("read the presets", answer, self._options)
        # JSON null where there are none.
        presets = read(list[WirePreset], answer.data or [])
        wanted = self._options.preset.strip()
        for preset in presets:
            if preset.name.lower() == wanted.lower() if wanted else preset.default:
                return preset.id
        if not wanted:
            return ""
        known = ", ".join(sorted(in_one_line(preset.name, 60) for preset in presets))
        raise ConfigurationError(
            f"The template {self._options.template_name} has no preset {wanted}"
            " (coder-template-preset).",
            remedy=f"It has: {known}." if known else "It has no presets: leave the input empty.",
        )


def _no_organization(name: str) -> ConfigurationError:
    return ConfigurationError(
        f"The organization {name} does not exist, or the user of coder-token is no member.",
        remedy="Correct coder-organization.",
    )
