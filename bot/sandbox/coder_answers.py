"""Coder's ways of saying no, word for word, and its way of reading a request body.

Texts and statuses were recorded from v2.36.0 or read in coderd/httpapi/httpapi.go and
coderd/httpmw/apikey.go at a300a06a (v2.36.0).
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from bot.sandbox.http import Answer, HttpRequest

NIL_UUID = "00000000-0000-0000-0000-000000000000"
SIGNED_OUT = "You are signed out or your session has expired. Please sign in again to continue."
BUILD_ACTIVE = "A workspace build is already active."
TAKEN = "This value is already in use and should be unique."
MAX_BODY = 4_194_304


class Uuid(str):
    """Marks a request member that Go reads as `uuid.UUID`."""

    __slots__ = ()


class Strings(list[str]):
    """Marks a request member that Go reads as `[]string` or `[]uuid.UUID`."""

    __slots__ = ()


class Nanoseconds(int):
    """Marks a request member that Go reads as `time.Duration`."""

    __slots__ = ()


_GO_TYPES: dict[type, str] = {
    str: "string",
    int: "int64",
    bool: "bool",
    list: "[]",
    dict: "map[string]string",
    Nanoseconds: "time.Duration",
    Strings: "[]string",
}
_JSON_NAMES = {str: "string", int: "number", float: "number", bool: "bool", list: "array"}


class Release(NamedTuple):
    """A Coder release as its three numbers; build and pre-release suffixes do not count."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Release:
        """Read `v2.36.0`, `v2.36.0+a300a06`, `v2.37.0-devel+7b72f5d`; `ValueError` for others."""
        found = re.match(r"v(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$", text)
        if not found:
            raise ValueError(f"{text!r} is not a Coder version such as v2.36.0")
        return cls(*(int(part) for part in found.groups()))


def refuse(
    status: int,
    message: str,
    detail: str = "",
    validations: Sequence[tuple[str, str]] = (),
    **more: Any,
) -> Answer:
    """Coder's error envelope; `detail` and `validations` are absent when empty."""
    body: dict[str, Any] = {"message": message, **more}
    if detail:
        body["detail"] = detail
    if validations:
        body["validations"] = [{"field": f, "detail": d} for f, d in validations]
    return Answer(status, body)


def not_found() -> Answer:
    """Absent or forbidden: the same on purpose."""
    return refuse(404, "Resource not found or you do not have access to this resource")


def no_route() -> Answer:
    """The feature is not served here."""
    return refuse(404, "Route not found.")


def forbidden() -> Answer:
    """The general refusal for a missing right."""
    return refuse(
        403,
        "Forbidden.",
        "You don't have permission to view this content. If you believe this is a mistake, please"
        " contact your administrator or try signing in with different credentials.",
    )


def build_active() -> Answer:
    """Another build of that workspace is under way."""
    return refuse(409, BUILD_ACTIVE, BUILD_ACTIVE)


def name_taken(name: str) -> Answer:
    """A workspace of that name exists for the owner, perhaps one that is still being deleted."""
    return refuse(409, f'Workspace "{name}" already exists.', validations=[("name", TAKEN)])


def bad_json(detail: str) -> Answer:
    """What Go's decoder says about a body."""
    return refuse(400, "Request body must be valid JSON.", detail)


def one_of(field: str, value: str) -> Answer:
    """A member outside its enumeration, as Go's validator says it."""
    detail = f'Validation failed for tag "oneof" with value: "{value}"'
    return refuse(400, "Validation failed.", validations=[(field, detail)])


def path_uuid(text: str) -> str:
    """A UUID in a path; raises the 400 that Coder answers to anything else."""
    problem = uuid_problem(text)
    if problem:
        raise refuse(400, f'Invalid UUID "{text}".', problem)
    return text.lower()


def uuid_problem(text: str) -> str:
    """What Go's uuid package says about `text`; empty when it is a UUID."""
    if len(text) != 36:
        return f"invalid UUID length: {len(text)}"
    try:
        uuid.UUID(text)
    except ValueError:
        return "invalid UUID format"
    return ""


def read_body(
    request: HttpRequest,
    struct: str,
    members: Mapping[str, type],
    limit: int = MAX_BODY,
    limit_detail: str = f"Maximum request body size is {MAX_BODY} bytes.",
) -> dict[str, Any]:
    """The JSON object in the body; unknown members are ignored, as Coder does.

    `members` gives the Go type of each known one: a wrong one raises the 400 of `struct`'s decoder,
    a body above `limit` bytes the 413. Absent members and `null` come back as None.
    """
    if len(request.body) > limit:
        raise refuse(413, "Request body too large.", limit_detail)
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise bad_json(_decoder_text(request.body, error)) from None
    if not isinstance(body, dict):
        kind = _JSON_NAMES.get(type(body), "null")
        raise bad_json(f"json: cannot unmarshal {kind} into Go value of type codersdk.{struct}")
    for name, member in members.items():
        _check_member(struct, name, member, body.get(name))
    return {name: body.get(name) for name in members}


def _check_member(struct: str, name: str, kind: type, value: Any) -> None:
    if value is None:
        return
    wanted: type = {Uuid: str, Nanoseconds: int, Strings: list}.get(kind, kind)
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        got = _JSON_NAMES.get(type(value), "object")
        raise bad_json(
            f"json: cannot unmarshal {got} into Go struct field {struct}.{name}"
            f" of type {_GO_TYPES[wanted if kind is Uuid else kind]}"
        )
    if kind is Strings and isinstance(value, list):
        for text in value:
            _check_member(struct, name, str, "" if text is None else text)
    if kind is Uuid and (problem := uuid_problem(str(value))):
        raise bad_json(problem)


def _decoder_text(body: bytes, error: ValueError) -> str:
    if not body.strip():
        return "EOF"
    if not isinstance(error, json.JSONDecodeError) or error.pos >= len(error.doc):
        return "unexpected EOF"
    where = "object key string" if "property name" in error.msg else "value"
    return f"invalid character '{error.doc[error.pos]}' looking for beginning of {where}"


def stamp(moment: datetime) -> str:
    """RFC 3339 as Go prints it: UTC, the fraction without trailing zeros."""
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
    return text + "Z"
