"""Which commit of coder-fix a workflow should use: the newest release's, else the one at work."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

from bot import __version__
from bot.adapters.checkout import git

HOME: Final = "coder-fix/coder-fix"
_TAG = re.compile(r"([0-9a-f]{40})\trefs/tags/v(\d+)\.(\d+)\.(\d+)(\^\{\})?")
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class Pin:
    """`uses` is the whole value, with a comment that tells the version."""

    uses: str
    is_release: bool


def pinned(server: str, folder: Path) -> Pin | None:
    """The version to use, pinned by its commit; None where none can be known.

    `server` is where coder-fix lives, such as https://github.com. One git command asks it.
    """
    done = git("ls-remote", "--tags", "--", f"{server.rstrip('/')}/{HOME}", "v*", at=folder)
    newest = _newest(done.stdout) if not done.returncode else None
    if newest is not None:
        return Pin(f"{HOME}@{newest[1]} # v{newest[0]}", is_release=True)
    commit = _installed() or _checked_out()
    return Pin(f"{HOME}@{commit} # {__version__}, unreleased", is_release=False) if commit else None


def _newest(told: str) -> tuple[str, str] | None:
    """Version and commit of the highest tag; of an annotated tag git tells the commit as `^{}`."""
    found: dict[tuple[int, int, int], tuple[bool, str]] = {}
    for line in told.splitlines():
        if match := _TAG.fullmatch(line):
            version = (int(match[2]), int(match[3]), int(match[4]))
            found[version] = max(found.get(version, (False, "")), (bool(match[5]), match[1]))
    if not found:
        return None
    newest = max(found)
    return ".".join(map(str, newest)), found[newest][1]


def _installed() -> str:
    """The commit from which pip installed us (PEP 610, direct_url.json)."""
    try:
        told: Any = json.loads(distribution("coder-fix").read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        return ""
    commit = str((told.get("vcs_info") or {}).get("commit_id", ""))
    return commit if _COMMIT.fullmatch(commit) else ""


def _checked_out() -> str:
    """The commit of the checkout in which this file lies, where that is one of coder-fix."""
    root = Path(__file__).resolve().parents[2]
    if not (root / "action.yml").exists() or not (root / ".git").exists():
        return ""
    commit = git("rev-parse", "HEAD", at=root).stdout.strip()
    return commit if _COMMIT.fullmatch(commit) else ""
