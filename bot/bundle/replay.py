"""Deciding again from what was recorded, and telling whether it comes to the same. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.bundle.bundle import Answer, Bundle, Decided, Heard, Raised, Record, Weighed
from bot.decide import Decision, commands, decide
from bot.decide.commands import Response
from bot.decide.snapshot import Snapshot
from bot.decide.steps import Finish, Read, Step
from bot.errors import BotError
from bot.model import Outcome, Request
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
class HeardAgain:
    """What the run made of a comment, or of one of its commands, and what it comes to now."""

    heard: Heard
    now: Response | Outcome | None
    mark: Mark


def heard_again(heard: Heard) -> HeardAgain:
    """The same once more."""
    now = _heard_now(heard)
    then = heard.refused if isinstance(heard, Weighed) else heard.response
    if not heard.certain:
        return HeardAgain(heard, now, Mark.HIDDEN)
    if _why(now) != _why(then):
        return HeardAgain(heard, now, Mark.DIFFERS)
    return HeardAgain(heard, now, Mark.SAME if now == then else Mark.REWORDED)


def again(record: Record) -> Iterator[Again]:
    """Each decision of the record, made once more."""
    for decided in record.decisions:
        now = answer(record.request, decided.facts, record.policy)
        yield Again(decided, now, _mark(decided, now))


def vouches(bundle: Bundle) -> bool:
    """Whether every decision comes to the same."""
    decided = (one.mark for record in bundle.records for one in again(record))
    heard = (heard_again(one).mark for one in bundle.heard)
    return all(mark in VOUCHED for mark in (*heard, *decided))


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


def vouched(heard: Heard) -> Heard:
    """With a note where what it holds does not come to the same any more."""
    return heard if heard_again(heard).mark in VOUCHED else replace(heard, certain=False)


def _heard_now(heard: Heard) -> Response | Outcome | None:
    if isinstance(heard, Weighed):
        return commands.refusal(heard.ref, heard.now, heard.policy)
    return commands.respond(heard.command, heard.state, heard.session, started=heard.started)


def _why(answer: Response | Outcome | None) -> object:
    """Without the words."""
    return (answer.kind, answer.skip_reason) if isinstance(answer, Outcome) else answer


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
