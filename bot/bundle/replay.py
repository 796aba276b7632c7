"""Deciding again from what was recorded, and telling whether it comes to the same. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.bundle.bundle import Answer, Bundle, Decided, Raised, Record, Ruled
from bot.decide import Decision, decide
from bot.decide.commands import Admission, Following, Ruling
from bot.decide.snapshot import Snapshot
from bot.decide.steps import Finish, Read, Step
from bot.errors import BotError
from bot.model import Request
from bot.policy import Policy
from bot.untrusted import Untrusted


class Mark(StrEnum):
    """How a decision made again compares with the one of the run."""

    SAME = "✓"
    REWORDED = "≈"
    """The same row and step, told in other words."""

    HIDDEN = "~"
    """What was redacted had a part in it, so the bundle cannot vouch for it."""

    DIFFERS = "✗"


VOUCHED = frozenset({Mark.SAME, Mark.REWORDED})


@dataclass(frozen=True, slots=True)
class Again:
    """A decision of the run, and what the same facts come to now."""

    decided: Decided
    now: Answer
    mark: Mark


@dataclass(frozen=True, slots=True)
class RuledAgain:
    """What the run made of a comment, or of one of its commands, and what it comes to now."""

    ruled: Ruled
    now: Ruling
    mark: Mark


def ruled_again(ruled: Ruled) -> RuledAgain:
    """The same once more."""
    then, now = ruled.ruling, _ruling(ruled.ruling)
    if not ruled.certain:
        return RuledAgain(ruled, now, Mark.HIDDEN)
    if _end(now) != _end(then):
        return RuledAgain(ruled, now, Mark.DIFFERS)
    return RuledAgain(ruled, now, Mark.SAME if now == then else Mark.REWORDED)


def again(record: Record) -> Iterator[Again]:
    """Each decision of the record, made once more."""
    for decided in record.decisions:
        now = answer(record.request, decided.facts, record.policy)
        yield Again(decided, now, _mark(decided, now))


def vouches(bundle: Bundle) -> bool:
    """Whether every decision comes to the same."""
    decided = (one.mark for record in bundle.records for one in again(record))
    ruled = (ruled_again(one).mark for one in bundle.rulings)
    return all(mark in VOUCHED for mark in (*ruled, *decided))


def answer(request: Request, facts: Snapshot, policy: Policy) -> Answer:
    """What `decide` says, or raises: facts of a file may be such as no server ever gave."""
    try:
        return decide(request, facts, policy)
    except Exception as failure:  # noqa: BLE001 - which one it is, is the answer
        return raised(failure)


def raised(failure: Exception) -> Raised:
    """A message of ours as it is; what other exceptions say may hold anything."""
    return Raised(type(failure).__name__, Untrusted(str(failure) if _is_ours(failure) else ""))


def is_same_step(one: Answer, other: Answer) -> bool:
    """The same row and the same step, whatever the words."""
    return _bare(one) == _bare(other)


def checked(record: Record) -> Record:
    """With a note at each decision to which its own facts do not come any more."""
    return replace(
        record,
        decisions=tuple(
            one.decided if one.mark in VOUCHED else replace(one.decided, hidden=one.now)
            for one in again(record)
        ),
    )


def vouched(ruled: Ruled) -> Ruled:
    """With a note where it does not come to the same any more."""
    return ruled if ruled_again(ruled).mark in VOUCHED else replace(ruled, certain=False)


def _ruling(then: Ruling) -> Ruling:
    if isinstance(then, Admission):
        return Admission.of(then.ref, then.now, then.policy)
    return Following.of(then.command, then.state, then.session, started=then.started)


def _end(ruling: Ruling) -> object:
    """Without the words."""
    if isinstance(ruling, Following):
        return ruling.response
    return ruling.refused and (ruling.refused.kind, ruling.refused.skip_reason)


def _mark(decided: Decided, now: Answer) -> Mark:
    expected = decided.hidden or decided.answer
    if not is_same_step(now, expected):
        return Mark.DIFFERS
    if decided.hidden is not None:
        return Mark.HIDDEN
    return Mark.SAME if now == expected else Mark.REWORDED


def _is_ours(failure: Exception) -> bool:
    return isinstance(failure, BotError)


def _bare(one: Answer) -> Answer:
    if isinstance(one, Raised):
        return replace(one, message=Untrusted(""))
    would = one.would and _without_words(one.would)
    return Decision(_without_words(one.step), one.row, would)


def _without_words(step: Step) -> Step:
    if isinstance(step, Finish):
        return replace(step, outcome=replace(step.outcome, reason="", remedy=""))
    return step if isinstance(step, Read) else replace(step, reason="")
