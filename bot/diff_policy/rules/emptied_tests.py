"""Tests that are still called but end before they claim anything."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from bot.diff_policy.analysis import Analysis
from bot.diff_policy.assertions import is_assertion, is_helper_call
from bot.diff_policy.change import Block, ChangedFile, CodeLine
from bot.diff_policy.claims import tests_of
from bot.diff_policy.declarations import is_test_head
from bot.diff_policy.finding import Hit, Rule

_NOTHING = re.compile(
    r"^\s*(?:pass|\.\.\.|return(?:\s*\(?(?:None|nil|null|undefined|true|0|Ok\(\(\)\))\)?)?|done\(\)|:ok|true|\{\s*\}|\(\))?\s*;?\s*$"
)
_EARLY = re.compile(
    r"^\s*(?:return|done\(\);?\s*return)(?:\s+(?:None|nil|null|undefined|true|0))?\s*;?\s*$"
)
_LEAVES = re.compile(
    r"^\s*(?:return|continue|break|next)\b(?:\s+(?:None|nil|null|true|Ok\(\(\)\)))?\s*;?\s*$"
)
_LEAVES_AT_ONCE = re.compile(
    r"^\s*if\b.*\b(?:return|continue)\s*;?\s*\}?$|^\s*(?:return|next)\s+(?:if|unless)\b"
)
_CONDITION = re.compile(r"^\s*(?:if|unless)\b")
_TELLING = re.compile(
    r"\bname\b|\.name|_name|\bCI\b|GITHUB_ACTIONS|environ|getenv|Getenv|env\.|ENV\[|GOOS|platform|sys\.version|win32|[Ww]indows|darwin|linux|\bskip|testing\.Short"
    r"|\b(?:if|unless)\s*\(?\s*(?:true|True|1|not\s+False|!false)\b|request\.node|__name__|\b[A-Z][A-Z_]{3,}\b.*\.(?:contains|includes|has|include\?)\(|\bin\s+[A-Z][A-Z_]{3,}\b"
)
_CASE_LEAVES = re.compile(
    r"^\s*[^\s()][^()]{0,120}\)\s.*\b(?:continue|return(?:\s+0)?|exit\s+0)\s*;;|^\s*\[\[?\s.*\]\]?\s*&&\s*(?:\{.*)?\b(?:continue|return(?:\s+0)?|exit\s+0)\b"
)
_NEVER = re.compile(
    r"^\s*(?:if|while|unless)\s*\(?\s*(?:False|false|0|\!true|not True|1\s*==\s*0|true\s*==\s*false)\s*\)?\s*[:{]?\s*(?:then)?$|^\s*unless\s+true\b|^\s*#\s*if\s+(?:0|false|FALSE)\b"
)
_OPENS_COMMENT = re.compile(r"^\s*(?:/\*+|=begin|\"\"\"|\'\'\'|<!--|--\[\[|\{-|#=|#\|)\s*$")
_END = re.compile(r"^\s*(?:[}\])]+[,;)]*|end|fi|done)\s*;?$")
_DECORATION = re.compile(r"^\s*(?:@|\[|#\[|\"\"\"|\{\s*$)")


def find(change: Analysis) -> Iterator[Hit]:
    """Bodies that became nothing, and a `return` before the first claim."""
    yield from _moved_without_claims(change)
    for file in change.code():
        if not file.is_tested_inside:
            continue
        for block in file.blocks:
            if hit := _emptied(file, block):
                yield hit
        if file.diff.status != "added":
            yield from _conditional(file, change)
        for hunk in file.hunks:
            for before, line in itertools.pairwise(hunk):
                early = line.mark == "+" and line.in_test and _EARLY.match(line.code)
                opens = _opens_test(before, file) or (before.mark == " " and _opens(before, file))
                if early and opens:
                    yield Hit(file, line, "The test returns before it has claimed anything.")


def _moved_without_claims(change: Analysis) -> Iterator[Hit]:
    """A test that went from one file stands in a new one, and claims nothing there."""
    claimed: set[str] = set()
    for file in change.code():
        if file.is_tested_inside:
            claimed |= {t.head.name for t in tests_of(file, "-") if t.head.name and t.claims}
    for file in change.code():
        if not claimed or file.diff.status != "added":
            continue
        for test in tests_of(file, "+"):
            helped = any(is_helper_call(x) or change.helpers.are_called(x, file) for x in test.body)
            if test.head.name in claimed and not test.claims and not helped:
                yield Hit(file, test.head.line, "The test moved, and its claims did not.")


def _conditional(file: ChangedFile, change: Analysis) -> Iterator[Hit]:
    """`if tc.name == …: continue`, `if (process.env.CI) return;`, `if false {`, a comment opened."""
    for hunk in file.hunks:
        condition = ""
        for index, line in enumerate(hunk):
            if line.mark != "+" or not line.in_test:
                condition = ""
                continue
            after = hunk[index + 1] if index + 1 < len(hunk) else None
            why = "" if change.is_moved_here(line) else _shut(line, condition, after)
            if (
                not why
                and condition
                and _LEAVES.match(line.code)
                and _ends_old(hunk, index, file, change)
            ):
                why = "The test ends early under a condition."
            if why:
                yield Hit(file, line, why)
            if _CASE_LEAVES.match(line.code) and not change.is_moved_here(line):
                yield Hit(file, line, "The test ends early under a condition.")
            if _CONDITION.match(line.code):
                condition = line.text
            elif line.code.strip() not in {"", "{"}:
                condition = ""


def _ends_old(hunk: tuple[CodeLine, ...], index: int, file: ChangedFile, change: Analysis) -> bool:
    """Whether what follows in a test that was there before still claims something, and is left out."""
    if hunk[index] in change.new_test_lines:
        return False
    depth = _depth(hunk[index])
    above = (
        x for x in reversed(hunk[max(0, index - _NEAR) : index]) if x.mark != "-" and x.code.strip()
    )
    shallower = [x for x in above if _depth(x) < depth]
    if any(_INNER.search(x.code) and not is_test_head(x, file.language) for x in shallower[1:3]):
        return False
    return any(
        x.mark == " " and (is_assertion(x) or _RUNS_CASE.search(x.code))
        for x in hunk[index + 1 : index + _NEAR]
    )


_NEAR = 12
_INNER = re.compile(
    r"\bdef\s|=>\s*\{?\s*$|\bfunction\b|\bfunc\s*\(|\blambda\b|\|\w*\|\s*\{?$|->\s*\{?\s*$|\bfn\b|\bsub\b"
)
_RUNS_CASE = re.compile(
    r"\bt\.Run\(|\bsubTest\(|\bpytest\.raises\b|\b(?:sh|bash|run|source|\.)\s+\"?\$\{?\w+|\bassertThrows\b"
)


def _depth(line: CodeLine) -> int:
    return len(line.text) - len(line.text.lstrip())


def _shut(line: CodeLine, condition: str, after: CodeLine | None) -> str:
    """Why the line keeps a test from its end; empty where it does not."""
    leaves = _LEAVES.match(line.code) and _TELLING.search(condition)
    at_once = _LEAVES_AT_ONCE.match(line.code) and _TELLING.search(line.text)
    comment = _OPENS_COMMENT.match(line.text) and after is not None and after.mark == " "
    if leaves or at_once:
        return "The test ends early under a condition."
    if comment or _NEVER.match(line.code):
        return "The test, or a part of it, is shut off."
    return ""


def _emptied(file: ChangedFile, block: Block) -> Hit | None:
    claims = [line for line in block.removed if line.in_test and is_assertion(line)]
    heads = any(is_test_head(line, file.language) for line in block.removed)
    if not claims or heads or not block.before or not _opens(block.before, file):
        return None
    if any(not _NOTHING.match(line.code) for line in block.added):
        return None
    if block.after and block.after.code and not _END.match(block.after.code):
        return None
    return Hit(file, claims[0])


def _opens_test(line: CodeLine, file: ChangedFile) -> bool:
    return is_test_head(line, file.language) or (line.code.strip() == "{" and line.mark == " ")


def _opens(line: CodeLine, file: ChangedFile) -> bool:
    return (
        is_test_head(line, file.language)
        or bool(_DECORATION.match(line.text))
        or (
            line.code.rstrip().endswith(("{", "=>", "do", "):", "->"))
            and line.mark != "-"
            and not re.match(
                r"\s*(?:\}?\s*(?:if|else|for|while|elif|unless|switch|case|with|try|catch)\b)",
                line.code,
            )
        )
    )


RULE = Rule(
    id="emptied-tests",
    why="A test lost all that it claimed.",
    legitimate="The claims moved to another test that is part of this change.",
    find=find,
    spares_new_tests=True,
)
