"""What a bundle holds, as values. Times are aware, `at` is seconds since the recording began."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.decide import Decision
from bot.decide.commands import Ruling
from bot.decide.snapshot import Snapshot
from bot.model import Outcome, Request, TimelineEntry
from bot.policy import Policy
from bot.untrusted import Untrusted


@dataclass(frozen=True, slots=True)
class Raised:
    """That no decision could be made: the exception's name, and what it says."""

    error: str
    message: Untrusted


Answer = Decision | Raised


@dataclass(frozen=True, slots=True)
class Decided:
    """One call of `decide`: its facts, and what came of them.

    `glance`: on facts that may be a little old. `hidden` is what the facts as written come to where
    that is another step, because what was redacted had a part in the decision.
    """

    at: float
    facts: Snapshot
    answer: Answer
    glance: bool = False
    hidden: Answer | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """The decisions about one request, in order; `left_out` of them, in the middle, for size."""

    request: Request
    policy: Policy
    decisions: tuple[Decided, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Ruled:
    """What was made of a comment. `certain` is false where what was redacted had a part in it."""

    at: float
    ruling: Ruling
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """One prompt for the session of that name, as sent, or in a dry run as it would have been.

    It came after `after` decisions of the record number `record`, which is counted from 0.
    """

    at: float
    record: int
    after: int
    session: str
    text: Untrusted
    sent: bool = True


@dataclass(frozen=True, slots=True)
class EventPart:
    """One thing that a trigger reads of the event, such as `workflow_run.id`."""

    path: str
    value: Untrusted


@dataclass(frozen=True, slots=True)
class Bundle:
    """A run of coder-fix `version`, as it can be told again; `items` are the ends of several."""

    version: str
    written: datetime
    event: str
    parts: tuple[EventPart, ...]
    records: tuple[Record, ...]
    told: tuple[Told, ...]
    timeline: tuple[TimelineEntry, ...]
    outcome: Outcome
    items: tuple[Outcome, ...] = ()
    duration: float = 0.0
    rulings: tuple[Ruled, ...] = ()
