"""Calls of which the failure is dropped, and handlers that answer as though all were well."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.diff_policy.change import Change, ChangedFile
from bot.diff_policy.code import remembered
from bot.diff_policy.dropped_errors import HANDED_ON
from bot.diff_policy.finding import Hit


def disarmed(file: ChangedFile, change: Change) -> Iterator[Hit]:
    """A call that could fail stands there again, and what it reports is dropped."""
    for block in file.blocks:
        for line in block.added:
            found = _drops(line.code)
            if _PASSED_ON.search(line.code):
                continue
            if (
                not found
                or change.is_moved_here(line)
                or any(_drops(x.code) for x in block.beside(line))
            ):
                continue
            words = set(_WORDS.findall(line.code)) - _IDIOMS
            if any(
                len(was) > 1 and was <= words
                for x in block.beside(line)
                if (was := set(_WORDS.findall(x.code)) - _IDIOMS)
            ) or _SILENCES.search(line.code):
                yield Hit(file, line)
    for line in file.added:
        if line.code and _SILENCES.search(line.code) and not change.is_moved_here(line):
            yield Hit(file, line)


_drops = remembered(
    re.compile(
        r"\.ok\(\)\s*;|\.unwrap_or_default\(\)|^\s*let\s+_\s*=|^\s*_(?:\s*,\s*_)*\s*=\s*\w|\btry\?|\.getOrNull\(\)|\.getOrDefault\(|\.getOrElse\s*\{\s*(?!throw)|\brunCatching\b"
        r"|\bTry\s*[({].*\.(?:toOption|getOrElse)|\.catch\(\s*(?:\(\s*\w*\s*\)|\w+|function\s*\(\w*\))\s*(?:=>)?\s*(?:\{\s*\}|undefined|null|void 0|\[\s*\]|\(\s*\{\s*\}\s*\))|\brescue\s+(?:nil|false|true|\[\]|\{\})"
        r"|\btry\s*\{.*\}\s*catch\s*(?:\([^)]*\))?\s*\{\s*\}|=\s*@\w+\(|\bignore\(|\(void\)\s*\w"
    )
)
_PASSED_ON = re.compile(r"\?\s*;|\bgetOrThrow\b|\bonFailure\b|\bthrow\b|\braise\b")
_SILENCES = re.compile(
    r"\bCoroutineExceptionHandler\s*\{\s*(?:\w+\s*,\s*\w+\s*->)?\s*\}|\bsetDefaultUncaughtExceptionHandler\b.*\{\s*(?:[^}]*->)?\s*\}|\bNOT\s+VALID\b|\bFOREIGN_KEY_CHECKS\s*=\s*0|\bDISABLE\s+TRIGGER\b|\bsession_replication_role\b|\bPRAGMA\s+foreign_keys\s*=\s*OFF|\berror_reporting\(\s*0\s*\)|\bset_error_handler\(\s*(?:fn|function)\s*\([^)]*\)\s*(?:=>\s*true|\{\s*\})|\bwarnings\.(?:filterwarnings|simplefilter)\(\s*\"\"|\$VERBOSE\s*=\s*nil|\blogging\.disable\("
)
_WORDS = re.compile(r"[A-Za-z_]\w*")
_IDIOMS = frozenset(
    [
        "let",
        "const",
        "var",
        "val",
        "await",
        "return",
        "try",
        "catch",
        "if",
        "err",
        "nil",
        "Ok",
        "Err",
        "unwrap",
        "expect",
        "ok",
        "map_err",
        "fmt",
        "Errorf",
        "errors",
        "Wrap",
        "throw",
        "throws",
        "final",
        "auto",
    ]
)


def returned_well(file: ChangedFile, broad: re.Pattern[str] | None) -> Iterator[Hit]:
    """Where an error had been handed on, a value is returned as though nothing were wrong."""
    for block in file.blocks:
        handed = [x for x in block.removed if HANDED_ON.search(x.code)]
        if not handed or any(HANDED_ON.search(x.code) for x in block.added):
            continue
        before = block.before.code if block.before else ""
        caught = (broad and broad.search(before)) or re.search(r"\berr != nil\b", before)
        well = next(
            (x for x in block.added if re.match(r"\s*(?:return|pass|continue)\b", x.code)), None
        )
        if caught and well is not None:
            yield Hit(file, well)
