"""Invariants of the comment door: who may have something done, and what strangers see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from tests.invariants.capture import Capture, Ran, Sent

_ASKS = re.compile(r".*/collaborators/([^/]+)/permission")
_WRITERS = frozenset({"admin", "maintain", "write"})
_READERS = frozenset({"read", "triage", "none"})
_STATEFUL = ("session-id", "session-url", "pull-request-number", "failure-class", "attempt")


def readers_see_nothing(capture: Capture) -> Iterator[str]:
    """13: a commenter without write causes no request for change, no output, and exit code 0."""
    for run in capture.runs:
        if run.is_comment and _role(run, capture.of(run)) in _READERS:
            yield from _traces(capture, run, "a reader's comment")
            if run.code:
                yield f"run {run.number}: a reader's comment ends with code {run.code}"


def doubt_is_refusal(capture: Capture) -> Iterator[str]:
    """14: nothing is done for a comment unless GitHub said that its author may write."""
    for run in capture.runs:
        role = _role(run, capture.of(run))
        if run.is_comment and role not in _WRITERS | _READERS:
            yield from _traces(capture, run, f"the role {role!r}")


def only_new_words_of_people(capture: Capture) -> Iterator[str]:
    """15: no edited or deleted comment, none of ours and none of an unlisted bot does anything."""
    for run in capture.runs:
        if run.is_comment and (why := _unheard(capture, run)):
            yield from _traces(capture, run, why)


def _unheard(capture: Capture, run: Ran) -> str:
    comment: Any = run.payload.get("comment") or {}
    author = comment.get("user") or {}
    login = str(author.get("login", ""))
    allowed = {w.casefold() for w in re.split(r"[,\s]+", run.inputs.get("INPUT_ALLOW-BOTS", ""))}
    if run.payload.get("action") != "created":
        return f"a comment that was {run.payload.get('action')}"
    if login in capture.bots:
        return "a comment of ours"
    if author.get("type", "User") != "User" and login.casefold() not in allowed:
        return "a bot's comment"
    return ""


def _role(run: Ran, sent: list[Sent]) -> str:
    """What GitHub answered last about the author's rights; empty for no answer."""
    role, author = "", ((run.payload.get("comment") or {}).get("user") or {}).get("login", "")
    for one in sent:
        # Nothing new (304) leaves standing what was said before.
        if (
            (asked := _ASKS.fullmatch(unquote(one.path)))
            and asked[1] == author
            and one.status != 304
        ):
            told = one.answer if one.status == 200 and isinstance(one.answer, dict) else {}
            role = str(told.get("permission") or told.get("role_name") or "")
    return role


def _traces(capture: Capture, run: Ran, why: str) -> Iterator[str]:
    for sent in capture.of(run):
        if sent.is_write:
            yield f"run {run.number}: {why}, and yet {sent.method} {sent.path}"
    for name in _STATEFUL:
        if run.outputs.get(name):
            yield f"run {run.number}: {why}, and yet the output `{name}`"
