"""`reconcile`: finds every open work item from GitHub and Coder alone and does its next step.

It looks at many items together first, and then does something for those that need it, all within a
budget of requests: half of what is left of it is for looking, the rest for doing. What does not fit
is carried over; each sweep begins elsewhere, so that none is always last.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.engine.lookout import TROUBLE, Lookout
from bot.engine.loop import Engine
from bot.engine.open_work import OpenWork, in_turn, open_work
from bot.engine.settle import Settler
from bot.engine.several import in_all
from bot.errors import OriginLostError
from bot.model import Outcome, Request
from bot.outcomes import OutcomeKind, SkipReason
from bot.policy import Policy
from bot.ports import CodeHost, Glance, Ports
from bot.report.facts import ReportFacts

BUDGET = 200
"""GitHub requests of one sweep; a workflow's token has 1,000 an hour."""

_ONE_STEP = 5
"""Another step begins while this part of the budget is left: one of forty requests fits."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """`engine` makes one for a request of a single item, over that reader of GitHub.

    `turn` is the number of this sweep, or another one that tells it from the one before.
    """

    request: Request
    policy: Policy
    ports: Ports
    engine: Callable[[Request, CodeHost], Engine]
    glance: Glance
    turn: int = 0
    budget: int = BUDGET

    def run(self) -> ReportFacts:
        """What the one open item came to, or the sweep with all its items."""
        settler = Settler(self.request, self.policy, self.ports, self.glance)
        settler.settle(self.ports.clock.now(), self.budget // 4)
        rest = in_turn(
            open_work(self.request.repository.id, self.policy.branch_prefix, self.ports), self.turn
        )
        told: list[ReportFacts] = []
        waiting: list[OpenWork] = []
        lookout = Lookout(self.request, self.policy, self.engine, self.glance)
        while rest and (not told or self._has_room):
            looked = lookout.look(rest, (self.ports.github.requests + self.budget) // 2)
            told, waiting, rest = told + looked.quiet, looked.to_do, looked.rest
            done = 0
            while done < len(waiting) and (not done or self._has_room):
                told.append(self._step(waiting[done]))
                done += 1
            waiting = waiting[done:]
        told += [_carried_over(work) for work in waiting]
        return in_all(told, left=len(waiting) + len(rest))

    @property
    def _has_room(self) -> bool:
        return self.ports.github.requests + self.budget // _ONE_STEP <= self.budget

    def _step(self, work: OpenWork) -> ReportFacts:
        asked = replace(self.request, item=work.item, generation=work.generation)
        engine = self.engine(asked, self.ports.github)
        try:
            return engine.report(engine.run())
        except OriginLostError as lost:
            return _without_origin(work, lost)
        except TROUBLE as failure:
            return ReportFacts(outcome=Outcome.of(failure), item=work.item.name)


def _without_origin(work: OpenWork, lost: OriginLostError) -> ReportFacts:
    """A branch that only bears a name like ours is nobody's work; a session is somebody's."""
    if work.since is None:
        handled = SkipReason.ALREADY_HANDLED
        outcome = Outcome(OutcomeKind.SKIPPED, lost.message, skip_reason=handled)
    else:
        outcome = Outcome(OutcomeKind.NEEDS_HUMAN, lost.message, remedy=lost.remedy)
    return ReportFacts(outcome=outcome, item=work.item.name)


def _carried_over(work: OpenWork) -> ReportFacts:
    """It was looked at, and there is something to do for it."""
    reason = "Its next step is left for the next sweep."
    return ReportFacts(outcome=Outcome(OutcomeKind.PENDING, reason), item=work.item.name)
