"""Tests that are still there and no longer run: marks, calls and names that skip them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from bot.diff_policy.assertions import is_assertion
from bot.diff_policy.change import Change, ChangedFile, CodeLine
from bot.diff_policy.finding import Hit, Rule, Severity
from bot.diff_policy.places import Place

_JVM = (
    r"@(?:Disabled\w*|Ignore\w*|EnabledIf\w*|EnabledOn\w*|EnabledFor\w*|FlakyTest|Requires\b|PendingFeature\w*|NotWorking|ExpectedToFail)\b"
    r"|@Test\([^)]*enabled\s*=\s*false|\bAssum(?:e|ptions?)\.\w+\(|\bassum(?:e|ing)(?:True|False|That|NoException|Not)\("
    r"|\bnew\s+(?:SkipException|TestAbortedException|AssumptionViolatedException)\b|\bthrow\s+\w*(?:SkipException|TestAbortedException)\b"
)
_SKIPS = {
    "python": r"\bpytest\.(?:mark\.)?(?:skip\w*|xfail|importorskip)\b|\bmark\.(?:skip|xfail)\w*"
    r"|\bunittest\.(?:skip\w*|expectedFailure|SkipTest)\b|@(?:skip\w*|expectedFailure)\b"
    r"|\.skipTest\(|\bSkipTest\b|\b__test__\s*=\s*False|\bassume\(\s*False\s*\)|\breject\(\s*\)",
    "javascript": r"\b(?:it|test|describe|context|suite|specify|bench|QUnit|fixture|Scenario|Feature|scenario|experiment|Deno\.test)(?:\.\w+)?"
    r"\.(?:skip|todo|fixme|fails?|failing|skipIf|runIf|todoIf|if|ignore|disable|skipTest)\b|\bx(?:it|describe|test|context|specify|[sS]cenario)\s*\("
    r"|\b(?:this|ctx|context|t|assert|testInfo)\.(?:skip|todo|fixme)\s*\(|[{,]\s*(?:skip|todo)\s*:|\bpending\s*\("
    r"|[{,]\s*ignore\s*:\s*(?:true|Deno)|^\s*ignore\s*:\s*true",
    "go": r"\b(?:t|b|f|c|tb|T\(\)|TB)\.Skip(?:f|Now)?\(|\b(?:[PX](?:It|Describe|DescribeTable|Context|When|Entry|Specify|Measure)|Skip|SkipConvey|SkipSo)\(|,\s*(?:ginkgo\.)?Pending\b",
    "rust": r"#\[(?:\w+::)?ignore\b|#\[cfg_attr\([^\]]*\bignore\b|\bwith_ignored_flag\(\s*true|#\[(?:test_with::|skip\b)",
    "java": _JVM,
    "kotlin": rf"{_JVM}|^\s*\"!|\benabled(?:If|OrReasonIf)?\s*=\s*(?!true)\S|\bx(?:test|it|should|context|given|when|then|describe|expect|scenario|feature)\s*\(",
    "scala": rf"{_JVM}|\bignore\s*\(|^\s*ignore\s+(?:should|must|can)\b|\bpending\w*\b|\"\.(?:ignore|fail|pending|flaky)\b"
    r"|\bcancel\s*\(|\bassume\s*\(|\"\s+ignore\s*\{|@@\s*(?:\w+\.)?(?:ignore|flaky|ifEnv\w*|failing)\b|\bskipped\b|\bmunitIgnore\b",
    "csharp": r"\bptest\w*\b|\bSkip(?:Unless|When)?\s*=|\bSkip\(\s*\"|[\[<](?:[^\]>]*,\s*)?(?:Ignore|Explicit|Skip)\b|\bAssert\.(?:Ignore|Inconclusive|Skip\w*)\b"
    r"|\bSkip\.(?:If|Always|Unless|Test|When)\w*\(|\bskiptest\w*\b|\bAssume\.That\(",
    "ruby": r"\bx(?:it|describe|context|specify|scenario|example|feature|test)\b|(?:^\s*|[{;]\s*|\bdo\s+|\bthen\s+)(?:skip|pending|omit)(?:_if|_unless)?\b"
    r"|[,(]\s*:?(?:skip|pending)(?::|\s*=>|\b)",
    "php": r"\bmarkTest(?:Skipped|Incomplete)\b|->(?:skip|todo|skipOn\w+|markTestSkipped)\(|^\s*todo\(|\bSkippedTest\w*|#\[(?:Skip|Incomplete)\b|^--(?:SKIPIF|XFAIL|XLEAK)--",
    "cpp": r"\bDISABLED_\w+|\bGTEST_SKIP\w*\b|^\s*SKIP\(|\[\.[\w-]*\]|\[!(?:mayfail|shouldfail|hide)\]|\bMUNIT_SKIP\b|\bTEST_IGNORE\w*\b|\bIGNORE_TEST\b|\bQEXPECT_FAIL\b|\bBOOST_AUTO_TEST_CASE_EXPECTED_FAILURES\b"
    r"|\bdoctest::(?:skip|may_fail|should_fail)\b|\bQSKIP\b|\bunit_test::(?:disabled|expected_failures|enable_if)\b|\bXCTSkip\w*|\.disabled\s*=\s*true|\bcr_skip_test\b|^\s*skip\(\)|^\s*#\s*if\s+0\b",
    "swift": r"\bXCTSkip\w*|\.disabled\(|\.enabled\(\s*if|\bXCTExpectFailure\b|\bwithKnownIssue\b|\bx(?:it|describe|context)\s*\(|^\s*pending\s*\(",
    "elixir": r"@(?:module|describe)?tag\s+:?skip\b|\{skip(?:ped)?\s*,|@(?:module|describe)?tag\s+:?(?:pending|todo)\b",
    "shell": r"^\s*skip\b|\|\|\s*skip\b|&&\s*skip\b|\bthen\s+skip\b|\bstartSkipping\b|^\s*(?:Skip|Pending|Todo|x(?:It|Describe|Context|Example|Specify))\b|\s-(?:Skip|Pending)\b"
    r"|\bSet-ItResult\b|\bSet-TestInconclusive\b|\btest_expect_failure\b|\bexit\s+77\b|#\s*(?:SKIP|TODO)\b",
    "perl": r"\bskip_all\b|\blocal\s+\$TODO\b|^\s*(?:TODO|SKIP):\s*\{|^\s*skip\b|\btodo_skip\b|^\s*todo\b|^\s*(?:my\s+)?\$\w*todo\w*\s*=\s*todo\b",
    "dart": r"\bskip\s*:|@Skip\b|\bmarkTestSkipped\(",
    "lua": r"^\s*pending\s*\(|\b(?:lu|luaunit)\.skip\w*\(|\b(?:lu|luaunit)\.success(?:If)?\(",
    "sql": r"\b(?:todo|skip|todo_start|todo_skip|skip_all)\s*\(",
    "other": r"\berror\.Skip\w*|\bptest\w*\b|\b[sS]kip\w*\b|\bpending\w*\b|\bx(?:it|describe|prop|context|specify)\b|@test_(?:skip|broken)|\bxfail\b|-Skip\b|@(?:Ignore\w*|Disabled\w*|Pending\w*|skip\w*|wip|ignore\w*|disabled|quarantine\w*|manual|Requires)\b|\^:(?:skip|kaocha/skip|kaocha/pending)"
    r"|#_\s*\((?:deftest|is\b|testing)|\b(?:expectFail\w*|ignoreTest\w*|knownFailure)\b|\brobot:(?:skip|exclude)|\btodo_test|\bTest\.skip|\bskip_(?:if|on)\w*",
}  # fmt: skip
_PATTERNS = {language: re.compile(pattern) for language, pattern in _SKIPS.items()}
_UNTRIED = re.compile(r"^\s*//[/!]\s*```\S*(?:ignore|no_run|text)\b")
_EXAMPLE = re.compile(r"^\s*//[/!]\s*```(?:rust)?\s*$")
_IN_COMMENT = re.compile(r"^\s*\*\s*@requires\s|^\s*#\[Requires\w+\b|#\s*doctest:\s*\+SKIP")
_IN_STRINGS = {"cpp", "kotlin"}
"""Frameworks that skip by what a string says."""


def find(change: Change) -> Iterator[Hit]:
    """Added skips, but for those that stood there before with another reason."""
    for file in change.code():
        if file.language in _PATTERNS:
            yield from _in(file, _PATTERNS[file.language], change)


def _in(file: ChangedFile, pattern: re.Pattern[str], change: Change) -> Iterator[Hit]:
    before = Counter(
        found[0].strip() for line in file.removed if (found := pattern.search(_seen(line, file)))
    )
    for line in file.added:
        if not _may_skip(line, file):
            continue
        if _UNTRIED.match(line.text) and _replaces_example(file, line):
            yield Hit(file, line, "An example in the documentation is not tried any more.")
        if _IN_COMMENT.search(line.text) and not change.is_moved_here(line):
            if not any(_IN_COMMENT.search(x.text) for x in file.block_of[line].removed):
                yield Hit(file, line)
            continue
        found = pattern.search(_seen(line, file))
        if not found or not line.code or change.is_moved_here(line):
            continue
        if before[found[0].strip()] > 0:
            before[found[0].strip()] -= 1
        elif _cannot_run(line) and _is_repaired(file, line, change):
            yield Hit(file, line, _CANNOT, Severity.NOTICE)
        else:
            yield Hit(file, line)


def _may_skip(line: CodeLine, file: ChangedFile) -> bool:
    """In tests; in Rust and Python also in examples of the documentation."""
    if line.in_test or file.language == "rust":
        return True
    return file.language == "python" and ">>>" in line.text


_CANNOT = "The test is left out where it cannot run, and came with a repair."
_CAPABILITY = re.compile(
    r"\bid -u\b|\bgete?uid\b|\bEUID\b|\bcommand -v\b|\btype -[Pp]\b|\bLookPath\(|\bwhich\b|\bfind_spec\(|\bisRoot\b|\bsymlinks?\b.*(?:support|can)|\bcan_?symlink",
    re.IGNORECASE,
)


def _cannot_run(line: CodeLine) -> bool:
    """Whether the skip depends on what the machine can do: who runs it, which tools it has."""
    return bool(_CAPABILITY.search(line.text))


def _is_repaired(file: ChangedFile, line: CodeLine, change: Change) -> bool:
    """Whether product code changed too, and the place of the skip claims more than before."""
    mended = any(
        x.code.strip() and not x.in_test
        for f in change.at(Place.PRODUCT, Place.SCRIPT)
        for x in f.added
    )
    block = file.block_of[line]
    claims = [sum(x.mark == m and is_assertion(x) for x in block.hunk) for m in "-+"]
    return mended and claims[1] > claims[0]


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
