"""Random worlds as a line of the table: so many at a time, in any of the processes."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from faults.played import Played
from faults.random_worlds import RandomWorlds

AT_A_TIME = 20


def random_worlds(number: int) -> Played:
    """The `number`-th lot of random worlds; the first broken promise ends it."""
    how = settings(
        max_examples=AT_A_TIME,
        stateful_step_count=40,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    machine = seed(number)(type(f"RandomWorlds{number}", (RandomWorlds,), {}))
    try:
        run_state_machine_as_test(machine, settings=how)
    except AssertionError as broken:
        notes = "\n".join(getattr(broken, "__notes__", ()))
        text = f"random worlds, lot {number}: {broken}\n{notes}"
        return Played(AT_A_TIME, text=text, found={"promises broken": 1})
    return Played(AT_A_TIME)
