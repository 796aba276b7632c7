"""How long GitHub wants to be left alone (docs: rate limits for the REST API)."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

UNSAID = 60.0
"""Seconds, where a secondary limit says nothing."""


def pause_asked(status: int, headers: Mapping[str, str], body: Any, now: datetime) -> float | None:
    """Seconds that GitHub asks us to stay away; None when this is no rate limit.

    Order: `retry-after`, else the reset time of a used-up primary limit (by the server's own clock,
    by ours, `now`, where it does not tell it), else a minute. Header names are lower case.
    """
    if status not in {403, 429}:
        return None
    if headers.get("retry-after", "").isdigit():
        return float(headers["retry-after"])
    if headers.get("x-ratelimit-remaining") == "0":
        reset = float(headers.get("x-ratelimit-reset", 0))
        return max(1.0, reset - (server_time(headers) or now).timestamp())
    message = str((body or {}).get("message", "")).lower()
    if status == 429 or "rate limit" in message:
        return UNSAID
    return None


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """What the answer's `Date` says; None where it says nothing that can be read."""
    try:
        told = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError):
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def backoff(attempt: int) -> float:
    """Seconds before the try after this one, where GitHub told none."""
    return random.uniform(0.5, 1.0) * float(2 ** (attempt - 1))  # noqa: S311 - jitter, no secret
