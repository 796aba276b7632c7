"""Fewer tests without a word of it in a command: parts of tables, lists, inputs and plans that went."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import PurePosixPath

from bot.diff_policy.analysis import Analysis
from bot.diff_policy.assertions import is_assertion
from bot.diff_policy.change import Block, Change, ChangedFile, CodeLine
from bot.diff_policy.code import QUOTED_GLOB, shared_start
from bot.diff_policy.declarations import is_test_head
from bot.diff_policy.finding import Hit
from bot.diff_policy.numbers import renumbered
from bot.diff_policy.places import Place, is_test_path

_PICKS = re.compile(
    r"\.(?:filter(?:Not)?|reject|slice|take(?:While|_while)?|drop(?:While|_while|Last)?|skip|Where|Take|Skip|first|limit|prefix|dropFirst|dropLast|head|sample|select)\s*[({]"
    r"|\[\s*-?\d*\s*:\s*-?\d*\s*\]|\[\s*\d*\.\.=?\d*\s*\]|\bislice\(|\b(?:filter|take|drop|remove|array_slice|array_filter|random\.sample)\s*\("
    r"|\bfor\s+\w+\s+in\s+.+\s+if\s|\.step_by\("
)
_OVER_CASES = re.compile(
    r"parametrize|\.each\b|\beach\b|\brange\b|\bfor\b|\bforEach|[Tt]heory|[Dd]ata|[Cc]ases?\b|CASES|CORPUS|fixtures?|FIXTURES|inputs?\b|tables?\b|samples?\b|tests\b|glob|readdir|walk|->with\("
)
_SHARED = 12
_FEWER = re.compile(
    r"(max_?(?:success|examples|size)|num_?(?:runs|tests|trials)|with_cases|maxTests|minSuccessful|trials|iterations|with(?:Max)?Success|withTests|cases|runs|examples|samples)"
    r"\s*[\"']?\s*(?:[:=(]\s*)*(?:const\s+|of\s+)?([0-9][0-9_]{0,9})\b",
    re.IGNORECASE,
)
_PLAN = re.compile(
    r"\bplan\s*\(?\s*(?:tests\s*=>\s*)?[0-9]|^\s*\"?1\.\.[0-9]|\btests\s*=>\s*[0-9]|\bplan\(\s*tests"
    r"|\bexpect\.assertions\(\s*[0-9]|\bt\.plan\(\s*[0-9]|\bexpected_tests\s*=",
)
_COMMENT = re.compile(r"^\s*(?://+|#+(?!\[)|--+|;+|%+|/\*+|\(\*|\{-|<!--|\")\s?")
_RUNS = re.compile(
    r"^\s*(?:include\(|include\s|#\[cfg\(test\)\]|(?:pub )?mod \w*tests?\b|add_test|add_subdirectory|gtest_discover|require|source\s|load\s|RUN_TEST|run_test|test_case|suite)",
    re.IGNORECASE,
)
_SOURCE = re.compile(
    r"^\s*(?:[-+]\s+)?[\"':]?(?P<path>[\w./-]{0,120}(?:test|spec)[\w./-]{0,120}\.[A-Za-z]\w{0,6})[\"']?[,)\\;]*\s*\\?\s*$",
    re.IGNORECASE,
)
_ENTRY = re.compile(
    r"^\s*(?:\[|\(|\{|;)?\s*(?:\w+\.)*(?:test_?case|unit_?test|test|g_test_add_func|CU_add_test|suite_add_tcase|tcase_add_test|testCase|TestLabel|cmocka_unit_test\w*)?\s*[\"(].{0,160}\b[tT]est_?\w+.{0,40}[;,)\]}]\s*$"
)
_EXCEPTING = re.compile(
    r"exclu|ignor|skip|omit|deselect|except|unstable|flaky|quarant|disabl|known|broken|unsupported|xfail|denylist|blacklist|blocklist|pending",
    re.IGNORECASE,
)
_LONG_NAME = 5


def shrunk(file: ChangedFile, change: Analysis) -> Iterator[Hit]:
    """All of these in one file."""
    tests = file.is_tested_inside or is_test_path(file.path)
    for block in file.blocks:
        if tests:
            yield from _picked(block, file)
            yield from _fewer(block, file)
        if tests or file.runs_things:
            yield from _delisted(block, file, change)
        if file.is_code or file.runs_things:
            yield from _commented(block, file)
    if tests or file.runs_things:
        yield from _excepted(file, change)


def lost_inputs(change: Change) -> Iterator[Hit]:
    """Files that went although the name of a test that failed names them."""
    told = " ".join(change.context.failing_tests)
    for file in change.files:
        name = PurePosixPath(file.path).name
        data = file.diff.status == "removed" and not file.is_code and len(name) >= _LONG_NAME
        if data and re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])", told):
            yield Hit(file, why="An input of a test that failed was deleted.")


def _picked(block: Block, file: ChangedFile) -> Iterator[Hit]:
    """`each(table)` became `each(table.filter(…))`, `glob("*.eml")` became `glob("simple-*.eml")`."""
    for line in block.added if block.removed else ():
        if not line.code or is_assertion(line) or not _OVER_CASES.search(line.code):
            continue
        near = [x for x in block.beside(line) if x.code]
        picks = len(_PICKS.findall(line.code))
        before = [x for x in near if shared_start(x.bare, line.bare) >= _SHARED]
        if before and picks > max(len(_PICKS.findall(x.code)) for x in before):
            yield Hit(file, line, "Only a part of the cases is tried.")
            continue
        old = {g for x in before for g in QUOTED_GLOB.findall(x.text)}
        new = set(QUOTED_GLOB.findall(line.text))
        if any(_is_narrower(n, o) for n in new - old for o in old - new):
            yield Hit(file, line, "A pattern finds fewer inputs than before.")


def _is_narrower(new: str, old: str) -> bool:
    """Whether all that the new pattern finds would be found by the old one, and not the reverse."""
    return fnmatchcase(new.replace("*", "x"), old) and not fnmatchcase(old.replace("*", "x"), new)


def _fewer(block: Block, file: ChangedFile) -> Iterator[Hit]:
    """The same limit in other words with a smaller number, and plans of fewer tests."""
    for line in block.added if block.removed else ():
        new = {m[1].lower(): int(m[2].replace("_", "")) for m in _FEWER.finditer(line.code)}
        if not new or is_assertion(line):
            continue
        for x in block.beside(line):
            old = {m[1].lower(): int(m[2].replace("_", "")) for m in _FEWER.finditer(x.code)}
            same_shape = shared_start(x.bare, line.bare) >= _SHARED
            if same_shape and any(new[key] < old[key] for key in new.keys() & old.keys()):
                yield Hit(file, line, "Fewer generated cases are tried.")
                break
    for pair in renumbered(block):
        if pair.shrank and _PLAN.search(pair.added.code):
            yield Hit(file, pair.added, "Fewer tests are planned.")


def _commented(block: Block, file: ChangedFile) -> Iterator[Hit]:
    """A line that brought tests in stands there as a comment."""
    went = {x.bare for x in block.removed if x.code and _RUNS.match(x.text)}
    if not went:
        return
    for line in block.added:
        bare = _COMMENT.sub("", line.text, count=1).strip()
        if (
            bare != line.bare
            and bare in went
            and (is_test_path(file.path) or file.runs_things or "test" in bare)
        ):
            yield Hit(file, line, "What brought tests in was commented out.")


def _delisted(block: Block, file: ChangedFile, change: Analysis) -> Iterator[Hit]:
    """Tests that went from the list of those that are built or run, and that still exist."""
    if len(block.added) >= len(block.removed):
        return
    for line in block.removed:
        if not line.code or change.is_kept_elsewhere(line) or line in change.settled:
            continue
        source = _SOURCE.match(line.text) if not file.is_test or file.runs_things else None
        if source is not None and file.place in {Place.CONFIG, Place.SCRIPT, Place.TEST}:
            if PurePosixPath(source["path"]).name not in _named_again(file, change):
                yield Hit(file, line, "A test is not built or run any more.")
        elif (
            file.is_test
            and file.language in {"other", "cpp", "lua"}
            and _ENTRY.match(line.text)
            and not is_test_head(line, file.language)
            and not is_assertion(line)
        ):
            yield Hit(file, line, "A test is not in the list of those that run any more.")


@lru_cache(maxsize=8)
def _listed(file: ChangedFile) -> frozenset[str]:
    found = (_SOURCE.match(x.text) for x in file.added)
    return frozenset(PurePosixPath(m["path"]).name for m in found if m)


def _named_again(file: ChangedFile, change: Change) -> frozenset[str]:
    """The names of test files that are in a list of this one again, or that went or moved."""
    return _listed(file) | change.names


def _excepted(file: ChangedFile, change: Change) -> Iterator[Hit]:
    """A list of exceptions names what had failed."""
    names = failing_names(change)
    for hunk in file.hunks if names else ():
        head = hunk[0].text
        for line in hunk:
            if line.mark == "-" or not line.bare:
                continue
            if line.bare.endswith(("[", "(", "{", ":", "=", ">")):
                head = line.text
            elif line.bare[0] in "])}":
                head = ""
            if line.mark == " " or change.is_moved_here(line):
                continue
            if (_EXCEPTING.search(line.text) or _EXCEPTING.search(head)) and _is_told(
                line, file, names
            ):
                yield Hit(file, line, "An exception names what had failed.")


def _is_told(line: CodeLine, file: ChangedFile, names: frozenset[str]) -> bool:
    """Whether an added line names one of them, and the lines that it replaces do not."""
    told = {x.strip("*/. ").rpartition("/")[2] for x in _QUOTED.findall(line.text)}
    told = {x for x in told if _is_name(x, names)}
    near = file.block_of[line].beside(line) if told else ()
    return bool(told) and not any(x in y.text for x in told for y in near)


_QUOTED = re.compile(r"[\"'`>:]\s*([\w*./\\-]{3,120}?)\s*(?=[\"'`<,]|$)")


def _is_name(word: str, names: frozenset[str]) -> bool:
    bare = re.sub(r"\.\w{1,5}$", "", word).lower()
    return len(bare) >= _LONG_NAME and (
        bare in names or any(x.startswith(bare) for x in names if "*" in word or x == bare)
    )


def failing_names(change: Change) -> frozenset[str]:
    """The last parts of the names of the tests and files that failed, in lower case."""
    tests = (re.split(r"::|[.:#/]|\[", x)[-1].rstrip("]") for x in change.context.failing_tests)
    files = (PurePosixPath(x).name.partition(".")[0] for x in change.context.failing_paths)
    return frozenset(x.lower() for x in (*tests, *files) if len(x) >= _LONG_NAME)
