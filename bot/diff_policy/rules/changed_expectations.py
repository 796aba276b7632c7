"""Only what is expected was changed: the test now says what the code does.

Whether the code or the test was wrong cannot be read from such a diff. A person has to say it,
unless the failing change had itself touched the code that the test is about: then the test was
most likely left behind, and a note is enough. With product code in the fix it is no finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.diff_policy.assertions import Strength, is_assertion, strength_of
from bot.diff_policy.change import Block, Change, ChangedFile, CodeLine
from bot.diff_policy.code import shared_start
from bot.diff_policy.finding import Hit, Rule, Severity
from bot.diff_policy.numbers import numbers_of, skeleton
from bot.diff_policy.places import Place, is_test_path, stem_of

_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'|`(?:[^`\\]|\\.)*+`")
_WORD = re.compile(r"\b(?:true|false|True|False|nil|null|None|undefined|:ok|:error)\b")
_EXPECTED = re.compile(r"\b(?:want\w*|expect\w*|exp|should\w*|golden)\b\s*(?::?=|:)", re.IGNORECASE)
_DATA = re.compile(r"^\s*[\"'`0-9\[({:-].*[,)\]};\"'`0-9]\s*$")
_LEFT_BEHIND = "Only the expected value changed; the failing change had touched what it tests."


def find(change: Change) -> Iterator[Hit]:
    """Nothing, unless every changed line of code in the diff is an expectation."""
    hits: list[tuple[ChangedFile, CodeLine]] = []
    others = 0
    for file in change.files:
        if file.place in {Place.DOCS, Place.SNAPSHOT}:
            continue
        if not file.is_tested_inside or file.diff.status != "modified":
            return
        for block in file.blocks:
            found = list(_rewritten(block))
            others += sum(bool(x.code) for x in block.added) - len(found)
            hits += [(file, line) for line in found]
    for file, line in hits:
        if others:
            yield Hit(file, line, "An expected value changed.", Severity.NOTICE)
        elif _was_left_behind(file, change) and not _CONFESSES.search(line.text):
            yield Hit(file, line, _LEFT_BEHIND, Severity.NOTICE)
        else:
            yield Hit(file, line)


_CONFESSES = re.compile(
    r"(?:#|//|--|/\*|;|%).*(?:current(?:ly)?\s+(?:implement|behavio|output|result|return|value)|\bas\s+(?:it\s+is\s+)?implemented|\bfor\s+now\b|\btemporar|\bworkaround|\buntil\b.{0,40}\bfix|\b(?:TODO|FIXME|HACK|XXX)\b|\bactual(?:ly)?\s+(?:return|output|behavio|result|value)|\bwhat\s+(?:it|the\s+code)\s+(?:returns|does|gives)|(?!))",
    re.IGNORECASE,
)
"""What says itself that the value was taken from the code, and not from what is wanted."""


def _rewritten(block: Block) -> Iterator[CodeLine]:
    shapes: dict[str, CodeLine] = {_shape(x.text): x for x in block.removed if x.in_test and x.code}
    for line in block.added:
        old = shapes.get(_shape(line.text)) if line.in_test and line.code else None
        old = old or _same_subject(block, line)
        if old is None or not _differ(old.text, line.text):
            continue
        if is_assertion(line) or _EXPECTED.search(line.code) or _DATA.match(line.text):
            yield line


def _same_subject(block: Block, line: CodeLine) -> CodeLine | None:
    """An assertion of equal strength that begins as the line does, and expects something else."""
    if not block.removed or not line.in_test or not is_assertion(line):
        return None
    if strength_of(line) is not Strength.WHOLE:
        return None
    for old in block.beside(line):
        if is_assertion(old) and strength_of(old) is Strength.WHOLE and old.bare != line.bare:
            same = shared_start(old.bare, line.bare)
            alike = set(_NAME.findall(old.code)) == set(_NAME.findall(line.code))
            if alike and same >= _BEGINNING and 2 * same >= min(len(old.bare), len(line.bare)):
                return old
    return None


_NAME = re.compile(r"[A-Za-z_]\w*")
_BEGINNING = 12


def _shape(text: str) -> str:
    return skeleton(_WORD.sub("\0", _STRING.sub("\0", text)))


def _differ(old: str, new: str) -> bool:
    words = [(_STRING.findall(x), _WORD.findall(_STRING.sub("", x))) for x in (old, new)]
    return words[0] != words[1] or numbers_of(_STRING.sub("", old)) != numbers_of(
        _STRING.sub("", new)
    )


def _was_left_behind(file: ChangedFile, change: Change) -> bool:
    return any(
        stem_of(path) == stem_of(file.path) and not is_test_path(path)
        for path in change.context.changed_paths
    )


RULE = Rule(
    id="changed-expectations",
    why="Only the expected value changed, and no product code: was the code right?",
    legitimate="The behaviour changed on purpose, and the test had been left behind.",
    find=find,
)
