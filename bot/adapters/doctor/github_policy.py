"""The policy files of a repository and of its owner, as a run would find them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Final

from bot.adapters.doctor.github_facts import GitHubTarget
from bot.adapters.github_api import FixedToken
from bot.adapters.github_api.client import Client
from bot.adapters.github_api.files import file_on_default_branch
from bot.doctor.check import Unseen
from bot.errors import UpstreamError
from bot.ports import Clock
from bot.untrusted import Untrusted

_READER: Final = "A token with `contents: read`."


def policy_texts(
    target: GitHubTarget, clock: Clock, repositories: Sequence[str], path: str, largest: int
) -> dict[str, Untrusted] | Unseen:
    """The file of each of the repositories that has one; `Unseen` where GitHub does not say.

    Raises `ConfigurationError` for what is no small text, or an address that cannot be used.
    """
    if target.missing():
        return {}
    with closing(Client(target.server, FixedToken(target.token), clock)) as client:
        try:
            found = {
                name: file_on_default_branch(client, name, path, largest=largest)
                for name in repositories
            }
        except UpstreamError as failure:
            return Unseen(failure.message, _READER)
    return {name: text for name, text in found.items() if text is not None}
