"""Where GitHub is and who we are to it: the same for every verb that asks it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from bot.adapters.github_api import (
    AppKey,
    Credentials,
    FixedToken,
    Permissions,
    Server,
    installation,
)
from bot.adapters.runner import Runner
from bot.ports import Clock
from bot.settings import Settings

Conceal = Callable[[str, str], None]
"""Told the name and the value of each secret before its first use."""


def server(settings: Settings, runner: Runner, folder: Path | None = Path()) -> Server:
    """Of GITHUB_API_URL and GITHUB_GRAPHQL_URL; github.com where nothing is set.

    Raises `ConfigurationError` where nothing is, and the folder is a checkout of another server's
    repository: the token is for that one. With None nobody looks, and no process is started.
    """
    return Server(
        runner.variable("GITHUB_API_URL") or _assumed_api(folder),
        runner.variable("GITHUB_GRAPHQL_URL"),
        allow_http=settings.allow_http,
    )


def _assumed_api(folder: Path | None) -> str:
    # Here, since a runner tells the address, and asking git takes more modules.
    from bot.adapters.remotes import GITHUB_COM, assumed_api

    return GITHUB_COM if folder is None else assumed_api(folder)


def app_key(settings: Settings) -> AppKey | None:
    """The App's, where its inputs are given: in the action `github-token` never is empty.

    Raises `AppInputError` for half of them, or for what is no id or no key.
    """
    return AppKey.given(settings.github_app_id, settings.github_app_private_key.get_secret_value())


def credentials(
    settings: Settings,
    where: Server,
    scope: str,
    wanted: Callable[[], Permissions],
    *,
    clock: Clock,
    conceal: Conceal,
) -> Credentials:
    """An App's token of its installation for `scope`, made when it is needed; else `github-token`.

    Raises `ConfigurationError` where neither can be had of the inputs.
    """
    key = app_key(settings)
    if key is None:
        return FixedToken(settings.github_token.get_secret_value())
    conceal("github-app-key", key.pem)
    known = partial(conceal, "github-token")
    return installation(where, key, wanted(), scope=scope, clock=clock, conceal=known)
