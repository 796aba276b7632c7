"""Tests that are run again until they pass."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.diff_policy.change import Block, Change, CodeLine
from bot.diff_policy.finding import Hit, Rule
from bot.diff_policy.numbers import numbers_of, renumbered
from bot.diff_policy.places import Place

_RETRY = re.compile(
    r"\bretr(?:y|ies)|\brerun|\bflaky\b|\battempts?\b|max_?retr|Retry|Rerun|repeat", re.IGNORECASE
)
_ADDED = re.compile(
    r"\bflaky[\"']?\s*[:=]\s*(?:[Tt]rue|1)\b|\bmark\.flaky\b|@flaky\b|--(?:re)?runs?(?:-fails|-failures)?[ =][0-9]|--reruns\b|--retr(?:y|ies)\b|--only-rerun|\bjest\.retryTimes\(|\bthis\.retries\("
    r"|\bretr(?:y|ies)\s*[:=]\s*(?:\{|process\.env\.CI|[1-9])|\brerunFailingTestsCount\b|\brun_with_retry\b|@(?:Retry\w*|RepeatedIfExceptionsTest|RetryingTest)\b"
    r"|\[(?:\w+(?:\([^)]*\))?,\s*)*Retry\(|\bretry:\s*[1-9]|nick-fields/retry|\brepeat[- ]until-pass|--repeat\s+until|retry-tests-on-failure|\bmaxRetries\b|:retry\s*=>|\bretry\s*\{|^\s*(?:until|while\s+!)\s.*\btest|&&\s*break\b|\bfor\s+\w*(?:attempt|retry|tries)\w*\s+in\b|\bfor\s*\(?.*\b(?:attempt|tries|retry)\w*\s*(?::?=|<)"
    r"|\bRetry(?:Fact|Theory|Attribute|Rule|Extension)\b|\bFlakyTestRule\b|@retry\b|\bnumRuns\b|\bretryTimes\b|--flake-attempts|flaky_test_attempts|Flaky\(|--rerun-fails|gotestsum.*rerun|retries\s*=\s*[1-9]|\btest\.describe\.configure\([^)]*retries"
)


def find(change: Change) -> Iterator[Hit]:
    """Retries that are new, and numbers of them that grew."""
    for file in change.files:
        if file.place in {Place.DOCS, Place.LOCK, Place.VENDORED, Place.SNAPSHOT}:
            continue
        for block in file.blocks:
            pairs = {pair.added: pair for pair in renumbered(block)}
            for line in block.added:
                if not (line.in_test or file.runs_things) or change.is_moved_here(line):
                    continue
                if not line.in_test and _is_of_a_tool(line, block):
                    continue
                pair = pairs.get(line)
                if pair is not None:
                    if pair.grew and _RETRY.search(line.code):
                        yield Hit(file, line)
                elif _ADDED.search(line.code) and not _is_less(
                    line.code, [x.code for x in block.removed]
                ):
                    yield Hit(file, line)


_DOWNLOADS = re.compile(
    r"\b(?:curl|wget|aria2c|apt(?:-get)?|pip3?\s+install|uv\s+(?:pip|sync)|npm\s+(?:ci|i|install)|rsync|scp|docker\s+(?:pull|push|build)|gh\s+release|gsutil|aws\s+s3|git\s+(?:clone|fetch|push)|Invoke-WebRequest|iwr)\b|--health-|\bAcquire::Retries",
    re.IGNORECASE,
)
_PROBES = re.compile(
    r"health-?check|^\s*(?:interval|start_period|start_interval|test\s*:\s*\[)|[pP]robe:|failureThreshold|restart_policy|backoff"
)


def _is_of_a_tool(line: CodeLine, block: Block) -> bool:
    """Whether a download or the probe of a service is tried again, and not a test."""
    if _DOWNLOADS.search(line.text):
        return True
    return any(_PROBES.search(x.text) for x in (*block.above(line), *block.below(line)[:3]))


def _is_less(code: str, removed: list[str]) -> bool:
    """Whether a retry stood there before with as large a number."""
    return any(
        _ADDED.search(old) and max(numbers_of(old), default=0) >= max(numbers_of(code), default=0)
        for old in removed
    )


RULE = Rule(
    id="added-retries",
    why="A test is run again until it passes.",
    legitimate="The test depends on something outside that fails now and then, and cannot be faked.",
    find=find,
    spares_new_tests=True,
)
