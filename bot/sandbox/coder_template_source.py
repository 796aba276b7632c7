"""What a template's source declares, by the blocks of formatted HCL: enough to import it.

The real server plans it with Terraform; here the text alone is read.
"""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.sandbox.coder_world import Variable

_BLOCK = re.compile(
    r'^(variable|data|resource) "([\w-]+)"(?: "([\w-]+)")? \{\n(.*?)^\}', re.MULTILINE | re.DOTALL
)


@dataclass(slots=True)
class Declared:
    """What was found. `parameters`: name → default, None where it has none."""

    ai_task: bool = False
    variables: list[Variable] = field(default_factory=list)
    parameters: dict[str, str | None] = field(default_factory=dict)
    presets: dict[str, bool] = field(default_factory=dict)
    external_auth: list[str] = field(default_factory=list)
    optional_auth: list[str] = field(default_factory=list)


def declared(packed: bytes) -> Declared:
    """Read an archive; raises `TarError` for what is none, `ValueError` without Terraform."""
    found = Declared()
    sources = [text for name, text in _files(packed) if name.endswith(".tf")]
    if not sources:
        raise ValueError("no .tf file in the archive")
    for kind, first, second, body in _BLOCK.findall("\n".join(sources)):
        _take(found, kind if kind == "variable" else first, second or first, body)
    return found


def _take(found: Declared, what: str, label: str, body: str) -> None:
    match what:
        case "variable":
            found.variables.append(
                Variable(
                    label,
                    _value(body, "type") or "string",
                    _value(body, "default"),
                    sensitive=_value(body, "sensitive") == "true",
                    description=_value(body, "description") or "",
                )
            )
        case "coder_ai_task":
            found.ai_task = True
        case "coder_parameter":
            found.parameters[_value(body, "name") or label] = _value(body, "default")
        case "coder_workspace_preset":
            found.presets[_value(body, "name") or label] = _value(body, "default") == "true"
        case "coder_external_auth":
            optional = _value(body, "optional") == "true"
            auth = found.optional_auth if optional else found.external_auth
            auth.append(_provider(found, _value(body, "id") or label))


def _provider(found: Declared, text: str) -> str:
    """An id given by a variable is that variable's default."""
    name = text.removeprefix("var.")
    return next((v.default or name for v in found.variables if v.name == name), text)


def _value(body: str, name: str) -> str | None:
    """The value of an attribute of the block itself, without quotes and comment."""
    given = re.search(rf'^  {name}\s*=\s*(?:"([^"]*)"|([^\s#]+))', body, re.MULTILINE)
    return None if given is None else given[1] if given[1] is not None else given[2]


def _files(packed: bytes) -> Iterator[tuple[str, str]]:
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        for member in tar:
            content = tar.extractfile(member)
            if content is not None:
                yield member.name, content.read().decode()
