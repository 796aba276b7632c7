"""GitHub's own command line, for what needs a person's log-in: storing a secret in a repository.

`gh secret set NAME` reads the value from standard input where no `--body` is given, and encrypts
it itself (cli.github.com/manual/gh_secret_set). A secret is never an argument.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence

from bot.errors import ConfigurationError

_TIMEOUT = 60
_OURS = ("CODER_SESSION_TOKEN", "CODER_FIX_CODER_TOKEN")


class SecretStore:
    """The secret `name` in each of these repositories (`owner/name`)."""

    def __init__(self, name: str, repositories: Sequence[str]) -> None:
        self.name = name
        self.repositories = tuple(repositories)

    def missing(self) -> tuple[str, ...]:
        """The repositories that have no such secret. Raises `ConfigurationError` without access."""
        if shutil.which("gh") is None:
            raise ConfigurationError(
                "--repo needs GitHub's command line, and there is no gh on the PATH.",
                remedy="Install gh, or leave --repo away: the token is then printed once.",
            )
        lacking = []
        for repository in self.repositories:
            listed = _gh(["secret", "list", "--repo", repository, "--json", "name"])
            if listed.returncode:
                raise ConfigurationError(
                    f"gh may not see the secrets of {repository}.",
                    remedy="Log in with `gh auth login` as one who administers that repository.",
                )
            if self.name not in {secret["name"] for secret in json.loads(listed.stdout or "[]")}:
                lacking.append(repository)
        return tuple(lacking)

    def store(self, value: str) -> None:
        """Set it in each. Raises `ConfigurationError` for the first that fails."""
        for repository in self.repositories:
            done = _gh(["secret", "set", self.name, "--repo", repository], value)
            if done.returncode:
                raise ConfigurationError(
                    f"gh could not set the secret {self.name} in {repository}.",
                    remedy="Look at `gh auth status`, then run setup again: it makes a new token.",
                )


def _gh(arguments: list[str], given: str = "") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in _OURS}
    try:
        return subprocess.run(
            ["gh", *arguments],
            input=given,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
            check=False,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        raise ConfigurationError(
            f"gh {arguments[0]} {arguments[1]} did not end within {_TIMEOUT} seconds.",
            remedy="Try it by hand, then run setup again.",
        ) from None
