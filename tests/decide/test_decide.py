"""The decision table, row by row: each row has a snapshot that reaches it and the step it gives."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.decide import ROWS, decide
from bot.decide.around import Background, Base, OpenItem, Tip
from bot.decide.assigned import AssignmentFacts
from bot.decide.case import Case, NotReadYet
from bot.decide.run_facts import RunFacts
from bot.decide.silence import Silence
from bot.decide.snapshot import UNREAD, Attempt, Facet, Snapshot
from bot.decide.steps import (
    Dispatch,
    Finish,
    FollowUp,
    OpenPullRequest,
    Read,
    Rerun,
    Resume,
    Start,
    Wait,
)
from bot.diff_policy import Severity
from bot.errors import ConfigurationError
from bot.identity import item_hash
from bot.model import Assignment, Item, Package, RunRef, SessionState, TargetKind, Vantage
from bot.outcomes import ErrorKind, FailureClass, OutcomeKind, SkipReason, UnverifiedCause
from bot.policy import Flaky, Mode, Policy, Verify
from bot.untrusted import Untrusted
from tests.builders import (
    FIX,
    NOW,
    RED,
    a_check,
    a_finding,
    a_job,
    a_pull,
    a_pushed_fix,
    a_request,
    a_run,
    a_session,
    a_snapshot,
    a_state,
    ago,
    an_evidence,
)

AGAIN = replace(an_evidence(), fingerprint=("f2",))
WEATHER = an_evidence(failure_class=FailureClass.INFRASTRUCTURE)
WORKING = a_session(state=SessionState.WORKING, report=None)
SILENT = a_session(report=None, since=ago(1000))
JUST_STILL = a_session(report=None, since=ago(5))
UNANSWERED = a_session(since=ago(100))
ASKING = a_state(attempts=(Attempt(FIX, "red"),), turn_after=ago(100), asking=True)

ASKS = a_check(conclusion="action_required")
OBJECTED = Attempt(FIX, "green", (), ("skipped-tests",))
EARLIER, STILL_RED = replace(OBJECTED, head="9" * 40), Attempt("9" * 40, "red", ("f9",))
CHEAT = (a_finding(),)
NOTICE, ACCEPTED = a_finding(severity=Severity.NOTICE), a_finding(accepted=True)
OFF, ONE, IN_PLACE = {"verify": Verify.NONE}, {"max_attempts": 1}, {"mode": Mode.FIX}


COMMANDED = {"by_hand": True, "commanded": True}


def _facts(run=None, **changes) -> Snapshot:
    if run is not None:
        changes["run"] = RunFacts(run, (a_job(),))
    return a_snapshot(**changes)


def _running(session, **changes) -> Snapshot:
    return a_snapshot(session=session, state=a_state(), **changes)


def _around(**changes) -> Snapshot:
    return a_snapshot(background=Background(**changes))


def _red_branches(count):
    return tuple(a_run(id=i, head_branch=f"b{i}", updated_at=ago(60)) for i in range(count))


def _earlier(number, conclusion):
    """What the branch `b{number}` came to two hours ago; None for a run that has not ended."""
    status = "completed" if conclusion else "in_progress"
    when = ago(7200)
    branch = f"b{number}"
    return (
        a_run(id=-1, head_branch=branch, status=status, conclusion=conclusion, updated_at=when),
    )


GREEN_NOW = a_run(id=99, head_branch="b5", conclusion="success", updated_at=ago(5))


def _outcome(kind, skip=None, error=None, cause=None):
    return (kind, skip, error, cause)


def _seen(step):
    """What a test compares: the outcome's words of an end, else the kind of step."""
    if isinstance(step, Finish):
        outcome = step.outcome
        return _outcome(outcome.kind, outcome.skip_reason, outcome.error_kind, outcome.cause)
    return type(step)


INSIDE = {"own_run": RunRef(9001), "vantage": Vantage(inside=True)}
_IN_STEP = a_job(id=12, status="in_progress", conclusion=None)
_OURS = a_job(id=13, status="in_progress", conclusion=None, steps=())


def _living(*jobs, own=0, evidence=None, **run) -> Snapshot:
    """A run judged by its jobs, one of which has failed unless others are told."""
    told = a_run(**{"status": "in_progress", "conclusion": None} | run)
    facts = RunFacts(told, jobs or (a_job(), _OURS), by_jobs=True, own=own)
    return a_snapshot(run=facts, evidence=evidence or an_evidence())


K, S, E, C = OutcomeKind, SkipReason, ErrorKind, UnverifiedCause
SKIPPED = K.SKIPPED

ISSUE = Item(101, TargetKind.ISSUE, "7")
UPGRADE = Item(101, TargetKind.UPGRADE, "httpx")
ASKED = {"run": None, "item": UPGRADE, "assignment": Assignment(packages=(Package("httpx"),))}


def _assigned(item=UPGRADE, *, asked=True, closed=False, edited=False, **changes) -> Snapshot:
    """Work that no red run asks for, of which nothing is begun."""
    told = Assignment(issue=7) if item is ISSUE else Assignment(packages=(Package("httpx"),))
    begun = AssignmentFacts(told, "main", RED, closed=closed, asked=asked, edited=edited)
    nothing = an_evidence(failure_class=FailureClass.UNKNOWN, excerpts=())
    usual = {"run": None, "assignment": begun, "item": item, "pull": None, "evidence": nothing}
    return a_snapshot(**usual | {"tip": RED} | changes)


def _pushed(**changes) -> Snapshot:
    """The same with a push, a pull request and green checks."""
    fixed = a_pushed_fix(state=a_state(run_id=0))
    told = {name: getattr(fixed, name) for name in ("state", "session", "head", "ours", "checks")}
    told |= {"required": fixed.required, "diff": fixed.diff, "verify_seconds": 60}
    return _assigned(**told | changes)


CASES = [
    ("issue-closed", _assigned(ISSUE, closed=True), {}, ASKED, _outcome(SKIPPED, S.SUPERSEDED)),
    ("issue-edited", _assigned(ISSUE, edited=True), {}, ASKED, _outcome(SKIPPED, S.SUPERSEDED)),
    (
        "issue-closed",
        _assigned(ISSUE, closed=True, edited=True),
        {},
        ASKED,
        _outcome(SKIPPED, S.SUPERSEDED),
    ),
    (
        "under-way",
        _assigned(ISSUE, edited=True, session=WORKING, state=a_state(run_id=0)),
        {},
        ASKED,
        Wait,
    ),
    ("nobody-asks", _assigned(asked=False), {}, ASKED, _outcome(SKIPPED, S.ALREADY_HANDLED)),
    (
        "nobody-asks",
        _assigned(ISSUE, asked=False, edited=True),
        {},
        ASKED,
        _outcome(SKIPPED, S.ALREADY_HANDLED),
    ),
    ("start", _assigned(), {}, ASKED, Start),
    ("start", _assigned(ISSUE), {}, ASKED | COMMANDED, Start),
    (
        "ended-before",
        _assigned(state=a_state(run_id=0, final=OutcomeKind.NO_CHANGE)),
        {},
        ASKED,
        _outcome(SKIPPED, S.ALREADY_HANDLED),
    ),
    (
        "repair-open",
        _assigned(background=Background(open_items=(OpenItem(9, item_hash(UPGRADE), ("f1",)),))),
        {},
        ASKED,
        _outcome(SKIPPED, S.ALREADY_HANDLED),
    ),
    (
        "repair-open",
        _assigned(background=Background(open_items=(OpenItem(9, item_hash(UPGRADE), ("f2",)),))),
        {},
        ASKED,
        _outcome(SKIPPED, S.ALREADY_HANDLED),
    ),
    (
        "start",
        _assigned(background=Background(open_items=(OpenItem(9, item_hash(UPGRADE), ("f2",)),))),
        {},
        ASKED | {"commanded": True},
        Start,
    ),
    (
        "start",
        _assigned(background=Background(open_items=(OpenItem(9, item_hash(UPGRADE), ("f1",)),))),
        {},
        ASKED | COMMANDED,
        Start,
    ),
    (
        "limits",
        _assigned(background=Background(at_work=10)),
        {},
        ASKED,
        _outcome(SKIPPED, S.LIMIT),
    ),
    ("under-way", _assigned(session=WORKING, state=a_state(run_id=0)), {}, ASKED, Wait),
    ("green", _pushed(), {}, ASKED, _outcome(K.FIXED)),
    (
        "nothing-vouches",
        _pushed(checks=(), verify_seconds=500),
        {},
        ASKED,
        _outcome(K.UNVERIFIED, cause=C.NO_CI_ON_BRANCH),
    ),
    (
        "red",
        _pushed(checks=(a_check(conclusion="failure"),), red_again=AGAIN),
        {},
        ASKED,
        FollowUp,
    ),
    # row, facts, policy, request, what follows
    ("own-run", _facts(), {}, {"own_run": RunRef(9001)}, _outcome(SKIPPED, S.OWN_RUN)),
    (
        "own-run",
        _facts(),
        {},
        {"own_workflow": ".github/workflows/ci.yml", "own_run": None},
        _outcome(SKIPPED, S.OWN_RUN),
    ),
    (
        "not-failed",
        _facts(a_run(conclusion="success")),
        {},
        {},
        _outcome(SKIPPED, S.NOT_FAILED),
    ),
    ("not-failed", _facts(a_run(conclusion=None)), {}, {}, _outcome(SKIPPED, S.NOT_FAILED)),
    (
        "not-failed",
        _facts(a_run(conclusion="success", attempt=2)),
        {},
        {},
        _outcome(SKIPPED, S.FLAKY),
    ),
    (
        "not-failed",
        _facts(a_run(conclusion="cancelled")),
        {},
        {},
        _outcome(SKIPPED, S.NOT_FAILED),
    ),
    (
        "start",
        a_snapshot(run=RunFacts(a_run(conclusion="cancelled"), (a_job(),), (11,))),
        {},
        {},
        Start,
    ),
    ("start", _facts(a_run(conclusion="timed_out")), {}, {}, Start),
    # our own run, seen from one of its jobs: it has not ended and its jobs tell
    ("start", _living(), {}, INSIDE, Start),
    ("start", _living(_IN_STEP, own=12), {}, INSIDE, Start),
    ("start", _living(_IN_STEP), {}, INSIDE, Start),  # which job is ours cannot be told
    ("not-failed", _living(_OURS, own=13), {}, INSIDE, _outcome(SKIPPED, S.NOT_FAILED)),
    ("not-failed", _living(_IN_STEP, own=13), {}, INSIDE, _outcome(SKIPPED, S.NOT_FAILED)),
    ("infrastructure", _living(evidence=WEATHER), {}, INSIDE, _outcome(SKIPPED, S.INFRASTRUCTURE)),
    # work has begun there: what became of the run since changes nothing, but that a rerun passed
    ("start", _living(status="completed", conclusion="cancelled"), {}, {}, Start),
    (
        "not-failed",
        _living(_OURS, status="completed", conclusion="cancelled"),
        {},
        {},
        _outcome(SKIPPED, S.NOT_FAILED),
    ),
    (
        "not-failed",
        _living(_OURS, status="completed", conclusion="success", attempt=2),
        {},
        {},
        _outcome(SKIPPED, S.FLAKY),
    ),
    ("start", _facts(a_run(conclusion="startup_failure")), {}, {}, Start),
    (
        "our-branch",
        _facts(a_run(head_branch="coder-fix/pr/7/0123456789ab-1")),
        {},
        {},
        _outcome(SKIPPED, S.ALREADY_HANDLED),
    ),
    (
        "fork",
        _facts(a_run(head_repository="eve/widgets")),
        {},
        {},
        _outcome(K.REPORTED, S.FORK),
    ),
    ("gone", _facts(pull=a_pull(state="closed")), {}, {}, _outcome(SKIPPED, S.SUPERSEDED)),
    (
        "gone",
        _facts(pull=a_pull(state="closed", merged=True)),
        {},
        {},
        _outcome(SKIPPED, S.SUPERSEDED),
    ),
    ("gone", _facts(pull=None, tip=""), {}, {}, _outcome(SKIPPED, S.SUPERSEDED)),
    (
        "opted-out",
        _facts(pull=a_pull(labels=("no-coder-fix",))),
        {},
        {},
        _outcome(SKIPPED, S.OPTED_OUT),
    ),
    (
        "opted-out",
        _facts(pull=a_pull(body=Untrusted("x [skip coder-fix] y"))),
        {},
        {},
        _outcome(SKIPPED, S.OPTED_OUT),
    ),
    (
        "opted-out",
        _facts(a_run(head_message=Untrusted("wip [skip coder-fix]")), pull=None),
        {},
        {},
        _outcome(SKIPPED, S.OPTED_OUT),
    ),
    ("held", _facts(state=a_state(held=True)), {}, {}, _outcome(SKIPPED, S.STOPPED)),
    ("start", _facts(state=a_state(final=K.STOPPED, held=True)), {}, COMMANDED, Start),
    ("start", _facts(a_run(head_repository="eve/widgets")), {}, COMMANDED, Start),
    ("start", _facts(pull=a_pull(labels=("no-coder-fix",))), {}, COMMANDED, Start),
    ("start", _facts(state=a_state(final=K.NO_CHANGE)), {}, COMMANDED, Start),
    ("start", a_snapshot(evidence=WEATHER), {}, COMMANDED, Start),
    ("start", _around(earlier_attempt="success"), {}, COMMANDED, Start),
    (
        "ended-before",
        _facts(state=a_state(final=K.NO_CHANGE)),
        {},
        {},
        _outcome(SKIPPED, S.ALREADY_HANDLED),
    ),
    ("start", _facts(state=a_state(final=K.FIXED, evidence_sha="d" * 40)), {}, {}, Start),
    ("superseded", _facts(tip="e" * 40), {}, {}, _outcome(SKIPPED, S.SUPERSEDED)),
    ("start", _facts(tip="e" * 40), {}, {"by_hand": True}, Start),
    (
        "no-evidence",
        _facts(evidence=an_evidence(excerpts=())),
        {},
        {},
        _outcome(SKIPPED, S.NO_EVIDENCE),
    ),
    ("start", _facts(), {}, {}, Start),
    ("start", _facts(pull=None), {}, {}, Start),
    (
        "deleted",
        _running(a_session(state=SessionState.GONE), gone_reads=2),
        {},
        {},
        _outcome(K.STOPPED),
    ),
    ("deleted", _running(a_session(state=SessionState.GONE), gone_reads=1), {}, {}, Wait),
    ("under-way", _running(WORKING, turn_seconds=10), {}, {}, Wait),
    (
        "under-way",
        _running(a_session(state=SessionState.UNKNOWN), turn_seconds=10),
        {},
        {},
        Wait,
    ),
    (
        "under-way",
        a_snapshot(session=a_session(since=ago(100)), state=a_state(turn_after=ago(100))),
        {},
        {},
        Wait,
    ),
    (
        "under-way",
        a_snapshot(
            session=a_session(state=SessionState.BLOCKED, since=ago(100)),
            state=a_state(turn_after=ago(100)),
        ),
        {},
        {},
        Wait,
    ),
    ("under-way", a_pushed_fix(session=UNANSWERED, state=ASKING, turn_seconds=149), {}, {}, Wait),
    ("settling", _running(JUST_STILL), {}, {}, Wait),
    ("settling", _running(a_session(since=ago(29))), {}, {}, Wait),
    ("settling", _running(a_session(report=None, since=ago(60))), {}, {}, Wait),
    ("settling", _running(a_session(report=None, since=None), turn_seconds=5), {}, {}, Wait),
    (
        "recovering",
        _running(
            a_session(state=SessionState.FAILED, error_kind=E.AGENT, since=ago(60), report=None)
        ),
        {},
        {},
        Wait,
    ),
    (
        "failed",
        _running(a_session(state=SessionState.FAILED, error_kind=E.AGENT, since=ago(400))),
        {},
        {},
        _outcome(K.ERROR, error=E.AGENT),
    ),
    (
        "failed",
        _running(a_session(state=SessionState.FAILED, error_kind=E.AGENT, since=None)),
        {},
        {},
        _outcome(K.ERROR, error=E.AGENT),
    ),
    (
        "failed",
        _running(a_session(state=SessionState.FAILED, error_kind=E.WORKSPACE)),
        {},
        {},
        _outcome(K.ERROR, error=E.WORKSPACE),
    ),
    (
        "failed",
        _running(a_session(state=SessionState.FAILED)),
        {},
        {},
        _outcome(K.ERROR, error=E.AGENT),
    ),
    (
        "blocked",
        _running(a_session(state=SessionState.BLOCKED)),
        {},
        {},
        _outcome(K.NEEDS_HUMAN),
    ),
    ("deadline", _running(WORKING, turn_seconds=1800), {}, {}, _outcome(K.TIMED_OUT)),
    (
        "deadline",
        _running(replace(WORKING, note="Queued."), turn_seconds=1801),
        {},
        {},
        _outcome(K.TIMED_OUT),
    ),
    (
        "interrupted",
        _running(replace(WORKING, paused=True)),
        {},
        {},
        _outcome(K.NEEDS_HUMAN),
    ),
    (
        "interrupted",
        _running(replace(SILENT, paused=True)),
        {},
        {},
        _outcome(K.NEEDS_HUMAN),
    ),
    (
        "interrupted",
        a_snapshot(session=replace(SILENT, paused=True), state=None),
        {},
        {},
        _outcome(K.NEEDS_HUMAN),
    ),
    *(
        ("resume", a_snapshot(state=a_state(asking=True), **facts), {}, {}, Resume)
        for facts in (
            {"session": replace(SILENT, paused=True)},
            {"session": replace(SILENT, state=SessionState.BLOCKED, paused=True)},
            {"session": JUST_STILL, "unsent": True},
            {"session": JUST_STILL, "turn_seconds": 150},
        )
    ),
    ("no-change", _running(a_session()), {}, {}, _outcome(K.NO_CHANGE)),
    ("no-change", _running(SILENT), {}, {}, _outcome(K.NO_CHANGE)),
    ("no-change", _running(a_session(), head=RED), {}, {}, _outcome(K.NO_CHANGE)),
    (
        "no-change",
        a_snapshot(session=a_session(), state=a_state(attempts=(Attempt(FIX, "red"),)), head=FIX),
        {},
        {},
        _outcome(K.NOT_FIXED),
    ),
    (
        "ours-settled",
        a_pushed_fix(ours=a_pull(state="closed")),
        {},
        {},
        _outcome(SKIPPED, S.CLOSED_BY_HUMAN),
    ),
    (
        "ours-settled",
        a_pushed_fix(ours=a_pull(state="closed", merged=True)),
        {},
        {},
        _outcome(SKIPPED, S.SUPERSEDED),
    ),
    ("open-pull-request", a_pushed_fix(ours=None), {}, {}, OpenPullRequest),
    (
        "open-pull-request",
        a_pushed_fix(ours=None, session=a_session(report=None, since=ago(40))),
        {},
        {},
        OpenPullRequest,
    ),
    (
        "open-pull-request",
        a_pushed_fix(ours=None, session=WORKING, turn_seconds=1800),
        {},
        {},
        OpenPullRequest,
    ),
    (
        "open-pull-request",
        a_pushed_fix(ours=None, pull=None, tip=RED),
        {"mode": Mode.FIX},
        {},
        OpenPullRequest,
    ),
    (
        "gone",
        a_snapshot(pull=a_pull(state="closed")),
        {},
        {},
        _outcome(SKIPPED, S.SUPERSEDED),
    ),
    (
        "elsewhere",
        _around(open_items=(OpenItem(9, "other", ("f1", "f9")),)),
        {},
        {},
        _outcome(SKIPPED, S.ALREADY_HANDLED),
    ),
    (
        "elsewhere",
        _around(under_way=(OpenItem(9, "other", ("f1",), ago(60)),)),
        {},
        {},
        _outcome(SKIPPED, S.ALREADY_HANDLED),
    ),
    (
        "start",
        _around(open_items=(OpenItem(9, "other", ("f1",), ago(90_000)),)),
        {},
        {},
        Start,
    ),
    (
        "start",
        _around(open_items=(OpenItem(9, "other", ("f1",)),)),
        {},
        {"by_hand": True},
        Start,
    ),
    ("start", _around(open_items=(OpenItem(9, "other", ("f7",)),)), {}, {}, Start),
    (
        "closed-by-human",
        _around(closed=a_pull(number=8, state="closed", closed_at=ago(600))),
        {},
        {},
        _outcome(SKIPPED, S.CLOSED_BY_HUMAN),
    ),
    (
        "start",
        _around(closed=a_pull(number=8, state="closed", closed_at=ago(31 * 86_400))),
        {},
        {},
        Start,
    ),
    (
        "start",
        _around(closed=a_pull(number=8, state="closed", closed_at=ago(600))),
        {},
        {"by_hand": True},
        Start,
    ),
    (
        "start",
        replace(
            _around(closed=a_pull(number=8, state="closed", closed_at=ago(600))),
            state=a_state(final=K.FIXED, evidence_sha="d" * 40, fingerprint=("f8",)),
        ),
        {},
        {},
        Start,
    ),
    (
        "human-at-work",
        a_snapshot(tip="e" * 40),
        {"mode": Mode.FIX},
        {"by_hand": True},
        _outcome(SKIPPED, S.HUMAN_AT_WORK),
    ),
    (
        "base-red",
        a_snapshot(base=Base(a_run(id=1, head_branch="main"), ("f1",))),
        {},
        {},
        _outcome(SKIPPED, S.BASE_RED),
    ),
    ("start", a_snapshot(base=Base(a_run(id=1), ("f2",))), {}, {}, Start),
    ("start", a_snapshot(base=Base(a_run(id=1, conclusion="success"))), {}, {}, Start),
    (
        "outage",
        _around(recent=_red_branches(11)),
        {},
        {},
        _outcome(SKIPPED, S.OUTAGE),
    ),
    (
        "outage",
        _around(
            recent=(*_red_branches(11), *_earlier(3, "success"), *_earlier(4, None), GREEN_NOW)
        ),
        {},
        {},
        _outcome(SKIPPED, S.OUTAGE),
    ),
    ("start", _around(recent=_red_branches(10)), {}, {}, Start),
    ("start", _around(recent=(*_red_branches(11), *_earlier(3, "failure"))), {}, {}, Start),
    ("start", _around(recent=_red_branches(11)), {"outage_threshold": 0}, {}, Start),
    ("start", _around(recent=_red_branches(11)), {}, {"by_hand": True}, Start),
    ("infrastructure", a_snapshot(evidence=WEATHER), {}, {}, Rerun),
    (
        "infrastructure",
        a_snapshot(evidence=WEATHER),
        {"flaky": Flaky.SKIP},
        {},
        _outcome(SKIPPED, S.INFRASTRUCTURE),
    ),
    ("start", a_snapshot(evidence=WEATHER), {"flaky": Flaky.IGNORE}, {}, Start),
    ("start", _facts(a_run(attempt=2), evidence=WEATHER), {}, {}, Start),
    (
        "flaky",
        _around(recent=(a_run(id=2, conclusion="success"),)),
        {},
        {},
        _outcome(SKIPPED, S.FLAKY),
    ),
    ("flaky", _around(earlier_attempt="success"), {}, {}, _outcome(SKIPPED, S.FLAKY)),
    ("start", _around(earlier_attempt="success"), {"flaky": Flaky.IGNORE}, {}, Start),
    ("start", _around(recent=(a_run(id=2, workflow_id=6, conclusion="success"),)), {}, {}, Start),
    ("limits", _around(sessions_today=20), {}, {}, _outcome(SKIPPED, S.LIMIT)),
    ("start", _around(sessions_today=20), {"max_sessions_per_day": 0}, {}, Start),
    (
        "limits",
        _around(open_items=tuple(OpenItem(n, str(n)) for n in range(10))),
        {},
        {},
        _outcome(SKIPPED, S.LIMIT),
    ),
    (
        "start",
        _around(open_items=tuple(OpenItem(n, str(n)) for n in range(10))),
        {"mode": Mode.FIX},
        {},
        Start,
    ),
    (
        "green-by-itself",
        _running(a_session(), tip_now=Tip("e" * 40, green=True)),
        {},
        {},
        _outcome(SKIPPED, S.SUPERSEDED),
    ),
    ("green", a_pushed_fix(tip_now=Tip("e" * 40), verify_seconds=60), {}, {}, _outcome(K.FIXED)),
    (
        "green",
        a_pushed_fix(
            required=("docs",),
            checks=(
                a_check(name=Untrusted("docs")),
                a_check(),
                a_check(name=Untrusted("optional"), conclusion="failure"),
            ),
            verify_seconds=60,
        ),
        {},
        {},
        _outcome(K.FIXED),
    ),
    (
        "nothing-vouches",
        a_pushed_fix(
            required=("docs",), checks=(a_check(name=Untrusted("docs")),), verify_seconds=60
        ),
        {},
        {},
        Wait,
    ),
    (
        "pending",
        a_pushed_fix(required=("test", "docs"), verify_seconds=60),
        {},
        {},
        Wait,
    ),
    (
        "settled-elsewhere",
        _running(WORKING, pull=a_pull(state="closed", merged=True)),
        {},
        {},
        _outcome(SKIPPED, S.SUPERSEDED),
    ),
    (
        "settled-elsewhere",
        _running(WORKING, pull=a_pull(state="closed")),
        {},
        {},
        _outcome(SKIPPED, S.SUPERSEDED),
    ),
    (
        "verify-off",
        a_pushed_fix(),
        {"verify": Verify.NONE},
        {},
        _outcome(K.UNVERIFIED, cause=C.VERIFY_OFF),
    ),
    ("pending", a_pushed_fix(checks=(a_check(status="queued"),)), {}, {}, Wait),
    (
        "pending",
        a_pushed_fix(checks=(a_check(status="in_progress"),), verify_seconds=3600),
        {},
        {},
        _outcome(K.TIMED_OUT),
    ),
    ("nothing-vouches", a_pushed_fix(checks=()), {}, {}, Wait),
    ("dispatch", a_pushed_fix(checks=(), verify_seconds=120), {}, {}, Dispatch),
    ("dispatch", a_pushed_fix(checks=(), state=None, verify_seconds=120), {}, {}, Dispatch),
    ("dispatch", a_pushed_fix(checks=()), {"verify": Verify.WORKFLOW}, {}, Dispatch),
    (
        "nothing-vouches",
        a_pushed_fix(checks=(), verify_seconds=120, silence=Silence("b", conflict=True)),
        {"verify": Verify.CHECKS},
        {},
        _outcome(K.UNVERIFIED, cause=C.CONFLICT),
    ),
    (
        "nothing-vouches",
        a_pushed_fix(
            checks=(),
            verify_seconds=120,
            silence=Silence("b", workflow=Untrusted("on: workflow_dispatch")),
            state=a_state(dispatched=FIX),
        ),
        {},
        {},
        _outcome(K.UNVERIFIED, cause=C.NO_CI_ON_BRANCH),
    ),
    (
        "nothing-vouches",
        a_pushed_fix(
            checks=(a_check(conclusion="skipped"),), verify_seconds=120, silence=Silence("b")
        ),
        {"verify": Verify.CHECKS},
        {},
        _outcome(K.UNVERIFIED, cause=C.ONLY_SKIPPED),
    ),
    (
        "nothing-vouches",
        a_pushed_fix(checks=(a_check(conclusion="action_required"),)),
        {},
        {},
        _outcome(K.UNVERIFIED, cause=C.APPROVAL_NEEDED),
    ),
    (
        "nothing-vouches",
        a_pushed_fix(checks=(a_check(name=Untrusted("docs")),), verify_seconds=120),
        {"verify": Verify.CHECKS},
        {},
        _outcome(K.UNVERIFIED, cause=C.JOB_MISSING),
    ),
    ("green", a_pushed_fix(verify_seconds=9), {}, {}, Wait),
    ("green", a_pushed_fix(verify_seconds=10), {}, {}, _outcome(K.FIXED)),
    (
        "green",
        a_pushed_fix(ours=None, head=FIX, verify_seconds=10),
        {"mode": Mode.FIX},
        {},
        _outcome(K.FIXED),
    ),
    (
        "green",
        a_pushed_fix(checks=(a_check(name=Untrusted("docs")),), verify_seconds=10),
        {"verify_checks": ("do*",)},
        {},
        _outcome(K.FIXED),
    ),
    (
        "used-up",
        a_pushed_fix(checks=(a_check(conclusion="failure"),)),
        {"max_attempts": 1},
        {},
        _outcome(K.NOT_FIXED),
    ),
    (
        "used-up",
        a_pushed_fix(checks=(a_check(conclusion="failure"),), state=None),
        {"max_attempts": 1},
        {},
        _outcome(K.NOT_FIXED),
    ),
    (
        "no-progress",
        a_pushed_fix(
            checks=(a_check(conclusion="failure"),),
            red_again=AGAIN,
            state=a_state(attempts=(Attempt("9" * 40, "red", ("f2",)),)),
        ),
        {"max_attempts": 3},
        {},
        _outcome(K.NOT_FIXED),
    ),
    ("objected", a_pushed_fix(diff=CHEAT, verify_seconds=10), {}, {}, FollowUp),
    ("objected", a_pushed_fix(diff=CHEAT, state=None), OFF, {}, FollowUp),
    ("objected", a_pushed_fix(diff=CHEAT, verify_seconds=10, ours=None), IN_PLACE, {}, FollowUp),
    ("objected", a_pushed_fix(diff=CHEAT, checks=(ASKS,)), {}, {}, FollowUp),
    (
        "objected",
        a_pushed_fix(diff=CHEAT, verify_seconds=10, state=a_state(attempts=(STILL_RED,))),
        {"max_attempts": 3},
        {},
        FollowUp,
    ),
    (
        "objected",
        a_pushed_fix(
            diff=CHEAT,
            verify_seconds=10,
            state=replace(ASKING, attempts=(OBJECTED,)),
            session=UNANSWERED,
            turn_seconds=150,
        ),
        {},
        {},
        FollowUp,
    ),
    ("flagged", a_pushed_fix(diff=CHEAT, verify_seconds=10), ONE, {}, _outcome(K.FLAGGED)),
    (
        "flagged",
        a_pushed_fix(diff=CHEAT, verify_seconds=10, state=a_state(attempts=(EARLIER,))),
        {"max_attempts": 3},
        {},
        _outcome(K.FLAGGED),
    ),
    (
        "flagged",
        a_pushed_fix(diff=CHEAT),
        OFF | ONE,
        {},
        _outcome(K.FLAGGED, cause=C.VERIFY_OFF),
    ),
    (
        "flagged",
        a_pushed_fix(diff=CHEAT, checks=(ASKS,)),
        ONE,
        {},
        _outcome(K.FLAGGED, cause=C.APPROVAL_NEEDED),
    ),
    ("green", a_pushed_fix(diff=(NOTICE, ACCEPTED), verify_seconds=10), {}, {}, _outcome(K.FIXED)),
    ("green", a_pushed_fix(diff=CHEAT), {}, {}, Wait),
    ("dispatch", a_pushed_fix(diff=CHEAT, checks=(), verify_seconds=120), {}, {}, Dispatch),
    (
        "objections-stand",
        a_pushed_fix(diff=CHEAT, state=a_state(attempts=(OBJECTED,))),
        {},
        {},
        _outcome(K.FLAGGED),
    ),
    (
        "objections-stand",
        a_pushed_fix(
            diff=CHEAT,
            state=a_state(attempts=(OBJECTED,)),
            session=a_session(state=SessionState.FAILED, error_kind=ErrorKind.WORKSPACE),
        ),
        {},
        {},
        _outcome(K.FLAGGED),
    ),
    (
        "under-way",
        a_pushed_fix(diff=CHEAT, state=a_state(attempts=(OBJECTED,)), session=WORKING),
        {},
        {},
        Wait,
    ),
    *(
        ("no-change", a_pushed_fix(state=a_state(attempts=(told,)), **now), {}, {}, _outcome(end))
        for told, now, end in (
            (replace(OBJECTED, verdict="red"), {"diff": CHEAT}, K.NOT_FIXED),
            (replace(OBJECTED, verdict="great"), {"diff": CHEAT}, K.NOT_FIXED),
            (OBJECTED, {"diff": ()}, K.NOT_FIXED),
            (OBJECTED, {"diff": UNREAD, "head": RED}, K.NOT_FIXED),
            (STILL_RED, {"diff": UNREAD, "head": ""}, K.NOT_FIXED),
        )
    ),
    (
        "used-up",
        a_pushed_fix(checks=(a_check(conclusion="failure"),), diff=CHEAT),
        ONE,
        {},
        _outcome(K.NOT_FIXED),
    ),
    (
        "red",
        a_pushed_fix(checks=(a_check(conclusion="failure"),), red_again=AGAIN),
        {},
        {},
        FollowUp,
    ),
    (
        "red",
        a_pushed_fix(checks=(a_check(conclusion="failure"),), red_again=AGAIN, state=None),
        {},
        {},
        FollowUp,
    ),
    *(
        (
            "red",
            a_pushed_fix(
                checks=(a_check(conclusion="failure"),), red_again=AGAIN, state=state, **lost
            ),
            {},
            {},
            FollowUp,
        )
        for state, lost in (
            (ASKING, {"session": UNANSWERED, "turn_seconds": 150}),
            (ASKING, {"session": UNANSWERED, "unsent": True}),
            (ASKING, {"session": replace(UNANSWERED, paused=True)}),
        )
    ),
]


@pytest.mark.parametrize(
    ("row", "facts", "policy", "request_", "follows"),
    CASES,
    ids=[f"{i}-{case[0]}" for i, case in enumerate(CASES)],
)
def test_row(row, facts, policy, request_, follows):
    """A snapshot that reaches the row gives that row's step."""
    decision = decide(a_request(**request_), facts, Policy(**policy))

    assert (decision.row, _seen(decision.step)) == (row, follows)


def test_every_row_has_a_case():
    """No row stands in the table without a test that reaches it."""
    assert {row.name for row in ROWS} == {case[0] for case in CASES} | {"not-finished"}


@pytest.mark.parametrize(
    ("facts", "policy"),
    [
        (a_pushed_fix(verify_seconds=10), {}),
        (a_pushed_fix(), OFF),
        (a_pushed_fix(checks=(ASKS,)), {}),
        (a_pushed_fix(checks=(a_check(status="queued"),), verify_seconds=3600), {}),
        (a_pushed_fix(checks=(a_check(conclusion="failure"),), red_again=UNREAD), {}),
        (a_pushed_fix(state=a_state(attempts=(OBJECTED,))), {}),
    ],
)
def test_no_end_without_a_look_at_the_diff(facts, policy):
    """Whatever the checks say, what is said of the change is said after reading it."""
    step = decide(a_request(), replace(facts, diff=UNREAD), Policy(**policy)).step

    assert step == Read((Facet.DIFF,))


@pytest.mark.parametrize("checks", [(), (a_check(status="queued"),), (a_check(),)])
def test_waiting_costs_no_look_at_the_diff(checks):
    """While the checks are open nothing is asked about the change."""
    facts = a_pushed_fix(diff=UNREAD, checks=checks)

    assert isinstance(decide(a_request(), facts, Policy()).step, Wait)


def test_unfinished_run_is_named():
    """A run that a person names too early is a configuration error that says so."""
    facts = _facts(a_run(status="in_progress", conclusion=None))

    with pytest.raises(ConfigurationError, match="`run-id` 9001 is not finished"):
        decide(a_request(by_hand=True), facts, Policy())


@pytest.mark.parametrize(
    ("unread", "asked"),
    [
        ({"run": UNREAD}, (Facet.RUN,)),
        ({"pull": UNREAD}, (Facet.PULL,)),
        ({"state": UNREAD, "session": UNREAD}, (Facet.STATE, Facet.SESSION)),
        ({"evidence": UNREAD}, (Facet.EVIDENCE,)),
        ({"pull": None, "item": None, "evidence": UNREAD, "session": UNREAD}, (Facet.EVIDENCE,)),
        ({"background": UNREAD}, (Facet.BACKGROUND,)),
        ({"base": UNREAD}, (Facet.BASE,)),
    ],
)
def test_reads_only_what_it_needs(unread, asked):
    """A missing fact becomes a read of just that fact."""
    facts = a_snapshot(**unread)
    if "session" in unread:
        facts = replace(facts, state=UNREAD)

    assert decide(a_request(), facts, Policy()).step == Read(asked)


@pytest.mark.parametrize("policy", [Policy(mode=Mode.REPORT), Policy(dry_run=True)])
def test_looking_only_reports_what_would_have_been(policy):
    """`mode: report` and `dry-run` end as `reported` and name the step that they did not take."""
    decision = decide(a_request(), a_snapshot(), policy)

    assert _seen(decision.step) == _outcome(K.REPORTED)
    assert isinstance(decision.step, Finish)
    assert "a session would be started" in decision.step.outcome.reason


def test_looking_only_diagnoses_before_it_reports():
    """A skip does not spare the diagnosis: the logs are read even so."""
    facts = a_snapshot(pull=a_pull(labels=("no-coder-fix",)), evidence=UNREAD)

    assert decide(a_request(), facts, Policy(mode=Mode.REPORT)).step == Read((Facet.EVIDENCE,))


def test_looking_only_names_the_skip():
    """The reason for which nothing would have been started is told."""
    facts = a_snapshot(pull=a_pull(labels=("no-coder-fix",)))
    step = decide(a_request(), facts, Policy(mode=Mode.REPORT)).step

    assert isinstance(step, Finish)
    assert "would end as `opted-out`" in step.outcome.reason


def test_looking_only_needs_a_failure():
    """A green run has nothing to diagnose: it stays `skipped`."""
    facts = _facts(a_run(conclusion="success"))

    assert _seen(decide(a_request(), facts, Policy(dry_run=True)).step) == _outcome(
        SKIPPED, S.NOT_FAILED
    )


def test_looking_only_reads_facts_first():
    """Missing facts are read in these modes as in any other."""
    step = decide(a_request(), a_snapshot(run=UNREAD), Policy(dry_run=True)).step

    assert step == Read((Facet.RUN,))


@pytest.mark.parametrize("facet", Facet)
def test_what_nobody_has_read_is_asked_for(facet):
    """Each facet stands for one fact: it is asked for once, and not while it is known."""
    nothing = Case(a_request(), Snapshot(now=NOW), Policy())
    read = a_snapshot(diff=(), red_again=an_evidence(), silence=Silence("b"))

    with pytest.raises(NotReadYet) as asked:
        nothing.need(facet)
    assert asked.value.facets == (facet,)
    Case(a_request(), read, Policy()).need(*Facet)


def test_the_item_of_a_branch_is_its_failure():
    """Without a pull request the item is the branch with the first hash of its failure."""
    known = a_snapshot(pull=None, item=None)
    nameless = replace(known, evidence=an_evidence(fingerprint=()))

    assert [Case(a_request(), f, Policy()).item.name for f in (known, nameless)] == [
        "branch:feature:f1",
        "branch:feature",
    ]


def test_the_item_of_a_pull_request_is_its_number():
    """With one, the item is the pull request."""
    case = Case(a_request(), a_snapshot(item=None), Policy())

    assert case.item.name == "pr:7"


@pytest.mark.parametrize(
    ("facets", "kept"),
    [
        ((), {"session", "head", "diff", "checks", "red_again"}),
        ((Facet.SESSION,), {"head", "diff", "checks", "red_again"}),
        ((Facet.HEAD,), {"session"}),
        ((Facet.CHECKS,), {"session", "head", "diff"}),
    ],
)
def test_forget(facets: tuple[Facet, ...], kept: set[str]) -> None:
    """What is to be read anew goes, with what follows from it; all else stays."""
    whole = a_snapshot(session=None, head="abc", checks=(), red_again=an_evidence())
    left = whole.forget(facets)
    names = ("session", "head", "diff", "checks", "red_again")
    assert {name for name in names if getattr(left, name) is not UNREAD} == kept
    assert replace(left, **{name: getattr(whole, name) for name in names}) == whole


def test_what_is_known_of_a_fact():
    """For whoever does with what was read: nothing, whether nobody looked or nothing is there."""
    nothing, whole = Snapshot(now=NOW), a_pushed_fix()
    names = ("run", "pull", "ours", "evidence", "state", "session", "head")

    assert [getattr(nothing, f"known_{name}") for name in names] == [None] * len(names)
    assert all(getattr(whole, f"known_{name}") is getattr(whole, name) for name in names)
    assert (whole.red, whole.our_head) == (whole.run, FIX)


def test_jobs_that_nobody_waits_for_are_named():
    """All that still run but ours, and but those whose failure is known already."""
    other = a_job(id=14, status="queued", conclusion=None, steps=())
    jobs = (a_job(), _IN_STEP, _OURS, other)

    follow_up = RunFacts(a_run(status="in_progress"), jobs, by_jobs=True, own=13)
    step = RunFacts(a_run(status="in_progress"), jobs, by_jobs=True, own=12)

    assert [j.id for j in follow_up.failing] == [11]
    assert [j.id for j in follow_up.unfinished] == [12, 14]
    assert [j.id for j in step.failing] == [11, 12]
    assert [j.id for j in step.unfinished] == [13, 14]
