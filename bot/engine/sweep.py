"""`reconcile`: finds every open work item from GitHub and Coder alone and does its next step.

Oldest first, within a budget of requests. What is left is carried over: each sweep begins a little
further on, so that none is always last.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.engine.loop import Engine
from bot.engine.settle import Settler
from bot.errors import BotError
from bot.identity import item_hash, item_of_session, name_prefix, parse_branch
from bot.model import Item, Outcome, Request
from bot.outcomes import OutcomeKind, SkipReason
from bot.policy import Policy
from bot.ports import Ports
from bot.report.facts import ReportFacts, SweptItem

BUDGET = 200
"""GitHub requests of one sweep; a workflow's token has 1,000 an hour."""

_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OpenWork:
    """An item of ours that may need a step."""

    item: Item
    generation: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Sweep:
    """`engine` makes one for a request of a single item; `turn` tells sweeps apart."""

    request: Request
    policy: Policy
    ports: Ports
    engine: Callable[[Request], Engine]
    turn: int = 0

    def run(self) -> ReportFacts:
        """What the one open item came to, or the sweep with all its items."""
        Settler(self.request, self.policy, self.ports).settle(self.ports.clock.now())
        work, seen = self.open_work(), 0
        told: list[ReportFacts] = []
        for one in self._in_turn(work):
            if self.ports.github.requests >= BUDGET:
                break
            seen += 1
            told.append(self._step(one))
        open_items = [t for t in told if t.outcome.skip_reason is not SkipReason.ALREADY_HANDLED]
        left = len(work) - seen
        if len(open_items) == 1 and not left:
            return replace(open_items[0], items=(_swept(open_items[0]),))
        if not open_items and not left:
            nothing = SkipReason.NOTHING_TO_DO
            outcome = Outcome(
                OutcomeKind.SKIPPED, "No open work item was found.", skip_reason=nothing
            )
        else:
            more = f"; {left} are left for the next sweep" if left else ""
            outcome = Outcome(OutcomeKind.SWEPT, f"{len(open_items)} items were looked at{more}.")
        return ReportFacts(outcome=outcome, items=tuple(map(_swept, open_items)))

    def open_work(self) -> tuple[OpenWork, ...]:
        """From the sessions in Coder and the branches on GitHub, the oldest first."""
        found: dict[str, OpenWork] = {}
        repository = self.request.repository.id
        for session in self.ports.agent.list(name_prefix(repository)) if self.ports.agent else ():
            told = item_of_session(repository, session.name, session.target)
            if told is not None:
                _keep(found, OpenWork(*told, session.created_at or _BEGINNING))
        for name in self.ports.github.branches(self.policy.branch_prefix):
            own = parse_branch(name, self.policy.branch_prefix)
            if own is not None:
                item = Item(repository, own.kind, own.ref, digest=own.item)
                _keep(found, OpenWork(item, own.generation, _BEGINNING))
        return tuple(sorted(found.values(), key=lambda w: (w.since, w.item.digest)))

    def _in_turn(self, work: tuple[OpenWork, ...]) -> tuple[OpenWork, ...]:
        if not work:
            return ()
        begin = (self.turn * (BUDGET // 10)) % len(work)
        return work[begin:] + work[:begin]

    def _step(self, work: OpenWork) -> ReportFacts:
        engine = self.engine(replace(self.request, item=work.item, generation=work.generation))
        try:
            return engine.report(engine.run())
        except BotError as failure:
            kind = OutcomeKind.ERROR
            outcome = Outcome(kind, failure.message, error_kind=failure.kind)
            return ReportFacts(outcome=outcome, item=work.item.name)


def _swept(told: ReportFacts) -> SweptItem:
    """One line of the output `items`."""
    return SweptItem(
        outcome=replace(told.outcome, item=told.item),
        session_url=told.session.url if told.session else "",
        pull_request_url=told.pull_request.url if told.pull_request else "",
    )


def _keep(found: dict[str, OpenWork], work: OpenWork) -> None:
    """The newest generation of each item, with its oldest time."""
    key = item_hash(work.item)
    known = found.get(key)
    if known is None or known.generation < work.generation:
        found[key] = work
    elif known.since is _BEGINNING and known.generation == work.generation:
        found[key] = replace(known, since=work.since)
