"""A template as the checks of `bot.doctor.template_fitness` want it, read with any token."""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Iterator

from bot.adapters.backends.answer import Answer, path
from bot.adapters.backends.coder_http import CoderHttp
from bot.adapters.backends.coder_wire import read
from bot.adapters.coder_admin.asking import Asking
from bot.adapters.coder_admin.sights import Sights
from bot.adapters.coder_admin.wire import WireProvider, WireSchedule
from bot.adapters.doctor.coder_template import parameters_of, presets_of
from bot.doctor.check import Unseen
from bot.doctor.template_fitness import Parameter, Preset, Provider, TemplateFacts
from bot.errors import UpstreamError
from bot.model import BackendName
from bot.outcomes import ErrorKind
from bot.ports import Clock
from bot.untrusted import Untrusted

_PERMISSION_MODE = re.compile(
    r"""^(?![ \t]*(?:\#|//))[^\n]*?  # no comment
    (?: --permission-mode[ \t="',\\]+
      | (?:permission_?mode|defaultMode)\b["'\\]*[ \t]*[=:][ \t]*["'\\]* )
    (\w+)""",
    re.MULTILINE | re.IGNORECASE | re.VERBOSE,
)
"""As an argument of a module, in the agent's settings, and as a flag of its command."""

_KINDS = (".tf", ".tf.json", ".sh", ".json", ".tpl", ".tftpl", ".yaml", ".yml")
_MOST_SOURCE = 10 * 1024 * 1024


def inspect(
    http: CoderHttp, clock: Clock, organization: str, name: str, backend: BackendName | None
) -> TemplateFacts:
    """The template's facts. Raises `UpstreamError` of kind `template` where there is none."""
    ask = Asking(http)
    sights = Sights(ask, clock)
    found = ask.get(f"/organizations{path(organization or 'default')}/templates{path(name)}")
    if not found.ok:
        raise UpstreamError(
            ErrorKind.TEMPLATE,
            f"The template {name} does not exist in the organization {organization or 'default'},"
            " or the token's user may not see it.",
            status=found.status,
            remedy="Correct the name, or --coder-organization.",
        )
    if backend is None and not sights.serves(BackendName.TASKS):
        backend = BackendName.CHATS
    template = read(WireSchedule, found.data)
    version = f"/templateversions{path(template.active_version_id)}"
    return TemplateFacts(
        name=name,
        backend=backend,
        task_capable=sights.task_capable(name, template.id),
        parameters=_parameters(ask.get(f"{version}/rich-parameters")),
        presets=_presets(ask.get(f"{version}/presets")),
        providers=_providers(ask.get(f"{version}/external-auth")),
        stops_after=template.default_ttl_ms / 1000,
        permission_mode=_permission_mode(ask, version),
        deprecated=Untrusted(template.deprecation_message if template.deprecated else ""),
        coder=http.version,
    )


def _parameters(answer: Answer) -> tuple[Parameter, ...] | Unseen:
    return parameters_of(answer) if answer.ok else _unseen("parameters")


def _presets(answer: Answer) -> tuple[Preset, ...] | Unseen:
    return presets_of(answer) if answer.ok else _unseen("presets")


def _providers(answer: Answer) -> tuple[Provider, ...] | Unseen:
    if not answer.ok:
        return _unseen("external authentication")
    return tuple(
        Provider(Untrusted(p.id), p.optional, p.authenticated)
        for p in read(list[WireProvider], answer.data or [])
    )


def _unseen(what: str) -> Unseen:
    return Unseen(f"Its {what} cannot be read with this token.", who="a Template Admin")


def _permission_mode(ask: Asking, version: str) -> Untrusted:
    """What the source itself says, for those who may read it; empty for others."""
    found = ask.get(version)
    file_id = found.data["job"]["file_id"] if found.ok else ""
    source = ask.get(f"/files{path(file_id)}") if file_id else None
    if source is None or not source.ok or not isinstance(source.data, bytes):
        return Untrusted("")
    modes = [m[1] for text in _texts(source.data) for m in _PERMISSION_MODE.finditer(text)]
    return Untrusted(next((mode for mode in modes if mode == "plan"), "".join(modes[:1])))


def _texts(packed: bytes) -> Iterator[str]:
    """Terraform, scripts and settings of an archive that somebody else made, as far as readable."""
    try:
        with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
            for member in tar:
                if member.isreg() and member.name.endswith(_KINDS) and member.size < _MOST_SOURCE:
                    content = tar.extractfile(member)
                    yield content.read().decode(errors="replace") if content else ""
    except tarfile.TarError:
        return
