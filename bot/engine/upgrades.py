"""`trigger: upgrade`: what updaters opened and CI refused, alerts, and what the inputs name.

Like a sweep, this only finds what there is to do; the engine judges, and does it, one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from bot.engine.loop import Engine
from bot.engine.open_work import open_work
from bot.engine.red_run import newest_red
from bot.engine.several import in_all
from bot.engine.upgrade_plan import Line, Opened, plan
from bot.errors import ConfigurationError, UpstreamError
from bot.identity import item_hash
from bot.model import Alert, Outcome, PullRequest, Request
from bot.outcomes import OutcomeKind, SkipReason
from bot.policy import Mode, Policy
from bot.ports import CodeHost, Ports
from bot.report.facts import ReportFacts
from bot.triggers import updaters

BUDGET = 300
"""GitHub requests for what the plan's lines come to; a workflow's token has 1,000 an hour."""

_NOTHING = "No open pull request of an updater is red, and nothing else is to be upgraded."


@dataclass(slots=True)
class Upgrades:
    """`engine` makes one for the request of a single item."""

    request: Request
    policy: Policy
    ports: Ports
    engine: Callable[[Request], Engine]
    _planned: int = 0
    _until: int = 0
    _full: Outcome | None = None
    _begun: frozenset[str] = frozenset()
    _unread: UpstreamError | None = field(default=None)

    def run(self) -> ReportFacts:
        """What the one item came to, or all of them. None is waited for before the next."""
        alerts = self._alerts()
        lines = plan(self.request.repository.id, self.policy, self._opened(), alerts)
        if not lines and self._unread and not (self.policy.packages or self.policy.groups):
            raise self._unread
        self._until = self.ports.github.requests + BUDGET
        told = in_all([self._done(line) for line in lines], nothing=_NOTHING, whole=True)
        note = self._unread.message if self._unread else ""
        return replace(told, decision=note)

    def _alerts(self) -> tuple[Alert, ...]:
        """None where they may not be read: the rest goes on, and says so."""
        if self.policy.alerts is None:
            return ()
        try:
            return self.ports.github.alerts()
        except UpstreamError as refused:
            if refused.status not in {403, 404}:
                raise
            self._unread = refused
            return ()

    def _opened(self) -> list[Opened]:
        pulls = opened_by_updaters(self.ports.github, self.request, self.policy)
        own = self.request.own_workflow
        return [
            Opened(pull, told, newest_red(self.ports.github.runs(head_sha=pull.head_sha), own))
            for pull, told in pulls
        ]

    def _done(self, line: Line) -> ReportFacts:
        """The engine's own judgement; trouble with one does not end the others."""
        if line.end is not None:
            return ReportFacts(outcome=line.end, item=line.item.name, planned=line.plan)
        full = self._too_late(line)
        if full is not None:
            return ReportFacts(outcome=full, item=line.item.name, planned=line.plan)
        item = line.item if line.assignment else None
        asked = replace(self.request, run=line.run, item=item, assignment=line.assignment)
        engine = self.engine(asked)
        try:
            told = engine.report(engine.run())
        except (UpstreamError, ConfigurationError) as failure:
            outcome = Outcome.of(failure)
            told = engine.report(engine.result(outcome))
        self._planned += self.policy.dry_run and told.would_start
        self._notice(told.outcome)
        return replace(told, item=told.item or line.item.name, planned=line.plan)

    def _too_late(self, line: Line) -> Outcome | None:
        """Where a limit is reached already, so that nobody need ask again for each line."""
        why = ""
        if self._is_used_up:
            why = "What is planned above uses the limits up."
        elif self.ports.github.requests >= self._until:
            why = "Left for the next run: this one has asked enough of GitHub."
        if why:
            return Outcome(OutcomeKind.SKIPPED, why, skip_reason=SkipReason.LIMIT)
        # What goes to an updater's own branch opens nothing.
        concerned = line.assignment is not None or self.policy.mode is not Mode.FIX
        return self._full if concerned and item_hash(line.item) not in self._begun else None

    def _notice(self, outcome: Outcome) -> None:
        """After the first one that met a limit only what has begun already is looked at."""
        if outcome.skip_reason is not SkipReason.LIMIT or self._full is not None:
            return
        with suppress(UpstreamError):  # then the next line is asked about, too
            own = open_work(self.request.repository.id, self.policy.branch_prefix, self.ports)
            self._full, self._begun = outcome, frozenset(item_hash(one.item) for one in own)

    @property
    def _is_used_up(self) -> bool:
        """In a dry run nothing is started that the limits could count."""
        limits = (self.policy.max_sessions_per_day, self.policy.max_open_pull_requests)
        return any(limit and self._planned >= limit for limit in limits)


def opened_by_updaters(
    github: CodeHost, request: Request, policy: Policy
) -> list[tuple[PullRequest, updaters.UpdaterPullRequest]]:
    """The open pull requests of updaters in this repository, with what each upgrades."""
    own = [p for p in github.open_pull_requests() if _is_own(p, request)]
    told = ((pull, updaters.recognize(pull, updaters=policy.updaters)) for pull in own)
    return [(pull, found) for pull, found in told if found is not None]


def _is_own(pull: PullRequest, request: Request) -> bool:
    return pull.head_repository == request.repository.full_name
