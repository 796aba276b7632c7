"""One attempt to read something: what came of it, and in whose words it failed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar

from bot.doctor.check import Unseen
from bot.doctor.facts import Trouble, TroubleKind
from bot.errors import BotError, ConfigurationError, InactiveUserError
from bot.outcomes import ErrorKind
from bot.sanitize import to_markdown
from bot.untrusted import Untrusted

T = TypeVar("T")

_AUTH = frozenset({ErrorKind.GITHUB_AUTH, ErrorKind.CODER_AUTH})
_TELLING = re.compile(
    r"certificate verify failed: [^('\"]+|Tunnel connection failed: [^('\"]+|Connection refused"
    r"|Name or service not known|timed out|Network is unreachable"
)
_CERTIFICATE = ("CERTIFICATE_VERIFY_FAILED", "SSLError", "[SSL")


def attempt(read: Callable[[], T], who: str) -> T | Unseen:
    """What `read` gives, or why not and who else can look. Only `BotError` is expected."""
    try:
        return read()
    except BotError as failure:
        in_trouble = failure.kind in {ErrorKind.GITHUB, ErrorKind.CODER}
        passes = in_trouble and failure.status not in {404, 410, 422}
        return Unseen(failure.message, "You, once that is mended." if passes else who)


def trouble_of(failure: BotError) -> Trouble:
    """What stands in the way, by the kind of the error and, for connections, by its words."""
    detail = failure.detail.raw
    says, words = failure.message, _heart(detail)
    if words:
        says = f"{says.rstrip('.')}: {to_markdown(Untrusted(words), limit=160)}."
    return Trouble(_kind(failure, detail), says)


def _heart(detail: str) -> str:
    """The part of an error that tells something: both HTTP libraries wrap it in their own."""
    found = _TELLING.search(detail)
    return (found[0] if found else detail).strip().rstrip(".")


def _kind(failure: BotError, detail: str) -> TroubleKind:
    if isinstance(failure, ConfigurationError) or failure.kind is ErrorKind.CONFIGURATION:
        return TroubleKind.ADDRESS
    if failure.kind in _AUTH:
        inactive = isinstance(failure, InactiveUserError)
        return TroubleKind.INACTIVE if inactive else TroubleKind.TOKEN
    if failure.status == 429:
        return TroubleKind.LIMIT
    if "ProxyError" in detail:
        return TroubleKind.PROXY
    if any(word in detail for word in _CERTIFICATE):
        return TroubleKind.TLS
    return TroubleKind.SILENT


def ahead(date: str, now: datetime) -> timedelta | Unseen:
    """How far the clock behind a `Date` header is before ours."""
    try:
        told = parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return Unseen("The server did not tell the time.")
    return told.replace(tzinfo=told.tzinfo or UTC) - now
