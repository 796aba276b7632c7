"""`/coder` commands in a comment on a pull request, an issue, or a line of a diff. Pure.

Only what the event itself tells is looked at: who may command is asked of GitHub later, and the
comment is read again by its id.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from bot.model import CommentRef, Event, Ignored, Request, TriggerName
from bot.outcomes import SkipReason
from bot.triggers.coder_commands import parse
from bot.triggers.payload import payload_of
from bot.triggers.surroundings import Surroundings

EVENTS = frozenset({"issue_comment", "pull_request_review_comment"})


class _User(BaseModel):
    login: str
    type: str = "User"


class _Comment(BaseModel):
    id: int
    user: _User | None = None  # a deleted account
    body: str | None = ""
    created_at: datetime | None = None
    path: str = ""
    line: int | None = None


class _Thread(BaseModel):
    number: int
    pull_request: Any = None


class _Payload(BaseModel):
    action: str
    comment: _Comment
    issue: _Thread | None = None
    pull_request: _Thread | None = None


def recognize(event: Event, surroundings: Surroundings) -> Request | Ignored | None:
    """A request with its comment; silence for whatever is no new command of a person."""
    if event.name not in EVENTS:
        return None
    payload = payload_of(_Payload, event)
    thread, comment = payload.issue or payload.pull_request, payload.comment
    if payload.action != "created":
        return Ignored(
            SkipReason.NOTHING_TO_DO, f"The comment was {payload.action}; only new ones command."
        )
    if thread is None or comment.user is None or not parse(comment.body or ""):
        return Ignored(SkipReason.NOTHING_TO_DO, "The comment holds no `/coder` command.")
    bots = {login.casefold() for login in surroundings.allow_bots}
    is_bot = comment.user.type != "User" or comment.user.login.endswith("[bot]")
    if is_bot and comment.user.login.casefold() not in bots:
        return Ignored(SkipReason.NOT_ALLOWED, "Bots command only where `allow-bots` names them.")
    review = event.name == "pull_request_review_comment"
    return replace(
        surroundings.request(TriggerName.COMMENT),
        sender=comment.user.login,
        comment=CommentRef(
            id=comment.id,
            number=thread.number,
            author=comment.user.login,
            on_pull_request=review or thread.pull_request is not None,
            review=review,
            path=comment.path if review else "",
            line=(comment.line or 0) if review else 0,
            at=comment.created_at,
        ),
    )
