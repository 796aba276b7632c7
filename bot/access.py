"""Where GitHub is, by a runner's variables: the same for every verb that asks it."""

from __future__ import annotations

from bot.adapters.github_api import Server
from bot.adapters.runner import Runner
from bot.settings import Settings


def server(settings: Settings, runner: Runner) -> Server:
    """Of GITHUB_API_URL and GITHUB_GRAPHQL_URL; github.com where nothing is set."""
    return Server(
        runner.variable("GITHUB_API_URL") or "https://api.github.com",
        runner.variable("GITHUB_GRAPHQL_URL"),
        allow_http=settings.allow_http,
    )
