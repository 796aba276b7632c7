"""What a refusal of GitHub comes to: each is an end in the product's own words. Pure."""

from __future__ import annotations

from bot.errors import UpstreamError
from bot.model import Outcome
from bot.outcomes import ErrorKind, OutcomeKind, SkipReason, UnverifiedCause


def pull_request(refused: UpstreamError) -> tuple[Outcome, str] | None:
    """The outcome and its row where opening was refused for good; None for plain trouble."""
    if refused.kind is ErrorKind.GITHUB_PERMISSION:
        outcome = Outcome(
            OutcomeKind.UNVERIFIED,
            "The fix is pushed, but this token may not open a pull request.",
            cause=UnverifiedCause.PULL_REQUEST_FORBIDDEN,
        )
        return outcome, "pull-request-forbidden"
    if refused.status == 422 and "no commits" in refused.detail.lower():
        outcome = Outcome(OutcomeKind.NO_CHANGE, "The agent pushed a branch without commits.")
        return outcome, "no-commits"
    return None


def rerun(reason: str, refused: UpstreamError | None) -> Outcome:
    """Rerun as asked, or not, with the permission that it needs."""
    if refused is None:
        why = f"{reason} The failed jobs run once more; that run's own event carries on."
        return Outcome(OutcomeKind.SKIPPED, why, skip_reason=SkipReason.RERUNNING)
    needs = "; `flaky: rerun` needs `actions: write`" if refused.status == 403 else ""
    why = f"{reason} The failed jobs could not be rerun{needs}."
    return Outcome(OutcomeKind.SKIPPED, why, skip_reason=SkipReason.INFRASTRUCTURE)
