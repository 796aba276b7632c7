"""Where a test begins, in every language: its line and its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.diff_policy.change import Change, ChangedFile, CodeLine

_QUOTED = r"(?P<q>[\"'`])(?P<name>.{1,200}?)(?P=q)"

_BY_LINE = {
    "python": re.compile(r"^\s*(?:async\s+)?def\s+(?P<name>test\w*)"),
    "javascript": re.compile(
        rf"^\s*(?:x|f)?(?:it|test|specify|scenario)(?:\.\w+)*(?:\([^()]*\))?\s*\(\s*{_QUOTED}"
    ),
    "dart": re.compile(rf"^\s*(?:test|testWidgets)\s*\(\s*{_QUOTED}"),
    "go": re.compile(
        r"^func\s+(?P<name>(?:Test|Fuzz|Example)[A-Z_]?\w*)\s*\(|\bt\.Run\(\s*\"(?P<sub>[^\"]*)\""
    ),
    "ruby": re.compile(
        rf"^\s*(?:x|f)?(?:it|specify|scenario|test|should|example)\s*\(?\s*{_QUOTED}"
        r"|^\s*def\s+(?P<def>test_\w+)"
    ),
    "php": re.compile(
        rf"\bfunction\s+(?P<def>test\w+)|^\s*(?:it|test)\s*\(\s*{_QUOTED}", re.IGNORECASE
    ),
    "cpp": re.compile(
        r"^\s*(?:TEST(?:_F|_P|_CASE|_CASE_METHOD|_METHOD)?|TYPED_TEST(?:_P)?|SCENARIO|BOOST_\w*TEST_CASE|Test"
        r"|TEMPLATE_TEST_CASE)\s*\(\s*(?P<name>[^{]{1,200}?)\)?\s*\{?$"
    ),
    "swift": re.compile(r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*func\s+(?P<name>test\w*)\s*\("),
    "elixir": re.compile(rf"^\s*(?:test|property)\s+{_QUOTED}|^\s*doctest\s+(?P<def>\S+)"),
    "scala": re.compile(
        rf"^\s*(?:(?:it|they|ignore)\s+(?:should|must|can)\s+|test\s*\(\s*|property\s*\(\s*|it\s*\(\s*){_QUOTED}"
        r"|^\s*\"(?P<def>[^\"]{1,200})\"(?:\.ignore)?\s+(?:in|should|must|>>)\b"
    ),
    "kotlin": re.compile(
        rf"^\s*(?:test|it|should|given|then|expect|scenario|describe)\s*\(\s*{_QUOTED}|^\s*\"(?P<def>[^\"]{{1,200}}?)\"(?:\.config\(.*\))?\s*\{{"
    ),
    "shell": re.compile(rf"^\s*@test\s+{_QUOTED}|^\s*(?:function\s+)?(?P<def>test_\w+)\s*\(\)"),
    "perl": re.compile(rf"^\s*subtest\s+{_QUOTED}"),
    "lua": re.compile(rf"^\s*it\s*\(\s*{_QUOTED}"),
    "other": re.compile(
        rf"^\s*\(?(?:test_that|@testset|@testitem|test|it|specify|It|def|prop|testCase|deftest|Scenario|testProperty)\s*\(?:?\s*{_QUOTED}"
        r"|^\s*\(deftest\s+(?P<def>\S+)|^\s*Scenario(?: Outline)?:\s*(?P<scenario>.+)"
    ),
}
"""A line that is a test's head by itself."""

_MARKS = {
    "java": re.compile(r"^\s*@(?:Test|ParameterizedTest|RepeatedTest|Property|TestFactory)\b"),
    "kotlin": re.compile(r"^\s*@(?:Test|ParameterizedTest|RepeatedTest)\b"),
    "scala": re.compile(r"^\s*@Test\b"),
    "csharp": re.compile(
        r"^\s*\[(?:Fact|Theory|Test|TestCase|TestMethod|DataTestMethod|SkippableFact)\b"
    ),
    "rust": re.compile(r"^\s*#\[(?:[\w:]{1,60}::)?(?:test|rstest|test_case|quickcheck)\b"),
    "swift": re.compile(r"^\s*@Test\b"),
    "php": re.compile(r"^\s*#\[Test\b|/\*\*\s*@test\b|^\s*\*\s*@test\b"),
    "cpp": re.compile(r"^\s*(?:Q_SLOTS|private slots:)"),
}
"""A mark that makes what follows it a test."""

_NAMED = re.compile(
    r"\bfn\s+(\w+)|\bfunc(?:tion)?\s+(\w+)|\bfun\s+(?:`([^`]{1,200})`|(\w+))|\bdef\s+(\w+)"
    r"|(?:void|Task|[\w<>\[\]]{1,60})\s+(\w+)\s*\("
)
_FAR = 6
"""Lines between a mark and the name: other attributes and rows of data."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A test's head: the line that makes it a test, and what it is called."""

    line: CodeLine
    name: str


def declarations(file: ChangedFile, mark: str) -> Iterator[Declaration]:
    """The tests that begin on lines of that mark, `+` or `-`; names may be empty."""
    for hunk in file.hunks:
        for index, line in enumerate(hunk):
            if line.mark == mark and is_test_head(line, file.language):
                yield Declaration(line, _name(hunk[index : index + _FAR], file.language, mark))


def is_test_head(line: CodeLine, language: str) -> bool:
    """Whether a test begins on that line, or is announced by it."""
    text = line.text if line.code else ""
    head, marked = _BY_LINE.get(language), _MARKS.get(language)
    if not text and language == "php":
        text = line.text  # `/** @test */`
    return bool((head and head.match(text)) or (marked and marked.search(text)))


def is_mark(line: CodeLine, language: str) -> bool:
    """Whether that line only announces a test that follows."""
    marked = _MARKS.get(language)
    head = _BY_LINE.get(language)
    return bool(marked and marked.search(line.text) and not (head and head.match(line.text)))


def names_a_test(text: str, language: str) -> str:
    """The test's name if the line is a head that names it, else an empty string."""
    head = _BY_LINE.get(language)
    found = head.match(text) if head else None
    if not found:
        return ""
    return next((str(v) for k, v in found.groupdict().items() if k != "q" and v), "")


def _name(lines: Iterable[CodeLine], language: str, mark: str) -> str:
    for line in lines:
        if line.mark not in {mark, " "}:
            continue
        if name := names_a_test(line.text, language):
            return name.strip()
        if (found := _NAMED.search(line.code)) and not line.code.lstrip().startswith(("@", "[")):
            return next(group for group in found.groups() if group)
    return ""


_FUNCTION = re.compile(
    r"^\s*(?:(?:export|default|async|pub|public|private|protected|static|final|override|suspend|internal)\s+)*"
    r"(?:def|defp?|func|function|fn|fun|class|module|impl)\b"
)
_ANNOUNCES = re.compile(r"^\s*(?:@\w|\[\w|#\[|\)\s*$)")


def new_test_lines(file: ChangedFile, gone: frozenset[str]) -> Iterator[CodeLine]:
    """The added lines in tests and helpers that are wholly new; `gone` are names of removed tests.

    What a new test does cannot make a red one green. A test that stands where another was
    removed, or that has the name of a removed one, is not new.
    """
    if file.diff.status == "added" and not gone:
        yield from file.added
        return
    replacing = {d.line for d in declarations(file, "+") if d.name in gone}
    for hunk in file.hunks:
        fresh, pending = False, list[CodeLine]()
        for line in hunk:
            if line.mark == "-":
                continue
            if _is_head(line, file):
                fresh = line.mark == "+" and line not in replacing
                fresh = fresh and not any(_is_head(x, file) for x in file.block_of[line].removed)
                yield from (x for x in pending if fresh)
                pending = []
            elif line.mark == "+" and _ANNOUNCES.match(line.text):
                pending.append(line)
            elif not line.code:
                pending = []
            if fresh and line.mark == "+":
                yield line


def _is_head(line: CodeLine, file: ChangedFile) -> bool:
    return is_test_head(line, file.language) or bool(_FUNCTION.match(line.code))


def removed_tests(change: Change) -> frozenset[str]:
    """The names of all tests of which the head was removed."""
    return frozenset(d.name for f in change.code() for d in declarations(f, "-") if d.name)
