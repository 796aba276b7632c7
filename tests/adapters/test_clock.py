"""Real time: a sleep that a signal ends at once, in every thread."""

from __future__ import annotations

import threading
import time
from datetime import UTC

import pytest

from bot.adapters.clock import SystemClock
from bot.errors import CancelledError


def test_a_sleep_ends_when_it_is_cancelled():
    """A sleeper of an hour wakes at once, with the signal's number."""
    clock = SystemClock()
    raised: list[CancelledError] = []

    def sleeper() -> None:
        try:
            clock.sleep(3600)
        except CancelledError as error:
            raised.append(error)

    threads = [threading.Thread(target=sleeper) for _ in range(2)]
    for thread in threads:
        thread.start()
    clock.cancel(15)
    for thread in threads:
        thread.join(5)

    assert [error.signal_number for error in raised] == [15, 15]


def test_after_a_signal_nobody_sleeps():
    """Whoever goes on all the same is stopped at the next pause."""
    clock = SystemClock()
    clock.cancel(2)
    with pytest.raises(CancelledError):
        clock.sleep(0)


def test_who_cleans_up_may_sleep():
    """After a signal one thread goes on, and the others do not."""
    clock = SystemClock()
    clock.cancel(2)
    before = clock.monotonic()

    def clean_up() -> None:
        clock.exempt()
        clock.sleep(0.01)
        slept.append(clock.monotonic() - before)

    slept: list[float] = []
    thread = threading.Thread(target=clean_up)
    thread.start()
    thread.join(5)

    assert [seconds >= 0.01 for seconds in slept] == [True]
    with pytest.raises(CancelledError):
        clock.sleep(0)


def test_time_is_real():
    """Aware wall clock, and seconds that go on."""
    clock = SystemClock()
    before = clock.monotonic()
    clock.sleep(0.01)
    assert 0.01 <= clock.monotonic() - before < 5
    assert abs(clock.now().timestamp() - time.time()) < 5
    assert clock.now().tzinfo is UTC
