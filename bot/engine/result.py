"""How a run ended, with everything that a report may want to say."""

from __future__ import annotations

from dataclasses import dataclass

from bot.decide.snapshot import Snapshot
from bot.decide.steps import Finish, Step, Wait
from bot.model import Outcome, Session, TimelineEntry, Verdict
from bot.outcomes import OutcomeKind, SkipReason
from bot.untrusted import Untrusted


@dataclass(frozen=True, slots=True)
class Result:
    """What is known at the end of a run.

    `prompt` is filled for a dry run only; `opened` says that this run opened the pull request;
    `would_start` that only the mode kept it from starting a session.
    """

    outcome: Outcome
    facts: Snapshot
    session: Session | None = None
    verdict: Verdict | None = None
    timeline: tuple[TimelineEntry, ...] = ()
    tail: tuple[Untrusted, ...] = ()
    duration: float = 0.0
    session_created: bool = False
    prompt: str = ""
    compare_url: str = ""
    opened: bool = False
    would_start: bool = False


def at_rest(step: Step) -> Outcome | None:
    """What a step comes to that leaves the world as it is; None for every other one."""
    if isinstance(step, Wait):
        return Outcome(OutcomeKind.PENDING, step.reason)
    if isinstance(step, Finish) and step.outcome.skip_reason is SkipReason.ALREADY_HANDLED:
        return step.outcome
    return None
