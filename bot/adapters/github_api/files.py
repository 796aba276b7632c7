"""A file as it stands on a repository's default branch, which no pull request can change."""

from __future__ import annotations

import base64
from typing import Any, Final

from bot.adapters.github_api.client import Client
from bot.errors import ConfigurationError
from bot.untrusted import Untrusted

_REMEDY: Final = "Make it a small text file, or remove it."


def file_on_default_branch(
    client: Client, repository: str, path: str, *, largest: int
) -> Untrusted | None:
    """The text, at most `largest` bytes; None where there is no such file, or none to be seen.

    Without `ref` the contents API reads the default branch. It gives a folder as a list, and of a
    file above 1 MB no content (docs: REST API, Get repository content). Raises `ConfigurationError`
    for what is no such text, `UpstreamError` where GitHub refuses.
    """
    found = client.get(f"/repos/{repository}/contents/{path}", none_on=(404,))
    if found is None:
        return None
    where = f"{repository}: {path}"
    if not isinstance(found, dict) or found.get("type") != "file":
        raise ConfigurationError(f"{where} is not a file.", remedy=_REMEDY)
    size = int(found.get("size") or 0)
    if size > largest:
        raise ConfigurationError(
            f"{where} has {size} bytes; {largest} are read at most.", remedy=_REMEDY
        )
    try:
        return Untrusted(_content(found).decode("utf-8-sig"))
    except ValueError as failure:
        raise ConfigurationError(f"{where} is not UTF-8 text.", remedy=_REMEDY) from failure


def _content(found: dict[str, Any]) -> bytes:
    return base64.b64decode(str(found.get("content") or ""))
