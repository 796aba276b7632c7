"""Of an event's payload only what triggers read: the rest is long, and other people's. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from bot.bundle.bundle import EventPart
from bot.model import Event
from bot.untrusted import Untrusted

READ: Final = (
    "action",
    "workflow_run.id",
    "workflow_run.run_attempt",
    "workflow_run.conclusion",
    "comment.id",
    "comment.user.login",
    "comment.user.type",
    "comment.body",
    "comment.created_at",
    "comment.path",
    "comment.line",
    "issue.number",
    "issue.pull_request",
    "pull_request.number",
    "pull_request.head.repo.full_name",
    "repository.full_name",
    "repository.id",
    "repository.default_branch",
    "repository.html_url",
)
"""Paths in a payload, of all events together."""


def parts(event: Event) -> tuple[EventPart, ...]:
    """Those that are there; of an object or a list only that it is."""
    return tuple(_found(event))


def _found(event: Event) -> Iterator[EventPart]:
    for path in READ:
        value: Any = event.payload
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value is not None:
            text = "" if isinstance(value, dict | list) else str(value)
            yield EventPart(path, Untrusted(text))
