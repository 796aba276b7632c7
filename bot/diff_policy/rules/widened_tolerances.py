"""Comparisons that accept what is further away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.diff_policy.assertions import is_assertion
from bot.diff_policy.change import Block, Change, CodeLine
from bot.diff_policy.code import remembered, shared_start
from bot.diff_policy.finding import Hit, Rule
from bot.diff_policy.numbers import NumbersChanged, numbers_of, renumbered

_DIGITS = re.compile(
    r"toBeCloseTo\(|\bplaces\s*=|\bdecimal\s*=|\bprecision\s*[:=]|AlmostEqual\(|to_?round|round\("
)
_size = remembered(
    re.compile(
        r"approx\(|\b(?:abs|rel|atol|rtol|delta|eps(?:ilon)?|tol(?:erance)?|accuracy|margin|threshold|max_?diff|maxDiff\w*)\b|allclose|isclose|InDelta|InEpsilon|in_delta|NEAR\("
        r"|CloseTo|closeTo|within|Within|offset|Approx|be_within|EPSILON|TOLERANCE|\.abs\(\)\s*<|\babs\([^)]*\)\s*<|fabs\(|matchThreshold|maxDiffPixel",
    )
)
_LOOSE = re.compile(
    r"\b(?:abs|rel|atol|rtol|delta|tolerance|within|be_within|closeTo|accuracy|percent|maxDiffPixel\w*|threshold|failureThreshold|mismatch\w*)\b\s*[=:(]\s*([0-9.eE+-]+)"
)
_IMAGES = re.compile(
    r"\b(?:precision|perceptualPrecision|similarity|matchPercentage)\s*[:=]\s*(0?\.[0-9]+)"
)
_MUCH = 0.01


def find(change: Change) -> Iterator[Hit]:
    """Numbers of a tolerance that grew, digits that became fewer, tolerances where there were none."""
    for file in change.code():
        for block in file.blocks:
            pairs = {pair.added: pair for pair in renumbered(block)}
            exact = any(is_assertion(x) and not _size(x.code) for x in block.removed)
            for line in block.added:
                if not line.in_test or not line.code:
                    continue
                pair = pairs.get(line)
                old = block.beside(line) if pair is None else ()
                if (pair is not None and _is_wider(pair)) or any(
                    _is_far_wider(x, line) for x in old
                ):
                    yield Hit(file, line)
                elif (
                    _IMAGES.search(line.code)
                    and not any(_IMAGES.search(x.code) for x in block.removed)
                    and block.removed
                ):
                    yield Hit(file, line, "An exact comparison became a loose one.")
                elif pair is None and is_assertion(line) and _is_rounded(line, block):
                    yield Hit(file, line, "A value is rounded before it is compared.")
                elif pair is None and exact and is_assertion(line) and _is_loose(line.code):
                    yield Hit(file, line, "An exact comparison became a loose one.")


def _is_wider(pair: NumbersChanged) -> bool:
    code = pair.added.code
    old, new = pair.old[-1:], pair.new[-1:]
    if not old or pair.old[:-1] != pair.new[:-1] or old == new:
        return False
    if _DIGITS.search(code) and "delta" not in code:
        return new < old
    if _size(code):
        return new > old
    return _third_argument(pair)


def _is_far_wider(old: CodeLine, new: CodeLine) -> bool:
    """Whether a tolerance stands there in other words, and is ten times the old one or more."""
    if not (_size(old.code) and _size(new.code)) or _DIGITS.search(new.code):
        return False
    before, after = numbers_of(old.code), numbers_of(new.code)
    same = shared_start(old.bare, new.bare)
    return bool(before and after) and same >= _BEGINNING and after[-1] >= _FAR * abs(before[-1]) > 0


_BEGINNING, _FAR = 12, 10


def _is_rounded(line: CodeLine, block: Block) -> bool:
    old = [x for x in block.beside(line) if is_assertion(x)]
    return bool(old and _ROUNDS.search(line.code)) and not any(_ROUNDS.search(x.code) for x in old)


_ROUNDS = re.compile(
    r"\bround\(|\.toFixed\(|Math\.(?:round|floor|trunc)\(|\.setScale\(|\.quantize\(|\bint\("
)


def _third_argument(pair: NumbersChanged) -> bool:
    """`assertEquals(expected, actual, 0.5)`; xUnit's third argument counts digits instead."""
    code = pair.added.code
    if not re.search(r"Equals?\(.*,.*,\s*[0-9.eE+-]+[fFdD]?\s*\)", code) or len(pair.old) < 2:
        return False
    if "Assert.Equal(" in code and float(pair.old[-1]).is_integer():
        return pair.new[-1] < pair.old[-1]
    return pair.new[-1] > pair.old[-1]


def _is_loose(code: str) -> bool:
    found = _LOOSE.search(code)
    return bool(found) and max(numbers_of(found[1]), default=0.0) >= _MUCH if found else False


RULE = Rule(
    id="widened-tolerances",
    why="A comparison accepts values that are further away than before.",
    legitimate="The old tolerance was below the accuracy that the method promises.",
    find=find,
)
