"""What a refusal of GitHub comes to: each is an end in the product's own words."""

from __future__ import annotations

from dataclasses import replace

from bot.decide.snapshot import Unread
from bot.diff_policy import Finding, is_flagged
from bot.errors import UpstreamError
from bot.model import Outcome, WorkflowRun
from bot.outcomes import ErrorKind, OutcomeKind, SkipReason, UnverifiedCause
from bot.ports import CodeHost


def pull_request(refused: UpstreamError) -> Outcome | None:
    """The outcome where opening was refused for good; None for plain trouble."""
    if refused.kind is ErrorKind.GITHUB_PERMISSION:
        return Outcome(
            OutcomeKind.UNVERIFIED,
            "The fix is pushed, but this token may not open a pull request.",
            cause=UnverifiedCause.PULL_REQUEST_FORBIDDEN,
        )
    if refused.status == 422 and "no commits" in refused.detail.raw.lower():
        return Outcome(OutcomeKind.NO_CHANGE, "The agent pushed a branch without commits.")
    return None


def in_doubt(outcome: Outcome, diff: tuple[Finding, ...] | Unread) -> Outcome:
    """The same end of a change that nobody checked, unless its diff is flagged."""
    if outcome.kind is not OutcomeKind.UNVERIFIED or isinstance(diff, Unread):
        return outcome
    return replace(outcome, kind=OutcomeKind.FLAGGED) if is_flagged(diff) else outcome


def or_rerun(github: CodeHost, run: WorkflowRun, reason: str) -> Outcome:
    """Rerun the failed jobs; where that is refused, say so with the permission that it needs."""
    try:
        github.rerun_failed_jobs(run)
    except UpstreamError as failure:
        needs = "; `flaky: rerun` needs `actions: write`" if failure.status == 403 else ""
        why = f"{reason} The failed jobs could not be rerun{needs}."
        return Outcome(OutcomeKind.SKIPPED, why, skip_reason=SkipReason.INFRASTRUCTURE)
    why = f"{reason} The failed jobs run once more; that run's own event carries on."
    return Outcome(OutcomeKind.SKIPPED, why, skip_reason=SkipReason.RERUNNING)
