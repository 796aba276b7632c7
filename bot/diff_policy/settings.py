"""Settings of check tools: severities, switches, exceptions and limits, read by the words of their keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.diff_policy.change import Block, Change, ChangedFile, CodeLine
from bot.diff_policy.finding import Hit
from bot.diff_policy.numbers import skeleton

_WORDS = {
    "forbid": 4, "deny": 3, "error": 3, "errors": 3, "fatal": 3, "strict": 3, "fail": 3, "block": 3, "enabled": 3, "on": 3, "always": 3, "all": 3, "auto": 1,
    "warn": 2, "warning": 2, "warnings": 2, "style": 1, "info": 1, "information": 1, "note": 1, "notice": 1, "hint": 1, "suggestion": 1, "minor": 1, "refactor": 1, "convention": 1,
    "off": 0, "none": 0, "null": 0, "silent": 0, "suppress": 0, "ignore": 0, "ignored": 0, "allow": 0, "disable": 0, "disabled": 0, "never": 0, "skip": 0,
}  # fmt: skip
_SWITCHES = {"true": 1, "yes": 1, "false": 0, "no": 0}
_WORD = re.compile(rf"(?<![\w.-])(?:{'|'.join([*_WORDS, *_SWITCHES])})(?![\w-])", re.IGNORECASE)
_LEVEL = re.compile(
    r"audit[-_]?level|severity[-_]?threshold|fail(?:ure)?[-_]?(?:on|level|threshold|severity)|min(?:imum)?[-_]?(?:severity|confidence|level|report)|--severity|--level|\bseverity\s*[:=]\s*[A-Z,]+|\bexit_?level|\breviewdog.*level",
    re.IGNORECASE,
)
_RISK = {
    "info": 0,
    "low": 1,
    "minor": 1,
    "warning": 1,
    "medium": 2,
    "moderate": 2,
    "error": 2,
    "major": 2,
    "high": 3,
    "critical": 4,
    "none": 5,
}
_RISKS = re.compile(rf"(?<![\w-])(?:{'|'.join(_RISK)})(?![\w-])", re.IGNORECASE)
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_LAX = frozenset([
    "ignore", "ignored", "ignores", "allow", "allowed", "skip", "skipped", "exclude", "excluded", "disable", "disabled", "lenient", "permissive", "silent", "suppress",
    "suppressed", "implicit", "loose", "optional", "informational", "soft", "quiet", "new", "dry", "legacy", "lax", "tolerate", "pass", "continue", "unsafe",
])  # fmt: skip
_STRICT = frozenset([
    "strict", "strictly", "fail", "fails", "failure", "error", "errors", "enforce", "require", "required", "requires", "check", "checks", "warn", "deny", "verify", "validate", "disallow",
    "forbid", "unused", "exact", "always", "werror", "fatal", "pedantic", "branch", "branches", "coverage", "lint", "audit", "rule", "enabled", "enable", "typecheck", "types", "no", "be", "stop",
    "report", "treat", "abort", "break", "block", "doctest", "test", "tests", "safe", "race", "sanitize", "werrors",
])  # fmt: skip
_KEY = re.compile(r"[\w@./:'-]{2,80}")
_EXCEPTS = re.compile(
    r"exclu|ignor|\bomit|\bskip|suppress|allow_?list|white_?list|\bexempt|\bknown|ignoredvulns|\bexcept|disabled|noqa|opt[_-]?out|per-file|\bnowarn|accepted|quarantine|baseline",
    re.IGNORECASE,
)
_LIMITS = re.compile(
    r"max[A-Z_-]?\w*|min[A-Z_-]?\w*|threshold|budget|limit|fail[_-]under|target|hints|p\([0-9]+\)|level",
    re.IGNORECASE,
)
_BUILT = re.compile(
    r"(?:^|[\"'\s/^*])\.?(?:coverage|dist|build|out|target|node_modules|vendor|third_party|generated|gen|tmp|__generated__|migrations|static|public|assets|docs?|examples?|\.next|\.venv|venv|pb\.go|min\.js|d\.ts|snap|lock|CHANGELOG\w*|LICENSE|_pb2)\b|generated|\.min\.|_pb2|\.pb\.",
)


def loosened(file: ChangedFile, block: Block, change: Change) -> Iterator[Hit]:
    """All of these in one place of a file that configures checks."""
    left = list(block.removed)
    for line in block.added:
        if not line.code.strip() or change.is_moved_here(line):
            continue
        mask = _mask(line)
        old = next((x for x in left[:_NEAR] if _mask(x) == mask and x.text != line.text), None)
        if old is not None:
            left.remove(old)
            if _is_lower(old, line, block):
                yield Hit(file, line, "A tool demands less than before.")
        elif _is_exception(line, block, file):
            yield Hit(file, line, "An exception was added.")
    new = " ".join(x.text for x in block.added)
    for line in left:
        if (
            block.added
            and _LIMITS.search(line.code)
            and re.search(r"[0-9]", line.code)
            and (key := _key(line))
            and key in new
            and any(_key(x) == key and not re.search(r"[0-9]", x.code) for x in block.added)
        ):
            yield Hit(file, line, "A limit was taken away.")


_NEAR = 40


def _mask(line: CodeLine) -> str:
    """The line without its words of severity, its switches and its numbers."""
    return _RISKS.sub("\1", _WORD.sub("\1", skeleton(line.code.strip().rstrip(","))))


def _key(line: CodeLine) -> str:
    found = _KEY.search(line.code)
    return found[0].strip("'\":") if found else ""


def _is_lower(old: CodeLine, new: CodeLine, block: Block) -> bool:
    if _LEVEL.search(new.text):
        risks = [[_RISK[x.lower()] for x in _RISKS.findall(y.code)] for y in (old, new)]
        return bool(risks[0] and risks[1]) and min(risks[1]) > min(risks[0])
    words = [[x.lower() for x in _WORD.findall(y.code)] for y in (old, new)]
    if len(words[0]) != len(words[1]):
        return False
    told = frozenset(x.lower() for x in _PARTS.findall(_WORD.sub("", new.code)))
    above = (x for x in block.hunk if x.mark == " " and 0 < new.new - x.new <= _NEAR // 4)
    near = told | frozenset(x.lower() for y in above for x in _PARTS.findall(y.code))
    for was, now in zip(*words, strict=True):
        if was == now:
            continue
        if was in _SWITCHES and now in _SWITCHES:
            lax = bool(told & _LAX) and not told & {"no", "disallow"}
            strict = bool((told if told & _STRICT else near) & _STRICT)
            worse = (
                _SWITCHES[now] > _SWITCHES[was]
                if lax
                else strict and _SWITCHES[now] < _SWITCHES[was]
            )
        elif was in _WORDS and now in _WORDS:
            worse = _WORDS[now] < _WORDS[was]
        else:
            worse = (
                now in {"false", "no", "off", "null", "none"} and was in _WORDS and _WORDS[was] > 1
            )
        if worse:
            return True
    return False


def _is_exception(line: CodeLine, block: Block, file: ChangedFile) -> bool:
    """A new entry of a list of exceptions, or a new list; what is built or generated needs no check."""
    if file.diff.status == "added":
        return False
    had = {i for x in block.removed for i in _ITEM.findall(x.code)}
    fresh = [i for i in _ITEM.findall(line.code) if i not in had]
    if any(_BUILT.search(i) for i in fresh) and not any(
        "src" in i for i in fresh if not _BUILT.search(i)
    ):
        return False
    if _EXCEPTS.search(_head(line.text)) and re.search(r"[:=<{\[]", line.text):
        old = [x for x in block.removed if _key(x) == _key(line)]
        return not old or any(_count(line) > _count(x) for x in old)
    if block.removed and len(block.removed) >= len(block.added):
        return False
    head = _enclosing(line, block)
    return bool(head) and bool(_EXCEPTS.search(_head(head))) and any(c.isalnum() for c in line.bare)


def _head(text: str) -> str:
    """The key of a line, with the name of an element or a section."""
    return re.split(r"[:=(]\s|[:=(]$|>", text.strip(), maxsplit=1)[0][:80]


def _count(line: CodeLine) -> int:
    return len(_ITEM.findall(line.code))


_ITEM = re.compile(r"[\w@./*\\-]+")


def _enclosing(line: CodeLine, block: Block) -> str:
    """The nearest line above that stands less deep, or a section's head."""
    depth = len(line.text) - len(line.text.lstrip())
    above = [x for x in block.hunk if x.mark != "-" and x.new < line.new and x.code.strip()]
    for x in reversed(above[-_NEAR:]):
        at = len(x.text) - len(x.text.lstrip())
        opens = x.code.rstrip().endswith((":", "[", "(", "{", "=", ">")) or x.bare.startswith("[")
        if opens and (
            at < depth or (at == depth and (line.bare.startswith("-") or x.bare.startswith("[")))
        ):
            return x.text
        depth = min(depth, at)
    return ""
