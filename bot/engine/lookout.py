"""Looking at many items in a few requests, to tell those that wait from those to do something for.

What is seen may be a little old, so nothing is done about it here: an item for which there is
something to do is read anew by whoever does it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.decide.snapshot import ItemState
from bot.engine.loop import Engine
from bot.engine.open_work import OpenWork
from bot.errors import ConfigurationError, UpstreamError
from bot.identity import branch_name
from bot.model import Request, TargetKind
from bot.policy import Policy
from bot.ports import CodeHost, Glance
from bot.report.facts import ReportFacts

TROUBLE = (UpstreamError, ConfigurationError)
"""What may be wrong with one item, or with one request; a cancelled sweep is neither."""

AT_ONCE = 50
"""Items of one request."""

_SKEW = timedelta(minutes=10)
"""By which the clocks of Coder and GitHub may differ."""


@dataclass(slots=True)
class Looked:
    """What became of the items: those that wait, those with a step to take, those not reached."""

    quiet: list[ReportFacts] = field(default_factory=list)
    to_do: list[OpenWork] = field(default_factory=list)
    rest: list[OpenWork] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Lookout:
    """`engine` makes one for a request of a single item, over that reader of GitHub."""

    request: Request
    policy: Policy
    engine: Callable[[Request, CodeHost], Engine]
    glance: Glance

    def look(self, work: Sequence[OpenWork], until: int) -> Looked:
        """As many as fit until that many requests were sent; one request's worth at least.

        Fewer only where they must be read one by one.

        Where GitHub does not let us look at many, each is one to do something for.
        """
        looked = Looked(rest=list(work))
        while looked.rest and (not (looked.quiet or looked.to_do) or self.glance.requests < until):
            some, looked.rest = looked.rest[:AT_ONCE], looked.rest[AT_ONCE:]
            try:
                known = self._prepared(some)
            except TROUBLE:
                looked.to_do += [*some, *looked.rest]
                looked.rest = []
                break
            enough = max(until, self.glance.requests)
            for place, (one, engine) in enumerate(zip(some, known, strict=True)):
                if self.glance.requests > enough:  # they had to be read one by one
                    looked.rest = some[place:] + looked.rest
                    break
                told = self._glance_of(engine) if engine is not None else None
                if told is None:
                    looked.to_do.append(one)
                else:
                    looked.quiet.append(told)
        return looked

    def _prepared(self, some: Sequence[OpenWork]) -> list[Engine | None]:
        """An engine for each that is remembered, over what was read of all of them together."""
        pulls = [w.item.thread for w in some if _is_pull(w)]
        self.glance.look(pulls, [name for work in some for name in self._branches(work)])
        engines = [self.engine(self._request(work), self.glance) for work in some]
        states = [self._state(e, w) for e, w in zip(engines, some, strict=True)]
        times = [w.since for w in some if w.since is not None]
        runs = {s.run_id: s.evidence_sha for s in states if s is not None and s.run_id}
        self.glance.look_at_runs(runs, max(times) + _SKEW if len(times) == len(some) else None)
        return [
            engine if state is not None and (state.run_id or one.item.is_assigned) else None
            for engine, state, one in zip(engines, states, some, strict=True)
        ]

    def _request(self, work: OpenWork) -> Request:
        return replace(self.request, item=work.item, generation=work.generation)

    def _branches(self, work: OpenWork) -> list[str]:
        """Ours of each generation, for their pull requests remember; the failing one."""
        item, prefix = work.item, self.policy.branch_prefix
        if _is_pull(work):
            return [branch_name(item, work.generation, prefix)]
        ours = [branch_name(item, n, prefix) for n in range(1, work.generation + 2)]
        return [*ours, self.request.repository.default_branch if item.is_assigned else item.ref]

    @staticmethod
    def _state(engine: Engine, work: OpenWork) -> ItemState | None:
        try:
            return engine.memory(work.item)
        except TROUBLE:
            return None

    @staticmethod
    def _glance_of(engine: Engine) -> ReportFacts | None:
        """None for trouble too: whoever does something for the item meets it again."""
        try:
            result = engine.glance()
        except TROUBLE:
            return None
        return engine.report(result) if result is not None else None


def _is_pull(work: OpenWork) -> bool:
    return work.item.kind is TargetKind.PULL_REQUEST and work.item.ref.isdigit()
