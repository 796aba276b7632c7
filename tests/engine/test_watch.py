"""Time in the loop: pauses that grow, a line a minute, outages that end."""

from __future__ import annotations

import itertools

import pytest

from bot.engine.watch import OUTAGE, QUIET, Watch
from bot.errors import UpstreamError
from bot.outcomes import ErrorKind
from bot.policy import Policy
from tests.adapters.backends.stand_ins import FakeClock


class Listener:
    """Keeps what was told, and when."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.told: list[tuple[float, str]] = []

    def tell(self, text: str) -> None:
        """Remember it."""
        self.told.append((self.clock.monotonic(), text))


def a_watch(**policy: float) -> tuple[Watch, Listener, FakeClock]:
    """A watch that began now."""
    clock = FakeClock()
    listener = Listener(clock)
    return Watch(clock, listener, Policy(**policy)), listener, clock  # type: ignore[arg-type]


def test_pauses_grow_to_the_poll_interval():
    """The first look comes soon, later ones at the interval; a new reason begins anew."""
    watch, _, clock = a_watch(poll_interval=10)
    for _ in range(9):
        watch.pause("Working.")
    watch.pause("Still.")

    *growing, last = (round(pause, 6) for pause in clock.slept)
    assert (growing[0], growing == sorted(growing), growing[-1], last) == (0.5, True, 10, 0.5)


@pytest.mark.parametrize("interval", [1, 7, 10, 59, 60, 61, 600])
def test_a_line_each_minute(interval):
    """One reason for half an hour: never silent for longer than a minute, never chatty."""
    watch, listener, clock = a_watch(poll_interval=interval)
    while clock.monotonic() < 1800:
        watch.pause("Working.")

    gaps = [b - a for (a, _), (b, _) in itertools.pairwise(listener.told)]
    assert QUIET - 1e-6 <= min(gaps)
    assert max(gaps) <= QUIET + 1e-6
    assert len(listener.told) >= 30


def trouble(status: int) -> UpstreamError:
    """A read that failed."""
    return UpstreamError(ErrorKind.GITHUB, "GitHub did not answer.", status=status)


@pytest.mark.parametrize("status", [0, 429, 500, 502, 503])
def test_trouble_that_may_pass_is_waited_out(status):
    """For a quarter of an hour, then it is raised."""
    watch, _, clock = a_watch(poll_interval=10)
    with pytest.raises(UpstreamError):
        while True:
            watch.trouble(trouble(status))
    assert OUTAGE < clock.monotonic() < OUTAGE + 20


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_trouble_that_lasts_is_raised_at_once(status):
    """A revoked token does not come back."""
    watch, _, clock = a_watch()
    with pytest.raises(UpstreamError):
        watch.trouble(trouble(status))
    assert clock.slept == []


def test_a_good_read_ends_the_trouble():
    """Two outages of ten minutes are not one of twenty."""
    watch, _, clock = a_watch(poll_interval=10)
    for _ in range(2):
        until = clock.monotonic() + 600
        while clock.monotonic() < until:
            watch.trouble(trouble(502))
        watch.fine()
    assert clock.monotonic() >= 1200
