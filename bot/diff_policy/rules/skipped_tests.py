"""Tests that are still there and no longer run: marks, calls and names that skip them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from bot.diff_policy.change import Change, ChangedFile, CodeLine
from bot.diff_policy.finding import Hit, Rule

_JVM = (
    r"@(?:Disabled\w*|Ignore\w*|EnabledIf\w*|EnabledOn\w*|EnabledFor\w*|FlakyTest)\b"
    r"|@Test\([^)]*enabled\s*=\s*false|\bAssum(?:e|ptions?)\.\w+\(|\bassum(?:e|ing)(?:True|False|That|NoException|Not)\("
)
_SKIPS = {
    "python": r"\bpytest\.(?:mark\.)?(?:skip\w*|xfail|importorskip)\b|\bmark\.(?:skip|xfail)\w*"
    r"|\bunittest\.(?:skip\w*|expectedFailure|SkipTest)\b|@(?:skip\w*|expectedFailure)\b"
    r"|\.skipTest\(|\bSkipTest\b|\b__test__\s*=\s*False",
    "javascript": r"\b(?:it|test|describe|context|suite|specify|bench)(?:\.\w+)?"
    r"\.(?:skip|todo|fixme|fails?|failing|skipIf|runIf)\b|\bx(?:it|describe|test|context|specify)\s*\("
    r"|\b(?:this|ctx|context|t)\.(?:skip|todo)\s*\(|[{,]\s*(?:skip|todo)\s*:|\bpending\s*\("
    r"|\bDeno\.test\.ignore\b|[{,]\s*ignore\s*:\s*true",
    "go": r"\b(?:t|b|f|tb|T\(\))\.Skip(?:f|Now)?\(|\b(?:[PX](?:It|Describe|Context|When|Entry)|Skip)\(",
    "rust": r"#\[(?:\w+::)?ignore\b|#\[cfg_attr\([^\]]*\bignore\b",
    "java": _JVM,
    "kotlin": rf"{_JVM}|^\s*\"!|\benabled\s*=\s*false|\bx(?:test|it|should|context|given|describe)\s*\(",
    "scala": rf"{_JVM}|\bignore\s*\(|^\s*ignore\s+(?:should|must|can)\b|\bpending\w*\b|\"\.ignore\b"
    r"|\bcancel\s*\(|\bassume\s*\(|\"\s+ignore\s*\{",
    "csharp": r"\bptest\w*\b|\bSkip\s*=|\[(?:[^\]]*,\s*)?(?:Ignore|Explicit)\b|\bAssert\.(?:Ignore|Inconclusive|Skip)\b"
    r"|\bSkip\.(?:If|Always|Unless)\w*\(",
    "ruby": r"\bx(?:it|describe|context|specify|scenario|example)\b|(?:^\s*|[{;]\s*|\bdo\s+|\bthen\s+)(?:skip|pending|omit)\b"
    r"|[,(]\s*:?(?:skip|pending)(?::|\s*=>|\b)",
    "php": r"\bmarkTest(?:Skipped|Incomplete)\b|->(?:skip|todo|skipOn\w+)\(",
    "cpp": r"\bDISABLED_\w+|\bGTEST_SKIP\b|^\s*SKIP\(|\[\.[\w-]*\]|\[!(?:mayfail|shouldfail|hide)\]"
    r"|\bdoctest::(?:skip|may_fail)\b|\bQSKIP\b|\bunit_test::disabled\b|^\s*#\s*if\s+0\b",
    "swift": r"\bXCTSkip\w*|\.disabled\(|\bXCTExpectFailure\b|\bwithKnownIssue\b",
    "elixir": r"@(?:module|describe)?tag\s+:?skip\b",
    "shell": r"^\s*skip\b",
    "perl": r"\bskip_all\b|\blocal\s+\$TODO\b|^\s*TODO:\s*\{|^\s*skip\b|\btodo_skip\b",
    "dart": r"\bskip\s*:",
    "lua": r"^\s*pending\s*\(",
    "other": r"\berror\.Skip\w*|\bptest\w*\b|\bskip\w*\b|\bpending\w*\b|\bx(?:it|describe)\b|@test_(?:skip|broken)|\bxfail\b|-Skip\b|@(?:Ignore|Disabled|Pending\w*|skip|wip|ignore)\b|\^:(?:skip|kaocha/skip)|#_\s*\(deftest",
}  # fmt: skip
_PATTERNS = {language: re.compile(pattern) for language, pattern in _SKIPS.items()}
_UNTRIED = re.compile(r"^\s*//[/!]\s*```\S*(?:ignore|no_run|text)\b")
_EXAMPLE = re.compile(r"^\s*//[/!]\s*```(?:rust)?\s*$")
_IN_COMMENT = re.compile(r"^\s*\*\s*@requires\s|#\s*doctest:\s*\+SKIP")
_IN_STRINGS = {"cpp", "kotlin"}
"""Frameworks that skip by what a string says."""


def find(change: Change) -> Iterator[Hit]:
    """Added skips, but for those that stood there before with another reason."""
    for file in change.code():
        pattern = _PATTERNS.get(file.language)
        if pattern is None:
            continue
        before = Counter(
            found[0].strip()
            for line in file.removed
            if (found := pattern.search(_seen(line, file)))
        )
        for line in file.added:
            if not line.in_test and file.language not in {"rust", "python"}:
                continue
            if not line.in_test and file.language == "python" and ">>>" not in line.text:
                continue
            if _UNTRIED.match(line.text) and _replaces_example(file, line):
                yield Hit(file, line, "An example in the documentation is not tried any more.")
            if _IN_COMMENT.search(line.text) and not change.is_moved_here(line):
                yield Hit(file, line)
                continue
            found = pattern.search(_seen(line, file))
            if not found or not line.code or change.is_moved_here(line):
                continue
            if before[found[0].strip()] > 0:
                before[found[0].strip()] -= 1
                continue
            yield Hit(file, line)


def _replaces_example(file: ChangedFile, line: CodeLine) -> bool:
    return any(_EXAMPLE.match(x.text) for x in file.block_of[line].removed)


def _seen(line: CodeLine, file: ChangedFile) -> str:
    return line.text if file.language in _IN_STRINGS and line.code else line.code


RULE = Rule(
    id="skipped-tests",
    why="A test is skipped, or expected to fail, instead of made to pass.",
    legitimate="The test cannot work in this environment, and an issue says who will see to it.",
    find=find,
    spares_new_tests=True,
)
