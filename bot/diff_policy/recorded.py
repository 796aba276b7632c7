"""Recorded outputs that record a failure, and tests that write what they are compared with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.diff_policy.analysis import Analysis
from bot.diff_policy.change import ChangedFile, CodeLine
from bot.diff_policy.finding import Hit
from bot.diff_policy.places import is_test_path

_BROKEN = re.compile(
    r"\bNaN\b|\bundefined\b|\[object Object\]|\bInfinity\b|\bTraceback \(most recent|\b(?:Type|Reference|Key|Attribute|Null\w*|Runtime|Index|Syntax)(?:Error|Exception)\b|\bInternal Server Error\b|\bpanic:|\bpanicked at\b"
    r"|\bSegmentation fault\b|\bUnhandled\b|\bstack trace\b|%!\w\(|<nil>|\bNone\b\s*$|#<\w+:0x|\bat .{1,80}\.(?:js|ts|java|kt):[0-9]+|\bMISSING\b|\bnull\b\s*$|\ufffd",
)
_KEPT = r"(?:want\w*|expect\w*|golden\w*|snapshots?|snap|baselines?|reference|approved|recorded|fixtures?|exp)"
_WRITES = re.compile(
    rf"(?<![-<0-9&=])>{{1,2}}\|?\s*[\"']?(?:\$?\{{?\w*)?[\w./$-]{{0,60}}?(?:\b|_|\$|\{{){_KEPT}\b|>{{1,2}}\s*[\"']?[\w./${{}}%-]{{0,80}}\.(?:expected|golden|approved|snap|out|ref)\b"
    rf"|^\s*(?:cp|mv|install|tee|rsync)\s+.*(?:\b|_|\$|\{{){_KEPT}(?:\b|_|\}})[\w./}}\"']*\s*$|\|\s*tee\s+.*{_KEPT}"
    rf"|(?:\b|_){_KEPT}\w*[\w.()/\"'\s]{{0,40}}\.(?:write_(?:text|bytes)|writeText|writeBytes|write_all)\(|\b(?:writeFileSync|writeFile|WriteFile|WriteAllText\w*|file_put_contents|File\.write!?|fs::write|Files\.write\w*|IO\.write|spit|Set-Content|Out-File|dump)\b\s*\(?.{{0,80}}(?:\b|_|\$){_KEPT}",
    re.IGNORECASE,
)
_ASKED_FOR = re.compile(
    r"update|UPDATE|regen|REGEN|accept|ACCEPT|record|RECORD|bless|BLESS|overwrite", re.IGNORECASE
)
_AGAINST_ITSELF = re.compile(
    r"(?:^|[\s;|(!])(?:diff|cmp|git\s+diff\s+--no-index)\s+(?:-{1,2}[\w=-]+\s+){0,4}(?P<one>[\"']?[\w./$(){}%*-]+[\"']?)\s+(?P=one)(?:\s|$|;|\))"
)


def records_failure(file: ChangedFile) -> CodeLine | None:
    """The added line of a recorded output that tells of a fault, where no removed one had told of it."""
    told = {m for x in file.removed for m in _BROKEN.findall(x.text)}
    return next(
        (x for x in file.added for m in [_BROKEN.search(x.text)] if m and m[0] not in told), None
    )


def rewritten(file: ChangedFile, change: Analysis) -> Iterator[Hit]:
    """A test, or a script beside it, that writes the expectation itself, or compares a file with itself."""
    if not (is_test_path(file.path) or file.runs_things):
        return
    wrote = any(_WRITES.search(x.text) for x in file.removed)
    for block in file.blocks:
        for index, line in enumerate(block.added):
            if not line.code or change.is_moved_here(line):
                continue
            if ("diff" in line.text or "cmp" in line.text) and _AGAINST_ITSELF.search(line.text):
                yield Hit(file, line, "A file is compared with itself.")
            elif block.removed and not wrote and _WRITES.search(line.text):
                near = (*block.above(line), *block.added[max(0, index - 2) : index + 1])
                fresh = line.in_test and line in change.new_test_lines
                if not fresh and not any(_ASKED_FOR.search(x.text) for x in near):
                    yield Hit(file, line, "What is expected is written by the test itself.")
