"""`python -m faults`: the whole matrix, its size, what was found in each column, its time.

Both cores are used by processes that live through the whole run; each case has a world of its own.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from faults.at_random import AT_A_TIME, random_worlds
from faults.cases import PARTS, cases, play
from faults.gate import heard
from faults.interleaved import PairsOf
from faults.played import Case, Played
from faults.quick_git import quick_git
from faults.traps import traps
from faults.verdicts import COLUMNS
from faults.workers import settle_down, workers

SAID_EVERY = 30.0
"""Seconds between two lines of progress."""


@dataclass(slots=True)
class Tally:
    """One line of the table."""

    part: str
    cases: int = 0
    folded: int = 0
    excused: int = 0
    seconds: float = 0.0
    found: Counter[str] = field(default_factory=Counter)

    def add(self, played: Played) -> None:
        """Some cases more."""
        self.cases += played.cases
        self.folded += played.folded
        self.excused += played.excused
        self.found.update(played.found)

    def line(self) -> str:
        """As the table shows it."""
        numbers = "".join(f"{self.found[column]:>11}" for column in COLUMNS)
        return f"{self.part:<18}{self.cases:>7}{self.folded:>8}{numbers}{self.seconds:>9.0f} s"


def main(argv: Sequence[str]) -> int:
    """0 when every column is 0."""
    parser = argparse.ArgumentParser(prog="faults", description=__doc__)
    parser.add_argument("--part", choices=sorted(PARTS), action="append", help="only these parts")
    parser.add_argument("--case", default="", metavar="TEXT", help="only cases with that text")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each N-th case")
    parser.add_argument("--offset", type=int, default=0, metavar="N", help="begin at the N-th case")
    parser.add_argument("--worlds", type=int, default=300, metavar="N", help="random worlds")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args(argv)
    tallies: list[Tally] = []
    settle_down()
    with tempfile.TemporaryDirectory(prefix="faults-objects-") as objects, ExitStack() as stack:
        stack.enter_context(quick_git(Path(objects)))
        pool = stack.enter_context(workers(given.jobs, objects))
        for part in given.part or PARTS:
            with heard():
                chosen = _chosen(part, given.case)[given.offset :: given.every]
            tallies.append(_follow(part, [pool.submit(play, case) for case in chosen]))
        if not given.part and not given.case:
            lots = range(-(-given.worlds // AT_A_TIME))
            tallies.append(_follow("random worlds", [pool.submit(random_worlds, n) for n in lots]))
            tallies.append(_traps())
    return _show(tallies)


def _chosen(part: str, text: str) -> Sequence[Case | PairsOf]:
    every = cases(part)
    if not text:
        return every
    single = (
        one for case in every for one in (case.each() if isinstance(case, PairsOf) else (case,))
    )
    return [case for case in single if text in str(case)]


# --- the cases ------------------------------------------------------------------------------------


def _follow(part: str, futures: Sequence[Future[Played]]) -> Tally:
    """What they come to, told as they end."""
    began = said = time.monotonic()
    tally = Tally(part)
    for done, future in enumerate(as_completed(futures), start=1):
        played = future.result()
        tally.add(played)
        if played.text:
            print(played.text, flush=True)
        now = time.monotonic()
        tally.seconds = now - began
        if now - said > SAID_EVERY:
            said = now
            share = f"{done} of {len(futures)}"
            found = sum(tally.found.values())
            print(f"{part}: {share}, {tally.seconds:.0f} s, {found} found", file=sys.stderr)
    return tally


def _traps() -> Tally:
    """The traps for a false green, which are tests."""
    began = time.monotonic()
    sprung, count = traps()
    tally = Tally("false-green traps", cases=count, found=Counter({"false greens": sprung}))
    tally.found = +tally.found
    tally.seconds = time.monotonic() - began
    return tally


# --- the table -----------------------------------------------------------------------------------


def _show(tallies: Sequence[Tally]) -> int:
    whole = Tally("in all")
    for tally in tallies:
        whole.add(Played(tally.cases, tally.folded, tally.excused, found=tally.found))
        whole.seconds += tally.seconds
    words = [column.split(" ", 1) for column in COLUMNS]
    for row in range(2):
        heads = "".join(f"{[*pair, ''][row]:>11}" for pair in words)
        print(
            f"{'' if row == 0 else 'part':<18}{'' if row == 0 else 'cases':>7}"
            f"{'' if row == 0 else 'folded':>8}{heads}{'' if row == 0 else 'time':>11}"
        )
    for tally in (*tallies, whole):
        print(tally.line())
    if whole.folded:
        print(
            f"folded: {whole.folded} pairs whose B ends before its call j; their schedule, and so "
            "their story, is that of the greatest j played."
        )
    if whole.excused:
        print(
            f"excused: {whole.excused} messages sent by a run that was held right at that call "
            "until another one had taken it for dead; no API sends a message conditionally."
        )
    return 1 if whole.found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
