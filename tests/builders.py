"""Nouns for tests: defaults that make a story, overrides for what the test is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.decide.around import Background, Base, Tip
from bot.decide.run_facts import RunFacts
from bot.decide.snapshot import ItemState, Snapshot
from bot.diff_policy import Finding, Severity
from bot.model import (
    BackendName,
    Check,
    Evidence,
    Excerpt,
    ExcerptLine,
    Item,
    Job,
    JobStep,
    PullRequest,
    Report,
    Repository,
    Request,
    RunRef,
    Session,
    SessionState,
    TargetKind,
    TriggerName,
    WorkflowRun,
)
from bot.outcomes import FailureClass
from bot.untrusted import Untrusted

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
RED = "a" * 40
FIX = "b" * 40
REPOSITORY = Repository("acme/widgets", 101, "main", "https://github.example/acme/widgets")
ITEM = Item(101, TargetKind.PULL_REQUEST, "7")


def ago(seconds: float) -> datetime:
    """That many seconds before the builders' now."""
    return NOW - timedelta(seconds=seconds)


def a_request(**changes: Any) -> Request:
    """A `workflow_run` that failed."""
    request = Request(
        trigger=TriggerName.FAILURE,
        repository=REPOSITORY,
        run=RunRef(9001, 1),
        own_run=RunRef(1, 1),
        own_workflow=".github/workflows/coder-fix.yml",
    )
    return replace(request, **changes)


def a_job(**changes: Any) -> Job:
    """A job whose second step failed."""
    steps = (
        JobStep(1, Untrusted("Set up job"), "completed", "success"),
        JobStep(2, Untrusted("Run pytest"), "completed", "failure"),
    )
    job = Job(id=11, name=Untrusted("test"), status="completed", conclusion="failure", steps=steps)
    return replace(job, **changes)


def a_run(**changes: Any) -> WorkflowRun:
    """A red run of a pull request's branch."""
    run = WorkflowRun(
        id=9001,
        attempt=1,
        workflow_id=5,
        name=Untrusted("CI"),
        path=".github/workflows/ci.yml",
        event="pull_request",
        status="completed",
        conclusion="failure",
        head_sha=RED,
        head_branch="feature",
        head_repository="acme/widgets",
        url="https://github.example/acme/widgets/actions/runs/9001",
        pull_request_numbers=(7,),
        created_at=ago(600),
    )
    return replace(run, **changes)


def a_pull(**changes: Any) -> PullRequest:
    """The failing pull request."""
    pull = PullRequest(
        number=7,
        url="https://github.example/acme/widgets/pull/7",
        title=Untrusted("Add a feature"),
        body=Untrusted(""),
        state="open",
        draft=False,
        merged=False,
        author="alice",
        head_ref="feature",
        head_sha=RED,
        head_repository="acme/widgets",
        base_ref="main",
        base_sha="c" * 40,
    )
    return replace(pull, **changes)


def an_evidence(**changes: Any) -> Evidence:
    """One failing line."""
    excerpt = Excerpt(
        job=Untrusted("test"),
        job_id=11,
        step=2,
        step_name=Untrusted("Run pytest"),
        command=Untrusted("pytest"),
        lines=(ExcerptLine(40, Untrusted("E   assert 1 == 2")),),
        total_lines=50,
    )
    evidence = Evidence(
        failure_class=FailureClass.TEST,
        class_reason="a test failed",
        diagnostics=(),
        excerpts=(excerpt,),
        fingerprint=("f1",),
    )
    return replace(evidence, **changes)


def a_session(**changes: Any) -> Session:
    """An idle task that says it is done."""
    session = Session(
        backend=BackendName.TASKS,
        id="s-1",
        name="cf-1-1-1",
        url="https://coder.example/tasks/bot/s-1",
        state=SessionState.IDLE,
        owner="bot",
        created_at=ago(300),
        since=ago(100),
        report=Report(complete=True, message=Untrusted("Fixed the test")),
    )
    return replace(session, **changes)


def a_state(**changes: Any) -> ItemState:
    """An item whose first turn is under way."""
    state = ItemState(
        item=ITEM.name, evidence_sha=RED, run_id=9001, session_id="s-1", turn_started=ago(300)
    )
    return replace(state, **changes)


def a_check(**changes: Any) -> Check:
    """A green check run of the job that failed."""
    check = Check(
        name=Untrusted("test"),
        status="completed",
        conclusion="success",
        app="github-actions",
        workflow_id=5,
        event="pull_request",
        run_id=9100,
        job_id=12,
    )
    return replace(check, **changes)


def a_finding(**changes: Any) -> Finding:
    """A test is skipped instead of repaired."""
    finding = Finding(
        rule="skipped-tests",
        severity=Severity.BLOCK,
        path=Untrusted("tests/test_cart.py"),
        line=37,
        removed=False,
        text=Untrusted("@pytest.mark.skip"),
        why="A test is skipped.",
        legitimate="It cannot work here.",
    )
    return replace(finding, **changes)


def a_snapshot(**changes: Any) -> Snapshot:
    """Everything read, nothing started."""
    snapshot = Snapshot(
        now=NOW,
        run=RunFacts(a_run(), (a_job(),)),
        pull=a_pull(),
        tip=RED,
        evidence=an_evidence(),
        item=ITEM,
        state=None,
        session=None,
        head="",
        diff=(),
        ours=None,
        checks=(),
        background=Background(),
        required=(),
        tip_now=Tip(RED),
        base=Base(),
    )
    return replace(snapshot, **changes)


def a_pushed_fix(**changes: Any) -> Snapshot:
    """The agent pushed, our pull request is open, the job that failed is green."""
    ours = a_pull(number=8, head_ref="coder-fix/x", head_sha=FIX, author="bot[bot]")
    snapshot = a_snapshot(
        session=a_session(), state=a_state(), head=FIX, ours=ours, checks=(a_check(),)
    )
    return replace(snapshot, **changes)
