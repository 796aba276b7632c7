"""The facts of one story: a red pull request, its session, its repair."""

from dataclasses import replace

from bot.model import (
    BackendName,
    Diagnostic,
    Evidence,
    Excerpt,
    ExcerptLine,
    Job,
    LineSpan,
    Outcome,
    PullRequest,
    Report,
    Repository,
    Session,
    SessionState,
    TimelineEntry,
    Verdict,
    VerdictKind,
    WorkflowRun,
)
from bot.outcomes import FailureClass, OutcomeKind
from bot.report.facts import Operation, ReportFacts
from bot.untrusted import Untrusted

LOG = """\
=================================== FAILURES ===================================
______________________________ test_total_rounds _______________________________

    def test_total_rounds():
        cart = Cart([Item("tea", 3, 19.99), Item("pot", 1, 24.5)])
>       assert cart.total() == Decimal("84.47")
E       AssertionError: assert Decimal('84.46') == Decimal('84.47')
E        +  where Decimal('84.46') = total()

tests/test_cart.py:41: AssertionError
=========================== short test summary info ============================
FAILED tests/test_cart.py::test_total_rounds - AssertionError: assert Decimal('84.46') == ...
========================= 1 failed, 41 passed in 2.13s =========================
"""


def evidence() -> Evidence:
    lines = [ExcerptLine(n, Untrusted(t)) for n, t in enumerate(LOG.splitlines(), 212)]
    return Evidence(
        FailureClass.TEST,
        "pytest reports a failed test",
        (
            Diagnostic(
                "pytest",
                FailureClass.TEST,
                Untrusted("AssertionError: assert Decimal('84.46') == Decimal('84.47')"),
                path="tests/test_cart.py",
                line=41,
                test="tests/test_cart.py::test_total_rounds",
                span=LineSpan(217, 221),
            ),
        ),
        (
            Excerpt(
                Untrusted("test (3.12)"),
                7701,
                5,
                Untrusted("Run tests"),
                Untrusted("pip install -e .\npytest"),
                (ExcerptLine(140, Untrusted("Run pytest")), *lines),
                318,
                "https://github.example.test/octo/shop/actions/runs/9001/job/7701",
            ),
        ),
        ("3f2a9c51d0e7",),
        chars_in=48_112,
        chars_out=1_204,
    )


def pull_request(number: int, head: str, base: str, sha: str) -> PullRequest:
    return PullRequest(
        number,
        f"https://github.example.test/octo/shop/pull/{number}",
        Untrusted("Round totals half up"),
        Untrusted(""),
        "open",
        draft=False,
        merged=False,
        author="alice",
        head_ref=head,
        head_sha=sha,
        head_repository="octo/shop",
        base_ref=base,
        base_sha="0" * 40,
    )


RED = "4be1c0de9f" * 4
GREEN = "c0ffee1234" * 4


def session(state: SessionState = SessionState.IDLE) -> Session:
    return Session(
        BackendName.TASKS,
        "5c0f6a9e-8f1d-4a57-9a0e-0d9f7b1c2e3f",
        "cf-1a2b3c4d-0123456789ab-1",
        "https://coder.example.test/tasks/bot/5c0f6a9e",
        state,
        owner="bot",
        workspace_id="a7b1f2c3",
        created=True,
        report=Report(
            complete=True,
            message=Untrusted("`total()` rounded each line; it now rounds the sum, half up."),
        ),
    )


def base_facts() -> ReportFacts:
    return ReportFacts(
        outcome=Outcome(OutcomeKind.PENDING),
        repository=Repository("octo/shop", 1, "main", "https://github.example.test/octo/shop"),
        item="pr:12",
        run=WorkflowRun(
            9001,
            1,
            55,
            Untrusted("CI"),
            ".github/workflows/ci.yml",
            "pull_request",
            "completed",
            "failure",
            RED,
            "round-totals",
            "octo/shop",
            "https://github.example.test/octo/shop/actions/runs/9001",
        ),
        failing_jobs=(Job(7701, Untrusted("test (3.12)"), "completed", "failure"),),
        evidence=evidence(),
        failing_pull_request=pull_request(12, "round-totals", "main", RED),
        session=session(SessionState.WORKING),
        backend=BackendName.TASKS,
        branch="coder-fix/pr-12-1",
        attempt=1,
        max_attempts=2,
        decision="A new failure on #12, `main` is green and no session exists: start one.",
        duration=250,
        timeline=(
            TimelineEntry(0.4, "read the run: 1 of 4 jobs is red"),
            TimelineEntry(2.1, "1 finding in 318 log lines"),
            TimelineEntry(3.0, "started a session"),
            TimelineEntry(171, "push of `c0ffee1` on our branch"),
            TimelineEntry(173, "opened #13 as a draft"),
            TimelineEntry(249, "12 checks green at `c0ffee1`"),
        ),
    )


def with_repair(facts: ReportFacts) -> ReportFacts:
    return replace(
        facts,
        session=session(),
        pull_request=pull_request(13, "coder-fix/pr-12-1", "round-totals", GREEN),
        operation=Operation.CREATED,
        verdict=Verdict(VerdictKind.GREEN, GREEN, counted=12),
    )
