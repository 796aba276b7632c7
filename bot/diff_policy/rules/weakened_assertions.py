"""Assertions that claim less than before, or are gone from a test that stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from bot.diff_policy.analysis import Analysis
from bot.diff_policy.arguments import is_tautology
from bot.diff_policy.assertions import (
    Strength,
    is_assertion,
    is_derived,
    is_helper_call,
    is_itself,
    strength_of,
)
from bot.diff_policy.blurring import is_blurred
from bot.diff_policy.change import Block, Change, ChangedFile, CodeLine
from bot.diff_policy.claims import names_gone
from bot.diff_policy.commands import RUNS_CASES
from bot.diff_policy.declarations import declarations, is_test_head
from bot.diff_policy.finding import Hit, Rule
from bot.diff_policy.pairing import paired

_LESS = "An assertion claims less than before."
_GONE = "An assertion was removed."
_PANIC = "The test now passes when the code panics."
_SHOULD_PANIC = re.compile(r"#\[should_panic\b|@Test\(expected\s*=|\[ExpectedException")
_TAKEN = re.compile(
    r"\b(?:want|expected|exp)\w*\s*:?=\s*(?:got|actual|result|out(?:put)?|response|res)\b\s*;?$"
)


def find(change: Analysis) -> Iterator[Hit]:
    """Compares what was removed with what came in its place, place by place."""
    for file in change.code():
        if not file.is_tested_inside or file.diff.status == "removed":
            continue
        balances = {
            id(hunk): _has_table(hunk) or _claims(hunk, "+") >= _claims(hunk, "-")
            for hunk in file.hunks
        }
        for block in file.blocks:
            yield from _in(file, block, change, balanced=balances[id(block.hunk)])
        yield from _expected_panics(file)
        yield from _forced(file)
        for line in file.added:
            if line.in_test and _TAKEN.search(line.code) and file.diff.status != "added":
                yield Hit(file, line, "What is expected is taken from what came out.")


_FORCE = re.compile(r",?\s*\{?\s*\bforce\s*:\s*true\s*\}?|,?\s*\bforce=True")


def _forced(file: ChangedFile) -> Iterator[Hit]:
    """A step of a test in the browser is made although the page does not allow it."""
    for line in file.added:
        if line.in_test and "force" in line.code and _FORCE.search(line.code):
            bare = _FORCE.sub("", line.bare)
            if any(x.bare == bare for x in file.block_of[line].beside(line)):
                yield Hit(file, line, "The step is made whether or not a user could make it.")


def _in(file: ChangedFile, block: Block, change: Analysis, *, balanced: bool) -> Iterator[Hit]:
    removed = [x for x in _outside_deleted(file, block, change) if x.in_test and is_assertion(x)]
    removed = [x for x in removed if not (change.is_kept_elsewhere(x) or _stands_beside(x, block))]
    if removed:
        removed = [x for x in removed if x not in change.settled]
    if file.language == "rust":
        removed = [x for x in removed if not _UNWRAPS.search(x.code)]
    added = [x for x in block.added if x.in_test and is_assertion(x)]
    added = [x for x in added if not change.is_moved_here(x)]
    helpers = any(is_helper_call(x) for x in block.added if x.in_test) or any(
        x.in_test and change.helpers.are_called(x, file) for x in block.added
    )
    yield from _compared(file, block, removed, added)
    if balanced or helpers:
        return
    for old in removed[len(added) :]:
        if not _is_covered(old, file, block) and not names_gone(old, change.removed_definitions):
            yield Hit(file, old, _GONE)


def _compared(
    file: ChangedFile, block: Block, removed: list[CodeLine], added: list[CodeLine]
) -> Iterator[Hit]:
    """Each claim that went against the one that came for it."""
    pairs = list(paired(removed, added))
    spare = {x: x for x in added} if len(added) > len(removed) else {}
    for _, new in pairs:
        spare.pop(new, None)
    for old, new in pairs:
        why = _weaker(old, new)
        if (
            not why
            and is_tautology(new, block.around(new))
            and not is_tautology(old, block.hunk[:_AROUND])
        ):
            why = "Something is compared with itself."
        if why == _LESS and any(_is_as_strong(old, x) for x in spare.values()):
            continue
        if why and not any(_stands_for(old, x) for x in added if x is not new):
            yield Hit(file, new, why)


_AROUND = 60


def _is_as_strong(old: CodeLine, new: CodeLine) -> bool:
    """Whether a further claim, which stands for none that went, pins down as much."""
    return (strength_of(new) or Strength.NOTHING) >= (strength_of(old) or Strength.PART)


def _stands_for(old: CodeLine, new: CodeLine) -> bool:
    """Whether a claim that came names all that an old one had named, and says no less of it."""
    before, after = strength_of(old), strength_of(new)
    names = set(_NAMES.findall(old.code)) - _COMMON
    names = {x for x in names if not _WORDS_OF_CLAIMS.match(x)}
    return (
        bool(names)
        and names <= set(_NAMES.findall(new.code))
        and after is not None
        and after >= (before or Strength.NOTHING)
        and not _weaker(old, new)
    )


def _weaker(old: CodeLine, new: CodeLine) -> str:
    """Why the new claim says less than the old one; empty where it does not."""
    before, after = strength_of(old), strength_of(new)
    if is_itself(new) and not is_itself(old):
        return "Something is compared with itself."
    if after is Strength.NOTHING and before is not Strength.NOTHING:
        return "An assertion holds whatever the code does."
    if _is_unawaited(old, new):
        return "The test does not wait for what it claims."
    less = (
        (before is not None and after is not None and after < before)
        or (is_derived(new) and not is_derived(old) and before is Strength.WHOLE)
        or is_blurred(old, new)
        or _lost_comparison(old, new)
    )
    return _LESS if less else ""


def _is_unawaited(old: CodeLine, new: CodeLine) -> bool:
    """Whether nothing changed but that the claim is no longer awaited."""
    was = _AWAITS.sub("", old.bare)
    return was != old.bare and was.rstrip(";") == new.bare.rstrip(";")


_AWAITS = re.compile(r"^(?:return\s+)?await\s+|^return\s+|\.await\b")


def _stands_beside(line: CodeLine, block: Block) -> bool:
    """Whether the same claim stands unchanged right beside it: one of two was superfluous."""
    return any(x is not None and x.bare == line.bare for x in (block.before, block.after))


def _is_covered(old: CodeLine, file: ChangedFile, block: Block) -> bool:
    """Whether what a removed assertion had claimed stands in those that came.

    Either every literal that it named stands there too, or it had looked at a part of something
    that is now compared as a whole.
    """
    near = block.beside(old)
    whole = [x for x in near if x.in_test and strength_of(x) is Strength.WHOLE]
    whole = [x for x in whole if is_assertion(x) or file.language == "go"]
    literals = _literals(old)
    came = _claimed(file) | {y for x in near if whole for y in _literals(x)}
    if literals and literals <= came:
        return True
    if strength_of(old) is Strength.WHOLE and not is_derived(old):
        return False
    names = {x for x in _NAMES.findall(old.code) if not _WORDS_OF_CLAIMS.match(x)} - _COMMON
    return any(names and names <= set(_NAMES.findall(x.code)) and not is_derived(x) for x in whole)


@lru_cache(maxsize=8)
def _claimed(file: ChangedFile) -> frozenset[str]:
    """The literals of all assertions that came into a file."""
    return frozenset(y for x in file.added if x.in_test and is_assertion(x) for y in _literals(x))


def _literals(line: CodeLine) -> set[str]:
    """The strings that a line names, or where it has none its numbers of two digits and more."""
    strings = {m[0].strip("\"'`") for m in _STRING.finditer(line.text)} - {""}
    return strings or set(_LARGE.findall(line.code))


_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'|`(?:[^`\\]|\\.)*+`")
_LARGE = re.compile(r"(?<![\w.])[0-9][0-9.]+(?![\w.])")
_NAMES = re.compile(r"[A-Za-z_]\w*")
_WORDS_OF_CLAIMS = re.compile(
    r"(?:assert|expect|should|verify|check|require)\w*$|(?:size|length|count|get|equals|contains)$",
    re.IGNORECASE,
)
_COMMON = {
    "assert",
    "self",
    "expect",
    "len",
    "in",
    "not",
    "is",
    "None",
    "t",
    "this",
    "true",
    "false",
}
_UNWRAPS = re.compile(r"\.expect(?:_err)?\((?!.*assert)")


def _lost_comparison(old: CodeLine, new: CodeLine) -> bool:
    """`assert f(x) == 3` became `assert f(x)`."""
    found = _TRUTH.match(new.bare)
    if not found or not _COMPARES.search(old.code) or _COMPARES.search(new.code):
        return False
    return len(found[1]) > 3 and found[1] in old.bare


_TRUTH = re.compile(r"(?:assert|ok|expect)\w*!?[\s(]\s*(.+?)[\s;]*$")
_COMPARES = re.compile(r"[=!]=|\s=\s|\bis\b")


def _has_table(hunk: tuple[CodeLine, ...]) -> bool:
    """Whether what came runs one test over many cases."""
    return any(line.mark == "+" and RUNS_CASES.search(line.code) for line in hunk)


def _claims(hunk: tuple[CodeLine, ...], mark: str) -> int:
    return sum(line.mark == mark and line.in_test and is_assertion(line) for line in hunk)


def _outside_deleted(file: ChangedFile, block: Block, change: Change) -> Iterator[CodeLine]:
    """The removed lines that do not belong to a test which went as a whole."""
    came = {d.name for d in declarations(file, "+")}
    gone = False
    for line in block.removed:
        if is_test_head(line, file.language):
            gone = not change.is_kept_elsewhere(line) and not came
        if not gone:
            yield line


def _expected_panics(file: ChangedFile) -> Iterator[Hit]:
    if any(_SHOULD_PANIC.search(line.code) for line in file.removed):
        return
    for hunk in file.hunks:
        for line, after in pairwise(hunk):
            marked = line.mark == "+" and line.in_test and _SHOULD_PANIC.search(line.code)
            if marked and after.mark == " ":
                yield Hit(file, line, _PANIC)


RULE = Rule(
    id="weakened-assertions",
    why=_LESS,
    legitimate="The old claim was wrong, or the new one says the same in other words.",
    find=find,
)
