"""GitHub: implements `bot.ports.CodeHost`. Only `client` knows PyGithub."""

from __future__ import annotations

from bot.adapters.github_api.client import Client
from bot.adapters.github_api.glance import GlanceDesk
from bot.adapters.github_api.repository import GitHubRepository
from bot.ports import Clock


class GitHubApi(GitHubRepository):
    """All of GitHub for one repository and one token."""

    def __init__(
        self, *, api_url: str, token: str, full_name: str, clock: Clock, own_run: int = 0
    ) -> None:
        client = Client(api_url=api_url, token=token, clock=clock, user_agent="coder-fix")
        super().__init__(client, full_name, own_run)
        self.close = client.close

    def glance(self) -> GlanceDesk:
        """A reader of many items at once, over the same connections."""
        return GlanceDesk(self._client, self._full_name, self._own_run)
