"""Lines without their comments, and with the insides of their strings left out."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

MAX_TEXT: Final = 1_000
"""Characters of a line that are looked at."""

# A string that does not end on its line ends with it: every attempt succeeds, so time is linear.
_DOUBLE = r'"(?:[^"\\]|\\.?)*+(?:"|$)'
_SINGLE = r"'(?:[^'\\]|\\.?)*+(?:'|$)"
_CHAR = r"'(?:[^'\\]|\\.[^']{0,8})'"
_BACKTICK = r"`(?:[^`\\]|\\.?)*+(?:`|$)"
_SLASHES = r"//.*|/\*.*?(?:\*/|$)"

_C_LIKE = re.compile(f"(?P<string>{_DOUBLE}|{_CHAR}|{_BACKTICK})|(?P<comment>{_SLASHES})")
_SCRIPT = re.compile(f"(?P<string>{_DOUBLE}|{_SINGLE}|{_BACKTICK})|(?P<comment>{_SLASHES})")
_HASH = re.compile(f"(?P<string>{_DOUBLE}|{_SINGLE})|(?P<comment>#.*)")
_PHP = re.compile(f"(?P<string>{_DOUBLE}|{_SINGLE})|(?P<comment>{_SLASHES}|#(?!\\[).*)")
_PLAIN = re.compile(r"(?P<string>(?!))|(?P<comment>(?:^|(?<=\s))#.*|^\s*(?://|<!--).*)")
_OTHER = re.compile(f"(?P<string>{_DOUBLE}|{_CHAR})|(?P<comment>{_SLASHES})")
_LUA = re.compile(f"(?P<string>{_DOUBLE}|{_SINGLE})|(?P<comment>--.*)")

_SYNTAX = {
    "python": _HASH, "ruby": _HASH, "elixir": _HASH, "perl": _HASH,
    "javascript": _SCRIPT, "dart": _SCRIPT, "php": _PHP, "lua": _LUA, "sql": _LUA, "other": _OTHER,
    "shell": _PLAIN, "data": _PLAIN, "docs": _PLAIN, "": _PLAIN,
}  # fmt: skip
QUOTED_GLOB = re.compile(r"[\"'`]([^\"'`]{0,100}\*[^\"'`]{0,100})[\"'`]")
"""A string that names files by a star, without its quotes."""

_BLANKS = re.compile(r"[^\S\n]{33,}+")
_BLOCK_BODY = re.compile(r"\s*\*(?:\s|/|$)")


def text_of(text: str) -> str:
    """What is looked at of a line: its beginning, and of long runs of blanks 32.

    So no pattern meets a line on which its time would grow beyond bounds.
    """
    return _BLANKS.sub(" " * 32, text)[:MAX_TEXT]


def code_of(text: str, language: str) -> str:
    """`text` without comments; strings of programming languages keep their quotes only.

    `text` is what `text_of` left. It looks at one line alone, so the inside of a string or a comment of several lines is taken
    for code. Linear in the text's length.
    """
    if not text or text.isspace():
        return ""
    syntax = _SYNTAX.get(language, _C_LIKE)
    if syntax in {_C_LIKE, _SCRIPT, _PHP} and _BLOCK_BODY.match(text):
        return ""
    return syntax.sub(_blank, text).rstrip()


def remembered(pattern: re.Pattern[str]) -> Callable[[str], re.Match[str] | None]:
    """Its `search`, which knows the last texts: in a long block dozens ask for each line."""
    return lru_cache(maxsize=1024)(pattern.search)


def shared_start(one: str, other: str) -> int:
    """How many characters two lines have in common before they part."""
    pairs = zip(one, other, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _blank(match: re.Match[str]) -> str:
    string = match["string"]
    return "" if string is None else string[0] * 2
