"""Product code that had failed where something was wrong, and now goes on with a value made up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.diff_policy.assertions import is_assertion
from bot.diff_policy.change import Block, Change, ChangedFile, CodeLine
from bot.diff_policy.dropped_errors import LOUD, REPORTED
from bot.diff_policy.finding import Hit, Severity
from bot.diff_policy.places import Place, is_test_path

_FAILS = re.compile(
    r"^\s*(?:\}?\s*else\s*)?(?:raise|throw|rethrow|panic|die|abort|fatalError|preconditionFailure)\b|\b(?:panic|bail|ensure|unreachable|todo)!\s*\(|\bthrow\s+(?:new\s+)?\w|\braise\s+[A-Z(]|\?\s*;?\s*$|\?\.|\)\?|\.unwrap\(\)|\.expect\(|\bor(?:Else)?Throw\(|\bgetOrThrow\(|\bgetOrFail\(|\bfindOrFail\(|!!(?=[.;,)\s]|$)"
    r"|\breturn\s+(?:\w+,\s*)*(?:err\w*\b|fmt\.Errorf|errors\.\w+|Err\(|\w*Error\b)|\breturn\s+-E[A-Z]+|\{:error\b|\b(?:require|check|precondition|checkNotNull|requireNotNull|checkArgument|checkState|invariant|assert)\s*\(|^\s*(?:static_|debug_)?assert\b|\bassert!?\s*\(|\bassert_(?:eq|ne)!|\bstatic_assert\s*\(|^\s*(?:validation|precondition|postcondition)\s*\{|\b(?:throwIO|throwError|throwM|ioError|failwith|invalid_arg|error)\b|\bLeft\s+\w+\s*->\s*throw|^\s*validates?\b|\bguard\b.*\belse\b"
    r"|\bMust[A-Z]\w*\(|\blog\.Fatal\w*\(|\bsys\.exit\(\s*[1-9]|\bprocess\.exit\(\s*[1-9]|\bos\.Exit\([1-9]|^\s*exit\s+[1-9]|\braise_for_status\(|\bArgumentNull\w*\.ThrowIf\w*|\bGuard\.\w+\(|\bexit\(EXIT_FAILURE\)|\b\w+!\s*\(|\bok\s*=\s*\w|\{:ok,\s*\w+\}\s*="
)
_DEFAULTS = re.compile(
    r"\.get\(\s*[^(),]{1,80},\s*[^()]{1,60}\)|\.(?:or[_E]lse|unwrap_or\w*|getOr(?:Else|Default|Null)|or_default|valueOr|value_or|GetValueOrDefault|FirstOrDefault|SingleOrDefault|firstOrNull|toIntOrNull|getOptional|find_by)\b|\?\?(?!=)|\?:|\|\|\s*(?:\[\]|\{\}|\"\"|''|0|null|nil|false|new\s)|\bor\s+(?:\[\]|\{\}|\"\"|''|0|None)\s*$"
    r"|\.fetch\(\s*[^(),]{1,60},\s*[^()]{1,40}\)|^\s*(?:else\s+)?(?:return|continue|break|next|pass)\s*(?:None|null|nil|undefined|0|0\.0|false|true|False|True|\"\"|''|\[\]|\{\}|\(\)|Ok\(\(\)\)|Ok\(None\)|default|:ok|-1)?\s*[;,]?\s*\}?\s*$|\breturn\s+(?:None|null|nil|0|false|\"\"|\[\]|\{\}|new\s+\w+<?\w*>?\(\)|\w+\.(?:empty|Empty|EMPTY)\w*(?:\(\))?)\s*;?\s*\}?\s*$"
    r"|\bpcall\s*\(|^\s*(?:\w+\s*=\s*)?\(?catch\s+\w|\(catch\s|\b(?:pure|return)\s+(?:mempty|\(\)|Nothing|\[\])|->\s*(?:pure\s+)?(?:mempty|Nothing|\[\]|0|None|\(\))\s*$|\brescue\s+nil|\btry\?|\bwith_default|\bget-in\b.*\s(?:nil|0)\)|\btry\s+.*\s+with\s+_\s*->|\bgetattr\([^)]*,[^)]*,|\bsafe_|\.ok\(\)|\bNumber\.isNaN\(.*\?\s*0|:\s*(?:null|0|undefined|\[\])\s*;?\s*$"
)
_WORD = re.compile(r"[A-Za-z_]\w+")
_BANG = re.compile(r"\b([a-z_]\w*)!(?=[\s(])")
_PLAIN_CALL = re.compile(r"^\s*(?:_\s*=\s*)?[\w.@:>-]{2,60}[\s(]")
_MOST = 24
"""Lines of one place beyond which code was rewritten, and is no longer the same with less care."""


def softened(file: ChangedFile, change: Change) -> Iterator[Hit]:
    """A note only, where the diff has a test of what now happens instead."""
    if file.place is not Place.PRODUCT or file.diff.status != "modified":
        return
    severity = Severity.NOTICE if _is_claimed(change) else Severity.BLOCK
    for block in file.blocks:
        if len(block.removed) + len(block.added) > _MOST or _is_expected(block):
            continue
        removed = [x for x in block.removed if x.code.strip() and not x.in_test]
        added = [x for x in block.added if x.code.strip() and not x.in_test]
        hit = _made_up(removed, added, change) or _tried(removed, added)
        hit = hit or _unguarded(removed, added, change)
        if hit is not None:
            yield Hit(file, hit[0], hit[1], severity)


_KIND = re.compile(
    r"\berrors\.(?:Is|As)\(|\bcatch\s*\(\s*(?:final\s+)?(?!Exception\b|Throwable\b|RuntimeException\b)[A-Z]\w*(?:Exception|Error)\b|^\s*except\s+\(?(?:\w+\.)*(?!Exception\b|BaseException\b)[A-Z]\w*|\brescue\s+(?!StandardError\b|Exception\b)[A-Z]|\bErrorKind::\w|\binstanceof\s+\w*Error\b|\bENOENT\b"
)


def _is_expected(block: Block) -> bool:
    """Whether it is about one named kind of error, which may well be no failure."""
    return block.before is not None and bool(_KIND.search(block.before.code))


def _is_claimed(change: Change) -> bool:
    """Whether a claim came in any test of the diff, or some of them went."""
    return any(
        is_assertion(x)
        for f in change.code()
        if f.is_tested_inside or is_test_path(f.path)
        for x in (*f.added, *f.removed)
        if x.in_test
    )


def _made_up(
    removed: list[CodeLine], added: list[CodeLine], change: Change
) -> tuple[CodeLine, str] | None:
    """What failed, or would have failed, gives a default."""
    if any(_DEFAULTS.search(x.code) for x in removed):
        return None
    loud = any(_FAILS.search(x.code) for x in added)
    failed = any(_SAYS.search(x.code) for x in removed)
    told = {w for x in removed for w in _WORD.findall(x.code)}
    for line in added:
        if loud or change.is_moved_here(line):
            return None
        kept = told & set(_WORD.findall(line.code))
        caught = _CAUGHT.search(line.code) and len(kept) > 1 and len(kept) * 2 >= len(told)
        if caught or (failed and _DEFAULTS.search(line.code)):
            return line, "What had failed goes on with a value made up."
    return None


_SAYS = re.compile(
    r"^\s*(?:\}?\s*else\s*)?(?:raise|throw|rethrow|panic|die|abort|fatalError|preconditionFailure)\b|\b(?:panic|bail|ensure)!\s*\(|\bthrow\s+(?:new\s+)?\w|\braise\s+[A-Z(]|\?\s*;\s*$|\)\?|\bor(?:Else)?Throw\(|\bgetOrThrow\(|\bgetOrFail\(|\bfindOrFail\("
    r"|\b(?:throwIO|throwError|throwM|ioError|failwith|invalid_arg)\b|\{:error\b|\breturn\s+(?:\w+,\s*)*(?:err\w*\b|fmt\.Errorf|errors\.\w+|Err\(|\w*Error\b)|\bMust[A-Z]\w*\(|\b(?:require|check|checkNotNull|requireNotNull)\s*\("
)
"""What says outright that something is wrong; a pointer that may be null only fails by the way."""
_CAUGHT = re.compile(
    r"\bpcall\s*\(|\beval\s*\{|\btry\(.*silent|\btryCatch\(|\bsuppressWarnings\(|^\s*(?:\w+\s*=\s*)?\(?catch\s+\w|\(try\b.*\(catch\s|\brescue\s+nil|\btry\?|\btry\s+.*\s+with\s+_\s*->"
)


_TRIES = re.compile(
    r"\brunCatching\b|\btry\b|\bTry\s*[({]|\bcatching\b|\battempt\b|\bbegin\b|\bcatch_unwind\b|\bResult\.(?:of|catching)"
)
_GIVES = re.compile(
    r"\bgetOr(?:Else|Default|Null)\b|\.(?:recover|orElse|ok|unwrap_or\w*|valueOr)\b\s*[({]|^\s*_\w*\s*->|\bcase\s+(?:_|NonFatal)|\bFailure\(_\)"
)


def _tried(removed: list[CodeLine], added: list[CodeLine]) -> tuple[CodeLine, str] | None:
    """All that stood there is tried, and where it fails something made up comes out."""
    given = [x for x in added if _GIVES.search(x.code)]
    if not given or not any(_TRIES.search(x.code) for x in added):
        return None
    if any(_TRIES.search(x.code) for x in removed) or any(
        LOUD.search(x.code) or REPORTED.search(x.code) or _KIND.search(x.code) for x in added
    ):
        return None
    told = {w for x in removed for w in _WORD.findall(x.code)}
    came = {w for x in added for w in _WORD.findall(x.code)}
    if len(told) >= _FEW and len(told & came) * 5 >= len(told) * 3:
        return given[-1], "What had failed goes on with a value made up."
    return None


_FEW = 3


def _unguarded(
    removed: list[CodeLine], added: list[CodeLine], change: Change
) -> tuple[CodeLine, str] | None:
    """What saw that something was wrong went, and nothing that sees it came."""
    for line in added:
        if _DEBUG_ONLY.search(line.code) and any(
            "assert" in x.code and not _DEBUG_ONLY.search(x.code) for x in removed
        ):
            return line, "The check is made in debug builds only."
    went = [x for x in removed if _FAILS.search(x.code) and not change.is_kept_elsewhere(x)]
    for line in went:
        if found := _BANG.search(line.code):
            bare = line.bare.replace(f"{found[1]}!", found[1], 1)
            if any(x.bare == bare for x in added):
                return line, "A call that failed loudly is made in the form that does not."
    if not went or any(_FAILS.search(x.code) for x in added):
        return None
    if not added and _is_guard(removed):
        return went[0], "A check of the product was taken out."
    kept = " ".join(x.code for x in removed)
    if added and all(_PLAIN_CALL.match(x.code) and x.bare.rstrip(";") in kept for x in added):
        return went[0], "A failure that was handed on is dropped."
    return None


def _is_guard(removed: list[CodeLine]) -> bool:
    """Whether all that went is one condition with the failure that it led to, or a claim of one line."""
    lines = [x for x in removed if any(c.isalnum() for c in x.bare)]
    heads = [x for x in lines if _CONDITION.match(x.code)]
    return len(lines) - len(heads) <= _GUARD and (
        bool(heads) or all(_CLAIMS.search(x.code) for x in lines)
    )


_DEBUG_ONLY = re.compile(
    r"\bdebug_assert|\bDebug\.Assert\(|\bassertionFailure\(|\bDCHECK|\bNDEBUG\b"
)
_GUARD = 2
_CONDITION = re.compile(r"^\s*(?:\}?\s*(?:if|unless|guard|when|switch|case|else|elif)\b|\(?if\b)")
_CLAIMS = re.compile(
    r"^\s*(?:assert|require|check|precondition|validates?|invariant|ensure|debug_assert|static_assert|Guard\.|Argument\w*\.ThrowIf|Objects\.requireNonNull|Preconditions\.|before_action|permission_classes|@(?:login_required|requires?_\w+|validates?\w*|PreAuthorize|Valid|NotNull|Secured|RolesAllowed|csrf_protect)|use\s+\w*[vV]alidat|raise\b.*\b(?:if|unless)\b)",
)
