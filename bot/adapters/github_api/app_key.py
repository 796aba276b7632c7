"""The private key of a GitHub App, and the JSON web tokens that it signs.

Source: docs.github.com, "Generating a JSON Web Token (JWT) for a GitHub App": RS256, `iat` a minute
back, `exp` at most ten minutes ahead, `iss` the App's id or its client id.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cached_property
from typing import Any, Final

import jwt
from jwt.algorithms import RSAAlgorithm

from bot.errors import ConfigurationError

ID: Final = "github-app-id"
KEY: Final = "github-app-private-key"

BACK_DATED: Final = 60
"""Seconds: a clock that is fast by less is not noticed."""

AHEAD: Final = 540
"""Seconds: with the same tolerance below the ten minutes that GitHub allows."""

_PEM = re.compile(r"-----BEGIN ((?:RSA )?PRIVATE KEY)-----(.+?)-----END \1-----", re.DOTALL)
_BETWEEN = re.compile(r"\s|\\[rn]")
_ID = re.compile(r"[0-9]{1,18}|Iv[0-9]{1,2}[.A-Za-z0-9]{8,60}")
_LINE = 64
_REMEDY = (
    "Give the text of the .pem file that GitHub made for the App, from -----BEGIN to -----END; "
    "a path is not read."
)


class AppInputError(ConfigurationError):
    """One of the two inputs is wrong; `name` says which."""

    def __init__(self, name: str, message: str, *, remedy: str) -> None:
        super().__init__(message, remedy=remedy)
        self.name = name


class AppKey:
    """An App's id with its key. Never shows the key."""

    @classmethod
    def given(cls, app_id: str, key: str) -> AppKey | None:
        """Of the two inputs; None where both are empty.

        Raises `AppInputError` where one of them is, or is none, or the key cannot be read.
        """
        if not app_id and not key:
            return None
        if not (app_id and key):
            empty = KEY if app_id else ID
            raise AppInputError(
                empty,
                f"Input `{empty}` is empty, the other of the two is not.",
                remedy="Give both, or neither to use `github-token`. An event of a fork or of "
                "Dependabot carries no secrets.",
            )
        made = cls(app_id, key)
        made.check()
        return made

    def __init__(self, app_id: str, key: str) -> None:
        r"""`key` is the PEM text; its line ends may be lost, or written as `\n`.

        Raises `AppInputError` for what is no id, or no RSA private key.
        """
        self.id = app_id.strip()
        if not _ID.fullmatch(self.id):
            raise AppInputError(
                ID,
                "Input `github-app-id` is neither an App's id nor its client id.",
                remedy="Take the number, or the client id, from the App's settings, General.",
            )
        self.pem = _unfolded(key)

    def __repr__(self) -> str:
        return f"AppKey({self.id})"

    @cached_property
    def _prepared(self) -> Any:
        broken: str = ""
        try:
            return RSAAlgorithm(RSAAlgorithm.SHA256).prepare_key(self.pem)
        except Exception as failure:  # noqa: BLE001 - four kinds, by what is wrong with the key
            broken = type(failure).__name__
        # Outside of the handler, so that the error has no context that could hold the key.
        raise AppInputError(
            KEY,
            f"Input `github-app-private-key` holds no key that can be read ({broken}).",
            remedy=_REMEDY,
        )

    def check(self) -> None:
        """Raise `AppInputError` where the key cannot be read."""
        _ = self._prepared

    def token(self, now: datetime) -> str:
        """A JSON web token for the next minutes; `now` is GitHub's time, as well as it is known."""
        second = int(now.timestamp())
        claims = {"iat": second - BACK_DATED, "exp": second + AHEAD, "iss": self.id}
        return jwt.encode(claims, self._prepared, "RS256")


def _unfolded(text: str) -> str:
    """The PEM in lines of 64, however its line ends travelled: a YAML scalar may fold them."""
    found = _PEM.search(text)
    if found is None:
        raise AppInputError(
            KEY, "Input `github-app-private-key` holds no RSA private key.", remedy=_REMEDY
        )
    body = _BETWEEN.sub("", found[2])
    lines = (body[at : at + _LINE] for at in range(0, len(body), _LINE))
    return "\n".join((f"-----BEGIN {found[1]}-----", *lines, f"-----END {found[1]}-----", ""))
