"""What is to be said of a change: the diff policy, with the evidence and the inputs behind it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.decide.review import blocking, review, rules_of, wants_changed_paths
from bot.decide.snapshot import UNREAD
from bot.diff_policy import Comparison, Severity, is_flagged, read_files
from bot.model import Diagnostic
from bot.outcomes import FailureClass
from bot.policy import Policy
from bot.sanitize import NO_SECRETS
from bot.untrusted import Untrusted
from tests.builders import RED, a_finding, a_snapshot, an_evidence


def changed(path, *lines, **more):
    """One file of a comparison as GitHub tells it."""
    patch = "\n".join(("@@ -1,1 +1,1 @@", *lines))
    return {
        "filename": path,
        "status": "modified",
        "additions": 1,
        "deletions": 1,
        "patch": patch,
    } | more


SNAPSHOT = changed("tests/__snapshots__/cart.test.ts.snap", "-total 84.47", "+total 84.46")
SKIP = changed("tests/test_cart.py", "+@pytest.mark.skip", " def test_total():")
EXPECTED = changed("tests/test_cart.py", "-    assert total() == 84", "+    assert total() == 85")


def found(*items, status="ahead", policy=None, evidence=None, **more):
    """The findings on a change of those files."""
    facts = a_snapshot(evidence=evidence or an_evidence())
    comparison = Comparison(status, read_files(items))
    return review(comparison, facts, policy or Policy(), base=RED, secrets=NO_SECRETS, **more)


def test_an_honest_change():
    """Nothing to say."""
    assert found(changed("cart.py", "-    return 1", "+    return 2")) == ()


@pytest.mark.parametrize("status", ["behind", "diverged"])
def test_a_head_that_left_the_red_commit(status):
    """It is flagged, and what it changed is read all the same."""
    findings = found(SKIP, status=status)

    assert rules_of(findings) == ("not-descended", "skipped-tests")
    assert RED[:12] in findings[0].why


def test_what_github_cannot_compare():
    """Nothing was read: that is a finding and no silence."""
    findings = found(status="")

    assert rules_of(findings) == ("not-inspected",)
    assert is_flagged(findings)


def test_what_a_person_accepted():
    """A rule that was allowed for this item flags no more; the others do."""
    allowed = ("not-descended", "skipped-tests")
    findings = found(SKIP, changed(".github/x.yml", "+a: b"), status="diverged", allowed=allowed)

    assert set(rules_of(blocking(findings))).isdisjoint(allowed)
    assert "protected-paths" in rules_of(blocking(findings))


def test_the_inputs_count():
    """`protected-paths` and `max-diff-lines` reach the rules."""
    policy = Policy(protected_paths=("deploy/**",), max_diff_lines=1)
    rules = rules_of(found(changed("deploy/run.txt", "-a", "+b"), policy=policy))

    assert rules == ("diff-size", "protected-paths")


def test_what_failed_counts():
    """A snapshot of the test that failed is a note; without the evidence it flags."""
    seen = Diagnostic(
        "jest", FailureClass.TEST, Untrusted("x"), path="tests/cart.test.ts", test="t"
    )
    known = found(SNAPSHOT, evidence=an_evidence(diagnostics=(seen,)))

    assert [f.severity for f in known] == [Severity.NOTICE]
    assert is_flagged(found(SNAPSHOT))
    unread = replace(a_snapshot(), evidence=UNREAD, state=UNREAD)
    comparison = Comparison("ahead", read_files([SNAPSHOT]))
    assert is_flagged(review(comparison, unread, Policy(), base=RED, secrets=NO_SECRETS))


def test_what_the_failing_change_had_touched_counts():
    """It is asked for only where it can make a difference."""
    alone = found(EXPECTED)
    left_behind = found(EXPECTED, changed_paths=("cart.py",))

    assert wants_changed_paths(alone)
    assert not wants_changed_paths(found(SKIP))
    assert (is_flagged(alone), is_flagged(left_behind)) == (True, False)
    assert not wants_changed_paths([a_finding(rule="changed-expectations", accepted=True)])
