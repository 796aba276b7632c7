"""The JSON Schema of a policy file, by which editors complete and check it."""

from __future__ import annotations

import json
from typing import Any, Final

from bot.policy_file.model import model

SCHEMA_PATH: Final = ".github/coder-fix.schema.json"
"""In the repository of coder-fix."""


def schema() -> str:
    """As JSON, of draft 7, which yaml-language-server reads best."""
    made = model().model_json_schema(by_alias=True)
    named = made.pop("$defs", {})
    properties = {name: _plain(one, named) for name, one in made["properties"].items()}
    whole = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Policy file of coder-fix (.github/coder-fix.yml)",
        "description": "Goes before the owner's file and the defaults; an input of a workflow "
        "goes before it.",
        "type": ["object", "null"],
        "additionalProperties": False,
        "properties": properties,
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _plain(one: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    """Without titles, references and nulls: a key without a value is refused."""
    ways = [_plain(way, named) for way in one.pop("anyOf", ()) if way.get("type") != "null"]
    reference = one.pop("$ref", "")
    if reference:
        ways.append(_plain(dict(named[reference.rpartition("/")[2]]), named))
    if one.get("default", "") in (None, ""):
        one.pop("default", None)
    one.pop("title", None)
    if len(ways) != 1:
        return one | ({"anyOf": ways} if ways else {})
    text = one.get("description") or ways[0].get("description")
    return {**one, **ways[0], **({"description": text} if text else {})}
