"""Tests that were there before and are not any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bot.diff_policy.analysis import Analysis
from bot.diff_policy.assertions import Strength, is_helper_call, strength_of
from bot.diff_policy.change import Change, ChangedFile, CodeLine
from bot.diff_policy.claims import subject_is_gone, tests_of
from bot.diff_policy.commands import RUNS_CASES
from bot.diff_policy.declarations import declarations, is_mark
from bot.diff_policy.finding import Hit, Rule, Severity


def find(change: Analysis) -> Iterator[Hit]:
    """Tests by name, then files that held tests and could not be read."""
    came = Counter(d.name for f in change.code() for d in declarations(f, "+") if d.name)
    for file in change.code():
        if not file.is_tested_inside:
            if file.diff.status == "removed" and file.is_test and file.diff.hunks is None:
                yield Hit(file, why="A test file was deleted.")
            continue
        yield from _in(file, change, came)


def _in(file: ChangedFile, change: Analysis, came: Counter[str]) -> Iterator[Hit]:
    removed = [d for d in declarations(file, "-") if not _renamed_away(d.line, change, file)]
    moved = {d.line for d in removed if d.line in change.settled}
    names = {d.name for d in removed}
    fresh = [d for d in declarations(file, "+") if d.name not in names]
    if removed and fresh:
        idle = _idle(file, change)
        fresh = [d for d in fresh if d.line not in idle]
    spare = len(removed) if any(RUNS_CASES.search(x.code) for x in file.added) else len(fresh)
    spare -= sum(d.line in moved and came[d.name] == 0 for d in removed)
    kept = _still_named(file) if removed else frozenset()
    reported: set[str] = set()
    for declaration in removed:
        name = declaration.name
        if (name and came[name] > 0) or name in reported or declaration.line in moved:
            continue
        if name in kept:
            continue
        if not name and change.is_kept_elsewhere(declaration.line):
            continue
        if is_mark(declaration.line, file.language) and not _has_body(declaration.line, file):
            continue  # only its mark went: a narrowed test
        if spare > 0:
            spare -= 1
            continue
        reported.add(name) if name else None
        if name not in change.context.failing_tests and subject_is_gone(
            declaration.line, file, change.removed_definitions
        ):
            yield Hit(
                file,
                declaration.line,
                "A test was deleted together with the code that it names.",
                Severity.NOTICE,
            )
        else:
            yield Hit(file, declaration.line)


def _idle(file: ChangedFile, change: Analysis) -> frozenset[CodeLine]:
    """The `id`s of the heads of new tests that claim nothing, and so stand for none that went."""
    return frozenset(
        test.head.line
        for test in tests_of(file, "+")
        if all(x.mark == "+" for x in test.body)
        and test.claims
        and all(strength_of(x) is Strength.NOTHING for x in test.claims)
        and not any(is_helper_call(x) or change.helpers.are_called(x, file) for x in test.body[1:])
    )


def _still_named(file: ChangedFile) -> frozenset[str]:
    """Names that another test bears, and sentences that stand on a line of their own again."""
    quoted = (x.bare.rstrip(",").strip("\"'`") for x in file.added if x.code)
    others = (d.name for d in declarations(file, " ") if d.name)
    return frozenset((*(text for text in quoted if " " in text), *others))


def _renamed_away(line: CodeLine, change: Change, file: ChangedFile) -> bool:
    """Whether the same head stands in the diff with another name: that is for `narrowed-tests`."""
    return file.diff.status == "renamed" and change.is_kept_elsewhere(line)


def _has_body(mark: CodeLine, file: ChangedFile) -> bool:
    """Whether the lines after a removed mark were removed as well."""
    following = [x for h in file.hunks for x in h if x.old > mark.old and x.mark != "+"][:2]
    return bool(following) and all(x.mark == "-" for x in following)


RULE = Rule(
    id="deleted-tests",
    why="A test was deleted, and none came in its place.",
    legitimate="What it tested was removed on purpose, or another test covers it.",
    find=find,
)
