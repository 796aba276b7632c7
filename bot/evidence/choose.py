"""Which blocks of a log are worth reading line by line.

A log of up to `WHOLE` bytes is read completely, where its lines are not very short. Of a larger one, its end, and the blocks whose
anchors are rare in this log: an anchor that every block holds says nothing.
"""

from __future__ import annotations

from collections import Counter
from math import fsum

from bot.evidence.scan import Index, IndexedBlock, Scanner, numbers

WHOLE = 2048 * 1024
PART = 768 * 1024
_LINE = 48
"""Bytes that a line counts as at least: memory and time go by lines."""
_FULL_SHARES = 3
"""Logs of a run that are read so thoroughly; those after them mostly repeat them."""
_TAIL_BLOCKS = 3
_TELLING_SHARE = 0.02
"""A block that says less than this of what the most telling one says is not read."""


def choose(index: Index, scanner: Scanner, position: int = 0) -> list[tuple[int, int]]:
    """Runs `(first block, last block)` to read, in order, at most `PART` bytes and a block.

    `position` is that of the log among those of the run, from 0: the later, the less is read.
    """
    blocks = index.blocks
    share = min(1.0, _FULL_SHARES / (position + 1))
    if sum(map(_cost, blocks)) <= WHOLE * share:
        return [(0, len(blocks) - 1)] if blocks else []
    part = PART * share
    worth = _worth(index, scanner)
    least = max(worth) * _TELLING_SHARE
    order = sorted(
        (i for i in range(len(blocks)) if worth[i] > least), key=lambda i: (-worth[i], i)
    )
    tail = reversed(range(max(0, len(blocks) - _TAIL_BLOCKS), len(blocks)))  # the end in any case
    chosen: set[int] = set()
    size = 0
    for i in [*tail, *order]:
        if i in chosen:
            continue
        if size >= part:
            break
        chosen.add(i)
        size += _cost(blocks[i])
    return _runs(sorted(chosen))


def _cost(block: IndexedBlock) -> int:
    """Its bytes, or more for short lines."""
    return max(block.size, block.newlines * _LINE)


def _worth(index: Index, scanner: Scanner) -> list[float]:
    """How much the anchors of each block say: the rarer the more, and more where they come first."""
    holders: dict[int, int] = {}
    for held, count in Counter(block.held for block in index.blocks).items():
        for anchor in numbers(held):
            holders[anchor] = holders.get(anchor, 0) + count
    value = {
        anchor: (1.0 if anchor < scanner.word_count else 4.0) / count**0.75
        for anchor, count in holders.items()
    }
    known: dict[bytes, float] = {}
    seen: set[int] = set()
    worth: list[float] = []
    for block in index.blocks:
        said = known.get(block.held)
        if said is None:
            anchors = set(numbers(block.held))
            known[block.held] = fsum(value[anchor] for anchor in anchors)
            said = fsum(value[anchor] * (1.0 if anchor in seen else 1.5) for anchor in anchors)
            seen |= anchors
        worth.append(said)
    return worth


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
