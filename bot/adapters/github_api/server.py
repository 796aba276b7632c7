"""Where GitHub's API is."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.adapters.origins import is_guarded
from bot.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Server:
    """Where the API is: Enterprise Server's address ends in `/api/v3`."""

    url: str
    allow_http: bool = False

    def check(self) -> None:
        """Raise `ConfigurationError` for an address that no token may be sent to."""
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ConfigurationError(
                "GITHUB_API_URL is not an http(s) URL.",
                remedy="A runner sets it; Enterprise Server's ends in /api/v3.",
            )
        if not self.allow_http and not is_guarded(self.url):
            raise ConfigurationError(
                "GITHUB_API_URL is not encrypted, so the token could be read on the way.",
                remedy="Use its https:// address, or set the input `allow-http`.",
            )
