"""Who we are to GitHub: the header of each request, and the words for what goes wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Words:
    """How messages call a token.

    `name` is what the reader gave, `refused` the remedy for 401, `grant` ends the remedy for 403.
    """

    name: str = "`github-token`"
    refused: str = "Check `github-token`: it is wrong, expired or revoked."
    grant: str = "in the job's `permissions:` or to the token, see README, Permissions."


class Credentials(Protocol):
    """What a client needs; safe to use from several threads."""

    @property
    def words(self) -> Words:
        """For messages."""

    @property
    def token(self) -> str:
        """What was sent last, or will be; empty where nothing was yet. Never for a message."""

    def header(self) -> str:
        """`Authorization` for a request that is sent now. Raises `BotError` where none is had."""

    def renew(self, refused: str, headers: Mapping[str, str]) -> bool:
        """After a 401 to a request with the header `refused`: whether another try makes sense.

        `headers` are the answer's, names in lower case.
        """

    def end(self) -> Sequence[str]:
        """The tokens that were made here and still live. From now on none is made or given out."""


class FixedToken:
    """A token that somebody else made and renews: a personal one, or the workflow's."""

    words = Words()

    def __init__(self, token: str) -> None:
        """Raises `ConfigurationError` for what no HTTP header could carry."""
        self.token = token.strip()
        if not self.token:
            raise ConfigurationError(
                "Input `github-token` is empty.",
                remedy="In the action it defaults to the job's token; else set GITHUB_TOKEN.",
            )
        if not (self.token.isascii() and self.token.isprintable()) or " " in self.token:
            raise ConfigurationError(
                "Input `github-token` holds characters that no token has.",
                remedy="Store the token alone as the secret, without quotes or line ends.",
            )

    def header(self) -> str:
        """The same every time."""
        return f"token {self.token}"

    def renew(self, refused: str, headers: Mapping[str, str]) -> bool:
        """Nobody here can make another one."""
        del refused, headers
        return False

    def end(self) -> Sequence[str]:
        """None: whoever made it may need it longer."""
        return ()
