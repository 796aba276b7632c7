"""The time that is looked at: `30d`, `12h`, or a day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.errors import ConfigurationError

_SPAN = re.compile(r"([1-9][0-9]{0,3})([dh])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LONGEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Window:
    """From the one moment to the other, both included, both UTC in whole seconds."""

    since: datetime
    until: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether it lies inside."""
        return self.since <= moment <= self.until


def window(given: str, now: datetime) -> Window:
    """What `--since` asks for, up to now.

    Raises `ConfigurationError` that names the flag.
    """
    until = now.astimezone(UTC).replace(microsecond=0)
    text = given.strip()
    span = _SPAN.fullmatch(text)
    if span:
        count = int(span[1])
        length = timedelta(days=count) if span[2] == "d" else timedelta(hours=count)
        if length <= LONGEST:
            return Window(until - length, until)
    elif _DAY.fullmatch(text):
        day = _day(text)
        if day is not None and timedelta() <= until - day <= LONGEST:
            return Window(day, until)
    shown = text if re.fullmatch(r"[\w.:+-]{1,40}", text, re.ASCII) else "what it was given"
    raise ConfigurationError(
        f"--since: {shown} is no time of the past ten years.",
        remedy="Give days (30d), hours (12h) or a day in UTC (2026-10-01).",
    )


def _day(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None
