"""Any value of a kind that a bundle holds, made from the annotations alone."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from bot.untrusted import Untrusted

_ZONES = st.sampled_from([UTC, timezone(timedelta(hours=-5, minutes=-30))])
_LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    NoneType: st.none(),
    bool: st.booleans(),
    int: st.integers(-(2**63) + 1, 2**63 - 1),
    float: st.floats(-1e15, 1e15),
    str: st.text('a\u00e9\u2028\U0001f600\n"{\\ ', max_size=4),
    datetime: st.datetimes(timezones=_ZONES).map(lambda time: time.replace(fold=0)),
}


@cache
def values(kind: Any) -> st.SearchStrategy[Any]:
    """A strategy; fails for a kind that no rule here makes."""
    if kind in _LEAVES:
        return _LEAVES[kind]
    if kind is Untrusted:
        return st.builds(Untrusted, _LEAVES[str])
    if get_origin(kind) in {Union, UnionType}:
        return st.one_of(*map(values, get_args(kind)))
    if get_origin(kind) is tuple:
        return _tuples(get_args(kind))
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        made: Any = kind
        return st.builds(made, **{f.name: values(hints[f.name]) for f in fields(kind)})
    assert issubclass(kind, Enum), kind
    return st.sampled_from(kind)


def _tuples(args: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if args[1:] == (Ellipsis,):
        return st.lists(values(args[0]), max_size=1).map(tuple)
    return st.tuples(*map(values, args))
