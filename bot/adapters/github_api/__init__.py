"""GitHub: implements `bot.ports.CodeHost`. Only `client` knows PyGithub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.adapters.github_api.app_auth import AppIdentity, Conceal, InstallationToken
from bot.adapters.github_api.app_key import AppInputError, AppKey
from bot.adapters.github_api.bearer import told_by
from bot.adapters.github_api.client import Client
from bot.adapters.github_api.credentials import Credentials, FixedToken
from bot.adapters.github_api.permissions import COUNTING, Permissions, permissions
from bot.adapters.github_api.repository import GitHubRepository
from bot.adapters.github_api.revocation import revoke
from bot.adapters.github_api.server import Server
from bot.model import Bearer
from bot.ports import Clock, Exchanged

if TYPE_CHECKING:
    from bot.adapters.github_api.glance import GlanceDesk
    from bot.adapters.github_api.history import HistoryDesk


class GitHubApi(GitHubRepository):
    """All of GitHub for one repository and one token."""

    def __init__(
        self,
        server: Server,
        credentials: Credentials,
        *,
        full_name: str,
        clock: Clock,
        own_run: int = 0,
        exchanged: Exchanged | None = None,
    ) -> None:
        client = Client(server, credentials, clock, exchanged)
        super().__init__(client, full_name, own_run)
        self._server = server
        self._credentials = credentials

    def revoke(self) -> bool:
        """The end of a token that was made for this run; false where one may live on."""
        return revoke(self._client, self._credentials)

    def close(self) -> None:
        """Nothing is asked after this: revoke, and close the connections."""
        self.revoke()
        self._client.close()

    def glance(self) -> GlanceDesk:
        """A reader of many items at once, over the same connections."""
        from bot.adapters.github_api.glance import GlanceDesk

        return GlanceDesk(self._client, self._full_name, self._own_run)

    def bearer(self) -> Bearer:
        """What our token is, by its shape, by the answers so far, and by our login where known."""
        headers = self._client.told_by_headers()
        return told_by(self._credentials.token, self._server.url, headers, self._viewer)


def installation(
    server: Server,
    key: AppKey,
    wanted: Permissions,
    *,
    scope: str,
    clock: Clock,
    conceal: Conceal,
) -> InstallationToken:
    """The credentials of an App's installation, with the connections that make them.

    `scope` is a repository's full name, or an account's login for all that is installed there.
    Nothing is asked before the first request that needs a token.
    """
    app = Client(server, AppIdentity(key, clock, conceal), clock)
    return InstallationToken(key, app, scope, wanted, clock, conceal)


def history(
    server: Server, credentials: Credentials, *, clock: Clock, author: str = ""
) -> HistoryDesk:
    """A reader of what repairs left behind, in any repository that the token sees."""
    from bot.adapters.github_api.history import HistoryDesk

    client = Client(server, credentials, clock)

    def close() -> None:
        revoke(client, credentials)
        client.close()

    return HistoryDesk(client, author, close)


__all__ = [
    "COUNTING",
    "AppInputError",
    "AppKey",
    "Credentials",
    "FixedToken",
    "GitHubApi",
    "Permissions",
    "Server",
    "history",
    "installation",
    "permissions",
]
