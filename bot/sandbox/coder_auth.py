"""Who is calling the sandbox Coder, and how often.

Texts: coderd/httpmw/apikey.go and ratelimit.go at a300a06a (v2.36.0), each recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.coder_answers import SIGNED_OUT, not_found, refuse
from bot.sandbox.coder_world import Token, User, World
from bot.sandbox.http import Answer, HttpRequest


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request. `arrival` orders requests by when they came in."""

    request: HttpRequest
    token: Token
    arrival: int

    @property
    def user(self) -> User:
        """Whose token it is."""
        return self.token.user

    def may_act_for(self, owner: User) -> bool:
        """Own things, or everybody's for the site owner."""
        return self.user is owner or self.user.is_owner

    def may_read(self, user: User) -> bool:
        """Itself, or everybody for those who administer users or templates."""
        return self.may_act_for(user) or bool(self.user.roles & {"user-admin", "template-admin"})

    def resolve(self, world: World, text: str) -> User:
        """The user that `{user}` in a path names; 404 where there is none."""
        user = self.user if text == "me" else world.user(text)
        if user is None:
            raise not_found()
        return user


def authenticate(world: World, request: HttpRequest) -> Token:
    """The token of a request, or the 401 that says what is wrong with it."""
    text = _sent_token(request)
    if not text:
        raise _signed_out('Cookie "coder_session_token" or query parameter must be provided.')
    parts = text.split("-")
    if len(parts) != 2:
        raise _signed_out(
            "Invalid API key format: incorrect amount of API key parts,"
            f" expected 2 got {len(parts)}"
        )
    for part, what, length in zip(parts, ("ID", "secret"), (10, 22), strict=True):
        if len(part) != length:
            raise _signed_out(
                f"Invalid API key format: invalid API key {what} length,"
                f" expected {length} got {len(part)}"
            )
    token = next((t for t in world.tokens if t.text == text), None)
    if token is None:
        known = any(t.id == parts[0] for t in world.tokens)
        raise _signed_out(f"API key {'secret is' if known else 'is'} invalid.")
    _check_alive(token, world.now())
    token.user.last_seen_at = token.last_used = world.now()
    return token


def _check_alive(token: Token, now: datetime) -> None:
    if token.expires_at <= now:
        expired = f"{token.expires_at:%Y-%m-%d %H:%M:%S.%f}".rstrip("0").rstrip(".")
        raise _signed_out(f'API key expired at "{expired} +0000 UTC".')
    if token.user.status == "dormant":
        token.user.status = "active"
    if token.user.status != "active":
        raise refuse(
            401,
            f'User is not active (status = "{token.user.status}"). Contact an admin to reactivate'
            " your account.",
        )


def _sent_token(request: HttpRequest) -> str:
    bearer = request.headers.get("authorization", "")
    return (
        _cookie(request.headers.get("cookie", ""))
        or request.param("coder_session_token")
        or request.headers.get("coder-session-token", "")
        or (bearer.removeprefix("Bearer ") if bearer.startswith("Bearer ") else "")
    )


def _cookie(header: str) -> str:
    pairs = (pair.strip().partition("=") for pair in header.split(";"))
    return next((value for name, _, value in pairs if name == "coder_session_token"), "")


def _signed_out(detail: str) -> Answer:
    return refuse(401, SIGNED_OUT, detail)


class RateLimit:
    """So many requests in a minute for each user and path; method and query make no difference."""

    def __init__(self, world: World, limit: int | None = 512) -> None:
        self._world = world
        self.limit = limit
        self._windows: dict[tuple[str, str], tuple[datetime, int]] = {}

    def count(self, who: str, path: str) -> Mapping[str, str]:
        """Count one request: the headers for its answer; raises the 429 above the limit."""
        if self.limit is None:
            return {}
        now = self._world.now()
        begun, used = self._windows.get((who, path), (now, 0))
        if now - begun >= timedelta(minutes=1):
            begun, used = now, 0
        used += 1
        self._windows[who, path] = (begun, used)
        headers = {
            "X-Ratelimit-Limit": str(self.limit),
            "X-Ratelimit-Remaining": str(max(self.limit - used, 0)),
            "X-Ratelimit-Reset": str(int((begun + timedelta(minutes=1)).timestamp())),
        }
        if used > self.limit:
            text = f"You've been rate limited for sending more than {self.limit} requests in 1m0s."
            raise Answer(429, {"message": text}, {**headers, "Retry-After": "60"})
        return headers
