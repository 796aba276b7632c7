"""Two assertions that stand for each other, of which the new one looks less closely."""

from __future__ import annotations

import re

from bot.diff_policy.change import CodeLine
from bot.diff_policy.code import shared_start

_WILD = re.compile(
    r"(?<![\w.])_(?![\w(])|\bany\w*\(\s*\)|\bANY\b|\bIt\.IsAny|\bexpect\.any\w*|\banything\b|\bAnything\b|\bgomock\.Any|\bArgument\.Any|\bignoring\b"
)
_VALUE = re.compile(
    r"\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'|(?<![\w.])[0-9][0-9.]*|(?<![\w:]):[a-z_]\w*"
)
_WITH = re.compile(
    r"[cC]alled_?(?:[oO]nce_?)?(?:[wW]ith|Exactly)\w*|CalledWith|\)\.with\(|\bwithArgs\(|\.calledWith"
)
_CALLED = re.compile(r"\bcalled|Called\w*|have_received|to receive|assert_called")
_LOSSY = re.compile(
    r"\bre\.sub\(|\.gsub\(|\.replace(?:All|_all)?\(|\.lower\(\)|[tT]oLower(?:Case)?\(|\.casefold\(\)|\.downcase\b|\bpreg_replace\(|\bstrtolower\(|\.ToLower(?:Invariant)?\("
)
_BOTH, _SHARED = 2, 8


def is_blurred(old: CodeLine, new: CodeLine) -> bool:
    """By wildcards in the place of values, by arguments left out, or by values cut on both sides."""
    return _has_wildcards(old, new) or _lost_arguments(old, new) or _is_cut(old, new)


def _has_wildcards(old: CodeLine, new: CodeLine) -> bool:
    more = len(_WILD.findall(new.code)) > len(_WILD.findall(old.code))
    if not more or shared_start(old.bare, new.bare) < _SHARED:
        return False
    lost = set(_VALUE.findall(old.text)) - set(_VALUE.findall(new.text))
    came = set(_VALUE.findall(new.text)) - set(_VALUE.findall(old.text))
    return bool(lost) and not came


def _lost_arguments(old: CodeLine, new: CodeLine) -> bool:
    return (
        bool(_WITH.search(old.code) and not _WITH.search(new.code) and _CALLED.search(new.code))
        and shared_start(old.bare, new.bare) >= _SHARED
    )


def _is_cut(old: CodeLine, new: CodeLine) -> bool:
    """`a == b` became `re.sub(…, a) == re.sub(…, b)`."""
    return len(_LOSSY.findall(new.code)) >= _BOTH > 0 == len(_LOSSY.findall(old.code))
