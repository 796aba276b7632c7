"""A diff as the rules read it: lines with their code, and runs of lines that replace each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from bot.diff_policy.code import code_of, text_of
from bot.diff_policy.diff import FileDiff, Hunk
from bot.diff_policy.places import Place, is_test_path, language_of, place_of
from bot.sanitize import NO_SECRETS, Secrets

_TESTS_INSIDE = {
    "rust": re.compile(r"mod tests?\b|#\[(?:\w+::)?test\b|#\[(?:rstest|test_case)|\bfn test_")
}
_TESTS_IN_ZIG = re.compile(r"^\s*(?:test\s+(?:\"|\{)|unittest\b)")


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beside the diff; every part may be missing.

    failing_paths: files in which the failure was seen, as the evidence names them.
    failing_tests: names of the tests that failed.
    changed_paths: what the failing change itself had touched, before the fix.
    protected_paths: globs; `*` spans folders.
    max_diff_lines: additions and deletions that are still reviewable; 0 is no limit.
    secrets: the bot's own tokens.
    """

    failing_paths: tuple[str, ...] = ()
    failing_tests: tuple[str, ...] = ()
    changed_paths: tuple[str, ...] = ()
    protected_paths: tuple[str, ...] = ()
    max_diff_lines: int = 0
    secrets: Secrets = NO_SECRETS


@dataclass(frozen=True, slots=True, eq=False)
class CodeLine:
    """One line, equal to itself alone. `text` is what `text_of` leaves; `code` has neither comments nor insides of strings."""

    mark: str
    old: int
    new: int
    text: str
    code: str
    in_test: bool

    @property
    def bare(self) -> str:
        """The text without the blanks around it."""
        return self.text.strip()


@dataclass(frozen=True, slots=True)
class Block:
    """A run of removed lines and the added ones in their place, with what stands around it."""

    removed: tuple[CodeLine, ...]
    added: tuple[CodeLine, ...]
    before: CodeLine | None
    after: CodeLine | None
    hunk: tuple[CodeLine, ...]

    def beside(self, line: CodeLine) -> tuple[CodeLine, ...]:
        """The lines of the other side around the place of one: bounded, however long the block."""
        own, other = (self.added, self.removed) if line.mark == "+" else (self.removed, self.added)
        if not other:
            return ()
        place = line.new - own[0].new if line.mark == "+" else line.old - own[0].old
        return other[max(0, min(place, len(other)) - _AROUND) : place + _AROUND]

    def above(self, line: CodeLine) -> tuple[CodeLine, ...]:
        """What stands right before an added line, as far as the diff shows it without a search."""
        place = line.new - self.added[0].new
        near = self.added[max(0, place - _ABOVE) : place]
        return near if len(near) == _ABOVE or self.before is None else (self.before, *near)

    def around(self, line: CodeLine) -> tuple[CodeLine, ...]:
        """The added lines before an added one: where the names that it uses may have been given."""
        place = line.new - self.added[0].new
        return self.added[max(0, place - _AROUND) : place]

    def below(self, line: CodeLine) -> tuple[CodeLine, ...]:
        """The added lines that follow an added one."""
        place = line.new - self.added[0].new + 1
        return self.added[place : place + _AROUND]


_AROUND, _ABOVE = 40, 3


@dataclass(frozen=True, eq=False)
class ChangedFile:
    """One file of the diff."""

    diff: FileDiff
    path: str = field(init=False)
    place: Place = field(init=False)
    language: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", self.diff.path)
        object.__setattr__(self, "place", place_of(self.diff.path))
        object.__setattr__(self, "language", language_of(self.diff.path))

    @property
    def is_test(self) -> bool:
        """Whether its lines are a test's; Rust has tests in any file, see `CodeLine.in_test`."""
        return self.place is Place.TEST

    @property
    def is_code(self) -> bool:
        """A programming language, whatever the file is for."""
        return self.language not in {"", "data", "docs"} and self.place not in {
            Place.VENDORED,
            Place.SNAPSHOT,
        }

    @property
    def runs_things(self) -> bool:
        """Whether its lines are commands or settings of tools."""
        return self.place in {Place.CI, Place.CONFIG, Place.SCRIPT} or self.language == "shell"

    @cached_property
    def hunks(self) -> tuple[tuple[CodeLine, ...], ...]:
        """All lines, by hunk."""
        return tuple(self._read(hunk) for hunk in self.diff.hunks or ())

    def _read(self, hunk: Hunk) -> tuple[CodeLine, ...]:
        in_test = self.is_test or is_test_path(self.path)
        # What settings say stands in their strings, whatever language they are written in.
        syntax = "data" if self.place is Place.CONFIG else self.language
        inside = _TESTS_INSIDE.get(self.language)
        if not in_test and self.language == "other" and self.path.endswith((".zig", ".d")):
            inside = _TESTS_IN_ZIG
        if not in_test and inside is not None:
            told = inside.search(hunk.section[:200])
            in_test = bool(told) or any(inside.search(x.text[:200]) for x in hunk.lines)
        texts = [text_of(line.text) for line in hunk.lines]
        return tuple(
            CodeLine(
                mark=line.mark,
                old=line.old,
                new=line.new,
                text=text,
                code=code_of(text, syntax),
                in_test=in_test and self.language != "docs",
            )
            for line, text in zip(hunk.lines, texts, strict=True)
        )

    @cached_property
    def added(self) -> tuple[CodeLine, ...]:
        """Added lines, in order."""
        return tuple(line for hunk in self.hunks for line in hunk if line.mark == "+")

    @cached_property
    def removed(self) -> tuple[CodeLine, ...]:
        """Removed lines, in order."""
        return tuple(line for hunk in self.hunks for line in hunk if line.mark == "-")

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """All places where lines were removed, added, or both."""
        return tuple(block for hunk in self.hunks for block in _blocks(hunk))

    @cached_property
    def block_of(self) -> dict[CodeLine, Block]:
        """The block of each changed line."""
        return {x: block for block in self.blocks for x in (*block.removed, *block.added)}

    @cached_property
    def is_tested_inside(self) -> bool:
        """Whether any of its changed lines belongs to a test."""
        return any(line.in_test for line in (*self.added, *self.removed))


def _blocks(hunk: tuple[CodeLine, ...]) -> Iterator[Block]:
    start = 0
    while start < len(hunk):
        if hunk[start].mark == " ":
            start += 1
            continue
        end = start
        while end < len(hunk) and hunk[end].mark != " ":
            end += 1
        run = hunk[start:end]
        yield Block(
            removed=tuple(line for line in run if line.mark == "-"),
            added=tuple(line for line in run if line.mark == "+"),
            before=hunk[start - 1] if start else None,
            after=hunk[end] if end < len(hunk) else None,
            hunk=hunk,
        )
        start = end


@dataclass(frozen=True)
class Change:
    """The whole diff with its context."""

    files: tuple[ChangedFile, ...]
    context: Context

    @cached_property
    def moved_out(self) -> Counter[str]:
        """Removed lines by their bare text: an added line of the same text was only moved."""
        return Counter(line.bare for file in self.files for line in file.removed)

    @cached_property
    def moved_in(self) -> Counter[str]:
        """Added lines by their bare text."""
        return Counter(line.bare for file in self.files for line in file.added)

    @cached_property
    def paths(self) -> frozenset[str]:
        """Every path, also the former ones."""
        return frozenset(
            path for f in self.files for path in (f.path, f.diff.previous_path) if path
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all files, without their folders."""
        return frozenset(path.rpartition("/")[2] for path in self.paths)

    def at(self, *places: Place) -> Iterator[ChangedFile]:
        """The files of those places."""
        return (file for file in self.files if file.place in places)

    def code(self) -> Iterator[ChangedFile]:
        """The files of programming languages."""
        return (file for file in self.files if file.is_code)

    def is_moved_here(self, line: CodeLine) -> bool:
        """Whether an added line stood elsewhere before."""
        return self.moved_out[line.bare] > 0

    def is_kept_elsewhere(self, line: CodeLine) -> bool:
        """Whether a removed line was only moved."""
        return self.moved_in[line.bare] > 0
