"""Where GitHub's API is."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.adapters.origins import is_guarded, origin
from bot.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Server:
    """Where the API is: Enterprise Server's address ends in `/api/v3`.

    `graphql` is the address of GraphQL, which is at the same origin; empty for that which belongs
    to `url`.
    """

    url: str
    graphql: str = ""
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
        if self.graphql and not self._is_beside(self.graphql):
            raise ConfigurationError(
                "GITHUB_GRAPHQL_URL is no address at the server of GITHUB_API_URL "
                f"({parts.hostname}).",
                remedy="A runner sets both; on the command line unset it, or set it as well: "
                "https://api.github.com/graphql, on Enterprise Server https://HOST/api/graphql.",
            )

    def _is_beside(self, address: str) -> bool:
        """A bare path at our own origin: what is sent there bears the token."""
        try:
            parts = urlsplit(address)
            same = origin(address) == origin(self.url)
        except ValueError:
            return False
        is_bare = not (parts.username or parts.password or parts.query or parts.fragment)
        return same and is_bare and parts.path.strip("/") != "" and address.isprintable()
