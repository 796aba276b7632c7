"""Which repository is looked at, and as whom: one client that all readers share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

from bot.adapters import tls
from bot.adapters.doctor.github_app import read_app
from bot.adapters.github_api import AppInputError, AppKey, Credentials, FixedToken, Server
from bot.adapters.github_api.app_key import ID
from bot.adapters.github_api.client import Client
from bot.adapters.github_api.revocation import revoke
from bot.doctor.facts import AppFacts, Trouble, TroubleKind
from bot.errors import ConfigurationError
from bot.inputs import is_full_name
from bot.ports import Clock

Conceal = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class GitHubTarget:
    """Which repository, by which token. `local` are the checkout's files that use coder-fix.

    `client` is None where something is in the way of any question: then `trouble` says what.
    """

    server: Server
    name: str
    local: tuple[str, ...] = ()
    trouble: Trouble | None = None
    client: Client | None = None
    credentials: Credentials | None = field(default=None, repr=False)
    app: AppFacts | None = None

    @property
    def host(self) -> str:
        """For people."""
        return urlsplit(self.server.url).netloc.rpartition("@")[2] or self.server.url or "GitHub"

    @property
    def is_enterprise(self) -> bool:
        """Neither github.com nor its data residency."""
        host = (urlsplit(self.server.url).hostname or "").lower()
        return host != "api.github.com" and not host.endswith(".ghe.com")

    @property
    def token(self) -> str:
        """For its kind; never for a message."""
        return self.credentials.token if self.credentials else ""

    def close(self) -> None:
        """Nothing is asked after this; a token that was made for it is revoked."""
        if self.client is not None and self.credentials is not None:
            revoke(self.client, self.credentials)
            self.client.close()


@dataclass(frozen=True, slots=True)
class Bearing:
    """Who asks: `token`, or the App of `app_id` and `app_key` where one of the two is given."""

    token: str = field(repr=False)
    app_id: str = ""
    app_key: str = field(default="", repr=False)


def aim(
    where: Callable[[], Server],
    name: str,
    bearing: Bearing,
    *,
    local: tuple[str, ...],
    clock: Clock,
    conceal: Conceal,
) -> GitHubTarget:
    """The target, with the first thing in the way, such as why no server is meant.

    Never raises a `BotError`.
    """
    try:
        server = where()
    except ConfigurationError as unclear:
        return GitHubTarget(Server(""), name, local, Trouble(TroubleKind.INPUT, str(unclear)))
    made = partial(GitHubTarget, server, name, local)
    try:
        key = AppKey.given(bearing.app_id, bearing.app_key)
    except AppInputError as wrong:
        kind = TroubleKind.APP_ID if wrong.name == ID else TroubleKind.APP_KEY
        return made(Trouble(kind, wrong.message))
    trouble = _in_the_way(server, _missing(name, None if key else bearing.token))
    if trouble is not None:
        return made(trouble)
    if key is None:
        fixed = FixedToken(bearing.token)
        return made(client=Client(server, fixed, clock), credentials=fixed)
    conceal("github-app-key", key.pem)
    app = read_app(server, key, name, clock, partial(conceal, "github-token"))
    if isinstance(app, Trouble):
        return made(app)
    return made(client=Client(server, app.token, clock), credentials=app.token, app=app.facts)


def _in_the_way(server: Server, missing: str) -> Trouble | None:
    """Of what is known without asking anybody."""
    if missing:
        return Trouble(TroubleKind.INPUT, missing)
    try:
        tls.bundle()
    except ConfigurationError as failure:
        return Trouble(TroubleKind.TLS, failure.message)
    try:
        server.check()
    except ConfigurationError as failure:
        return Trouble(TroubleKind.INPUT, failure.message)
    return None


def _missing(name: str, token: str | None) -> str:
    """What nobody could ask GitHub without, as a sentence; empty where nothing is."""
    if token == "":
        return "The input github-token is empty."
    if token and (not (token.isascii() and token.isprintable()) or " " in token):
        return "The input github-token holds characters that no token has."
    if not is_full_name(name):
        return (
            "No repository is named as owner/name: by --repository, by GITHUB_REPOSITORY or by the "
            "origin of a checkout."
        )
    return ""
