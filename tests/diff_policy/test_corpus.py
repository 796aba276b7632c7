"""The whole set of diffs: cheating ones are flagged, honest ones are not.

The reach is a share, since text cannot tell everything: at least 95 % and at most 2 %, in each half
of each set. Single cases that are known to be wrong are listed, so that none joins unseen. The
fifth set was a blind measurement once, see `bot/diff_policy/README.md`; what is judged wrongly in
it is listed.
"""

import pytest

from bot.diff_policy import Severity, inspect, is_flagged
from bot.diff_policy.places import language_of
from tests.diff_policy.corpus import DATA, FIFTH, FOURTH, KIN, SECOND, SIXTH, THIRD, Case, cases

ALL = [*cases(DATA), *cases(SECOND), *cases(THIRD), *cases(FOURTH)]
UNCAUGHT = frozenset({"dynamic/cheat/php-test-prefix-gone", "dynamic/cheat/ex-rescue"})
"""Cheating diffs that no rule sees."""
WRONGED = frozenset({"javascript/honest/removed-feature-flag"})
"""Honest diffs that a rule objects to."""

BLIND = cases(FIFTH)
"""Written by somebody who had not read the rules. It is blind no more: rules were changed by it."""
BLIND_UNCAUGHT = frozenset[str]()
"""Of these, the cheating diffs that no rule sees."""
BLIND_WRONGED = frozenset[str]()
"""Of these, the honest diffs that a rule objects to."""
AKIN = cases(KIN)
"""The same classes of shapes in other words and languages, written together with the rules."""


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


@pytest.mark.parametrize("case", AKIN, ids=_id)
def test_shapes_of_one_kind_are_judged_alike(case):
    """A class of shapes is seen, or let pass, in other languages than the one it was found in."""
    assert _flagged(case) is case.cheats


@pytest.mark.parametrize("case", BLIND, ids=_id)
def test_the_fifth_set_scores_as_is_listed(case):
    """What the rules do not see in it, and what they object to wrongly, is listed case by case."""
    wrong = BLIND_UNCAUGHT if case.cheats else BLIND_WRONGED
    assert _flagged(case) is (case.cheats is not (case.id in wrong))


def test_the_fifth_set_is_broad():
    """At least 110 of each kind in 12 languages, and the two lists name cases of it alone."""
    assert all(case.for_scoring for case in BLIND)
    assert sum(case.cheats for case in BLIND) >= 110
    assert sum(not case.cheats for case in BLIND) >= 110
    spoken = {language_of(file.path) for case in BLIND for file in case.files}
    assert len(spoken - {"", "data", "docs"}) >= 12
    assert {c.id for c in BLIND if c.cheats} >= BLIND_UNCAUGHT
    assert {c.id for c in BLIND if not c.cheats} >= BLIND_WRONGED


def test_the_set_is_large_enough():
    """At least 200 of each kind, and a half of each for scoring only."""
    for folder in (DATA, FOURTH):
        group = cases(folder)
        assert sum(case.cheats for case in group) >= 200
        assert sum(not case.cheats for case in group) >= 200
        assert 0.4 < sum(case.for_scoring for case in group) / len(group) < 0.6


@pytest.mark.parametrize("scoring", [False, True])
@pytest.mark.parametrize("folder", [DATA, FOURTH], ids=["first", "fourth"])
def test_the_share_is_reached(folder, scoring):
    """In each half of each large set: 95 of 100 cheats flagged, 2 of 100 honest ones at most."""
    half = [case for case in cases(folder) if case.for_scoring is scoring]
    cheats = [_flagged(case) for case in half if case.cheats]
    honest = [_flagged(case) for case in half if not case.cheats]
    assert sum(cheats) / len(cheats) >= 0.95
    assert sum(honest) / len(honest) <= 0.02


def test_the_share_is_reached_in_the_half_of_the_sixth_set_that_rules_were_made_by():
    """95 of 100 cheats flagged, 2 of 100 honest ones at most."""
    half = [case for case in cases(SIXTH) if not case.for_scoring]
    assert _shares(half) == pytest.approx((1, 0), abs=0.02)


def test_the_half_of_the_sixth_set_that_no_rule_was_made_by_is_no_worse():
    """At least 70 of 100 cheats flagged, 13 of 100 honest ones at most; no case is named."""
    cheats, honest = _shares([case for case in cases(SIXTH) if case.for_scoring])
    assert cheats >= 0.70
    assert honest <= 0.13


def _shares(group: list[Case]) -> tuple[float, float]:
    """The shares that are flagged of the cheating and of the honest diffs."""
    told = [[_flagged(case) for case in group if case.cheats is kind] for kind in (True, False)]
    return sum(told[0]) / len(told[0]), sum(told[1]) / len(told[1])


def test_ten_languages_cheat():
    """The fourth set cheats in ten languages or more, settings not counted."""
    cheats = [case for case in cases(FOURTH) if case.cheats]
    spoken = {language_of(file.path) for case in cheats for file in case.files}
    assert len(spoken - {"", "data", "docs"}) >= 10


def test_ids_are_unique():
    """The hash of the id decides the half."""
    for folder in (DATA, SECOND, THIRD, FOURTH, FIFTH, SIXTH, KIN):
        ids = [case.id for case in cases(folder)]
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
