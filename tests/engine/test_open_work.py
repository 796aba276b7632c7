"""Which items a sweep begins with: whatever fits, none is last for ever."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.engine.open_work import OpenWork, in_turn
from bot.model import Item, TargetKind

SWEEPS = 6


def _work(count: int) -> list[OpenWork]:
    return [OpenWork(Item(1, TargetKind.PULL_REQUEST, str(n)), 1, None) for n in range(count)]


def _until_all_were_reached(count: int, each: int, turns: Iterator[int]) -> int:
    reached: set[str] = set()
    work, sweeps = _work(count), 0
    while len(reached) < count:
        reached |= {one.item.ref for one in in_turn(work, next(turns))[:each]}
        sweeps += 1
    return sweeps


def _turns(begin: int, stride: int) -> Iterator[int]:
    while True:
        yield begin
        begin += stride


def test_the_order_is_kept_from_another_beginning() -> None:
    """Nothing is left out or doubled, and the first turn begins with the oldest."""
    work = _work(10)
    assert in_turn(work, 0) == work
    for turn in range(50):
        order = in_turn(work, turn)
        begin = work.index(order[0])
        assert order == [*work[begin:], *work[:begin]]
    assert in_turn([], 7) == []


@pytest.mark.parametrize("begin", [0, 1, 7, 1000, 123_456])
def test_a_quarter_in_each_sweep_is_all_within_six(begin: int) -> None:
    """1,000 items, 250 of which a sweep looks at: run numbers follow each other."""
    assert _until_all_were_reached(1000, 250, _turns(begin, 1)) <= SWEEPS


@pytest.mark.parametrize("each", [1, 2, 5, 13])
@pytest.mark.parametrize("stride", [1, 2, 3, 4])
def test_however_few_fit_all_are_reached_in_twice_the_time(each: int, stride: int) -> None:
    """Against sweeps that remember: at most twice and a few, also when run numbers are skipped."""
    for begin in range(20):
        for count in range(1, 40):
            best = -(-count // each)
            taken = _until_all_were_reached(count, each, _turns(begin, stride))
            assert taken <= 2 * best + stride * 4, (begin, count)
