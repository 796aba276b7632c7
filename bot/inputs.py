"""How inputs are called, and the kinds of values that several of them take."""

from __future__ import annotations

import re
from enum import Enum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import NoDecode

from bot.outcomes import OutcomeKind

ALSO_KNOWN_AS = {
    "coder_url": ("CODER_URL",),
    "coder_token": ("CODER_SESSION_TOKEN",),
    "coder_organization": ("CODER_ORGANIZATION",),
    "coder_template_name": ("CODER_TASK_TEMPLATE_NAME",),
    "coder_template_preset": ("CODER_TASK_PRESET_NAME",),
    "github_token": ("GITHUB_TOKEN", "GH_TOKEN"),
}
"""Variables that people have set already, looked at last."""

_FULL_NAME = re.compile(r"[A-Za-z0-9][\w-]*/(?!\.{1,2}$)[\w.-]{1,100}", re.ASCII)


def is_full_name(text: str) -> bool:
    """Whether that is `owner/name`, as GitHub has them: it becomes part of every path."""
    return _FULL_NAME.fullmatch(text) is not None


def input_name(field: str) -> str:
    """`coder_url` → `coder-url`."""
    return field.replace("_", "-")


def default_text(info: FieldInfo) -> str:
    """The default as a workflow's author would write it."""
    value: Any = info.default
    if isinstance(value, SecretStr) or value in ("", 0, (), None):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def variables(field: str) -> tuple[str, ...]:
    """The environment names of a field, the first one set wins."""
    names = (f"INPUT_{input_name(field).upper()}", f"CODER_FIX_{field.upper()}")
    return (*names, *ALSO_KNOWN_AS.get(field, ()))


def _listed(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.replace("\n", ",").split(",") if part.strip())
    return tuple(value) if isinstance(value, list) else value


def known_outcomes(words: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse what is no outcome, and name those that are."""
    unknown = [word for word in words if word != "none" and word not in list(OutcomeKind)]
    if unknown:
        plain = ", ".join(w for w in unknown if w.isalpha() and w.isascii() and len(w) < 20)
        raise ValueError(
            f"there is no outcome {plain or 'of that name'}; known: none, {', '.join(OutcomeKind)}"
        )
    return words


def begins_a_branch(prefix: str) -> str:
    """Refuse what Git takes for no beginning of a branch name."""
    if set(prefix) & set(" ~^:?*[\\") or prefix.startswith("/") or ".." in prefix:
        raise ValueError("cannot begin a branch name, as coder-fix/ can")
    return prefix


def wrong(message: str) -> str:
    """What pydantic says is wrong with a value, as the end of our sentence, without its stop."""
    text = message.removeprefix("Value error, ").replace("Input should be", "must be").rstrip(".")
    for its, ours in _PLAINER.items():
        text = re.sub(its, ours, text)
    return text[:1].lower() + text[1:]


_PLAINER = {
    "a valid boolean.*": "true or false",
    "a valid integer.*": "a whole number",
    "a valid number.*": "a number",
    "a valid array": "a list",
    "a valid string": "text",
    "String should have at least 1 character": "must not be empty",
}
"""Pydantic's words for what people call otherwise."""


Listed = Annotated[
    tuple[str, ...], NoDecode, BeforeValidator(_listed, json_schema_input_type=str | list[str])
]
Seconds = Annotated[float, Field(ge=0, le=86_400)]
