"""`trigger: upgrade`: what updaters have opened and CI has refused, whatever the event. Pure."""

from __future__ import annotations

from bot.model import Event, Ignored, Request, TriggerName
from bot.triggers.surroundings import Surroundings


def recognize(event: Event, surroundings: Surroundings) -> Request | Ignored | None:
    """Only when asked for by the input `trigger`: a schedule tells nothing by itself."""
    del event
    if surroundings.trigger is not TriggerName.UPGRADE:
        return None
    return surroundings.request(TriggerName.UPGRADE)
