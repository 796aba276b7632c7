"""Where a checkout's repository lives, by the address of its remote; and GitHub's API, from that.

A token is for one server. Where nobody says which, a token of an Enterprise Server must not be sent
to github.com; nor may the address of a clone, which may be anybody's, decide where it goes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.adapters.checkout import Checkout, ssh_host
from bot.errors import ConfigurationError

GITHUB_COM: Final = "https://api.github.com"
_ITS_HOSTS: Final = frozenset({"github.com", "www.github.com", "ssh.github.com"})
_NAME: Final = r"(?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)(?:\.git)?/?"
_URL: Final = re.compile(
    rf"(?P<scheme>\w+)://(?:[^/]*@)?(?P<host>[\w.-]+|\[[\da-fA-F:]+\])(?P<port>:\d+)?/{_NAME}",
    re.ASCII,
)
_SHORT: Final = re.compile(rf"(?:[\w.-]+@)?(?P<host>\w[\w.-]*):/?{_NAME}", re.ASCII)
"""What git takes for ssh: `git@host:owner/name`; the host may be an alias of ssh's own."""


@dataclass(frozen=True, slots=True)
class Remote:
    """`host` has a port where people would write one in a browser."""

    host: str
    repository: str


def remote(address: str) -> Remote | None:
    """What the address of a remote names; None for one that is not `owner/name` on a server."""
    if found := _URL.fullmatch(address):
        is_web = found["scheme"] in {"http", "https"}
        host = found["host"] + (found["port"] or "" if is_web else "")
        host = host if is_web else ssh_host(host)
    elif found := _SHORT.fullmatch(address):
        host = ssh_host(found["host"])
    else:
        return None
    return Remote(host.lower(), f"{found['owner']}/{found['name']}")


def origin(folder: Path) -> Remote | None:
    """The remote `origin` of the checkout that holds the folder; None where there is none."""
    try:
        return remote(Checkout.around(folder).address)
    except ConfigurationError:
        return None


def assumed_api(folder: Path) -> str:
    """The API's address where no GITHUB_API_URL tells it: that of github.com.

    Raises `ConfigurationError` where the folder is a checkout of another server's repository.
    """
    found = origin(folder)
    if found is None or found.host in _ITS_HOSTS:
        return GITHUB_COM
    data_residency = found.host.endswith(".ghe.com")
    likely = f"https://api.{found.host}" if data_residency else f"https://{found.host}/api/v3"
    raise ConfigurationError(
        f"This checkout's origin is on {found.host}, and no GITHUB_API_URL says that the token is "
        "for that server.",
        remedy=f"Set GITHUB_API_URL to {likely}, or to {GITHUB_COM} for github.com.",
    )
