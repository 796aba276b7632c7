"""The policy files of a repository and of its owner, as a run would find them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.adapters.doctor.target import GitHubTarget
from bot.adapters.github_api.files import file_on_default_branch
from bot.doctor.check import Unseen
from bot.errors import UpstreamError
from bot.untrusted import Untrusted

_READER: Final = "A token with `contents: read`."


def policy_texts(
    target: GitHubTarget, repositories: Sequence[str], path: str, largest: int
) -> dict[str, Untrusted] | Unseen:
    """The file of each of the repositories that has one; `Unseen` where GitHub does not say.

    Raises `ConfigurationError` for what is no small text.
    """
    client = target.client
    if client is None:
        return {}
    try:
        found = {
            name: file_on_default_branch(client, name, path, largest=largest)
            for name in repositories
        }
    except UpstreamError as failure:
        return Unseen(failure.message, _READER)
    return {name: text for name, text in found.items() if text is not None}
