"""How a run ended, with everything that a report may want to say."""

from __future__ import annotations

from dataclasses import dataclass

from bot.decide.snapshot import Snapshot
from bot.decide.steps import Finish, Step, Wait
from bot.errors import UpstreamError
from bot.model import Outcome, Session, TimelineEntry, Verdict
from bot.outcomes import ErrorKind, OutcomeKind, SkipReason, UnverifiedCause
from bot.untrusted import Untrusted


@dataclass(frozen=True, slots=True)
class Result:
    """What is known at the end of a run.

    `row` is the decision's name; `prompt` is filled for a dry run only; `opened` says that this
    run opened the pull request.
    """

    outcome: Outcome
    facts: Snapshot
    session: Session | None = None
    verdict: Verdict | None = None
    timeline: tuple[TimelineEntry, ...] = ()
    tail: tuple[Untrusted, ...] = ()
    duration: float = 0.0
    session_created: bool = False
    row: str = ""
    prompt: str = ""
    compare_url: str = ""
    opened: bool = False


def unopened(refused: UpstreamError) -> tuple[Outcome, str] | None:
    """What it means that our pull request was refused, and the row for it; None: just trouble."""
    if refused.kind is ErrorKind.GITHUB_PERMISSION:
        outcome = Outcome(
            OutcomeKind.UNVERIFIED,
            "The fix is pushed, but this token may not open a pull request.",
            cause=UnverifiedCause.PULL_REQUEST_FORBIDDEN,
        )
        return outcome, "pull-request-forbidden"
    if refused.status == 422 and "no commits" in refused.detail.lower():
        sentence = "The agent pushed a branch without commits."
        return Outcome(OutcomeKind.NO_CHANGE, sentence), "no-commits"
    return None


def at_rest(step: Step) -> Outcome | None:
    """What a step comes to that leaves the world as it is; None for every other one."""
    if isinstance(step, Wait):
        return Outcome(OutcomeKind.PENDING, step.reason)
    if isinstance(step, Finish) and step.outcome.skip_reason is SkipReason.ALREADY_HANDLED:
        return step.outcome
    return None
