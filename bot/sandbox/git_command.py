"""The system's git, cut off from the user's own configuration."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

IDENTITY = ("Sandbox", "sandbox@localhost")


class GitError(RuntimeError):
    """git said no; the message is git's own."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def git_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment every git process here gets: no configuration of the machine's or user's."""
    name, email = IDENTITY
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.devnull,
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": email,
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": email,
        # Repositories of the sandbox may be read by another user than the one who made them
        # (a container that runs as root).
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
        **(extra or {}),
    }


def git(
    directory: Path,
    *arguments: str,
    stdin: bytes | None = None,
    env: Mapping[str, str] | None = None,
) -> bytes:
    """Run git in `directory` and return its stdout. Raises `GitError` with git's stderr."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=directory,
        env=git_environment(env),
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip() or done.stdout.decode(errors="replace")
        raise GitError(f"git {' '.join(arguments[:2])}: {said}", done.returncode)
    return done.stdout


def git_text(directory: Path, *arguments: str) -> str:
    """`git` with its output as text, stripped."""
    return git(directory, *arguments).decode(errors="replace").strip()
