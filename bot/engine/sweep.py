"""`reconcile`: finds every open work item from GitHub and Coder alone and does its next step.

Oldest first, within a budget of requests. What is left is carried over: each sweep begins a little
further on, so that none is always last.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.decide import memory
from bot.engine.loop import Engine
from bot.engine.result import Result
from bot.errors import BotError
from bot.identity import item_hash, item_of_session, name_prefix, parse_branch
from bot.model import Item, Outcome, PullRequest, Request, RunRef, TargetKind
from bot.outcomes import OutcomeKind, SkipReason
from bot.policy import Policy
from bot.ports import Ports
from bot.report.facts import SweptItem

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

    def run(self) -> tuple[Outcome, tuple[SweptItem, ...]]:
        """The outcome of the one item, or of the sweep with all its items."""
        self._close_issues()
        work = self.open_work()
        items: list[SweptItem] = []
        for one in self._in_turn(work):
            if self.ports.github.requests >= BUDGET:
                break
            items.append(self._step(one))
        left = len(work) - len(items)
        if not items:
            nothing = SkipReason.NOTHING_TO_DO
            outcome = Outcome(
                OutcomeKind.SKIPPED, "No open work item was found.", skip_reason=nothing
            )
        elif len(items) == 1 and not left:
            outcome = items[0].outcome
        else:
            more = f"; {left} are left for the next sweep" if left else ""
            outcome = Outcome(OutcomeKind.SWEPT, f"{len(items)} items were looked at{more}.")
        return outcome, tuple(items)

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

    def _close_issues(self) -> None:
        """An issue about a red branch is over when the branch is green again."""
        for issue in self.ports.github.our_issues():
            told = memory.read_any(issue.body.raw)
            kind, _, rest = told.item.partition(":") if told else ("", "", "")
            branch = rest.rpartition(":")[0] or rest
            if told is None or kind != TargetKind.BRANCH.value or not told.run_id:
                continue
            workflow = self.ports.github.run(RunRef(told.run_id)).workflow_id
            runs = self.ports.github.runs(branch=branch, status="completed")
            newest = next((run for run in runs if run.workflow_id == workflow), None)
            if newest is not None and newest.conclusion == "success":
                body = f"✅ Green again in run {newest.id}.\n\n{issue.body.raw}"
                self.ports.github.close_issue(issue.number, body)

    def _in_turn(self, work: tuple[OpenWork, ...]) -> tuple[OpenWork, ...]:
        if not work:
            return ()
        begin = (self.turn * (BUDGET // 10)) % len(work)
        return work[begin:] + work[:begin]

    def _step(self, work: OpenWork) -> SweptItem:
        request = replace(self.request, item=work.item, generation=work.generation)
        try:
            result: Result = self.engine(request).run()
        except BotError as failure:
            kind, name = OutcomeKind.ERROR, work.item.name
            return SweptItem(Outcome(kind, failure.message, error_kind=failure.kind, item=name))
        ours = result.facts.ours
        return SweptItem(
            outcome=replace(result.outcome, item=work.item.name),
            session_url=result.session.url if result.session else "",
            pull_request_url=ours.url if isinstance(ours, PullRequest) else "",
        )


def _keep(found: dict[str, OpenWork], work: OpenWork) -> None:
    """The newest generation of each item, with its oldest time."""
    key = item_hash(work.item)
    known = found.get(key)
    if known is None or known.generation < work.generation:
        found[key] = work
    elif known.since is _BEGINNING and known.generation == work.generation:
        found[key] = replace(known, since=work.since)
