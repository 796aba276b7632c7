"""What the sandbox Coder checks in a chat request, with its words (coderd/exp_chats.go)."""

from __future__ import annotations

import re
from typing import Any

from bot.sandbox.coder_answers import bad_json, refuse
from bot.sandbox.http import Answer

BODY_LIMIT = 262_144
_LABEL_KEY = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._/-]*")
_TITLE_WORDS = 6


def text_of(content: list[Any] | None) -> str:
    """The text of the content parts; 400 for none, an empty one or one of an unknown type."""
    if not content:
        raise refuse(400, "Content is required.", "Content cannot be empty.")
    texts = []
    for number, part in enumerate(content):
        where = f"content[{number}]"
        if not isinstance(part, dict):
            raise bad_json(f"json: cannot unmarshal {where} into Go struct ChatInputPart")
        kind = str(part.get("type") or "")
        if kind not in {"text", "file", "file-reference"}:
            raise refuse(400, "Invalid input part.", f'{where}.type "{kind}" is not supported.')
        if kind == "text" and not str(part.get("text", "")).strip():
            raise refuse(400, "Invalid input part.", f"{where}.text cannot be empty.")
        texts.append(str(part.get("text") or part.get("content") or ""))
    return "\n".join(texts)


def title_of(text: str) -> str:
    """The title that a chat has until a model has thought of a better one."""
    words = text.split()
    return " ".join(words[:_TITLE_WORDS]) + ("…" if len(words) > _TITLE_WORDS else "")


def check_labels(labels: dict[str, Any]) -> None:
    """Raises the 400 for labels out of bounds (coderd/httpapi/chatlabels.go)."""
    if len(labels) > 50:
        raise _bad_label(f"too many labels ({len(labels)}); maximum is 50")
    for key, value in labels.items():
        if not key:
            raise _bad_label("label key must not be empty")
        if len(key.encode()) > 64:
            raise _bad_label(f'label key "{key}" exceeds maximum length of 64 bytes')
        if not _LABEL_KEY.fullmatch(key):
            rule = "^[a-zA-Z0-9][a-zA-Z0-9._/-]*$"
            raise _bad_label(f'label key "{key}" contains invalid characters; must match {rule}')
        if not isinstance(value, str):
            detail = "json: cannot unmarshal into Go struct field CreateChatRequest.labels of type"
            raise bad_json(f"{detail} string")
        if not value:
            raise _bad_label(f'label value for key "{key}" must not be empty')
        if len(value.encode()) > 256:
            raise _bad_label(f'label value for key "{key}" exceeds maximum length of 256 bytes')


def _bad_label(detail: str) -> Answer:
    return refuse(400, "Invalid labels.", validations=[("labels", detail)])


def number(text: str, name: str, default: int) -> int:
    """A paging parameter: 0 or nothing is the default, a negative one is refused."""
    problem = ""
    if text.startswith("-") and text[1:].isdigit():
        problem = "value is negative"
    elif text and not text.isdigit():
        problem = f'strconv.ParseInt: parsing "{text}": invalid syntax'
    if problem:
        detail = f'Query param "{name}" must be a valid 32-bit positive integer: {problem}'
        raise refuse(400, "Query parameters have invalid values.", validations=[(name, detail)])
    return int(text or 0) or default


def wanted_labels(filters: list[str]) -> dict[str, str]:
    """The `label=key:value` parameters of a list; several are ANDed."""
    wanted = {}
    for text in filters:
        key, _, value = text.partition(":")
        if not key or not value:
            rule = "(expected format key:value, both must be non-empty)"
            raise refuse(400, f'Invalid label filter: "{text}" {rule}')
        wanted[key] = value
    return wanted


def searched(query: str) -> dict[str, str]:
    """The terms of a list's `q`: `archived:` and `title:`; everything else is refused."""
    terms = {}
    for term in query.split():
        field, colon, value = term.partition(":")
        detail = ""
        if not colon:
            field, detail = "q", f'unsupported search term: "{term}"'
        elif field not in {"archived", "title"}:
            detail = f'"{field}" is not a valid query param'
        if detail:
            raise refuse(400, "Invalid chat search query.", validations=[(field, detail)])
        terms[field] = value
    return terms
