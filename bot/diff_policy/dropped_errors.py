"""Errors that code had told of and no longer does: blanked, logged only, or turned into success."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from bot.diff_policy.change import Block, Change, ChangedFile, CodeLine
from bot.diff_policy.finding import Hit

_BLANKED = re.compile(r"^\s*(?:let\s+)?_(?:\s*,\s*_)*\s*:?=\s*(?P<call>\S.*)$")
_ASSIGNED = re.compile(
    r"^\s*(?:(?:if|let|const|var|val|auto|local|my)\s+)?[\w\s,.*&]{1,60}?:?=(?!=)\s*(?P<call>\S.*)$"
)
HANDED_ON = re.compile(
    r"^\s*(?:raise|throw|rethrow)\b|\breturn\b.*\b(?:err\w*|\w*[Ee]rror\w*)\b|\bpanic\(|Fatal|\breturn\s+Err\(|\breturn\s+\{:error"
)
_TELLS = re.compile(
    r"^\s*(?:[\w.]*(?:log\w*|print\w*|puts|echo|warn\w*|console|fmt|slog|tracing|debug\w*|IO|Logger|e|ex|err|error)\b[\w.:!]*(?:\(|\s|\.)|[\w.]*\.(?:[Dd]ebug|[Ii]nfo|[Ww]arn\w*|[Ee]rror|[Pp]rint\w*|[Ll]og\w*)!?\()",
)
_GOES_ON = re.compile(
    r"^\s*(?:continue|pass|break|next|return(?:\s+(?:nil|None|null|undefined|true|0|Ok\(\(\)\)))?)\s*;?\s*$|^\s*[})\]]+;?\s*$"
)
_FINALLY = re.compile(r"\bfinally\b\s*[:{]?\s*$|^\s*ensure\s*$")
_RETURNS = re.compile(r"^\s*return\b|\bfinally\s*\{\s*return\b")
_TRY = re.compile(r"^\s*(?:\}?\s*)?(?:try|begin|do)\b\s*[:{]?")
_CATCHES = re.compile(
    r"^\s*except\s*(?:\(?\s*(?:Base)?Exception\b[^:]*)?:|\bcatch\s*(?:\(\s*(?:final\s+)?(?:Exception|Throwable|RuntimeException|\\?Throwable|\\?Exception|\w+(?:\s*:\s*(?:any|unknown|Exception|Throwable))?)\b[^)|]{0,40}\))?\s*\{"
    r"|^\s*rescue\s*(?:=>\s*\w+|StandardError\b.*|Exception\b.*)?$|^\s*\w*_\w*\s*:\s*_\w*\s*->|^\s*catch\s*$"
)
LOUD = re.compile(
    r"\b(?:raise|throw|rethrow|reraise|fail\w*|assert\w*|expect\w*|exit\w*|panic|reject|abort|Fatal\w*|die|next\(|done\(|cb\(|callback\(|erlang:error|error\()"
)
REPORTED = re.compile(
    r"\b(?:errors?|failed|failures?|problems|rejected|skipped|issues|results?)\b\s*(?:\.\s*(?:append|push|add|insert|put|concat|set)|\+=|\+\+|<<|\[|=)|\bset(?:Error|State|Status)\w*\(|\bstatus\s*=|\breturn\s+(?:Err|Failure|Left|Result|\{\s*:?error|\{\s*ok\s*:\s*false|Response|new\s+\w*(?:Response|Result|Error))|\.(?:status|json|send|fail|left|failure|error)\(\s*(?!\")|[Rr]esponse\.|HttpStatus|\b[45][0-9]{2}\b|rollback|\bfallback|default",
    re.IGNORECASE,
)
_EXITS_BADLY = re.compile(
    r"\b(?:sys\.exit|os\._exit|process\.exit|os\.Exit|System\.exit|exitProcess|Environment\.Exit|process::exit|exit|quit)\s*\(?\s*(?!0\s*\)|\s*\)|EXIT_SUCCESS)\S|\breturn\s+(?:1\b|int\(|\w*(?:fail|err|code|status)\w*|.*\?\s*1\s*:|not\s+\w+).*|\bprocess\.exitCode\s*=\s*[^0]"
    r"|\bcheck\s*=\s*True|\bcheck_(?:call|output)\(|\bexecSync\(|^\s*(?:raise|throw)\b|\bpanic\(|Fatal|\breturn\b.*\b[eE]rr\w*"
)
_RUNNER = re.compile(r"(?:^|/)(?:scripts?|ci|tools?|bin|hack|build|dev|\.github|\.ci)/")
_GUARDS = re.compile(r"\bassert\s*\(\s*(?=\w)")
_PROTECTED = re.compile(r"\bx?pcall\s*\(")
_SHOWN = 6


def dropped(file: ChangedFile, change: Change) -> Iterator[Hit]:
    """All of these in one file of code."""
    yield from _verdict_gone(file)
    for block in file.blocks:
        yield from _blanked(block, file)
        yield from _told_only(block, file)
        yield from _protected(block, file)
        if not any(x.in_test for x in block.added[:1]):
            yield from _wrapped(block, file, change)
    for hunk in file.hunks:
        last: CodeLine | None = None
        for line in hunk:
            if line.mark == "-" or not line.code.strip():
                continue
            ends = last is not None and _FINALLY.search(last.code) and _RETURNS.match(line.code)
            if line.mark == "+" and (
                ends or ("finally" in line.code and _RETURNS.search(line.code))
            ):
                yield Hit(file, line, "A return here discards whatever had been thrown.")
            last = line


def _blanked(block: Block, file: ChangedFile) -> Iterator[Hit]:
    """`n, err := f(x)` became `_, _ = f(x)`."""
    for line in block.added:
        found = _BLANKED.match(line.code)
        if not found:
            continue
        wanted = _call(found["call"])
        for x in block.beside(line):
            old = None if _BLANKED.match(x.code) else _ASSIGNED.match(x.code)
            if old and _call(old["call"]) == wanted:
                yield Hit(file, line)
                break


def _call(text: str) -> str:
    """A call without what hands its failure on."""
    return _HANDS_ON.sub("", re.split(r"\s*[;{]", text)[0]).strip()


_HANDS_ON = re.compile(r"^(?:await|try)\b[!?]?\s+|\?\s*$|\.(?:unwrap|await|get)(?:\(\))?\??\s*$")


def _told_only(block: Block, file: ChangedFile) -> Iterator[Hit]:
    """Where an error was returned or raised, it is logged, and the code goes on."""
    if any(_NAMED_KIND.search(x.code) for x in _before(block)):
        return
    kept = {x.bare for x in block.added} & {x.bare for x in block.removed}
    handed = [x for x in block.removed if HANDED_ON.search(x.code) and not x.in_test]
    fresh = [x for x in block.added if x.bare not in kept and x.code.strip()]
    handed = [x for x in handed if x.bare not in kept]
    if not handed or not fresh or any(HANDED_ON.search(x.code) for x in fresh):
        return
    others = [x for x in block.removed if x.bare not in kept and x.code.strip()]
    if len(others) > len(handed) + 1 or not any(_TELLS.match(x.code) for x in fresh):
        return
    if all(_TELLS.match(x.code) or _GOES_ON.match(x.code) for x in fresh):
        yield Hit(file, fresh[0], "An error that was handed on is only told to the log.")


def _before(block: Block) -> tuple[CodeLine, ...]:
    """The two lines before a block, as far as its hunk shows them."""
    if block.before is None:
        return ()
    place = (block.before.new or block.before.old) - (block.hunk[0].new or block.hunk[0].old)
    near = block.hunk[max(0, place - 1) : place + 60]
    last = next((i for i, x in enumerate(near) if x is block.before), None)
    return near[max(0, last - 1) : last + 1] if last is not None else (block.before,)


_NAMED_KIND = re.compile(
    r"\bcatch\s*\(.*\bwhen\b|\bcatch\s*\(\s*(?:final\s+)?(?!Exception\b|Throwable\b|RuntimeException\b|std::exception|const std::exception)[A-Z]\w*(?:Exception|Error)\b"
    r"|\bexcept\s+\(?\s*(?!Exception\b|BaseException\b)[A-Z]\w*|\brescue\s+(?!StandardError\b|Exception\b)[A-Z]|\berrors\.(?:Is|As)\("
)


def _wrapped(block: Block, file: ChangedFile, change: Change) -> Iterator[Hit]:
    """Code that stood there is now tried, and whatever it throws goes no further."""
    if not block.removed:
        return
    went = {x.bare for x in block.removed if len(x.bare) > _SHOWN}
    if any(_CATCHES.search(x.code) for x in block.removed):
        return
    tried = 0
    for index, line in enumerate(block.added):
        tried += line.bare in went
        if not tried or not _CATCHES.search(line.code) or change.is_moved_here(line):
            continue
        if _is_swallowed(line, _handler(block.added, index)):
            yield Hit(file, line)
            return


def _handler(added: tuple[CodeLine, ...], index: int) -> tuple[CodeLine, ...]:
    """The added lines of a handler: those after its head that stand further in than it does."""
    depth = _depth(added[index].text)
    near = added[index + 1 : index + 1 + _HANDLER]
    deeper = takewhile(lambda x: not x.code.strip() or _depth(x.text) > depth, near)
    return tuple(x for x in deeper if x.code.strip())


def _depth(text: str) -> int:
    return len(text) - len(text.lstrip())


def _is_swallowed(head: CodeLine, handler: tuple[CodeLine, ...]) -> bool:
    """Whether it neither passes the error on, nor keeps it, nor makes something else of it."""
    found = _CAUGHT.search(head.code)
    name = next((x for x in found.groups() if x), "") if found else ""
    used = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)") if name else None
    for line in (head, *handler):
        if LOUD.search(line.code) or REPORTED.search(line.code):
            return False
        if used and line is not head and used.search(line.code) and not _TELLS.match(line.code):
            return False
    return True


_CAUGHT = re.compile(
    r"\bas\s+(\w+)|=>\s*(\w+)|\bcatch\s*\(\s*(\w+)\s*[:)]|\bcatch\s*\([^)]*\s[$&]?(\w+)\s*\)"
)
_HANDLER = 20


def _protected(block: Block, file: ChangedFile) -> Iterator[Hit]:
    """Lua: what asserted is called by `pcall`, and its verdict is no error any more."""
    if file.language != "lua" or not any(_GUARDS.search(x.code) for x in block.removed):
        return
    for line in block.added:
        if _PROTECTED.search(line.code) and not any(
            re.search(r"\berror\s*\(|\bassert\s*\(|\breturn\s+nil\s*,", x.code) for x in block.added
        ):
            yield Hit(file, line)


def _verdict_gone(file: ChangedFile) -> Iterator[Hit]:
    """A script of the project that told of failure by its exit code, and does not any more."""
    if not _RUNNER.search(file.path) or file.diff.status == "removed":
        return
    went = [x for x in file.removed if x.code and _EXITS_BADLY.search(x.code)]
    if went and not any(_EXITS_BADLY.search(x.code) for x in file.added if x.code):
        yield Hit(file, went[-1], "The script no longer says that something failed.")
