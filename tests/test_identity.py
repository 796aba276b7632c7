"""Names that are found again: deterministic, within Coder's and Git's rules, and reversible."""

from __future__ import annotations

import re
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.decide.run_facts import RunFacts
from bot.decide.snapshot import ItemState, Snapshot
from bot.identity import (
    answer_marker,
    assigned_fingerprint,
    assigned_item,
    branch_name,
    item_hash,
    item_of_session,
    marker,
    name_prefix,
    parse_branch,
    same_failure,
    session_key,
    target_in_title,
    title,
)
from bot.model import Assignment, Item, Package, TargetKind
from bot.outcomes import OutcomeKind
from bot.policy import Mode, Policy
from tests.builders import ITEM, NOW, a_pull, a_run

TASK_NAME = re.compile(r"[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*")
LABEL_KEY = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._/-]*")
kinds = st.sampled_from(TargetKind)


@given(st.integers(1, 2**63), kinds, st.text(max_size=80), st.integers(1, 9_999_999))
def test_session_keys_fit_coder(repository, kind, ref, generation):
    """A task name and labels that Coder takes, whatever the branch is called."""
    key = session_key(Item(repository, kind, ref), generation)

    assert len(key.name) <= 32
    assert TASK_NAME.fullmatch(key.name)
    assert all(LABEL_KEY.fullmatch(k) and len(k) <= 64 and 0 < len(v) <= 256 for k, v in key.labels)
    assert key.name.startswith(name_prefix(repository))


@given(kinds, st.text(max_size=60), st.integers(1, 99))
def test_branches_lead_back(kind, ref, generation):
    """From the name of a branch of ours to its item and generation."""
    item = Item(1, kind, ref)
    own = parse_branch(branch_name(item, generation, "coder-fix/"), "coder-fix/")

    assert own is not None
    assert (own.kind, own.item, own.generation) == (kind, item_hash(item), generation)


@pytest.mark.parametrize(
    "ref", ["12", "main", "feature/x", "a..b", "x.lock", "-x", "ä ö", "a//b", "@{", "a~^:?*[\\"]
)
def test_git_takes_the_branch(ref):
    """Git finds nothing wrong with the name."""
    name = branch_name(Item(1, TargetKind.BRANCH, ref), 1, "coder-fix/")
    done = subprocess.run(["git", "check-ref-format", "--branch", name], check=False)

    assert done.returncode == 0


@pytest.mark.parametrize("ref", ["12", "main"])
def test_plain_refs_stay_readable(ref):
    """What needs no replacing is not replaced."""
    own = parse_branch(branch_name(Item(1, TargetKind.BRANCH, ref), 3, "fix/"), "fix/")

    assert own is not None
    assert own.ref == ref


@pytest.mark.parametrize(
    "name", ["main", "coder-fix/x", "coder-fix/pr/1/abc-1", "pr/1/0123456789ab-1"]
)
def test_other_branches_are_not_ours(name):
    """A branch that only resembles ours is a stranger's."""
    assert parse_branch(name, "coder-fix/") is None


def test_a_known_hash_stands_for_the_item():
    """From a branch of ours only the hash is known, and it is enough."""
    item = Item(101, TargetKind.BRANCH, "main", "f1")
    again = Item(101, TargetKind.BRANCH, "main", digest=item_hash(item))

    assert (session_key(again, 2), marker(again)) == (session_key(item, 2), marker(item))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("a",), ("a",), True),
        (("a", "b"), ("a", "c"), True),
        (("a", "b", "c"), ("a", "d", "e"), False),
        (("a",), ("a", "b", "c", "d"), True),
        (("a",), ("b",), False),
        ((), (), False),
        ((), ("a",), False),
    ],
)
def test_sameness_is_half_of_the_shorter(one, other, same):
    """Two failures are the same when they share half of the shorter list."""
    assert same_failure(one, other) is same
    assert same_failure(other, one) is same


def test_generations():
    """A final outcome ends a generation; the next failure begins another."""
    running = ItemState("pr:7", generation=2)
    ended = ItemState("pr:7", generation=2, final=OutcomeKind.NOT_FIXED)

    assert [Snapshot(NOW, state=s).generation for s in (None, running, ended)] == [1, 2, 3]


def test_one_branch_to_push_to():
    """`fix` names the failing branch, anything else one of ours."""
    facts = Snapshot(NOW, pull=a_pull(), item=ITEM)

    assert facts.target_branch(Policy(mode=Mode.FIX)) == "feature"
    assert facts.target_branch(Policy()) == branch_name(ITEM, 1, "coder-fix/")
    assert facts.key() == session_key(ITEM, 1)


def test_the_branch_worked_on_survives_the_end():
    """After a final outcome the next generation is another; what was pushed keeps its branch."""
    ended = Snapshot(NOW, item=ITEM, state=ItemState("pr:7", generation=2, final=OutcomeKind.FIXED))
    running = Snapshot(NOW, item=ITEM, state=ItemState("pr:7", generation=2))

    assert ended.target_branch(Policy()) == branch_name(ITEM, 3, "coder-fix/")
    assert ended.worked_branch(Policy()) == branch_name(ITEM, 2, "coder-fix/")
    assert running.worked_branch(Policy()) == branch_name(ITEM, 2, "coder-fix/")


def test_a_task_tells_its_target():
    """Name and title of a task lead back to its item."""
    told = target_in_title(title(ITEM, "acme/widgets"))
    found = item_of_session(101, session_key(ITEM, 3).name, told)

    assert found is not None
    assert (found[0].kind, found[0].ref, item_hash(found[0]), found[1]) == (
        ITEM.kind,
        ITEM.ref,
        item_hash(ITEM),
        3,
    )


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("mine", "pr:7"),
        (session_key(ITEM, 1).name + "x", "pr:7"),
        (session_key(ITEM, 1).name, ""),
        (session_key(ITEM, 1).name, "pr:"),
        (session_key(ITEM, 1).name, "wish:7"),
    ],
)
def test_strangers_sessions_are_no_items(name, told):
    """What is only named like ours is left alone."""
    assert item_of_session(101, name, told) is None


def test_a_title_of_somebody_else_tells_nothing():
    """Only our own form counts."""
    assert target_in_title("Fix the login page") == ""


@given(st.integers(1, 2**63), kinds, st.text(max_size=80))
def test_the_two_markers_are_never_taken_for_each_other(repository, kind, ref):
    """Comments are found by a plain search: neither marker occurs in the other."""
    item = Item(repository, kind, ref)
    assert marker(item) not in answer_marker(item)
    assert answer_marker(item) not in marker(item)


@pytest.mark.parametrize(
    ("package", "group"),
    [
        (Package("httpx", ">=0.28,<1"), ""),
        (Package("@types/node", "20"), ""),
        (Package("org.slf4j:slf4j-api"), ""),
        (Package("requests[socks]", "2.32"), ""),
        (Package("httpx", "1"), "web and more"),
    ],
)
def test_an_upgrade_is_known_by_its_session(package, group):
    """Whole by its chat's labels, and by a task's title as far as Coder's 64 bytes go."""
    item = assigned_item(101, Assignment(packages=(package,)), group)
    key = session_key(item, 3)
    labels = dict(key.labels)
    told = item_of_session(101, key.name, labels["coder-fix/target"])
    by_title = item_of_session(101, key.name, target_in_title(title(item, "acme/widgets")))

    assert told is not None
    assert told == by_title
    found, generation = told
    assert (item_hash(found), found.ref, generation) == (item_hash(item), item.ref, 3)
    assert found.wanted == ("" if group else package.version)


def test_the_same_wish_is_known_again():
    """By what is asked for, in any case and order of letters' size; an issue by its number."""
    one = Assignment(packages=(Package("HTTPX", "1"),))
    same = Assignment(packages=(Package("httpx", "1"),), severity="high")
    other = Assignment(packages=(Package("httpx", "2"),))
    group = Assignment(patterns=("@types/*",))

    assert assigned_fingerprint(one) == assigned_fingerprint(same) != assigned_fingerprint(other)
    assert len(assigned_fingerprint(group)) == 1
    assert assigned_fingerprint(Assignment(issue=7)) != assigned_fingerprint(Assignment(issue=8))
    assert assigned_item(101, Assignment(issue=7)).name == "issue:7"


def test_where_a_repair_begins():
    """On the branch of the red run, where one began the work."""
    facts = Snapshot(now=NOW, run=RunFacts(a_run(), ()))

    assert (facts.begin_branch, facts.begin_sha) == ("feature", a_run().head_sha)
