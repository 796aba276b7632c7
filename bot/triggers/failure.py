"""A failed workflow run: `workflow_run` completed, or a run that a person names. Pure."""

from __future__ import annotations

from dataclasses import replace

from pydantic import BaseModel

from bot.model import Event, Ignored, Request, RunRef, TriggerName
from bot.outcomes import SkipReason
from bot.triggers.payload import payload_of
from bot.triggers.surroundings import Surroundings


class _Run(BaseModel):
    id: int
    run_attempt: int = 1
    conclusion: str | None = None


class _Payload(BaseModel):
    action: str
    workflow_run: _Run


def recognize(event: Event, surroundings: Surroundings) -> Request | Ignored | None:
    """The input `run-id` goes before the event, whatever that is."""
    if surroundings.run_id:
        return _request(surroundings, RunRef(surroundings.run_id), by_hand=True)
    if event.name != "workflow_run":
        return None
    payload = payload_of(_Payload, event)
    if payload.action != "completed":
        return Ignored(
            SkipReason.NOT_FAILED,
            f"The run is only {payload.action}. Listen to `types: [completed]`.",
        )
    run = payload.workflow_run
    return _request(surroundings, RunRef(run.id, run.run_attempt), by_hand=False)


def _request(surroundings: Surroundings, run: RunRef, *, by_hand: bool) -> Request:
    return replace(
        surroundings.request(TriggerName.FAILURE),
        run=run,
        by_hand=by_hand,
    )
