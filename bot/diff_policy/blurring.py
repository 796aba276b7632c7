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
    return (
        _has_wildcards(old, new)
        or _lost_arguments(old, new)
        or _is_cut(old, new)
        or _is_conditional(old, new)
        or _equals_loosely(old, new)
        or _is_left_alone(old, new)
    )


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


_ONLY_IF = re.compile(
    r"\?\.(?:let|also|run|apply|forEach|map)\b|\.ifPresent\(|\bif\s+let\b|&&\s*(?:assert|expect|check|require)|^\s*if\b.*[:{)]\s*(?:assert|expect|check|require)|\bassert\w*.*\bif\b.*\belse\b|\b(?:assert|expect)\w*\b.*\s(?:if|unless)\s|\?\?\s*true|\bor\s+not\b|\|\|\s*!"
)


def _is_conditional(old: CodeLine, new: CodeLine) -> bool:
    """The claim is made only where there is something to claim it of."""
    return bool(_ONLY_IF.search(new.code)) and not _ONLY_IF.search(old.code)


_WAITS = re.compile(r"^\s*(?:await|return)\b|\bawait\s")
_CALLS_BACK = re.compile(r"\.(?:then|catch|finally)\(|\bsetTimeout\(|\bprocess\.nextTick\(")


def _is_left_alone(old: CodeLine, new: CodeLine) -> bool:
    """The claim is made in a callback for which nobody waits."""
    return (
        bool(_WAITS.search(old.code) and _CALLS_BACK.search(new.code))
        and not _WAITS.search(new.code)
        and not _CALLS_BACK.search(old.code)
    )


_STRICTLY = (
    (re.compile(r"\bassertSame\("), re.compile(r"\bassertEquals\(")),
    (re.compile(r"\btoStrictEqual\("), re.compile(r"\b(?:toEqual|toMatchObject)\(")),
    (re.compile(r"\b(?:deepStrictEqual|strictEqual)\("), re.compile(r"\b(?:deepEqual|equal)\(")),
    (
        re.compile(r"\b(?:isSameAs|sameInstance|same)\("),
        re.compile(r"\b(?:isEqualTo|equalTo|equal)\("),
    ),
    (re.compile(r"\bto\s+be\(|\bto\s+equal\(|\bto\s+eql\("), re.compile(r"\bto\s+match_?\w*\(")),
    (re.compile(r"(?<!=)={3}(?!=)"), re.compile(r"(?<![=!<>])={2}(?!=)")),
)


def _equals_loosely(old: CodeLine, new: CodeLine) -> bool:
    """The same two values by an equality that converts, or that looks at less of them."""
    if shared_start(old.bare[::-1], new.bare[::-1]) < _SHARED:
        return False
    return any(
        s.search(old.code) and not s.search(new.code) and w.search(new.code) for s, w in _STRICTLY
    )
