"""What is remembered of an item between two runs, as hidden text in a comment of ours. Pure.

The text is JSON inside an HTML comment. It holds hashes, numbers and our own words only. Whoever
may edit our comment may edit it: what cannot be read is nothing, never an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.decide.snapshot import Attempt, ItemState
from bot.outcomes import OutcomeKind, SkipReason

VERSION = 1
_SHORT = {"session_id": "s"}
"""The last redaction would take a long value next to the word *session* for a secret."""

_RULE = re.compile(r"[a-z][a-z-]{0,39}")
_PACKAGE = re.compile(r"[A-Za-z0-9@._~+/:\[\]<>=^!*,-]{1,320}")
_ALLOWED = re.compile(r"[a-z][a-z-]{0,39}@(?:review:)?[0-9]{1,18}")
_BLOCK = re.compile(r"<!-- (?P<marker>coder-fix:[0-9a-f]{12}) (?P<json>\{.*?\}) -->", re.DOTALL)


def write(marker: str, state: ItemState) -> str:
    """The hidden line; `marker` is found by a plain search as well."""
    held = {_SHORT.get(k, k): v for k, v in asdict(state).items()}
    data = {k: _plain(v) for k, v in held.items() if v not in ("", None, (), 0)}
    text = json.dumps({"v": VERSION, **data}, separators=(",", ":"))
    return f"<!-- {marker} {_inert(text)} -->"


def read(marker: str, body: str) -> ItemState | None:
    """The state in the body; None where there is none, or one that nobody can read."""
    for match in _BLOCK.finditer(body):
        if match["marker"] == marker:
            try:
                return _state(json.loads(match["json"]))
            except (ValueError, TypeError, KeyError, AttributeError):
                return None
    return None


def rewritten(marker: str, body: str, state: ItemState) -> str:
    """The body with another state in its hidden line; everything that people read stays."""
    own = (m for m in _BLOCK.finditer(body) if m["marker"] == marker)
    match = next(own, None)
    return (
        body
        if match is None
        else body[: match.start()] + write(marker, state) + body[match.end() :]
    )


def newer(ours: ItemState, found: ItemState | None) -> ItemState:
    """What holds of what we know and what stands there now: another run may have gone further."""
    if found is None or found.generation < ours.generation:
        return ours
    further = len(found.attempts) > len(ours.attempts) or found.generation > ours.generation
    ended = found.final is not None and ours.final is None
    return found if further or ended else ours


def read_any(body: str) -> ItemState | None:
    """The first state in the body, whatever its marker."""
    match = _BLOCK.search(body)
    return read(match["marker"], body) if match else None


def every(body: str) -> Iterator[tuple[str, ItemState | None]]:
    """Each hidden line's marker and state; None for a state that nobody can read."""
    for match in _BLOCK.finditer(body):
        yield match["marker"], read(match["marker"], match[0])


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def _state(data: dict[str, Any]) -> ItemState:
    if data.get("v") != VERSION:
        raise ValueError(data.get("v"))
    attempts = tuple(
        Attempt(
            str(a["head"]),
            str(a["verdict"]),
            tuple(map(str, a.get("fingerprint", ()))),
            _matching(_RULE, a.get("objections")),
        )
        for a in data.get("attempts", ())
    )
    return ItemState(
        item=str(data["item"]),
        generation=int(data.get("generation", 1)),
        evidence_sha=str(data.get("evidence_sha", "")),
        run_id=int(data.get("run_id", 0)),
        session_id=str(data.get("s", "")),
        began=_time(data.get("began")),
        fingerprint=tuple(map(str, data.get("fingerprint", ()))),
        attempts=attempts,
        turn_started=_time(data.get("turn_started")),
        turn_after=_time(data.get("turn_after")),
        head=str(data.get("head", "")),
        head_seen=_time(data.get("head_seen")),
        dispatched=str(data.get("dispatched", "")),
        asking=bool(data.get("asking", False)),
        allowed=_matching(_ALLOWED, data.get("allowed")),
        packages=_matching(_PACKAGE, data.get("packages")),
        held=bool(data.get("held", False)),
        comment=_comment(str(data.get("comment", ""))),
        asked_at=_time(data.get("asked_at")),
        final=OutcomeKind(data["final"]) if data.get("final") else None,
        skip_reason=_reason(data.get("skip_reason")),
    )


def _matching(shape: re.Pattern[str], value: Any) -> tuple[str, ...]:
    """Those of that shape; whatever else stands there is nobody's."""
    return tuple(str(one) for one in value or () if shape.fullmatch(str(one)))


def _reason(value: Any) -> SkipReason | None:
    """A word that is not ours, or not ours yet, is none."""
    return SkipReason(value) if value in list(SkipReason) else None


def _comment(value: str) -> str:
    return value if value.removeprefix("review:").isdigit() else ""


def _time(value: Any) -> datetime | None:
    found = datetime.fromisoformat(value) if value else None
    if found is not None and found.tzinfo is None:
        raise ValueError(value)
    return found


def _inert(text: str) -> str:
    """No end of the HTML comment inside it."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e")
