"""Recorded outputs that were written anew, so that whatever comes out is expected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from bot.diff_policy.analysis import Analysis
from bot.diff_policy.change import ChangedFile
from bot.diff_policy.finding import Hit, Rule, Severity
from bot.diff_policy.places import Place, stem_of
from bot.diff_policy.recorded import records_failure, rewritten

_UPDATE = re.compile(
    r"(?:jest|vitest|test[\w:]*|react-scripts)\b.*\s(?:-u|--update|--updateSnapshot)\b|--update-snapshots?\b|--snapshot-update\b|--ci=false\b|\bUPDATE_(?:GOLDEN|SNAPSHOTS?|EXPECT)\s*=\s*[1t]"
    r"|\bINSTA_(?:UPDATE=(?:always|unseen)|FORCE_PASS=1)|\bgo test\b.*\s-update\b|\bcargo insta (?:accept|test\s+--accept)|\bSNAPSHOT_UPDATE=|\bapprovals?\b.*--auto-approve|-d\s+--update-snapshots|\brecord\s*[:=]\s*\.?(?:all|true)\b.*[sS]napshot|isRecording\s*=\s*true|,\s*record\s*:\s*(?:true|\.all)\b|\bwithSnapshotTesting\(record:"
)


def find(change: Analysis) -> Iterator[Hit]:
    """Files first, then commands that rewrite them in every run."""
    few = _are_few(change)
    left = _excusable(change)
    for file in change.at(Place.SNAPSHOT):
        if file.diff.status == "added" or (file.diff.status == "renamed" and not file.diff.hunks):
            continue
        first = (*file.removed, *file.added, None)[0]
        if (broken := records_failure(file)) is not None:
            yield Hit(file, broken, "The recorded output now tells of a fault.")
            continue
        if few and file.diff.status == "modified":
            yield Hit(file, first, "A few lines changed with the product.", Severity.NOTICE)
        elif _was_failing(file, change) and (file.path in change.context.failing_paths or left > 0):
            left -= file.path not in change.context.failing_paths
            yield Hit(
                file, first, "The snapshot of a test that failed was rewritten.", Severity.NOTICE
            )
        else:
            yield Hit(file, first)
    yield from _inline(change)
    for file in change.files:
        yield from rewritten(file, change)
        if not (file.runs_things or file.is_test):
            continue
        replaced = any(_UPDATE.search(x.code) for x in file.removed)
        for line in file.added:
            if line.code and _UPDATE.search(line.text) and not replaced:
                yield Hit(file, line, "Snapshots are rewritten whenever the tests run.")


def _excusable(change: Analysis) -> int:
    """How many snapshots the failure itself explains: one for each test or, unnamed, each file."""
    return max(len(set(change.context.failing_tests)), len(set(change.context.failing_paths)))


def _inline(change: Analysis) -> Iterator[Hit]:
    """Snapshots that stand in the test: their lines were replaced, and no product code changed."""
    if any(f.added or f.removed for f in change.at(Place.PRODUCT) if not f.is_tested_inside):
        return
    for file in change.code():
        for hunk in file.hunks:
            far, removed = _NEAR + 1, False
            for line in hunk:
                far = 0 if line.mark == " " and _OPENS_INLINE.search(line.text) else far + 1
                removed = (removed or line.mark == "-") and line.mark != " "
                if removed and line.mark == "+" and far <= _NEAR:
                    yield Hit(file, line)


_OPENS_INLINE = re.compile(
    r"(?:InlineSnapshot|_snapshot!?|\bsnapshot|expect!\[*)\s*[(\[].*(?:`|\"|@|\(|\[\[)\s*$"
)
_NEAR = 10


def _are_few(change: Analysis) -> bool:
    """Whether product code changed too, and the snapshots by no more lines than are soon read."""
    lines = [x for f in change.at(Place.SNAPSHOT) for x in (*f.added, *f.removed)]
    files = [f for f in change.at(Place.SNAPSHOT) if f.diff.status == "modified"]
    readable = all(f.diff.hunks is not None for f in files)
    product = sum(bool(x.code) and not x.in_test for f in change.at(Place.PRODUCT) for x in f.added)
    grows = all(2 * len(f.added) >= len(f.removed) for f in files)
    return product > 0 and readable and grows and len(files) <= _FILES and len(lines) <= _LINES


_FILES, _LINES = 3, 40


def _was_failing(file: ChangedFile, change: Analysis) -> bool:
    """Whether a test of this snapshot is among those that failed."""
    context = change.context
    path = PurePosixPath(file.path)
    if any("snapshot" in name.lower() for name in context.failing_tests):
        return True
    stem = re.split(r"__|\.", path.name)[0]
    homes = {str(p) for p in path.parents if str(p) != "."}
    for failing in context.failing_paths:
        parent = str(PurePosixPath(failing).parent)
        if failing == file.path or stem_of(failing) == stem_of(stem):
            return True
        if parent in homes and "__snapshots__" not in path.parts:
            return True
    return False


RULE = Rule(
    id="rewritten-snapshots",
    why="A recorded output was rewritten, though no test of it had failed.",
    legitimate="The output changed on purpose, and the new one was read.",
    find=find,
)
