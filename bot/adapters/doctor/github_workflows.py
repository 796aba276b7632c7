"""The workflow files of the default branch, their states, and those of a checkout."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from bot.adapters.doctor.attempts import attempt
from bot.adapters.github_api.client import Client
from bot.doctor.check import Unseen
from bot.doctor.workflow_file import FOLDER, Workflow, read_workflow
from bot.untrusted import Untrusted

MOST: Final = 100
"""Files that are read; repositories with more exist, but hardly with coder-fix in the last."""

_READER: Final = "A token with `contents: read`."
_ACTIONS: Final = "A token with `actions: read`."


class WorkflowReader:
    """Over a client that others may share."""

    def __init__(self, client: Client, root: str) -> None:
        self._client = client
        self._root = root

    def files(self) -> tuple[Workflow, ...] | Unseen:
        """Every file of the folder on the default branch, read."""
        folder = attempt(
            lambda: self._client.get(f"{self._root}/contents/{FOLDER}", none_on=(404,)), _READER
        )
        if isinstance(folder, Unseen):
            return folder
        paths = [str(e.get("path", "")) for e in folder or () if isinstance(e, dict)]
        paths = [p for p in paths if p.endswith((".yml", ".yaml"))][:MOST]
        with ThreadPoolExecutor(max_workers=6) as pool:
            return tuple(pool.map(self._file, paths))

    def states(self) -> Mapping[str, str] | Unseen:
        """Path → state, such as `active`, `disabled_manually`, `disabled_inactivity`."""
        found = attempt(
            lambda: list(self._client.pages(f"{self._root}/actions/workflows", "workflows")),
            _ACTIONS,
        )
        if isinstance(found, Unseen):
            return found
        return {str(w.get("path")): str(w.get("state")) for w in found if isinstance(w, dict)}

    def dependabot(self) -> bool | Unseen:
        """Whether Dependabot is configured here."""
        found = attempt(
            lambda: self._client.get(f"{self._root}/contents/.github", none_on=(404,)), _READER
        )
        if isinstance(found, Unseen):
            return found
        names = {str(e.get("name")) for e in found or () if isinstance(e, dict)}
        return bool(names & {"dependabot.yml", "dependabot.yaml"})

    def _file(self, path: str) -> Workflow:
        found = attempt(lambda: self._client.get(f"{self._root}/contents/{quote(path)}"), _READER)
        if isinstance(found, Unseen):
            return Workflow(path, path, {}, trouble="GitHub did not show it")
        return read_workflow(path, _text(found))


def local_workflows(root: Path) -> tuple[str, ...]:
    """The names of the checkout's workflow files that use coder-fix; links are not followed."""
    folder = root / FOLDER
    found: list[str] = []
    try:
        paths = sorted(p for p in folder.iterdir() if p.suffix in {".yml", ".yaml"})[:MOST]
    except OSError:
        return ()
    for path in paths:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > 1_000_000:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if read_workflow(path.name, Untrusted(text)).ours:
            found.append(path.name)
    return tuple(found)


def _text(data: Any) -> Untrusted:
    content = data.get("content") if isinstance(data, dict) else ""
    try:
        return Untrusted(base64.b64decode(str(content or "")).decode("utf-8", "replace"))
    except (binascii.Error, ValueError):
        return Untrusted("")
