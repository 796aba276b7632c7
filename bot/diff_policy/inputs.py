"""Tests that try less: generators that give less, files that are not found, things done one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from bot.diff_policy.analysis import Analysis
from bot.diff_policy.assertions import is_assertion
from bot.diff_policy.change import Block, ChangedFile, CodeLine
from bot.diff_policy.code import QUOTED_GLOB, remembered, shared_start
from bot.diff_policy.finding import Hit
from bot.diff_policy.numbers import numbers_of
from bot.diff_policy.places import Place

_generates = remembered(
    re.compile(
        r"\b(?:st|strategies|hypothesis\.strategies)\.\w+|\bfc\.\w+|\bGen(?:s|erators)?\.\w+|\bgen\.\w+|\bArb(?:itrary|itraries)?(?:\.\w+|\b)|\bgen[A-Z]\w*\s*(?:<-|=)|\b(?:choose(?:Num|Any|Int|Enum)?|elements|frequency|oneof|listOf1?|vectorOf|suchThat|arbitrary|forAll|forall|prop_\w+|hedgehog)\b"
        r"|\bany::<|\bproptest!|\bprop::\w+|\bproperty\b|\bStreamData\.\w+|\b(?:integer|binary|string|list_of|term)\(|\b(?:Arbitrary|Hedgehog|FsCheck|QuickCheck|rapid)\.\w+|@(?:IntRange|LongRange|DoubleRange|StringLength|Size|InRange|ForAll|Positive)\b|\bquick\.Config|\brapid\.\w+|\bRantly|\bf\.Add\(|\bGenerators?\b|\bstrategy\b"
    )
)
_CONSTANT = re.compile(
    r"\bGen\.(?:const|pure|constant|unit)\b|\bfc\.constant(?:From)?\(|\bst\.(?:just|sampled_from|none|nothing)\(|\bJust\(|\bArb(?:itrary|itraries)?\.(?:of|constant|just)\b|\bStreamData\.constant\(|\bgen/(?:return|elements)\b|\bpure\s+\S|\breturn\s+[0-9]|\bconstant\(|\belements\s*\[|\brapid\.(?:Just|SampledFrom)\b|\bGen\.(?:Constant|Elements)\b|\bconst\b"
)
_FILTERS = re.compile(
    r"^\s*(?:hypothesis\.)?assume\(|\bfc\.pre\(|\.filter\(|\bsuchThat\b|==>|\bwhenever\s*\(|\bprop_assume!\(|\bAssume(?:\.that|That)?\(|\bpre\(|\bdiscard\b|\.such_that\("
)
_UNBOUNDED = re.compile(
    r"\bMAX(?:_VALUE|_SAFE_INTEGER)?\b|\bMaxValue\b|\b(?:Int|Long|UInt)\w*\.(?:max|MaxValue|MAX_VALUE)\b|\bmaxBound\b|\b[iu](?:8|16|32|64|128|size)::MAX\b|\bsys\.maxsize\b|\bmath\.Max\w+|\bINT_MAX\b|\bNumber\.MAX\w*|\b(?:integers|floats|text|binary|any|arbitrary|string|integer)\(\s*\)|\bany::<"
)
_AT_ONCE = re.compile(
    r"^\s*go\s+(?:func\b|\w)|\bWaitGroup\b|\berrgroup\b|\bt\.Parallel\(|\bthreading\.Thread\b|\bThreadPoolExecutor\b|\bProcessPoolExecutor\b|\basyncio\.(?:gather|TaskGroup|create_task)\b|\bmultiprocessing\.\w+|\bgevent\.|\bPromise\.(?:all|allSettled|race)\b|\bnew Worker\("
    r"|\bnew Thread\b|\bExecutors?\.|\bExecutorService\b|\bCompletableFuture\b|\bCountDownLatch\b|\bCyclicBarrier\b|\bparallelStream\(|\.parallel\(|\b(?:thread|task|tokio|std::thread|rayon)::(?:spawn|scope)\b|\bjoin!\(|\bjoin_all\(|\.par_iter\(|\basync\s*\{|\blaunch\s*[({]|\bawaitAll\("
    r"|\bThread\.(?:new|start)\b|\bConcurrent::|\bTask\.(?:async\w*|Run|WhenAll|WaitAll|detached)\b|\bParallel\.For\w*|\bwithTaskGroup\b|\bTaskGroup\b|\bDispatchQueue\.(?:concurrentPerform|global)\b|\bstd::(?:j?thread|async|barrier|latch)\b|\bpthread_create\b|\bspawn(?:_link|_monitor)?[\s(]|\bforkIO\b|\bconcurrently\b|\bmapConcurrently\b|\bFuture\.(?:sequence|wait|traverse)\b|\bIsolate\.\w+|\bpcall_async|\bxargs\s+-P|\bparallel\s"
)
_FINDS = re.compile(
    r"\br?glob(?:Sync|\.\w+)?\s*\(|\bDir\b|\bfind\b|\breaddir|\bwalk|\bfast-?glob|\biglob\(|\bGetFiles\(|\bPathMatcher|\bwildcard|\binclude_str|\bparametrize|\bfor\b|\bmatching\b|\bPath\.wildcard",
    re.IGNORECASE,
)
_BEGINNING = 12


def tried_less(file: ChangedFile, change: Analysis) -> Iterator[Hit]:
    """All of these in one file of tests."""
    for block in file.blocks:
        yield from _generators(block, file, change)
        yield from _not_found(block, file, change)
    yield from _one_by_one(file, change)


def _generators(block: Block, file: ChangedFile, change: Analysis) -> Iterator[Hit]:
    """A generator that gives one value, a smaller range, or drops what does not fit."""
    for line in block.added:
        if not line.in_test or not line.code or change.is_moved_here(line):
            continue
        near = [x for x in block.beside(line) if _generates(x.code)]
        same = [x for x in near if shared_start(x.bare, line.bare) >= _BEGINNING]
        if same and _gives_less(same[0], line):
            yield Hit(file, line, "A generator gives fewer values than before.")
        elif (
            _FILTERS.search(line.code)
            and _is_generating(block, line)
            and line not in change.new_test_lines
            and not any(_FILTERS.search(x.code) for x in block.removed)
        ):
            yield Hit(file, line, "Generated values are left out.")


def _is_generating(block: Block, line: CodeLine) -> bool:
    """Whether the line stands in a property: what is generated is told in the lines around it."""
    if _generates(line.code):
        return True
    shown = [x for x in block.hunk if x.mark == " " and abs(x.new - line.new) <= _BEGINNING]
    return any(_generates(x.code) or "@given" in x.code for x in shown)


def _gives_less(old: CodeLine, new: CodeLine) -> bool:
    if len(_CONSTANT.findall(new.code)) > len(_CONSTANT.findall(old.code)):
        return True
    if len(_UNBOUNDED.findall(new.code)) < len(_UNBOUNDED.findall(old.code)):
        return True
    before, after = numbers_of(old.code), numbers_of(new.code)
    if len(before) == len(after) > 1 and before != after:
        return min(after) >= min(before) and max(after) <= max(before)
    return False


def _not_found(block: Block, file: ChangedFile, change: Analysis) -> Iterator[Hit]:
    """A pattern of inputs became another one, and nothing in the diff bears such a name."""
    for line in block.added if block.removed else ():
        if not line.in_test or not _FINDS.search(line.text) or is_assertion(line):
            continue
        came = set(QUOTED_GLOB.findall(line.text))
        went = {
            g
            for x in block.beside(line)
            if _FINDS.search(x.text)
            for g in QUOTED_GLOB.findall(x.text)
        }
        if not (came - went) or not (went - came):
            continue
        if not any(_is_wider(n, o) for n in came - went for o in went - came) and not any(
            fnmatchcase(name, PurePosixPath(g).name) for g in came - went for name in change.names
        ):
            yield Hit(file, line, "The test looks for other inputs, and none of them came.")


def _is_wider(new: str, old: str) -> bool:
    return fnmatchcase(old.replace("*", "x"), new)


def _one_by_one(file: ChangedFile, change: Analysis) -> Iterator[Hit]:
    """What a test had done at once it does one by one, and no product code changed."""
    if any(x.code for f in change.at(Place.PRODUCT) for x in f.added if not x.in_test):
        return
    went = [x for x in file.removed if x.in_test and _AT_ONCE.search(x.code)]
    if not went or any(_AT_ONCE.search(x.code) for x in file.added):
        return
    hunk = file.block_of[went[0]].hunk
    before = " ".join(x.bare for x in hunk if x.mark == "-")
    calls = (_AWAITS.sub("", x.bare).rstrip(";,") for x in hunk if x.mark == "+" and x.code)
    if any(len(call) >= _SHORTEST and "(" in call and call in before for call in calls):
        yield Hit(file, went[0], "The test no longer does at once what it had done at once.")


_AWAITS = re.compile(r"^(?:await|yield from|\w+\s*=\s*await)\s+")
_SHORTEST = 6
