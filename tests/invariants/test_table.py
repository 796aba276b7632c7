"""The table of the README beside this file is complete, and what it names exists."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from tests.invariants.registry import IN_EVERY_SCENARIO
from tests.invariants.test_planted import PLANTED

ROOT = Path(__file__).resolve().parent.parent.parent
ROWS = [
    [cell.strip(" `") for cell in line.strip("| ").split(" | ")]
    for line in (Path(__file__).parent / "README.md").read_text().splitlines()
    if re.match(r"\| \d+ \|", line)
]
ITEMS = 28


def test_every_item_has_its_row() -> None:
    """All of them, once, in order."""
    assert [int(row[0]) for row in ROWS] == list(range(1, ITEMS + 1))


def test_functions_and_planted_violations_are_those_of_the_registry() -> None:
    """Each row names the function that runs, and how many violations are planted for it."""
    planted = Counter(number for number, _, _ in PLANTED)
    named = {int(number): (function, count) for number, _, function, count, _ in ROWS}
    for number, check in IN_EVERY_SCENARIO.items():
        module = check.__module__.rpartition(".")[2]
        assert named[number] == (f"{module}.{check.__name__}", str(planted[number]))


def test_what_is_held_elsewhere_is_a_test() -> None:
    """The last column names tests that exist; an item without a function has one."""
    for number, _, function, _, elsewhere in ROWS:
        if elsewhere == "–":
            assert function != "–", number
            continue
        file, _, name = elsewhere.partition("::")
        assert f"def {name}(" in (ROOT / file).read_text(), elsewhere


def test_each_docstring_begins_with_its_number() -> None:
    """A violation is told by number, so the function is found by it."""
    for number, check in IN_EVERY_SCENARIO.items():
        assert (check.__doc__ or "").startswith(f"{number}: "), check
