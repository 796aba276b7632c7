"""A step or a follow-up job in the failing workflow itself: the run is our own. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.model import Event, Ignored, Request, TriggerName
from bot.triggers.surroundings import Surroundings

TELL_NOTHING: Final = frozenset({"", "repository_dispatch", "schedule", "workflow_dispatch"})
"""Events that start workflows of every kind: `trigger: failure` must say that theirs failed."""


def recognize(event: Event, surroundings: Surroundings) -> Request | Ignored | None:
    """GITHUB_RUN_ID alone is enough; the attempt, where it is told, is the right one."""
    asked = surroundings.trigger is TriggerName.FAILURE
    if surroundings.own_run is None or (event.name in TELL_NOTHING and not asked):
        return None
    return replace(
        surroundings.request(TriggerName.FAILURE),
        run=surroundings.own_run,
        vantage=replace(surroundings.vantage, inside=True),
    )
