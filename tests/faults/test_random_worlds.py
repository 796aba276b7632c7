"""Random worlds in random orders: the promises hold after every event."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from faults.random_worlds import RandomWorlds


def test_random_worlds():
    """Whatever people, CI, Coder and clocks do, in whatever order: see the machine's checks."""
    run_state_machine_as_test(
        RandomWorlds,
        settings=settings(
            max_examples=10,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            database=None,
            # A failure is told as it was found: making it smaller takes minutes.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
