"""Door 1: which request does this event make? Each trigger is one file. Pure.

A trigger looks at an event and answers a `Request`, an `Ignored` with its reason, or None for
"not mine". It reads nothing and decides nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.errors import ConfigurationError
from bot.model import Event, Ignored, Request, TriggerName
from bot.outcomes import SkipReason
from bot.triggers import comment, failure, own_run, reconcile, upgrade
from bot.triggers.surroundings import Surroundings

_WITHOUT_SECRETS = frozenset(
    {"push", "pull_request", "pull_request_review", "pull_request_review_comment"}
)

Trigger = Callable[[Event, Surroundings], Request | Ignored | None]

TRIGGERS: Final[dict[str, Trigger]] = {
    "reconcile": reconcile.recognize,
    "upgrade": upgrade.recognize,
    "comment": comment.recognize,
    "failure": failure.recognize,
    "own run": own_run.recognize,
}
"""Most specific first; `auto` asks each in turn."""


def recognize(event: Event, surroundings: Surroundings) -> Request | Ignored:
    """The request that the event makes. Raises `ConfigurationError` where none is recognizable."""
    if not surroundings.has_coder_token and gives_no_secrets(event, surroundings):
        return Ignored(
            SkipReason.NO_SECRETS,
            "This event carries no secrets (a fork or Dependabot), so `coder-token` is empty. "
            "Run coder-fix on `workflow_run` instead.",
        )
    for trigger in TRIGGERS.values():
        found = trigger(event, surroundings)
        if found is not None:
            return found
    raise ConfigurationError(
        f"The event `{event.name}` tells no failed run.",
        remedy="Run on `workflow_run` or `issue_comment`, give the input `run-id`, or set "
        "`trigger`: `failure` for the run in which this is a step, `reconcile` for every open "
        "work item, `upgrade` for red pull requests of updaters.",
    )


def door_of(asked: str, event: str) -> TriggerName:
    """The door by the input `trigger` or, for `auto`, by the event's name alone, before it is read.

    That is enough to know what may be asked of GitHub.
    """
    if asked != "auto":
        return TriggerName(asked)
    return TriggerName.COMMENT if event.endswith("_comment") else TriggerName.FAILURE


def gives_no_secrets(event: Event, surroundings: Surroundings) -> bool:
    """Runs for a fork's pull request, and for Dependabot's pushes and pull requests, get none.

    `workflow_run` and `schedule` always get them (docs: events that trigger workflows).
    """
    if event.name not in _WITHOUT_SECRETS:
        return False
    if surroundings.actor == "dependabot[bot]":
        return True
    head = ((event.payload.get("pull_request") or {}).get("head") or {}).get("repo") or {}
    return "pull_request" in event.payload and (
        head.get("full_name") != surroundings.repository.full_name
    )


__all__ = ["TRIGGERS", "Surroundings", "Trigger", "door_of", "recognize"]
