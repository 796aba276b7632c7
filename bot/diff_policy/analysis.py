"""A diff with what several rules conclude from the whole of it, each concluded once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from bot.diff_policy import claims, declarations
from bot.diff_policy.change import Change, ChangedFile, CodeLine, Context
from bot.diff_policy.diff import FileDiff


@dataclass(frozen=True)
class Analysis(Change):
    """What the rules are given."""

    @cached_property
    def settled(self) -> frozenset[CodeLine]:
        """See `claims.settled`."""
        return claims.settled(self)

    @cached_property
    def helpers(self) -> claims.Helpers:
        """See `claims.new_helpers`."""
        return claims.new_helpers(self)

    @cached_property
    def removed_definitions(self) -> frozenset[str]:
        """See `claims.removed_definitions`."""
        return claims.removed_definitions(self)

    @cached_property
    def new_test_lines(self) -> frozenset[CodeLine]:
        """See `declarations.new_test_lines`."""
        gone = declarations.removed_tests(self)
        tests = (file for file in self.files if file.is_tested_inside)
        return frozenset(x for file in tests for x in declarations.new_test_lines(file, gone))


def analysis_of(files: Iterable[FileDiff], context: Context) -> Analysis:
    """The files in the order of their paths."""
    ordered = sorted(files, key=lambda f: (f.path, f.previous_path, f.status))
    return Analysis(tuple(ChangedFile(f) for f in ordered), context)
