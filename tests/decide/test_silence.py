"""Why nothing ran: one case for each cause, and the filters by which GitHub decides."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.decide.silence import Silence, cause
from bot.outcomes import UnverifiedCause
from bot.untrusted import Untrusted

C = UnverifiedCause
BRANCH = "coder-fix/pr/1/0123456789ab-1"


def why(workflow="on: [push, pull_request]", *, skipped=False, **facts):
    """The cause for a pull request of ours onto `feature` that changes `src/a.py`."""
    usual: dict[str, Any] = {"base": "feature", "changed": ("src/a.py",)}
    usual["workflow"] = Untrusted(workflow)
    return cause(Silence(BRANCH, **usual | facts), skipped=skipped)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"conflict": True, "disabled": True}, C.CONFLICT),
        ({"disabled": True, "default_token": True}, C.WORKFLOW_DISABLED),
        ({"default_token": True}, C.DEFAULT_TOKEN),
        ({}, C.CI_SLOW),
        ({"base": ""}, C.CI_SLOW),
    ],
)
def test_what_is_known_without_the_file_comes_first(facts, expected):
    """A conflict hides everything else, then a disabled workflow, then the token."""
    assert why(**facts) is expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("on: push", C.CI_SLOW),
        ("on: workflow_dispatch", C.NO_CI_ON_BRANCH),
        ("on: [pull_request]", C.CI_SLOW),
        ("on: {push: {branches: [main]}}", C.NO_CI_ON_BRANCH),
        ("on: {pull_request: {branches: [main]}}", C.NO_CI_ON_BRANCH),
        ("on: {pull_request: {branches: main}}", C.NO_CI_ON_BRANCH),
        ("on: {pull_request: {branches: [main, 'fea*']}}", C.CI_SLOW),
        ("on: {pull_request: {branches: ['**', '!feature']}}", C.NO_CI_ON_BRANCH),
        ("on: {push: {branches: ['coder-fix/*']}}", C.NO_CI_ON_BRANCH),
        ("on: {push: {branches: ['coder-fix/**']}}", C.CI_SLOW),
        ("on: {push: {branches-ignore: ['coder-fix/**']}}", C.NO_CI_ON_BRANCH),
        ("on: {push: {branches-ignore: ['docs']}, pull_request:}", C.CI_SLOW),
        ("on: {push: {tags: ['v*']}}", C.NO_CI_ON_BRANCH),
        ("on: {push: {tags: ['v*'], branches-ignore: [main]}}", C.CI_SLOW),
        ("on: {pull_request: {paths: ['docs/**']}}", C.PATH_FILTER),
        ("on: {pull_request: {paths: ['docs/**']}, push: {}}", C.CI_SLOW),
        ("on: {pull_request: {paths: ['**.py']}}", C.CI_SLOW),
        ("on: {pull_request: {paths: ['src/[a-c].p?y']}}", C.CI_SLOW),
        ("on: {pull_request: {paths: ['src/[z-a].py']}}", C.PATH_FILTER),
        ("on: {pull_request: {paths-ignore: ['src/**']}}", C.PATH_FILTER),
        ("on: {pull_request: {paths-ignore: ['**/b.py']}}", C.CI_SLOW),
        ("true: {pull_request: {paths: ['docs/**']}}", C.PATH_FILTER),
        ("on: 7", C.NO_CI_ON_BRANCH),
        ("- on", C.CI_SLOW),
        ("on: [", C.CI_SLOW),
        ("", C.CI_SLOW),
    ],
)
def test_filters_of_the_workflow(on, expected):
    """Branches first, then paths; what passes both is late, and so is what tells neither."""
    assert why(on) is expected


@pytest.mark.parametrize(("skipped", "expected"), [(False, C.CI_SLOW), (True, C.ONLY_SKIPPED)])
def test_a_file_that_nobody_could_read_is_not_blamed(skipped, expected):
    """Nobody is told to change the filters of a workflow that was not seen."""
    unseen = Silence(BRANCH, base="main", draft=True, workflow=None)

    assert cause(unseen, skipped=skipped) is expected


def test_a_long_file_is_not_cut_in_the_middle():
    """What stands far below counts: half of a file is another file, or none."""
    long = "jobs:\n" + "  # a step\n" * 12_000 + "  test: {}\n"

    assert why(long + "on: {push: {branches: [main]}}") is C.NO_CI_ON_BRANCH
    assert why(long + "on: push") is C.CI_SLOW


@pytest.mark.parametrize(
    ("types", "draft", "expected"),
    [
        ("[ready_for_review]", True, C.DRAFT_EXCLUDED),
        ("ready_for_review", True, C.DRAFT_EXCLUDED),
        ("[opened, ready_for_review]", True, C.CI_SLOW),
        ("[ready_for_review]", False, C.CI_SLOW),
    ],
)
def test_activities_that_leave_drafts_out(types, draft, expected):
    """A workflow that waits for `ready_for_review` never looks at a draft."""
    assert why(f"on: {{pull_request: {{types: {types}}}}}", draft=draft) is expected


@pytest.mark.parametrize(
    ("condition", "draft", "expected"),
    [
        ("github.event.pull_request.draft == false", True, C.DRAFT_EXCLUDED),
        ("!github.event.pull_request.draft", False, C.ONLY_SKIPPED),
        ("github.actor != 'bot'", True, C.ONLY_SKIPPED),
    ],
)
def test_jobs_that_skip_drafts(condition, draft, expected):
    """Every check was skipped, and the file asks whether it is a draft."""
    text = f"on: pull_request\njobs: {{test: {{if: {condition!r}}}}}"
    assert why(text, draft=draft, skipped=True) is expected


@given(st.text(max_size=300))
def test_no_file_is_too_strange(text):
    """Whoever may push may write anything into a workflow's file."""
    assert why(text) in set(C)
    assert why("on: " + text, changed=(text,)) in set(C)


def test_a_glob_that_would_take_long_fits_nothing():
    """The branch's file may hold anything: many wildcards are not tried at all."""
    hostile = Untrusted(f"on:\n  push:\n    paths: ['{'*a' * 60}b']\n")
    few = Untrusted("on:\n  push:\n    paths: ['src/**/test_*.py']\n")
    name = ("src/" + "a" * 150 + "/test_x.py",)

    assert cause(Silence("x", workflow=hostile, changed=name), skipped=False) is C.PATH_FILTER
    assert cause(Silence("x", workflow=few, changed=name), skipped=False) is C.CI_SLOW
