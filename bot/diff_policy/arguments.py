"""The arguments of a claim, and what they are when the names given just before are put in."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.diff_policy.change import CodeLine

_CLAIM = re.compile(
    r"\b(?:assert|expect|check|require|verify|is|ok|should|XCTAssert|EXPECT|ASSERT|CHECK|REQUIRE|cmp)\w*!?(?:\.\w{1,30}){0,3}\s*\("
)
_INFIX = re.compile(
    r"^\s*(?:await\s+)?assert!?\s*\(?\s*(?P<left>.{1,300}?)\s*={2,3}\s*(?P<right>[^=].{0,300}?)\)?\s*;?\s*$"
)
_MATCHED = re.compile(
    r"^\s*(?:await\s+)?(?:expect|assertThat|assert_that)\s*\((?P<left>.{1,300}?)\)\s*\.?\s*(?:to\s+|to\.)?(?:not_to\s+)?(?:toBe|toEqual|toStrictEqual|isEqualTo|isSameAs|eq|eql|equal|be|deep\.equal)\s*\((?P<right>.{1,300}?)\)\s*;?\s*$"
    r"|^\s*(?P<l>\S.{0,300}?)\s+(?:shouldBe|should be|should equal|`shouldBe`|must_equal|@\?=|===)\s*\(?(?P<r>\S.{0,300}?)\)?\s*;?\s*$"
)
_GIVEN = re.compile(
    r"^\s*(?:(?:const|let|var|val|auto|final|my|local|def|mut)\s+)*(?:[A-Z][\w<>\[\]]{0,40}\s+)?\$?(?P<name>[A-Za-z_]\w{0,40})\s*(?::\s*[\w<>\[\].]{1,40}\s*)?(?::=|<-|=)(?![=~>])\s*(?P<value>\S.{0,300}?)\s*;?\s*$"
)
_OPEN, _CLOSE = "([{", ")]}"


def arguments(text: str) -> list[str]:
    """The arguments of the first claim of a line that is a call; strings are kept whole. Linear."""
    found = _CLAIM.search(text)
    if not found:
        return []
    out: list[str] = []
    depth, start, quote = 0, found.end(), ""
    for index in range(found.end(), len(text)):
        char = text[index]
        if quote:
            quote = "" if char == quote and text[index - 1] != "\\" else quote
        elif char in "\"'`":
            quote = char
        elif char in _OPEN:
            depth += 1
        elif char in _CLOSE and depth:
            depth -= 1
        elif char in _CLOSE:
            return [*out, text[start:index].strip()]
        elif char == "," and not depth:
            out.append(text[start:index].strip())
            start = index + 1
    return []


def compared(text: str) -> tuple[str, str] | None:
    """The two sides of a claim of equality; None where it is none, or none that is known."""
    if found := _INFIX.match(text):
        return found["left"].strip(), found["right"].strip()
    if found := _MATCHED.match(text):
        return (found["left"] or found["l"]).strip(), (found["right"] or found["r"]).strip()
    given = arguments(text)
    return (given[0], given[1]) if len(given) > 1 else None


def is_tautology(line: CodeLine, above: Iterable[CodeLine]) -> bool:
    """Whether both sides are one expression once the names given in the lines above are put in."""
    sides = compared(line.text)
    if sides is None:
        return False
    given = {m["name"]: m["value"] for x in above if (m := _GIVEN.match(x.text)) and x.code}
    one, other = (_said(given.get(x.lstrip("$"), x)) for x in sides)
    return one == other and bool(_TELLING.search(one))


def _said(text: str) -> str:
    return re.sub(r"\s+|^(?:await|try)\b[!?]?", "", text)


_TELLING = re.compile(r"[A-Za-z_]\w*")
