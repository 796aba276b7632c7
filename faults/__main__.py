"""`python -m faults`: the whole matrix, its size, what was found in each column, its time."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from faults.cases import PARTS, Case, cases, play
from faults.gate import heard
from faults.random_worlds import RandomWorlds
from faults.verdicts import COLUMNS


def main(argv: Sequence[str]) -> int:
    """0 when every column is 0."""
    parser = argparse.ArgumentParser(prog="faults", description=__doc__)
    parser.add_argument("--part", choices=sorted(PARTS), action="append", help="only these parts")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each N-th case")
    parser.add_argument("--offset", type=int, default=0, metavar="N", help="begin at the N-th case")
    parser.add_argument("--worlds", type=int, default=300, metavar="N", help="random worlds")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args(argv)
    found: Counter[str] = Counter()
    for part in given.part or PARTS:
        began = time.monotonic()
        with heard():
            chosen = cases(part)[given.offset :: given.every]
        here: Counter[str] = Counter()
        for findings in _played(chosen, given.jobs):
            here.update(findings)
        _show(part, len(chosen), here, time.monotonic() - began)
        found.update(here)
    if not given.part:
        found.update(_random_worlds(given.worlds))
    return 1 if found else 0


def _random_worlds(count: int) -> Counter[str]:
    """So many random worlds; the first broken promise ends it."""
    began = time.monotonic()
    try:
        run_state_machine_as_test(
            RandomWorlds,
            settings=settings(
                max_examples=count,
                stateful_step_count=40,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
    except AssertionError as broken:
        print(broken, *getattr(broken, "__notes__", ()), sep="\n")
        return Counter({"promises broken": 1})
    finally:
        print(f"random worlds: {count} in {time.monotonic() - began:.0f} s", flush=True)
    return Counter()


def _played(chosen: Sequence[Case], jobs: int) -> Iterator[dict[str, int]]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        for text, findings in pool.map(play, chosen, chunksize=4):
            if text:
                print(text, flush=True)
            yield findings


def _show(part: str, size: int, found: Counter[str], seconds: float) -> None:
    columns = ", ".join(f"{name} {found[name]}" for name in COLUMNS)
    print(f"{part}: {size} cases in {seconds:.0f} s: {columns}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
