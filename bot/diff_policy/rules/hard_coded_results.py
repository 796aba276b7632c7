"""Product code that knows one input and answers it with a constant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.diff_policy.change import Change, CodeLine
from bot.diff_policy.finding import Hit, Rule
from bot.diff_policy.places import Place

_STRING = r"(?:[rbuf]?\"[^\"]*\"|[rbuf]?'[^']*')"
_NUMBER = r"-?(?:0x[0-9A-Fa-f_]+|[0-9][0-9_]*(?:\.[0-9]+)?)"
_LITERAL = rf"(?:{_STRING}|{_NUMBER})"
_ASKS = re.compile(
    rf"^\s*(?:\}}?\s*(?:else\s*)?if|elif|elsif|when|case|return\b.*\bif|unless)\b.*?(?:={{2,3}}|\.equals\(|\beq\b|\bcase\b|\.Equals\(|strcmp\([^,]*,)\s*(?:(?:new\s+)?[\w.:]{{1,40}}\(\s*)?(?P<asked>{_LITERAL})|^\s*(?:case|when)\s+(?P<case>{_LITERAL})"
)
_RETURNS = re.compile(
    rf"\breturn\s*\(?\s*(?:[\w.:]{{1,40}}\(\s*)?(?P<answer>{_LITERAL})\s*[a-zA-Z_0-9]{{0,4}}\)?\)?\s*[;}}]?|=>\s*(?P<arrow>{_LITERAL})\s*,?$|\bthen\s+(?P<then>{_LITERAL})|\breturn\s+(?:new\s+|vec!)?(?P<list>[\[{{(]\s*{_LITERAL}.*[\]}})])\s*;?"
)
_SPECIFIC_TEXT = re.compile(
    r"\s\w|[0-9]\s*[-+*/^]\s*[(0-9]|[0-9].*[A-Za-z]|[A-Za-z].*[0-9]|@|.{16,}"
)
_WORDLIKE = re.compile(r"^[\w./:+-]{0,15}$")


def find(change: Change) -> Iterator[Hit]:
    """A comparison with a telling literal, and at once the return of another."""
    for file in change.at(Place.PRODUCT):
        if not file.is_code:
            continue
        for hunk in file.hunks:
            for index, line in enumerate(hunk):
                if line.mark != "+" or line.in_test:
                    continue
                asked = _ASKS.match(line.text)
                if not asked or not _is_specific(asked["asked"] or asked["case"] or ""):
                    continue
                if _answers(hunk[index : index + 3]):
                    yield Hit(file, line)


def _answers(lines: tuple[CodeLine, ...]) -> bool:
    for line in lines:
        found = _RETURNS.search(line.text) if line.mark == "+" else None
        if found:
            answer = found["answer"] or found["arrow"] or found["then"] or ""
            if found["list"]:
                return True
            return _is_answer(answer)
    return False


def _is_specific(literal: str) -> bool:
    """Unlikely as a kind, a status or an edge: a sentence, a name, a large or crooked number."""
    text = literal.strip("rbuf").strip("\"'")
    if literal[-1:] in "\"'":
        return bool(_SPECIFIC_TEXT.search(text)) and not _is_word(text)
    digits = text.lstrip("-").replace("_", "")
    return len(digits) >= 4 or "." in digits


def _is_word(text: str) -> bool:
    if _CROOKED.search(text) and not _STANDARD.match(text):
        return False
    return bool(_WORDLIKE.match(text)) and " " not in text and "@" not in text


_CROOKED = re.compile(r"[0-9]\.[0-9]|[*()=<>+]")
_STANDARD = re.compile(
    r"^(?:tls|ssl|http|v|es|c|utf|iso|gnu|bsd|[a-z]+-?)\W*v?[0-9.]+$|^[<>=*+()!&|-]+$",
    re.IGNORECASE,
)


def _is_answer(literal: str) -> bool:
    text = literal.strip("\"'")
    if literal[-1:] in "\"'":
        return len(text) >= 4
    return len(text.lstrip("-").replace(".", "").replace("_", "")) >= 2


RULE = Rule(
    id="hard-coded-results",
    why="Product code answers one particular input with a constant.",
    legitimate="The input is special by definition, such as a reserved name.",
    find=find,
)
