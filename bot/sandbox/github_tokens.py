"""Tokens of the sandbox GitHub: who bears one, what it may do, how many requests it has left."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from bot.sandbox.github_apps import App, is_jwt, verified_app
from bot.sandbox.github_state import SandboxClock

TokenKind = Literal["github-token", "pat", "app", "app-jwt"]

# Requests an hour: docs, "Rate limits for the REST API".
_LIMITS: Mapping[TokenKind, int] = {
    "github-token": 1_000,
    "pat": 5_000,
    "app": 5_000,
    "app-jwt": 5_000,
}
REFUSED: Mapping[TokenKind, str] = {
    "pat": "Resource not accessible by personal access token",
    "github-token": "Resource not accessible by integration",
    "app": "Resource not accessible by integration",
    "app-jwt": "A JSON web token could not be decoded",
}
"""What each is told where a permission is missing."""

_RANK = {"none": 0, "read": 1, "write": 2, "admin": 3}


@dataclass(slots=True)
class Grant:
    """A token and its rights. `repositories` None means all of them.

    `scopes` are those of a classic personal access token, None for every other kind.
    """

    token: str
    login: str
    kind: TokenKind
    permissions: dict[str, str]
    repositories: frozenset[str] | None
    limit: int
    resets_at: datetime
    used: int = 0
    expires_at: datetime | None = None
    app: str = ""
    scopes: tuple[str, ...] | None = None

    def allows(self, wanted: str) -> bool:
        """Whether one of the alternatives in `contents:read|issues:write` is granted."""
        return any(self._has(alternative) for alternative in wanted.split("|"))

    def _has(self, alternative: str) -> bool:
        name, _, level = alternative.partition(":")
        return covers({"metadata": "read"} | self.permissions, name, level)

    def sees(self, full_name: str) -> bool:
        """Whether the token reaches that repository."""
        return self.repositories is None or full_name.lower() in self.repositories

    @property
    def told(self) -> dict[str, str]:
        """The headers by which answers tell of the token itself.

        Docs: "Scopes for OAuth apps"; changelog 2021-07-26, expiration of tokens.
        """
        headers = {} if self.scopes is None else {"X-OAuth-Scopes": ", ".join(self.scopes)}
        if self.kind == "pat" and self.expires_at is not None:
            expires = self.expires_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
            headers["GitHub-Authentication-Token-Expiration"] = expires
        return headers

    @property
    def starts_workflows(self) -> bool:
        """What `GITHUB_TOKEN` does starts nothing (docs: concepts/security/github_token)."""
        return self.kind != "github-token"


class Tokens:
    """Every token that the sandbox knows. Unknown ones are `Bad credentials`."""

    def __init__(self, clock: SandboxClock) -> None:
        self.apps: dict[int, App] = {}
        self._clock = clock
        self._grants: dict[str, Grant] = {}

    def grant(
        self,
        token: str,
        *,
        login: str = "",
        permissions: Mapping[str, str] | None = None,
        kind: TokenKind = "pat",
        repositories: Iterable[str] | None = None,
        app: str = "",
    ) -> Grant:
        """Make `token` valid.

        Permission keys may be written with hyphens, as in a workflow's `permissions:`, or with
        underscores, as in an App's. `login` defaults to `github-actions[bot]` for a
        `github-token` and to `octocat` for the others.
        """
        bot = "github-actions[bot]" if kind == "github-token" else "octocat"
        names = None if repositories is None else frozenset(r.lower() for r in repositories)
        made = Grant(
            token=token,
            login=login or bot,
            kind=kind,
            permissions=_canonical(permissions or {}),
            repositories=names,
            limit=_LIMITS[kind],
            resets_at=self._clock.now() + timedelta(hours=1),
            app=app or ("github-actions" if kind == "github-token" else ""),
        )
        self._grants[token] = made
        return made

    def revoke(self, token: str) -> None:
        """Forget the token; the next request with it is 401."""
        self._grants.pop(token, None)

    def register_app(
        self,
        app_id: int,
        slug: str,
        permissions: Mapping[str, str],
        *,
        public_key: str,
        repositories: Iterable[str] | None = None,
    ) -> App:
        """Make an App known, installed on all repositories or on these; the key is PEM."""
        names = None if repositories is None else frozenset(r.lower() for r in repositories)
        granted = {"metadata": "read"} | _canonical(permissions)
        app = App(app_id, slug, public_key, app_id + 50_000_000, granted, names)
        self.apps[app_id] = app
        return app

    def authenticate(self, header: str) -> Grant | None:
        """Whose header this is: `token X`, `Bearer X` or Basic with the token as password.

        Raises `JwtRefusedError` for an App's JSON web token that does not hold.
        """
        scheme, _, value = header.partition(" ")
        token = _basic_password(value) if scheme.lower() == "basic" else value.strip()
        # A JSON web token is judged anew each time: its times pass.
        grant = self._app_jwt(token) or self._grants.get(token)
        if grant is None or (grant.expires_at and grant.expires_at < self._clock.now()):
            return None
        if self._clock.now() >= grant.resets_at:
            grant.used, grant.resets_at = 0, self._clock.now() + timedelta(hours=1)
        return grant

    def _app_jwt(self, token: str) -> Grant | None:
        if not is_jwt(token):
            return None
        app = verified_app(token, self.apps, self._clock.now())
        return self.grant(token, login=app.slug, kind="app-jwt", app=app.slug)


def covers(granted: Mapping[str, str], name: str, level: str) -> bool:
    """Whether the granted level of that permission is the asked one or more."""
    return _RANK[granted.get(name, "none")] >= _RANK[level]


def _canonical(permissions: Mapping[str, str]) -> dict[str, str]:
    for name, level in permissions.items():
        if level not in _RANK:
            raise ValueError(f"permission {name!r}: {level!r} is none of {', '.join(_RANK)}")
    return {name.replace("-", "_"): level for name, level in permissions.items()}


def _basic_password(value: str) -> str:
    try:
        return base64.b64decode(value).decode().partition(":")[2]
    except (ValueError, binascii.Error):
        return ""
