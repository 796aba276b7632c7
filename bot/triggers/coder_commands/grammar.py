"""The grammar of `/coder` in comments. Pure, total, in linear time.

    /coder <verb> [arguments]

A command stands at the very start of a line, in any case, with a blank before its verb, outside
quotes, code, HTML comments and folded `<details>`. Its arguments are the rest of its line; the
lines below, up to the next command, are added to its text. Whatever else looks similar, such as
another slash or a zero-width character in the word, is text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from bot.model import Command, CommentCommands, Misread, Package, Trouble, Verb
from bot.triggers.coder_commands.html_state import Place
from bot.triggers.coder_commands.visible import places
from bot.triggers.package_names import PackageNameError, read_package
from bot.untrusted import Untrusted

MAX_COMMANDS: Final = 10
"""Lines of one comment that are read as commands; the rest are counted."""

_LINE_END: Final = re.compile(r"\r\n?")
_CANDIDATE: Final = re.compile(r"/coder(?:[ \t]+(.*))?", re.IGNORECASE | re.ASCII | re.DOTALL)
_BLANKS: Final = re.compile(r"[ \t]+")
_RULE: Final = re.compile(r"[a-z][a-z0-9-]{0,59}")
_SAID_LIMIT: Final = 80
_TELLTALE: Final = {Place.QUOTE: Trouble.QUOTED, Place.FOLDED: Trouble.FOLDED}
_NEAR: Final = {
    "rerun": Verb.RETRY,
    "again": Verb.RETRY,
    "cancel": Verb.STOP,
    "abort": Verb.STOP,
    "update": Verb.UPGRADE,
    "bump": Verb.UPGRADE,
    "repair": Verb.FIX,
    "say": Verb.TELL,
    "ask": Verb.TELL,
    "accept": Verb.ALLOW,
    "commands": Verb.HELP,
}
"""Words that people use for a verb and that do not look like it."""


def parse(body: str) -> CommentCommands:
    """All commands of a comment, in order, and what was not understood.

    A line directly under a quote is a part of that quote for Markdown; such a line, and one inside
    `<details>`, is told as misread, since its author may have meant it. Code and HTML comments are
    silent: they are where commands are explained.
    """
    text = _LINE_END.sub("\n", body)
    lines = text.split("\n")
    candidates = [n for n, line in enumerate(lines) if _CANDIDATE.fullmatch(line)]
    if not candidates:
        return CommentCommands()
    place = places(text)
    shown = [n for n in candidates if place[n] is not Place.HIDDEN]
    plain = [n for n in shown if place[n] is Place.TEXT]
    next_command = dict(zip(plain, [*plain[1:], len(lines)], strict=False))
    read: list[Command | Misread] = []
    for n in shown[:MAX_COMMANDS]:
        if trouble := _TELLTALE.get(place[n]):
            read.append(Misread(trouble, n, _said(lines[n])))
        else:
            read.append(_line(lines[n], n, lines[n + 1 : next_command[n]]))
    return CommentCommands(
        commands=tuple(one for one in read if isinstance(one, Command)),
        misread=tuple(one for one in read if isinstance(one, Misread)),
        left_out=len(shown) - len(read),
    )


def _line(line: str, number: int, below: Sequence[str]) -> Command | Misread:
    word, arguments = _split(line[len("/coder") :])
    if not word:
        return Misread(Trouble.NO_VERB, number)
    verb = _verb(word)
    if verb is None:
        return Misread(Trouble.UNKNOWN_VERB, number, _said(word), nearest=_nearest(word))
    named = _Named.of(verb, arguments, number)
    if isinstance(named, Misread):
        return named
    text = "\n".join((named.text, *below)).strip()
    if verb is Verb.TELL and not text:
        return Misread(Trouble.NO_TEXT, number)
    return Command(verb, number, Untrusted(arguments), Untrusted(text), named.package, named.rule)


@dataclass(frozen=True, slots=True)
class _Named:
    """What the arguments name, and the text that is left of them."""

    text: str
    package: Package | None = None
    rule: str = ""

    @classmethod
    def of(cls, verb: Verb, arguments: str, number: int) -> _Named | Misread:
        if verb not in {Verb.UPGRADE, Verb.ALLOW}:
            return cls(arguments)
        word, text = _split(arguments)
        if verb is Verb.ALLOW:
            rule = word.lower()
            if _RULE.fullmatch(rule):
                return cls(text, rule=rule)
            trouble = Trouble.BAD_RULE if rule else Trouble.NO_RULE
            return Misread(trouble, number, _said(word))
        if not word:
            return Misread(Trouble.NO_PACKAGE, number)
        try:
            return cls(text, read_package(word))
        except PackageNameError as refusal:
            return Misread(Trouble.BAD_PACKAGE, number, _said(word), why=str(refusal))


def _split(text: str) -> tuple[str, str]:
    """The first word and the rest, both trimmed; only blanks and tabs part words."""
    word, *rest = _BLANKS.split(text.strip(" \t"), maxsplit=1)
    return word, rest[0].strip() if rest else ""


def _verb(word: str) -> Verb | None:
    """Only ASCII is folded: `ſtop` is no verb."""
    return next((verb for verb in Verb if word.isascii() and word.lower() == verb.value), None)


def _nearest(word: str) -> Verb | None:
    word = word[:_SAID_LIMIT].lower()
    known = _NEAR.get(word)
    near = get_close_matches(word, list(Verb), n=1)
    return known or (Verb(near[0]) if near else None)


def _said(text: str) -> Untrusted:
    return Untrusted(text[:_SAID_LIMIT])
