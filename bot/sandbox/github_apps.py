"""GitHub Apps of the sandbox: their keys, what they were granted, and the JWTs they sign.

What GitHub refuses, and in which words: docs.github.com, "Generating a JSON Web Token (JWT) for a
GitHub App", and reports of users (octokit/auth-app.js#698, github3.py#1050, cli/cli and others).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import jwt

_LONGEST: Final = 600
"""Seconds from GitHub's now to `exp`."""

_BAD_JWT = "A JSON web token could not be decoded"
_BAD_EXP = (
    "'Expiration time' claim ('exp') must be a numeric value representing the future time at "
    "which the assertion expires"
)
_FAR_EXP = "'Expiration time' claim ('exp') is too far in the future"
_BAD_IAT = (
    "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was "
    "issued"
)


@dataclass(slots=True)
class App:
    """A GitHub App with one installation; `public_key` is PEM.

    `repositories` None are all of the owner of the first repository. `token_life` in seconds, so
    that a scenario may see a token end. A `suspended` installation gives none.
    """

    id: int
    slug: str
    public_key: str
    installation_id: int
    permissions: dict[str, str] = field(default_factory=dict)
    repositories: frozenset[str] | None = None
    token_life: float = 3600.0
    suspended: bool = False

    def covers(self, full_name: str) -> bool:
        """Whether it is installed for that repository."""
        return self.repositories is None or full_name.lower() in self.repositories


class JwtRefusedError(Exception):
    """A JSON web token that GitHub would refuse, with its words."""

    def __init__(self, message: str, status: int = 401) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


def is_jwt(token: str) -> bool:
    """Three parts, the first of them JSON in base64; tokens of installations begin otherwise."""
    return token.startswith("eyJ") and token.count(".") == 2


def verified_app(token: str, apps: dict[int, App], now: datetime) -> App:
    """The App that signed it, for now. Raises `JwtRefusedError`."""
    try:
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
        number = int(claims["iss"])
    except (jwt.PyJWTError, KeyError, TypeError, ValueError) as broken:
        raise JwtRefusedError(_BAD_JWT) from broken
    app = apps.get(number)
    if app is None:
        raise JwtRefusedError("Integration not found", 404)
    try:
        # By RS256 only; the times are judged by the sandbox's own clock.
        unjudged = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
        jwt.PyJWT(unjudged).decode(token, app.public_key, algorithms=["RS256"])  # type: ignore[arg-type]
    except jwt.PyJWTError as broken:
        raise JwtRefusedError(_BAD_JWT) from broken
    _check_times(claims, now.timestamp())
    return app


def _check_times(claims: dict[str, Any], now: float) -> None:
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int) or issued > now:
        raise JwtRefusedError(_BAD_IAT)
    if not isinstance(expires, int) or expires <= now:
        raise JwtRefusedError(_BAD_EXP)
    if expires > now + _LONGEST:
        raise JwtRefusedError(_FAR_EXP)
