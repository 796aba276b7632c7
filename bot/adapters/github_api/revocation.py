"""The end of the tokens that we made: nobody needs them any more, so nobody shall find them.

Source: apps/revoke-installation-access-token; actions/create-github-app-token does it in its post
step.
"""

from __future__ import annotations

import threading
from typing import Final

from bot.adapters.github_api.client import Client
from bot.adapters.github_api.credentials import Credentials
from bot.errors import BotError

PATIENCE: Final = 2.0
"""Seconds in all: less than what a runner leaves a cancelled process after its clean-up."""

_PATH: Final = "/installation/token"
_ENDED: Final = (204, 401)
"""Revoked now, or no token any more."""


def revoke(client: Client, credentials: Credentials) -> bool:
    """Whether no token of ours is left; never raises, and takes at most `PATIENCE` seconds.

    What other threads have under way is waited for, half of that time; from now on they get no
    token, and none is made for them. One that cannot be revoked ends by itself, within its hour.
    """
    done = threading.Event()

    def work() -> None:
        tokens = credentials.end()
        if tokens:
            client.in_flight.wait(PATIENCE / 2)
        revoked = [_is_revoked(client, token) for token in tokens]
        if all(revoked):
            done.set()

    # A thread, since a server that is silent would hold up the end of the process.
    helper = threading.Thread(target=work, name="revocation", daemon=True)
    helper.start()
    helper.join(PATIENCE)
    return done.is_set()


def _is_revoked(client: Client, token: str) -> bool:
    try:
        return client.once(f"token {token}", "DELETE", _PATH).status in _ENDED
    except BotError:
        return False
