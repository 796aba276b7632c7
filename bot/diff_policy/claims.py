"""What tests claim, across all files of a diff: a test that moved or became a row keeps its claims."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.diff_policy.assertions import Strength, is_assertion, strength_of
from bot.diff_policy.change import Change, ChangedFile, CodeLine
from bot.diff_policy.declarations import Declaration, declarations, is_test_head
from bot.diff_policy.places import Place, is_test_path

_DEFINITION = re.compile(
    r"^\s*(?:export\s+(?:default\s+)?|pub(?:\([^)]*\))?\s+|public\s+|private\s+|protected\s+|internal\s+|static\s+"
    r"|async\s+|final\s+|override\s+|open\s+)*(?:def|class|func|function|fn|fun|struct|interface|enum|module|defp?"
    r"|const|trait|type|object|val|var|let|record|protocol|actor|typedef|data|newtype|sub)\s+(?:self\.)?(?:\([^)]*\)\s*)?(?P<named>[A-Za-z_]\w{2,})"
    r"|^\s*(?:\[\w+\]\s*)?(?:(?:public|private|protected|internal|static|final|override|virtual|abstract|async|inline|constexpr|extern|unsigned|const|synchronized|sealed)\s+)+"
    r"[\w.]{1,60}(?:<[\w<>,.?\s]{1,80}>)?(?:\[\])?[?*&]{0,2}\s+\*?(?P<typed>[A-Za-z_]\w{2,})\s*[(<;={]"
    r"|^(?!return\b|else\b|typedef\b)[\w]{1,40}(?:\s+\w{1,40})?\s+\*{0,2}(?P<plain>[A-Za-z_]\w{2,})\s*\([^;]*$"
)
_WORD = re.compile(r"[A-Za-z_]\w{2,}")
_TOKEN = re.compile(
    r"\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'|`(?:[^`\\]|\\.)*+`|(?<![\w.])[0-9][0-9.]*+(?!\w)"
    r"|\b(?:None|nil|null|undefined|true|false|True|False)\b"
)
_CALLED = re.compile(r"([A-Za-z_]\w*)\s*!?\(")
_HELPER = re.compile(
    r"^\s*(?:(?:export|async|public|private|protected|static|internal|pub)\s+)*"
    r"(?:(?:def|defp|func|function|fn|fun|sub|void|let|const)\s+)+(?:\([^)]*\)\s*)?`?([A-Za-z_]\w*)"
)
_BODY, _TRIED = 60, 40
"""Lines of a test that are looked at, and lines among which a claim's values are looked for."""


@dataclass(frozen=True, slots=True)
class WrittenTest:
    """A test as one side of the diff shows it, with its body as far as the diff shows that."""

    file: ChangedFile
    head: Declaration
    body: tuple[CodeLine, ...]

    @property
    def claims(self) -> tuple[CodeLine, ...]:
        """Its assertions; the head's own line where the whole test stands on it."""
        inside = tuple(x for x in self.body[1:] if is_assertion(x))
        return inside or tuple(x for x in self.body[:1] if is_assertion(x))


def tests_of(file: ChangedFile, mark: str) -> Iterator[WrittenTest]:
    """The tests that begin on lines of that mark."""
    heads = {d.line: d for d in declarations(file, mark)}
    for hunk in file.hunks:
        shown = [x for x in hunk if x.mark in {mark, " "}]
        starts = [i for i, x in enumerate(shown) if is_test_head(x, file.language)]
        for start, end in pairwise([*starts, len(shown)]):
            if (head := heads.get(shown[start])) is not None:
                yield WrittenTest(file, head, tuple(shown[start : min(end, start + _BODY)]))


def settled(change: Change) -> frozenset[CodeLine]:
    """The removed lines of tests whose claims stand elsewhere after the change.

    A claim stands elsewhere where the same line came, or a line of tests came with all of its
    values, as a row of a table does. A test that bears its name again is compared in place. A test of which every line stands unchanged in the file too
    was a copy.
    """
    rows = _Rows(change)
    came = {d.name for f in change.code() for d in declarations(f, "+") if d.name}
    return frozenset(
        x
        for file in change.code()
        if file.is_tested_inside
        for test in tests_of(file, "-")
        if test.head.name not in came and _is_kept(test, change, rows)
        for x in test.body
    )


class _Rows:
    """The values of all added lines of tests, to be found by one of them."""

    def __init__(self, change: Change) -> None:
        self._by_value: defaultdict[str, list[tuple[frozenset[str], CodeLine]]] = defaultdict(list)
        for file in change.code():
            for line in file.added:
                values = values_of(line) if line.in_test else frozenset()
                for value in values:
                    self._by_value[value].append((values, line))

    def hold(self, claim: CodeLine, before: CodeLine) -> bool:
        """Whether one line has all values of a claim, and claims no less where it is one itself.

        `before` stands before the claim: Go's `if got != want {` before a `t.Errorf(…)`.
        """
        values = values_of(claim)
        if _REPORTS.search(claim.code) and before.code.rstrip().endswith("{"):
            values |= values_of(before)
        if not values:
            return False
        rarest = min((self._by_value.get(x, []) for x in sorted(values)), key=len)
        return any(
            values <= row
            and (_is_as_strong(line, claim) if is_assertion(line) else _ROW.search(line.text))
            for row, line in rarest[:_TRIED]
        )


_ROW = re.compile(
    r"^\s*(?:[\[({\"'`0-9:|&#@-]|(?:\w+\.)*(?:case|row|arguments|of|param|args|entry|Entry|TestCase|InlineData)\b)|parametrize|\beach\b|\brange\b|\bfor\b"
)
"""Lines that hold data, or run something over it."""


def _is_as_strong(line: CodeLine, claim: CodeLine) -> bool:
    return (strength_of(line) or Strength.NOTHING) >= (strength_of(claim) or Strength.NOTHING)


def values_of(line: CodeLine) -> frozenset[str]:
    """The strings, numbers and constants that a line names."""
    found = _TOKEN.findall(line.text) if line.code else []
    return frozenset(x.strip("\"'`") for x in found if not _FORMAT.search(x))


_FORMAT = re.compile(r"%[-+#]?[a-zA-Z]")
_REPORTS = re.compile(r"\b(?:t|b|tb)\.(?:Error|Fatal|Fail)\w*\(")


def _is_kept(test: WrittenTest, change: Change, rows: _Rows) -> bool:
    claims = test.claims
    wanted = set(claims)
    if claims and all(
        change.moved_in[x.bare] >= change.moved_out[x.bare] or rows.hold(x, before)
        for before, x in pairwise((test.body[0], *test.body))
        if x in wanted
    ):
        return True
    steps = [x for x in test.body[1:] if x.code and any(c.isalnum() for c in x.bare)]
    steps = [x for x in steps if x.bare not in {"end", "fi", "done"}]
    return bool(claims) and len(test.body) > 1 and {x.bare for x in steps} <= _unchanged(test.file)


@lru_cache(maxsize=8)
def _unchanged(file: ChangedFile) -> frozenset[str]:
    return frozenset(x.bare for hunk in file.hunks for x in hunk if x.mark == " ")


def _helpers_of(file: ChangedFile) -> frozenset[str]:
    found: set[str] = set()
    name = ""
    for line in file.added:
        head = None if is_test_head(line, file.language) else _HELPER.match(line.code)
        inner = head and name and line.code[:1].isspace()
        if head and not inner and ("(" in line.code):
            name = head[1]
        elif is_test_head(line, file.language):
            name = ""
        elif name and is_assertion(line) and strength_of(line) is not Strength.NOTHING:
            found.add(name)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Helpers:
    """The functions that came with claims of their own, by file; `shared` may be called anywhere."""

    by_path: Mapping[str, frozenset[str]]
    shared: frozenset[str]

    def are_called(self, line: CodeLine, file: ChangedFile) -> bool:
        """Whether an added line calls one of them."""
        called = {x for x in _CALLED.findall(line.code) if len(x) > 2}
        if not called or _HELPER.match(line.code):
            return False
        return bool(called & (self.by_path.get(file.path, frozenset()) | self.shared))


def new_helpers(change: Change) -> Helpers:
    """Those of all files; what stands in a file of support is shared."""
    by_path = {x.path: _helpers_of(x) for x in change.code() if _may_help(x)}
    shared = (by_path[x.path] for x in change.at(Place.SUPPORT) if x.path in by_path)
    return Helpers(by_path, frozenset().union(*shared))


def _may_help(file: ChangedFile) -> bool:
    return file.is_tested_inside or file.place is Place.SUPPORT


def subject_is_gone(line: CodeLine, file: ChangedFile, gone: frozenset[str]) -> bool:
    """Whether what follows a removed line names one of the definitions that are gone."""
    if not gone:
        return False
    first = _position(file).get(line, 0)
    body = (x for x in file.removed[first : first + 30] if x.old < line.old + 30)
    return any(word in gone for x in body for word in _WORD.findall(x.code))


@lru_cache(maxsize=8)
def _position(file: ChangedFile) -> dict[CodeLine, int]:
    return {x: index for index, x in enumerate(file.removed)}


def names_gone(line: CodeLine, gone: frozenset[str]) -> bool:
    """Whether the line itself names one of the definitions that are gone."""
    return not gone.isdisjoint(_WORD.findall(line.code))


def removed_definitions(change: Change) -> frozenset[str]:
    """What product code defined before and no file defines any more."""
    before, after = (
        {
            next(x for x in found.groups() if x)
            for file in change.at(Place.PRODUCT)
            if not is_test_path(file.path)
            for line in (file.removed if mark == "-" else file.added)
            if not line.in_test and (found := _DEFINITION.match(line.code))
        }
        for mark in "-+"
    )
    return frozenset(before - after)
