"""Frozen dataclasses to JSON and back, by their annotations alone. Total, typed, pure.

| In Python | In JSON |
| --- | --- |
| a dataclass | an object with all of its fields |
| one of several dataclasses, such as a step | the same, and its name as `is` |
| a tuple | an array |
| an enumeration, a time | its value; ISO 8601 with an offset |
| `Untrusted` | `{"untrusted": "..."}`, so that it comes back as such |
| `UNREAD` | `{"unread": true}` |
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from bot.decide.snapshot import UNREAD, Unread
from bot.untrusted import Untrusted

_UNREAD: Final = {"unread": True}
_TAG: Final = "is"
_LARGEST_NUMBER: Final = 2**63
_WORDS: Final[Mapping[type, str]] = {bool: "truth value", int: "whole number", str: "text"}


class MismatchError(Exception):
    """Data that is not of the kind it should be; neither `where` nor `what` quotes a value of it.

    `where` is a path such as `.facts.session.state`.
    """

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"`{where.lstrip('.')}` {what}")
        self.where = where
        self.what = what


def encode(value: Any, kind: Any) -> Any:
    """The value, which is of that kind, as plain JSON."""
    choice = _choice(kind)
    if choice is not None:
        return _encode_one_of(value, choice)
    if kind is Untrusted:
        return {"untrusted": value.raw}
    if kind is Unread:
        return _UNREAD
    if _is_noun(kind):
        return {name: encode(getattr(value, name), of) for name, of in kinds(kind).items()}
    if get_origin(kind) is tuple:
        parts = _parts(kind, len(value))
        return [encode(part, of) for part, of in zip(value, parts, strict=True)]
    return _encode_leaf(value)


def decode(data: Any, kind: Any, where: str = "") -> Any:
    """What `encode` made that of. Raises `MismatchError` for anything else.

    A field that is missing has its default: whoever wrote it did not know the field.
    """
    choice = _choice(kind)
    if choice is not None:
        return _decode_one_of(data, choice, where)
    if kind is Untrusted:
        return Untrusted(decode(_only(data, "untrusted", where), str, where))
    if kind is Unread:
        if data != _UNREAD:
            raise MismatchError(where, "is not what marks an unread fact")
        return UNREAD
    if _is_noun(kind):
        return _decode_fields(_object(data, where), kind, where)
    if get_origin(kind) is tuple:
        return _decode_tuple(data, kind, where)
    return _decode_leaf(data, kind, where)


@cache
def kinds(kind: Any) -> Mapping[str, Any]:
    """The fields of a dataclass, each with its kind."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


# --- one of several --------------------------------------------------------------------------


@cache
def _choice(kind: Any) -> tuple[Any, ...] | None:
    """The members of a union; None for any other kind."""
    return get_args(kind) if get_origin(kind) in {Union, UnionType} else None


def _members(choice: Iterable[Any]) -> dict[str, Any]:
    """Those that stand for something that is there, by their names."""
    return {
        getattr(member, "__name__", str(member)): member
        for member in choice
        if member not in {NoneType, Unread}
    }


def _encode_one_of(value: Any, choice: tuple[Any, ...]) -> Any:
    if value is None or value is UNREAD:
        return None if value is None else _UNREAD
    members = _members(choice)
    if len(members) == 1:
        return encode(value, next(iter(members.values())))
    name = type(value).__name__
    return {_TAG: name, **encode(value, members[name])}


def _decode_one_of(data: Any, choice: tuple[Any, ...], where: str) -> Any:
    if data is None and NoneType in choice:
        return None
    if data == _UNREAD and Unread in choice:
        return UNREAD
    members = _members(choice)
    if len(members) == 1:
        return decode(data, next(iter(members.values())), where)
    told = dict(_object(data, where))
    name = told.pop(_TAG, None)
    if not isinstance(name, str) or name not in members:
        raise MismatchError(f"{where}.{_TAG}", f"is none of {', '.join(members)}")
    return decode(told, members[name], where)


# --- dataclasses and tuples ------------------------------------------------------------------


def _is_noun(kind: Any) -> bool:
    return is_dataclass(kind)


def _decode_fields(data: Mapping[str, Any], kind: Any, where: str) -> Any:
    known = kinds(kind)
    if more := len(data.keys() - known.keys()):
        raise MismatchError(where, f"has {more} unknown field{'s'[: more > 1]}")
    required = {field.name for field in fields(kind) if not _has_default(field)}
    for name in sorted(required - data.keys()):
        raise MismatchError(f"{where}.{name}", "is missing")
    return kind(**{name: decode(data[name], known[name], f"{where}.{name}") for name in data})


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _decode_tuple(data: Any, kind: Any, where: str) -> Any:
    if not isinstance(data, list):
        raise MismatchError(where, "is no list")
    parts = _parts(kind, len(data))
    if len(parts) != len(data):
        raise MismatchError(where, f"does not hold {len(parts)} values")
    return tuple(
        decode(part, of, f"{where}[{n}]")
        for n, (part, of) in enumerate(zip(data, parts, strict=True))
    )


def _parts(kind: Any, count: int) -> tuple[Any, ...]:
    args = get_args(kind)
    return args[:1] * count if args[1:] == (Ellipsis,) else args


def _object(data: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise MismatchError(where, "is no object")
    return data


def _only(data: Any, name: str, where: str) -> Any:
    if _object(data, where).keys() != {name}:
        raise MismatchError(where, f"is no object with `{name}` alone")
    return data[name]


# --- leaves ----------------------------------------------------------------------------------


def _encode_leaf(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, datetime) else value


def _decode_leaf(data: Any, kind: Any, where: str) -> Any:
    if kind is datetime:
        return _time(data, where)
    if kind is float:
        if type(data) not in {int, float} or not math.isfinite(_bounded(data, where)):
            raise MismatchError(where, "is no number")
        return float(data)
    if kind in _WORDS:
        # By the exact type: in Python a truth value is a number as well.
        if type(data) is not kind:
            raise MismatchError(where, f"is no {_WORDS[kind]}")
        return data if kind is not int else _bounded(data, where)
    if not issubclass(kind, Enum):
        raise TypeError(kind)  # a field of ours that nobody has taught this module to write
    try:
        return kind(data)
    except ValueError:
        raise MismatchError(where, f"is no `{kind.__name__}` of this version") from None


def _bounded(data: Any, where: str) -> Any:
    if abs(data) >= _LARGEST_NUMBER:
        raise MismatchError(where, "is a number out of all bounds")
    return data


def _time(data: Any, where: str) -> datetime:
    try:
        time = datetime.fromisoformat(data)
    except (TypeError, ValueError):
        raise MismatchError(where, "is no time") from None
    if time.tzinfo is None:
        raise MismatchError(where, "is a time without an offset")
    return time
