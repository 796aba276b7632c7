"""A rule is whole: its file, its row in the README, its data; and nothing outlives it."""

import re
from pathlib import Path

import pytest

from bot import diff_policy
from bot.diff_policy import RULES
from tests.diff_policy.corpus import DATA, SECOND, cases

HOME = Path(diff_policy.__file__).parent
README = (HOME / "README.md").read_text("utf-8")
ROWS = re.findall(r"(?m)^\| `([a-z-]+)` \|", README)
BY_ID = {rule.id: rule for rule in RULES}


def _files() -> set[str]:
    return {path.stem for path in (HOME / "rules").glob("*.py")} - {"__init__"}


def test_each_file_is_one_registered_rule():
    """`skipped-tests` is `rules/skipped_tests.py`, and the other way round."""
    assert {rule.id.replace("-", "_") for rule in RULES} == _files()
    assert {rule.find.__module__.rpartition(".")[2] for rule in RULES} == _files()


def test_ids_are_unique():
    """What `/coder allow` names is one rule."""
    assert len(BY_ID) == len(RULES)


def test_each_rule_has_its_row_in_their_order():
    """The README tells of every rule, and of no other."""
    assert [rule.id for rule in RULES] == ROWS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_row_says_what_the_rule_says(rule):
    """Why and the legitimate case are the rule's own sentences."""
    row = next(line for line in README.splitlines() if line.startswith(f"| `{rule.id}` |"))
    assert row == f"| `{rule.id}` | {rule.why} | {rule.legitimate} |"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_has_data(rule):
    """At least one cheating diff was written for each rule."""
    assert [case.id for case in cases(DATA) + cases(SECOND) if case.rule == rule.id]


def test_data_names_existing_rules():
    """No case was written for a rule that is gone."""
    named = {case.rule for case in cases(DATA) + cases(SECOND) if case.cheats}
    assert named - set(BY_ID) == set()
