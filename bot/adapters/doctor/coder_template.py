"""One template on a server: what `bot.doctor.template_fitness` wants to know of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from pydantic import Field

from bot.adapters.backends.answer import Answer, path
from bot.adapters.backends.coder_http import CoderHttp
from bot.adapters.backends.coder_wire import Items, Text, Wire, read
from bot.adapters.backends.options import CoderOptions
from bot.adapters.doctor.attempts import attempt
from bot.doctor.check import Unseen
from bot.doctor.template_fitness import Parameter, Preset, Provider, TemplateFacts
from bot.errors import UpstreamError
from bot.outcomes import ErrorKind
from bot.untrusted import Untrusted

_OWNER: Final = "A template administrator of Coder."


class WireTemplateMore(Wire):
    """A template with its schedule; a time to live of 0 is none."""

    id: str
    active_version_id: str
    default_ttl_ms: int = 0
    deprecated: bool = False
    deprecation_message: Text = ""


class WireParameter(Wire):
    """codersdk.TemplateVersionParameter."""

    name: str
    default_value: Text = ""
    required: bool = False


class WireValue(Wire):
    """A preset's value. PascalCase, as the whole of it."""

    name: str = Field(alias="Name")
    value: Text = Field(alias="Value", default="")


class WirePresetValues(Wire):
    """A preset with its values."""

    name: str = Field(alias="Name")
    default: bool = Field(alias="Default", default=False)
    parameters: Items[WireValue] = Field(alias="Parameters", default_factory=list)


class WireExternalAuth(Wire):
    """A provider, and whether the calling user has linked it."""

    id: Text = ""
    display_name: Text = ""
    authenticated: bool = False
    optional: bool = False


def parameters_of(answer: Answer) -> tuple[Parameter, ...]:
    """What a version's rich parameters are."""
    found = read(list[WireParameter], answer.data or [])
    return tuple(
        Parameter(Untrusted(p.name), p.required, Untrusted(p.default_value)) for p in found
    )


def presets_of(answer: Answer) -> tuple[Preset, ...]:
    """What a version's presets are; JSON null where there are none."""
    return tuple(
        Preset(
            Untrusted(p.name),
            p.default,
            tuple((Untrusted(v.name), Untrusted(v.value)) for v in p.parameters),
        )
        for p in read(list[WirePresetValues], answer.data or [])
    )


class TemplateReader:
    """Over a connection that others may share. `organization` is an id, empty for none."""

    def __init__(self, http: CoderHttp, options: CoderOptions, organization: str) -> None:
        self._http = http
        self._options = options
        self._organization = organization

    def read(self, coder: tuple[int, int, int] | None) -> TemplateFacts | Unseen | None:
        """None where none is named, or it is not there for this user."""
        if not self._options.template_name:
            return None
        if not self._organization:
            return Unseen("Its organization is not there.", "You, once that is mended.")
        found = attempt(self._template, _OWNER)
        if found is None or isinstance(found, Unseen):
            return found
        version = "/api/v2/templateversions" + path(found.active_version_id)
        return TemplateFacts(
            name=self._options.template_name,
            preset=self._options.preset,
            task_capable=attempt(lambda: self._task_capable(found.id), _OWNER),
            parameters=attempt(lambda: self._parameters(version), _OWNER),
            presets=attempt(lambda: self._presets(version), _OWNER),
            providers=attempt(lambda: self._providers(version), _OWNER),
            stops_after=timedelta(milliseconds=found.default_ttl_ms).total_seconds(),
            deprecated=_deprecation(found),
            coder=coder,
        )

    def _template(self) -> WireTemplateMore | None:
        where = "/api/v2/organizations" + path(self._organization)
        answer = self._get(where + "/templates" + path(self._options.template_name), 404)
        return read(WireTemplateMore, answer.data) if answer.ok else None

    def _task_capable(self, template: str) -> bool:
        # Nothing in a template itself tells; the filter is that of Coder's own CLI.
        answer = self._http.get("/api/v2/templates", [("q", "has-ai-task:true")])
        if answer.status == 400:
            return False  # a server that knows no such filter has no such templates
        _must(answer, "/api/v2/templates")
        return any(t.id == template for t in read(list[WireTemplateMore], answer.data or []))

    def _parameters(self, version: str) -> tuple[Parameter, ...]:
        return parameters_of(self._get(version + "/rich-parameters"))

    def _presets(self, version: str) -> tuple[Preset, ...]:
        return presets_of(self._get(version + "/presets"))

    def _providers(self, version: str) -> tuple[Provider, ...]:
        found = read(list[WireExternalAuth], self._get(version + "/external-auth").data or [])
        other = self._options.user != "me"
        hidden = Unseen("Coder tells only of the token's own user.", "The session's user.")
        return tuple(
            Provider(
                Untrusted(p.display_name or p.id), p.optional, hidden if other else p.authenticated
            )
            for p in found
        )

    def _get(self, where: str, *allowed: int) -> Answer:
        answer = self._http.get(where)
        if answer.status not in allowed:
            _must(answer, where)
        return answer


def _must(answer: Answer, where: str) -> None:
    if not answer.ok:
        says = f"Coder answers {answer.status} for {where}."
        raise UpstreamError(ErrorKind.CODER_PERMISSION, says, status=answer.status)


def _deprecation(found: WireTemplateMore) -> Untrusted:
    return (
        Untrusted(found.deprecation_message or "no reason given")
        if found.deprecated
        else Untrusted("")
    )
