"""Fewer tests are run: by selection, by exclusion, by a name or a mark that no longer fits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from bot.diff_policy.analysis import Analysis
from bot.diff_policy.assertions import is_assertion
from bot.diff_policy.change import Block, ChangedFile, CodeLine
from bot.diff_policy.declarations import declarations, is_mark, is_test_head, names_a_test
from bot.diff_policy.finding import Hit, Rule
from bot.diff_policy.inputs import tried_less
from bot.diff_policy.numbers import renumbered
from bot.diff_policy.places import Place, is_test_name, is_test_path
from bot.diff_policy.selection import TEST_CONFIG, narrowed_selection
from bot.diff_policy.shrinking import lost_inputs, shrunk

_FEWER = re.compile(
    r"max_examples|with_cases|cases|iterations?|\bruns\b|numRuns|rounds|samples|trials|repetitions|\bcount\b|invocationCount|MaxCount|\bQuickCheck",
    re.IGNORECASE,
)
_OUT_OF_RUN = re.compile(
    r"\bmark\.(?:slow|flaky|integration|manual|broken|wip|quarantined?|nightly|local|disabled?|e2e)\b|@(?:Tag|Category|Tags)\s*\(\s*\"?\w*(?:slow|flaky|broken|wip|quarantine|manual|disabled|nightly)|\[(?:Trait|Category|TestCategory)\([^)]*(?:[Ff]laky|[Bb]roken|[Ss]low|[Qq]uarantine|[Mm]anual)"
    r"|#\[Group\(['\"](?:flaky|slow|broken|skip|manual)|@group\s+(?:flaky|slow|broken|skip|manual)|@(?:module)?tag\s+:(?:slow|flaky|integration|broken|wip|external|manual|pending|quarantine)|\bsuppress_health_check\b|^\s*(?:it|describe|context|scenario|feature|specify)\b.*,\s*:?(?:flaky|slow|quarantined?|broken|wip|manual|nightly)\b(?:\s*=>\s*true|:\s*true)?\s*do|\.tags?\(\s*[\"']?\.?(?:flaky|slow|quarantine|manual)|->group\(\s*['\"](?:flaky|slow|quarantine|manual)|tags\s*:\s*\[?\s*['\"](?:@?flaky|@?slow|@?quarantine|@?manual)|\[Category\(\"(?:Flaky|Slow|Manual)",
    re.IGNORECASE,
)
_FOCUS = {
    "javascript": re.compile(r"\b(?:it|test|describe|context|suite|specify)(?:\.\w+)?\.only\b|^\s*f(?:it|describe|context)\s*\("),
    "ruby": re.compile(r"^\s*f(?:it|describe|context|specify|scenario)\b|[,(]\s*:?focus\b"),
    "kotlin": re.compile(r"^\s*\"f:|\bf(?:test|it|should|context|describe)\("),
    "go": re.compile(r"\bF(?:It|Describe|Context|When|Entry)\("),
    "csharp": re.compile(r"\bftest\w*\s+\"\""),
    "dart": re.compile(r"\bsolo\s*:\s*true"),
}  # fmt: skip
_BUILD_TAG = re.compile(
    r"^//\s*(?:go:build|\+build)\b|^#!\[cfg\(|^\s*#\[cfg\((?!test\b)(?!all\(test\)\))|^\s*#\s*if(?:n?def)?\s+\S"
)
_TAGGED = {"go", "rust", "csharp", "swift", "cpp"}
_ROW = re.compile(
    r"^\s*(?:\(.*\)|\{.*\}|\[.*\]|\[?(?:InlineData|TestCase|DataRow|Arguments|case)\s*\(.*\)\]?|#\[(?:test_)?case.*\]|@CsvSource.*|pytest\.param\(.*\)"
    r"|yield \[.*\]|[\"'][^\"']*[\"']\s*=>\s*\[.*\]),?\s*$|^\s*(?:Arguments\.of|arguments|row|Arguments)\(.*\),?\s*$"
)
_TABLE = re.compile(
    r"parametrize|\.each\b|tests?\s*:?=|cases\b|Theory|InlineData|TestCase\b|DataRow|ParameterizedTest|DataProvider|test_case|rstest|table|where:|want\b|expected\b"
)


def find(change: Analysis) -> Iterator[Hit]:
    """In commands and settings first, then in the tests themselves."""
    yield from lost_inputs(change)
    for file in change.files:
        if file.place in {Place.DOCS, Place.LOCK, Place.VENDORED, Place.SNAPSHOT}:
            continue
        yield from shrunk(file, change)
        if (
            file.runs_things
            or TEST_CONFIG.search(file.path)
            or file.place is Place.TEST
            or file.language == "shell"
        ):
            yield from narrowed_selection(file, change)
        if file.is_tested_inside:
            yield from _in_tests(file, change)
            yield from tried_less(file, change)
        former = file.diff.previous_path
        if former and is_test_path(former) and _is_hidden(file):
            yield Hit(file, why="A test file got a name under which it is not found.")


def _is_hidden(file: ChangedFile) -> bool:
    """Whether a renamed file is no test any more, by its folder or by the name that runners look for."""
    former = PurePosixPath(file.diff.previous_path).name
    renamed = is_test_name(former) and not is_test_name(PurePosixPath(file.path).name)
    if renamed and _FOUND_BY_FILE.search(former) and not _COLLECTS.search(file.path):
        return True
    return file.place not in {Place.TEST, Place.SUPPORT, Place.SNAPSHOT, Place.CONFIG}


def _in_tests(file: ChangedFile, change: Analysis) -> Iterator[Hit]:
    focus = _FOCUS.get(file.language)
    for line in file.added:
        if not line.in_test or change.is_moved_here(line):
            continue
        if focus and focus.search(line.code):
            yield Hit(file, line, "Only the focused tests run.")
        elif (
            file.language in _TAGGED
            and file.diff.status != "added"
            and _BUILD_TAG.match(line.text)
            and _stands_before_old(file, line)
        ):
            yield Hit(file, line, "A build condition leaves the tests out.")
    yield from _unmarked_with_changes(file)
    for block in file.blocks:
        yield from _tagged(file, block, change)
        yield from _unmarked(file, block)
        yield from _renamed(file, block)
        yield from _class_renamed(file, block)
        yield from _fewer_rows(file, block, change)


def _stands_before_old(file: ChangedFile, line: CodeLine) -> bool:
    """Whether the condition holds for code that was there before, not for what came with it."""
    block = file.block_of[line]
    after = [x for x in block.below(line) if x.code.strip()]
    after = [x for x in after if not _ATTRIBUTE.match(x.text)]
    return not after or any(x.bare == after[0].bare for x in block.beside(line))


_ATTRIBUTE = re.compile(r"^\s*(?:#\[|@|\[|//)")


def _tagged(file: ChangedFile, block: Block, change: Analysis) -> Iterator[Hit]:
    """Marks that take a test out of the usual run, and fewer generated cases."""
    had = any(_OUT_OF_RUN.search(x.text) for x in block.removed)
    for line in block.added:
        if (
            line.in_test
            and line.code
            and not had
            and file.diff.status != "added"
            and _OUT_OF_RUN.search(line.text)
            and not change.is_moved_here(line)
        ):
            yield Hit(file, line, "A mark takes the test out of the usual run.")
    for pair in renumbered(block):
        if (
            pair.added.in_test
            and pair.shrank
            and _FEWER.search(pair.added.code)
            and not is_assertion(pair.added)
        ):
            yield Hit(file, pair.added, "Fewer generated cases are tried.")


def _unmarked(file: ChangedFile, block: Block) -> Iterator[Hit]:
    """The mark of a test went, and the function stayed."""
    if any(is_mark(line, file.language) for line in block.added):
        return
    for line in block.removed:
        if is_mark(line, file.language) and line is block.removed[-1] and block.after is not None:
            if _MARKED_AGAIN.search(block.after.text) or any(
                names_a_test(x.text, file.language) for x in block.added
            ):
                continue
            if block.after.code and len(block.removed) <= 2:
                yield Hit(file, line, "A test is no longer marked as one.")


def _unmarked_with_changes(file: ChangedFile) -> Iterator[Hit]:
    """The mark went, and the function's own line was rewritten with it."""
    came = {d.name for d in declarations(file, "+")}
    for declaration in declarations(file, "-"):
        name = declaration.name
        if not name or name in came or not is_mark(declaration.line, file.language):
            continue
        called = re.compile(rf"\b(?:void|fn|fun|func|def|Task)\s+`?{re.escape(name)}`?\s*\(")
        if any(
            called.search(x.text) for x in file.block_of[declaration.line].beside(declaration.line)
        ):
            yield Hit(file, declaration.line, "A test is no longer marked as one.")


_MARKED_AGAIN = re.compile(
    r"@\w*Test\b|\[(?:Fact|Theory|Test)|#\[(?:\w+::)?test|function\s+test|func test"
)


def _renamed(file: ChangedFile, block: Block) -> Iterator[Hit]:
    """`test_x` became `_test_x`, `TestX` became `testX`: no runner finds it."""
    old = {name for x in block.removed if (name := names_a_test(x.text, file.language))}
    for line in block.added:
        if is_test_head(line, file.language) or file.language not in _FOUND_BY_NAME:
            continue
        for name in old:
            bare = re.sub(r"^(?:[Tt]est|should)_?", "", name)
            if len(bare) >= 3 and re.search(
                rf"\b(?:def|func|function|fn)\s+\w*{re.escape(bare)}\b", line.code, re.IGNORECASE
            ):
                yield Hit(file, line, "A test got a name under which it is not found.")
                break


def _class_renamed(file: ChangedFile, block: Block) -> Iterator[Hit]:
    """`class TestX:` became `class XScenarios:`; pytest finds classes by their names."""
    if file.language != "python":
        return
    went = sum(bool(_TEST_CLASS.match(x.code)) for x in block.removed)
    came = [x for x in block.added if _CLASS.match(x.code)]
    plain = [x for x in came if not _TEST_CLASS.match(x.code) and "TestCase" not in x.code]
    if plain and went > len(came) - len(plain):
        yield Hit(file, plain[0], "A test got a name under which it is not found.")


_FOUND_BY_FILE = re.compile(
    r"\.(?:py|[cm]?[jt]sx?|go|rb|exs|php|java|dart|bats|ps1|lua|groovy|t|feature|robot)$"
)
_COLLECTS = re.compile(
    r"(?:^|/)(?:__tests__|fixtures?|support|helpers?|utils?|common|shared)/|(?:^|/)(?:__init__|conftest|helpers?|utils?|common|base|fixtures?|support|factories)\.\w+$|[hH]elpers?\.\w+$|[uU]tils?\.\w+$"
)
_TEST_CLASS, _CLASS = re.compile(r"^class\s+Test\w*"), re.compile(r"^class\s+\w")
_FOUND_BY_NAME = {"python", "go", "php", "swift", "ruby", "shell"}


def _fewer_rows(file: ChangedFile, block: Block, change: Analysis) -> Iterator[Hit]:
    """Rows of a table of cases went."""
    lost = [
        x
        for x in block.removed
        if x.in_test and _ROW.match(x.text) and not change.is_kept_elsewhere(x)
    ]
    if not lost or len(block.added) >= len(block.removed) or len(lost) < len(block.removed):
        return
    near = [x for x in block.hunk if x.mark == " " and abs(x.old - lost[0].old) <= 30]
    if any(_TABLE.search(x.text) for x in near) or any(_ROW.match(x.text) for x in near):
        yield Hit(file, lost[0], "Cases were taken out of a test's table.")


RULE = Rule(
    id="narrowed-tests",
    why="Fewer tests are run than before.",
    legitimate="The tests run elsewhere, as in a job of their own, or never belonged to this run.",
    find=find,
    spares_new_tests=True,
)
