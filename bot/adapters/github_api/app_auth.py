"""A GitHub App's token: for this repository alone, no wider than needed, renewed in time.

id and key → JSON web token → the repository's installation → a token for one hour.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from bot.adapters.github_api.app_key import AppKey
from bot.adapters.github_api.credentials import Words
from bot.adapters.github_api.limits import server_time
from bot.adapters.github_api.permissions import Permissions
from bot.adapters.github_api.replies import Reply, stranger
from bot.errors import ConfigurationError, UpstreamError
from bot.outcomes import ErrorKind
from bot.ports import Clock

Conceal = Callable[[str], None]
"""Told of each secret before its first use, so that it is masked and redacted everywhere."""

MARGIN: Final = 300.0
"""Seconds before its end at which a token is renewed, of those that live for an hour."""

_SHARE: Final = 0.1
"""The same of one that lives for less."""

_ROUNDED: Final = 1.0
"""Seconds that `Date` may hide: it tells whole ones."""

_JWT_LIFE: Final = 240.0
"""Seconds for which one JSON web token is used; GitHub takes it for twice as long."""

_CLOCKS_AGREE: Final = 30.0
"""Seconds between two clocks that cannot be why a JSON web token was refused."""


class AppIdentity:
    """The App itself: implements `Credentials`, good for the endpoints about Apps only."""

    def __init__(self, key: AppKey, clock: Clock, conceal: Conceal) -> None:
        self._key = key
        self._clock = clock
        self._conceal = conceal
        self._ahead = timedelta()
        self._made = 0.0
        self._lock = threading.Lock()
        self.token = ""
        self.words = Words(
            name=f"the GitHub App {key.id}",
            refused="Check that `github-app-private-key` is a key of the App in `github-app-id`, "
            "and that it was not deleted.",
            grant="to the App.",
        )

    def header(self) -> str:
        """A JSON web token, signed anew every few minutes."""
        with self._lock:
            if not self.token or self._clock.monotonic() - self._made > _JWT_LIFE:
                token = self._key.token(self._clock.now() + self._ahead)
                self._conceal(token)
                self.token, self._made = token, self._clock.monotonic()
            return f"Bearer {self.token}"

    def renew(self, refused: str, headers: Mapping[str, str]) -> bool:
        """By GitHub's own clock where ours is off: `iat` in its future, or `exp` out of bounds."""
        del refused
        told = server_time(headers)
        with self._lock:
            off = told - (self._clock.now() + self._ahead) if told else timedelta()
            if abs(off.total_seconds()) < _CLOCKS_AGREE:
                return False
            self._ahead, self.token = self._ahead + off, ""
            return True

    @property
    def corrected(self) -> timedelta:
        """How far GitHub's clock was found to be before ours, once it had refused a token."""
        return self._ahead

    def end(self) -> tuple[str, ...]:
        """None: a JSON web token cannot be revoked, and ends after minutes."""
        return ()


class AppEndpoints(Protocol):
    """What is needed of a client that bears the App's own identity."""

    def get(self, path: str, *, none_on: tuple[int, ...] = ()) -> Any:
        """The body of a GET; None for a status in `none_on`."""

    def reply(self, verb: str, path: str, *, body: Mapping[str, Any], harmless: bool) -> Reply:
        """One exchange; `harmless` where doing it twice is."""


class InstallationToken:
    """Implements `Credentials` for one repository, or for all of an account.

    `scope` is `owner/name`, or the account's login for whatever the App is installed for there.
    """

    def __init__(
        self, key: AppKey, app: AppEndpoints, scope: str, wanted: Permissions, clock: Clock,
        conceal: Conceal,
    ) -> None:  # fmt: skip
        self._app_id = key.id
        self._app = app
        self._scope = scope
        self._wanted = wanted
        self._clock = clock
        self._conceal = conceal
        self._until = 0.0
        self._living: dict[str, float] = {}
        self._has_ended = False
        self._lock = threading.Lock()
        self.token = ""
        self.words = Words(
            name=f"the GitHub App {key.id}",
            refused=f"Check that the GitHub App {key.id} is still installed for {scope}.",
            grant="to the GitHub App, and have the change accepted where it is installed.",
        )

    def header(self) -> str:
        """With a token that lives for some minutes more, made where there is none."""
        with self._lock:
            if self._has_ended:
                raise UpstreamError(
                    ErrorKind.GITHUB,
                    f"Nothing more is asked of GitHub: the token of {self.words.name} is revoked.",
                )
            if not self.token or self._clock.monotonic() >= self._until:
                self._mint()
            return f"token {self.token}"

    def renew(self, refused: str, headers: Mapping[str, str]) -> bool:
        """A token that was revoked, or has ended by GitHub's clock, is replaced by the next one."""
        del headers
        with self._lock:
            self._living.pop(refused.removeprefix("token "), None)
            if refused == f"token {self.token}":
                self.token = ""
            return not self._has_ended

    def end(self) -> tuple[str, ...]:
        """With those that were replaced a little before their end."""
        with self._lock:
            self._has_ended = True
            now = self._clock.monotonic()
            living = tuple(token for token, ends in self._living.items() if now < ends)
            self._living.clear()
            return living

    def _mint(self) -> None:
        """Both requests may be repeated: a token whose answer was lost ends by itself."""
        installation = self.installation()
        name = self._scope.partition("/")[2]
        granted = installation.get("permissions", {})
        asked: dict[str, Any] = {"permissions": self._wanted.narrowed(granted, self._app_id)}
        if name:
            asked["repositories"] = [name]
        path = f"/app/installations/{int(installation['id'])}/access_tokens"
        reply = self._app.reply("POST", path, body=asked, harmless=True)
        try:
            token, ends = str(reply.data["token"]), datetime.fromisoformat(reply.data["expires_at"])
        except (TypeError, KeyError, ValueError):
            token = ""
        if not token:
            raise stranger("POST", path, reply.status)
        self._conceal(token)
        life = (ends - (server_time(reply.headers) or self._clock.now())).total_seconds()
        self.token = token
        self._living[token] = self._clock.monotonic() + life
        self._until = self._clock.monotonic() + life - min(MARGIN, _SHARE * life) - _ROUNDED

    def installation(self) -> Mapping[str, Any]:
        """What GitHub tells of it: `id`, `app_slug` and `permissions` among others.

        Raises `ConfigurationError` where there is none, `UpstreamError` where it is suspended.
        """
        whose = ("repos",) if "/" in self._scope else ("orgs", "users")
        paths = [f"/{kind}/{self._scope}/installation" for kind in whose]
        answers = (self._app.get(path, none_on=(404,)) for path in paths)
        found = next((answer for answer in answers if answer is not None), None)
        if found is None:
            raise ConfigurationError(
                f"The GitHub App {self._app_id} is not installed for {self._scope}, "
                "or there is no such App.",
                remedy="Install it from the App's settings, Install App, and select "
                f"{'this repository' if '/' in self._scope else 'its repositories'}; check "
                "`github-app-id`.",
            )
        if not isinstance(found, dict) or not _is_installation(found):
            raise stranger("GET", paths[-1], 200)
        if found.get("suspended_at"):
            raise UpstreamError(
                ErrorKind.GITHUB_AUTH,
                f"The installation of the GitHub App {self._app_id} is suspended.",
                remedy="Whoever suspended it can lift that under Settings, GitHub Apps.",
            )
        return found


def _is_installation(found: Mapping[str, Any]) -> bool:
    numbered = str(found.get("id", "")).isdigit()
    return numbered and isinstance(found.get("permissions", {}), dict)
