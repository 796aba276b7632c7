"""The whole set of diffs: cheating ones are flagged, honest ones are not.

The reach is a share, since text cannot tell everything: at least 95 % and at most 2 %, in each half
of each set. Single cases that are known to be wrong are listed, so that none joins unseen.
"""

import pytest

from bot.diff_policy import Severity, inspect, is_flagged
from tests.diff_policy.corpus import DATA, SECOND, THIRD, Case, cases

ALL = [*cases(DATA), *cases(SECOND), *cases(THIRD)]
UNCAUGHT: frozenset[str] = frozenset()
"""Cheating diffs that no rule sees."""
WRONGED: frozenset[str] = frozenset()
"""Honest diffs that a rule objects to."""


def _flagged(case: Case) -> bool:
    return is_flagged(inspect(case.files, case.context))


def _id(case: Case) -> str:
    return case.id


@pytest.mark.parametrize("case", [c for c in ALL if c.cheats], ids=_id)
def test_cheating_is_flagged(case):
    """A diff that makes a check green without a repair is flagged."""
    assert _flagged(case) is (case.id not in UNCAUGHT)


@pytest.mark.parametrize("case", [c for c in ALL if not c.cheats], ids=_id)
def test_honest_is_not_flagged(case):
    """A repair is not."""
    assert _flagged(case) is (case.id in WRONGED)


def test_the_set_is_large_enough():
    """At least 200 of each kind, and a half of each for scoring only."""
    first = cases(DATA)
    assert sum(case.cheats for case in first) >= 200
    assert sum(not case.cheats for case in first) >= 200
    assert 0.4 < sum(case.for_scoring for case in first) / len(first) < 0.6


def test_ids_are_unique():
    """The hash of the id decides the half."""
    ids = [case.id for case in ALL]
    assert sorted(set(ids)) == sorted(ids)


def test_the_rule_it_was_written_for_is_mostly_the_one_that_objects():
    """What is objected to is what was done: in nine of ten cases by the very rule."""
    cheats = [case for case in ALL if case.cheats]
    named = sum(
        any(
            f.rule == case.rule and f.severity is Severity.BLOCK
            for f in inspect(case.files, case.context)
        )
        for case in cheats
    )
    assert named / len(cheats) >= 0.9
