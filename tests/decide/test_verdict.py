"""What the checks of one commit say, and what must never be called green."""

from __future__ import annotations

import pytest

from bot.decide.verdict import judge
from bot.model import VerdictKind
from bot.outcomes import UnverifiedCause
from bot.untrusted import Untrusted
from tests.builders import FIX, a_check

GREEN, RED = VerdictKind.GREEN, VerdictKind.RED
PENDING, UNVERIFIED = VerdictKind.PENDING, VerdictKind.UNVERIFIED


def _status(**changes):
    return a_check(workflow_id=0, run_id=0, event="", app="", **changes)


@pytest.mark.parametrize(
    ("checks", "kind", "cause"),
    [
        ([a_check()], GREEN, None),
        ([a_check(), a_check(conclusion="neutral")], GREEN, None),
        ([a_check(), a_check(conclusion="skipped")], GREEN, None),
        ([], UNVERIFIED, UnverifiedCause.NO_CI_ON_BRANCH),
        ([a_check(ours=True)], UNVERIFIED, UnverifiedCause.NO_CI_ON_BRANCH),
        ([a_check(conclusion="skipped")], UNVERIFIED, UnverifiedCause.ONLY_SKIPPED),
        ([a_check(name=Untrusted("lint"))], UNVERIFIED, UnverifiedCause.JOB_MISSING),
        (
            [a_check(conclusion="skipped"), a_check(name=Untrusted("lint"))],
            UNVERIFIED,
            UnverifiedCause.JOB_MISSING,
        ),
        (
            [a_check(conclusion="neutral"), a_check(name=Untrusted("lint"))],
            UNVERIFIED,
            UnverifiedCause.JOB_MISSING,
        ),
        ([a_check(conclusion="action_required")], UNVERIFIED, UnverifiedCause.APPROVAL_NEEDED),
        ([a_check(status="waiting", conclusion=None)], UNVERIFIED, UnverifiedCause.APPROVAL_NEEDED),
        ([a_check(), _status(status="in_progress", conclusion=None)], PENDING, None),
        ([a_check(conclusion="failure"), a_check(status="queued", conclusion=None)], PENDING, None),
        ([a_check(conclusion="failure")], RED, None),
        ([a_check(conclusion="cancelled")], RED, None),
        ([a_check(conclusion="timed_out")], RED, None),
        ([a_check(conclusion="stale")], RED, None),
        ([a_check(conclusion="startup_failure")], RED, None),
        ([a_check(conclusion="never-seen-before")], RED, None),
        ([a_check(), _status(conclusion="failure")], RED, None),
        # A later run of the same workflow and event replaces the earlier one.
        ([a_check(conclusion="cancelled", run_id=1), a_check(run_id=2)], GREEN, None),
        ([a_check(run_id=1), a_check(conclusion="failure", run_id=2)], RED, None),
        ([a_check(event="push", conclusion="failure", run_id=1), a_check(run_id=2)], RED, None),
    ],
)
def test_judge(checks, kind, cause):
    """The verdict follows GitHub's counting, and is never greener than that."""
    verdict = judge(checks, FIX, must_pass=("test",))

    assert (verdict.kind, verdict.cause, verdict.sha) == (kind, cause, FIX)


def test_a_namesake_vouches_for_nothing():
    """A job of the same name in another workflow is not the job that failed."""
    namesake = a_check(workflow_id=6)
    verdict = judge([namesake], FIX, must_pass=("test",), workflow_id=5)

    assert (verdict.kind, verdict.cause) == (UNVERIFIED, UnverifiedCause.JOB_MISSING)


def test_patterns_narrow():
    """`verify-checks` leaves out what does not match."""
    checks = [a_check(), _status(name=Untrusted("deploy"), conclusion="failure")]

    assert judge(checks, FIX, patterns=("te*",)).kind is GREEN


def test_failing_are_listed():
    """A red verdict names what failed."""
    failing = a_check(conclusion="failure")

    assert judge([failing, _status(name=Untrusted("x"))], FIX).failing == (failing,)
