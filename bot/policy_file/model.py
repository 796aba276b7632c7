"""The policy file's model: `enabled`, and the inputs of `Settings` that a file may set."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

from pydantic import AliasGenerator, BaseModel, ConfigDict, Field, ValidationError, create_model

from bot.inputs import input_name, wrong
from bot.policy_file.keys import SETTABLE
from bot.settings import Settings

ENABLED = "`false` switches coder-fix off here: nothing is started, written or carried on."


@cache
def model() -> type[BaseModel]:
    """Types, bounds, defaults and descriptions are those of the inputs. Built for the first file.

    Strict: a number in quotes is no number, since an editor with the schema says so too.
    """
    fields: dict[str, Any] = {"enabled": (bool, Field(True, description=ENABLED))}
    for name in SETTABLE:
        info = Settings.model_fields[name]
        said = Field(description=info.description)
        fields[name] = (Annotated[(info.annotation, *info.metadata, said)], info.default)
    config = ConfigDict(
        alias_generator=AliasGenerator(alias=input_name),
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,
        str_strip_whitespace=True,
    )
    return create_model("PolicyFile", __config__=config, **fields)


def keys() -> tuple[str, ...]:
    """Every key that a policy file may hold."""
    return ("enabled", *map(input_name, SETTABLE))


def validated(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The values by field name, and what is wrong with others, by key. `values` are by key.

    They pass as JSON, in which an enumeration is a string and a tuple a list.
    """
    try:
        read = model().model_validate_json(json.dumps(values))
    except ValidationError as failure:
        found = failure.errors(include_input=False, include_url=False)
        return {}, {str(e["loc"][0]): _said(str(e["msg"]), values[str(e["loc"][0])]) for e in found}
    return {name: getattr(read, name) for name in read.model_fields_set}, {}


def _said(message: str, value: Any) -> str:
    """Whoever wrote "3" or "false" sees a number, or false."""
    text = wrong(message)
    is_quoted = isinstance(value, str) and text.endswith(("number", "true or false"))
    return f"{text}, without quotes" if is_quoted else text
