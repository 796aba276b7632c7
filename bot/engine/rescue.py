"""`trigger: upgrade`: the red pull requests of Dependabot and Renovate, the oldest first.

Like a sweep, this only finds what there is to do; the engine judges, and does it, one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.engine.loop import Engine
from bot.engine.red_run import newest_red
from bot.engine.several import in_all
from bot.errors import ConfigurationError, UpstreamError
from bot.model import Outcome, PullRequest, Request, RunRef, WorkflowRun
from bot.outcomes import OutcomeKind
from bot.policy import Policy
from bot.ports import Ports
from bot.report.facts import ReportFacts
from bot.triggers import updaters

_BEGINNING = datetime.min.replace(tzinfo=UTC)
_NOTHING = "No open pull request of an updater is red."


@dataclass(frozen=True, slots=True)
class Rescue:
    """`engine` makes one for the request of a single red run."""

    request: Request
    policy: Policy
    ports: Ports
    engine: Callable[[Request], Engine]

    def run(self) -> ReportFacts:
        """What the one came to, or all of them. None is waited for before the next."""
        return in_all([self._rescued(red) for red in self._red_runs()], nothing=_NOTHING)

    def _red_runs(self) -> list[WorkflowRun]:
        pulls = [p for p in self.ports.github.open_pull_requests() if self._is_an_updaters(p)]
        pulls.sort(key=lambda p: (p.created_at or _BEGINNING, p.number))
        found = (self._red_run(pull) for pull in pulls)
        return [run for run in found if run is not None]

    def _is_an_updaters(self, pull: PullRequest) -> bool:
        own = pull.head_repository == self.request.repository.full_name
        return own and updaters.recognize(pull, updaters=self.policy.updaters) is not None

    def _red_run(self, pull: PullRequest) -> WorkflowRun | None:
        runs = self.ports.github.runs(head_sha=pull.head_sha)
        return newest_red(runs, self.request.own_workflow)

    def _rescued(self, red: WorkflowRun) -> ReportFacts:
        """The engine's own judgement; trouble with one does not end the others."""
        engine = self.engine(replace(self.request, run=RunRef(red.id, red.attempt)))
        try:
            return engine.report(engine.run())
        except (UpstreamError, ConfigurationError) as failure:
            outcome = Outcome(OutcomeKind.ERROR, failure.message, error_kind=failure.kind)
            return engine.report(engine.result(outcome))
