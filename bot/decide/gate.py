"""Judgement before spending: the rows that end a request before an agent is started. Pure.

Their order is the order in which they cost: what the event tells, then one read, then the logs.
"""

from __future__ import annotations

from bot.decide.case import Case
from bot.decide.row import About, Row, skipped
from bot.decide.snapshot import Facet
from bot.decide.steps import Finish, Step
from bot.errors import ConfigurationError
from bot.identity import parse_branch
from bot.model import Outcome
from bot.outcomes import OutcomeKind, SkipReason

SKIP_WORD = "[skip coder-fix]"


def _own_run(case: Case) -> Step | None:
    request, run = case.request, case.red.run
    if request.vantage.inside:
        return None  # a job of the failing run asks: what failed are others, or its own steps
    same_run = request.own_run is not None and request.own_run.id == run.id
    same_workflow = bool(request.own_workflow) and run.path == request.own_workflow
    if not same_run and not same_workflow:
        return None
    return skipped(
        SkipReason.OWN_RUN, f"Run {run.id} belongs to the workflow in which coder-fix runs."
    )


def _not_finished(case: Case) -> Step | None:
    facts = case.red
    run = facts.run
    if run.status == "completed" or facts.by_jobs:
        return None
    raise ConfigurationError(
        f"`run-id` {run.id} is not finished (status {run.status}).",
        remedy="Give the id of a completed run, or wait for this one.",
    )


def _not_failed(case: Case) -> Step | None:
    facts = case.red
    if facts.is_red:
        return None
    if facts.run.conclusion is None and facts.by_jobs:
        return skipped(SkipReason.NOT_FAILED, f"No job of run {facts.run.id} has failed so far.")
    if facts.run.conclusion == "success" and facts.run.attempt > 1:
        return skipped(SkipReason.FLAKY, f"The same commit passed in attempt {facts.run.attempt}.")
    return skipped(
        SkipReason.NOT_FAILED, f"Run {facts.run.id} concluded {facts.run.conclusion or 'nothing'}."
    )


def _our_branch(case: Case) -> Step | None:
    run = case.red.run
    if parse_branch(run.head_branch, case.policy.branch_prefix) is None:
        return None
    return skipped(
        SkipReason.ALREADY_HANDLED,
        "The run is on a branch of ours; the work item to which it belongs looks after it.",
    )


def _fork(case: Case) -> Step | None:
    run = case.red.run
    if run.head_repository == case.request.repository.full_name or case.request.commanded:
        return None
    case.need(Facet.PULL, Facet.EVIDENCE)
    return Finish(
        Outcome(
            OutcomeKind.REPORTED,
            "The head is in a fork: an automatic trigger only reports. "
            "Someone with write access can look at the evidence and act.",
            skip_reason=SkipReason.FORK,
        )
    )


def _opted_out(case: Case) -> Step | None:
    if case.request.commanded:
        return None
    run = case.red.run
    pull = case.pull
    where = ""
    if SKIP_WORD in run.head_message.raw:
        where = "The head commit's message"
    elif pull is not None and SKIP_WORD in pull.title.raw + "\n" + pull.body.raw:
        where = "The pull request"
    if where:
        return skipped(SkipReason.OPTED_OUT, f"{where} says `{SKIP_WORD}`.")
    if pull is not None and case.policy.opt_out_label in pull.labels:
        return skipped(
            SkipReason.OPTED_OUT, f"The pull request has the label `{case.policy.opt_out_label}`."
        )
    return None


def _held(case: Case) -> Step | None:
    if case.request.commanded or case.state is None or not case.state.held:
        return None
    return skipped(
        SkipReason.STOPPED, "`/coder stop` holds here until somebody writes `/coder fix`."
    )


def _issue_closed(case: Case) -> Step | None:
    if not case.assigned.closed:
        return None
    case.need(Facet.SESSION)  # which is ended then
    gone = "was deleted" if case.assigned.deleted else "is closed"
    return skipped(SkipReason.SUPERSEDED, f"Issue #{case.item.ref} {gone}.")


def _issue_edited(case: Case) -> Step | None:
    """Whoever may not command must not decide by an edit what a command is about."""
    if not case.assigned.edited or not case.assigned.asked or case.session is not None:
        return None
    return Finish(
        Outcome(
            OutcomeKind.SKIPPED,
            f"Issue #{case.item.ref} was edited after the command was written; "
            "read it, and write the command again.",
            skip_reason=SkipReason.SUPERSEDED,
            remedy="Read the issue, and write the command again.",
        )
    )


def _nobody_asks(case: Case) -> Step | None:
    if case.assigned.asked or case.session is not None:
        return None
    return skipped(
        SkipReason.ALREADY_HANDLED,
        "Nothing is under way for this branch, and its name alone asks for nothing.",
    )


def _ended_before(case: Case) -> Step | None:
    state = case.state
    if state is None or state.final is None or case.request.commanded:
        return None
    if case.facts.begin_sha not in state.heads:
        return None
    return skipped(
        SkipReason.ALREADY_HANDLED,
        f"This commit was handled before; it ended as `{state.final.value}`.",
    )


ROWS = (
    Row(
        "own-run",
        "the run is of our own workflow, seen from another run",
        "skipped / own-run",
        _own_run,
        About.RUN,
    ),
    Row(
        "not-finished",
        "the run is not finished, and is neither our own nor worked on",
        "error / configuration",
        _not_finished,
        About.RUN,
    ),
    Row(
        "not-failed",
        "the run did not fail, or a rerun of it passed",
        "skipped / not-failed or flaky",
        _not_failed,
        About.RUN,
    ),
    Row(
        "our-branch",
        "the run is on a branch of ours",
        "skipped / already-handled",
        _our_branch,
        About.RUN,
    ),
    Row("fork", "the head is in a fork", "reported / fork", _fork, About.RUN),
    Row("opted-out", "label or `[skip coder-fix]`", "skipped / opted-out", _opted_out, About.RUN),
    Row("held", "`/coder stop` was the last word", "skipped / stopped", _held),
    Row(
        "issue-closed",
        "the issue is closed, or was deleted",
        "skipped / superseded",
        _issue_closed,
        About.ASSIGNMENT,
    ),
    Row(
        "issue-edited",
        "the issue was edited after the command, and there is no session",
        "skipped / superseded",
        _issue_edited,
        About.ASSIGNMENT,
    ),
    Row(
        "ended-before",
        "this commit's item has ended",
        "skipped / already-handled",
        _ended_before,
    ),
    Row(
        "nobody-asks",
        "known by the name of a branch or session only, and no session of ours is there",
        "skipped / already-handled",
        _nobody_asks,
        About.ASSIGNMENT,
    ),
)
