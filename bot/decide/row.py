"""One row of the decision table, and how rows end things in words. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.decide.case import Case
from bot.decide.steps import Finish, Step
from bot.model import Outcome
from bot.outcomes import ErrorKind, OutcomeKind, SkipReason


class About(StrEnum):
    """What must have begun the work for a row to be looked at."""

    ANY = ""
    RUN = "a red run"
    ASSIGNMENT = "an assignment"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the decision table, in words and in code."""

    name: str
    when: str
    then: str
    rule: Callable[[Case], Step | None]
    about: About = About.ANY

    def decide(self, case: Case) -> Step | None:
        """What the row says of the case, where it has a say."""
        if self.about is About.ANY or (self.about is About.RUN) == case.began_red:
            return self.rule(case)
        return None


def in_words(seconds: float) -> str:
    """`45 seconds`, `30 minutes`."""
    return f"{round(seconds)} seconds" if seconds < 120 else f"{round(seconds / 60)} minutes"


def skipped(reason: SkipReason, sentence: str) -> Finish:
    """End without having started anything."""
    return Finish(Outcome(OutcomeKind.SKIPPED, sentence, skip_reason=reason))


def ended(kind: OutcomeKind, sentence: str, *, error_kind: ErrorKind | None = None) -> Finish:
    """End with that word."""
    return Finish(Outcome(kind, sentence, error_kind=error_kind))
