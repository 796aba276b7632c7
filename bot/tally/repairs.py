"""Traces → repairs. A repair is one generation of a work item, from its session to its end.

Its traces are the hidden record in a comment, pull request or issue that we wrote, and the pull
request from a branch of ours. Nothing else is believed: not a record that somebody else wrote, nor
one with another item's marker, nor a branch name in a fork.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bot.decide import memory
from bot.decide.snapshot import ItemState
from bot.identity import item_hash, parse_branch
from bot.model import Item, PullRequest, TargetKind
from bot.outcomes import OutcomeKind, SkipReason
from bot.tally.traces import History, Text, Thread
from bot.tally.window import Window

_SHA = re.compile(r"[0-9a-f]{40}")
_DIGEST = slice(len("coder-fix:"), None)


class Place(StrEnum):
    """Where the change stands: in a pull request of ours, or pushed to the failing branch."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Repair:
    """One generation. `outcome` is None where no record can be read.

    `thread` is the number of the pull request or issue that holds the record, else that of our
    pull request; `pull` the one with the change, 0 without one. `attempts` are turns of the agent,
    0 where unknown. `sha` is the verified commit of a fixed one; `seconds` how long that took.
    """

    repository: str
    item: str
    generation: int
    started: datetime
    outcome: OutcomeKind | None
    thread: int
    skip_reason: SkipReason | None = None
    attempts: int = 0
    sha: str = ""
    pull: int = 0
    is_own_pull: bool = False
    place: Place = Place.NONE
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """What one repository came to. `strangers` counts the records that others wrote, by author."""

    repairs: tuple[Repair, ...]
    diagnosed: int = 0
    held: int = 0
    overwritten: int = 0
    unreadable: int = 0
    unclaimed: int = 0
    strangers: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Traces:
    """What is known of one generation so far."""

    state: ItemState | None = None
    thread: Thread | None = None
    written: datetime | None = None
    pull: PullRequest | None = None

    def add(self, state: ItemState, thread: Thread, written: datetime) -> None:
        """The record that went further counts; of equal ones that of the oldest thread."""
        known, at = self.state, self.thread
        if known is None or at is None or memory.newer(known, state) is not known:
            self.state, self.thread = state, thread
        elif thread.number < at.number and memory.newer(state, known) is state:
            self.thread = thread
        self.written = min(written, self.written or written)


def repairs(history: History, branch_prefix: str, when: Window) -> Findings:
    """The repairs that began in the window, oldest first."""
    reading = _Reading(history, branch_prefix, when)
    for thread in history.threads:
        reading.take(thread)
    return reading.findings()


def timed(found: Iterable[Repair], ended: Mapping[str, datetime]) -> tuple[Repair, ...]:
    """With the seconds from the start to the end of the last check of the verified commit."""
    return tuple(
        replace(one, seconds=(ended[one.sha] - one.started).total_seconds())
        if one.sha in ended and ended[one.sha] >= one.started
        else one
        for one in found
    )


class _Reading:
    """Gathers the traces of one repository."""

    def __init__(self, history: History, branch_prefix: str, when: Window) -> None:
        self._history, self._prefix, self._when = history, branch_prefix, when
        self._traces: dict[tuple[str, int], _Traces] = {}
        self._authored: set[tuple[str, int]] = set()
        self._diagnosed = self._held = self._unreadable = 0
        self._strangers: Counter[str] = Counter()

    def take(self, thread: Thread) -> None:
        """Every trace in one thread."""
        own = self._own_pull(thread)
        items = set[str]() if own is None else {own[0]}
        kind = TargetKind.PULL_REQUEST if thread.pull else TargetKind.ISSUE
        items.add(item_hash(Item(self._history.repository_id, kind, str(thread.number))))
        for text in (thread.opening, *thread.comments):
            # An issue that we opened is about an item that has no thread of its own.
            anyones = text is thread.opening and thread.pull is None
            self._read(text, thread, None if anyones and text.is_ours else items)

    def _own_pull(self, thread: Thread) -> tuple[str, int] | None:
        pull = thread.pull
        if pull is None or pull.head_repository != self._history.repository:
            return None
        own = parse_branch(pull.head_ref, self._prefix)
        if own is None:
            return None
        key = own.item, own.generation
        self._traces.setdefault(key, _Traces()).pull = pull
        if thread.opening.is_ours:
            self._authored.add(key)
        return key

    def _read(self, text: Text, thread: Thread, items: set[str] | None) -> None:
        for mark, state in memory.every(text.body.raw):
            item = mark[_DIGEST]
            if items is not None and item not in items:
                continue
            if not text.is_ours:
                self._strangers[text.author] += self._when.holds(text.at)
            elif state is None:
                self._unreadable += self._when.holds(text.at)
            elif _has_begun(state):
                traces = self._traces.setdefault((item, state.generation), _Traces())
                traces.add(state, thread, text.at)
            elif state.held:
                self._held += self._when.holds(text.at)
            else:
                self._diagnosed += self._when.holds(text.at)

    def findings(self) -> Findings:
        """What all of it came to."""
        known = {item for (item, _), traces in self._traces.items() if traces.state}
        claimed = {
            key: traces
            for key, traces in self._traces.items()
            if traces.state or key in self._authored or key[0] in known
        }
        found = sorted(self._repairs(claimed), key=lambda r: (r.started, r.item, r.generation))
        inside = [one for one in found if self._when.holds(one.started)]
        generations = {(one.item, one.generation) for one in found}
        return Findings(
            tuple(inside),
            diagnosed=self._diagnosed,
            held=self._held,
            overwritten=sum(
                one.generation > 1 and (one.item, one.generation - 1) not in generations
                for one in inside
            ),
            unreadable=self._unreadable,
            unclaimed=sum(
                self._when.holds(traces.pull.created_at)
                for key, traces in self._traces.items()
                if key not in claimed and traces.pull and traces.pull.created_at
            ),
            strangers={name: count for name, count in self._strangers.items() if count},
        )

    def _repairs(self, claimed: Mapping[tuple[str, int], _Traces]) -> Iterator[Repair]:
        for (item, generation), traces in claimed.items():
            started = _started(traces, generation)
            if started is not None:
                yield self._repair(item, generation, started, traces)

    def _repair(self, item: str, generation: int, started: datetime, traces: _Traces) -> Repair:
        state, thread, own = traces.state, traces.thread, traces.pull
        outcome = None if state is None else state.final or OutcomeKind.PENDING
        is_verified = state is not None and _SHA.fullmatch(state.head) is not None
        if outcome is OutcomeKind.FIXED and not is_verified:
            outcome = None  # it does not say at which commit
        # Without a pull request of ours a fix was pushed to the failing one.
        in_place = thread.pull if thread and outcome is OutcomeKind.FIXED else None
        change = own or in_place
        return Repair(
            repository=self._history.repository,
            item=item,
            generation=generation,
            started=started,
            outcome=outcome,
            thread=thread.number if thread else change.number if change else 0,
            skip_reason=state.skip_reason if state else None,
            attempts=len(state.attempts) + 1 if state else 0,
            sha=state.head if state and outcome is OutcomeKind.FIXED else "",
            pull=change.number if change else 0,
            is_own_pull=own is not None,
            place=_place(change),
        )


def _has_begun(state: ItemState) -> bool:
    """A diagnosis alone, and a stop before any start, leave a record with nothing of this in it."""
    return bool(state.session_id or state.final or state.attempts or state.head or state.dispatched)


def _started(traces: _Traces, generation: int) -> datetime | None:
    """What the record says; else the earliest trace that this generation can have left."""
    state = traces.state
    if state is not None and state.began is not None:
        return state.began
    if state is not None and state.turn_started is not None and not state.attempts:
        return state.turn_started
    opened = traces.pull.created_at if traces.pull else None
    # A comment is written when the first generation begins, and edited by the others.
    written = traces.written if generation == 1 else None
    earliest = min((at for at in (opened, written) if at), default=None)
    return earliest or (state.turn_started if state else None) or traces.written


def _place(pull: PullRequest | None) -> Place:
    if pull is None:
        return Place.NONE
    if pull.merged:
        return Place.MERGED
    return Place.OPEN if pull.state == "open" else Place.CLOSED
