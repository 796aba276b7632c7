"""What a runner, or the command line, says besides the event. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model import OUTSIDE, Repository, Request, RunRef, TriggerName, Vantage


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`run_id` is the input of that name, 0 for none; `own_workflow` a path without `@ref`.

    `trigger` is the input of that name, None for `auto`. `vantage` is what a request has that is
    about `own_run` itself.
    """

    repository: Repository
    own_run: RunRef | None = None
    own_workflow: str = ""
    vantage: Vantage = OUTSIDE
    run_id: int = 0
    actor: str = ""
    trigger: TriggerName | None = None
    has_coder_token: bool = True
    allow_bots: tuple[str, ...] = ()

    def request(self, trigger: TriggerName) -> Request:
        """A request through that door, with what all of them say."""
        return Request(
            trigger=trigger,
            repository=self.repository,
            own_run=self.own_run,
            own_workflow=self.own_workflow,
            sender=self.actor,
        )
