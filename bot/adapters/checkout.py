"""A git checkout whose files under `.github/` are read and written, and nothing outside of it."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from bot.errors import ConfigurationError
from bot.sanitize import to_prompt
from bot.untrusted import Untrusted

_EFFECTIVE: Final = os.access in os.supports_effective_ids
PATIENCE: Final = 15.0
"""Seconds for one git command."""

LARGEST: Final = 1024 * 1024
"""Bytes of a file that is read at all."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """`root` is its top folder, links resolved."""

    root: Path

    @classmethod
    def around(cls, folder: Path) -> Self:
        """The checkout that holds the folder. Raises `ConfigurationError` where there is none."""
        done = git("rev-parse", "--show-toplevel", at=folder)
        top = done.stdout.strip()
        if done.returncode or not top:
            said = to_prompt(Untrusted((done.stderr.strip() or "no work tree").splitlines()[0]))
            raise ConfigurationError(
                f"{folder} is not in a git checkout ({said}).",
                remedy="Go into a clone of the repository, or begin one with `git init`.",
            )
        return cls(Path(top).resolve())

    @property
    def default_branch(self) -> str:
        """As the remote `origin` has it; empty where that is not known here."""
        done = git("symbolic-ref", "--short", "refs/remotes/origin/HEAD", at=self.root)
        return done.stdout.strip().partition("/")[2]

    @property
    def address(self) -> str:
        """Of the remote `origin`, as git would use it; empty where there is none."""
        return git("remote", "get-url", "origin", at=self.root).stdout.strip()

    @property
    def is_detached(self) -> bool:
        """Whether a commit made now would be on no branch."""
        return git("symbolic-ref", "--quiet", "HEAD", at=self.root).returncode != 0

    def files(self, folder: str) -> dict[str, str]:
        """The YAML files in that folder, by path; what is no UTF-8 text is left out."""
        place = self._place(folder)
        if not place.is_dir():
            return {}
        names = sorted(p.name for p in place.iterdir() if p.suffix in {".yml", ".yaml"})
        texts = {f"{folder}/{name}": self.text(f"{folder}/{name}") for name in names}
        return {path: text for path, text in texts.items() if text is not None}

    def text(self, path: str, *, largest: int = LARGEST) -> str | None:
        """The file as it is, line ends too; None where there is none, or no small UTF-8 text."""
        place = self._place(path)
        try:
            # A pipe would be waited for, and a device never ends.
            told = place.stat() if place.exists() else None
            if told is None or not stat.S_ISREG(told.st_mode) or told.st_size > largest:
                return None
            return place.read_bytes().decode("utf-8")
        except OSError as failure:
            raise _trouble("read", path, failure) from failure
        except ValueError:
            return None

    def check(self, path: str, *, is_read: bool = True) -> None:
        """Raises `ConfigurationError` where the file could not be written.

        Nor may one be that is there and was not read: nobody could be shown what is lost.
        """
        place = self._place(path)
        if place.is_symlink() or (place.exists() and not place.is_file()):
            kind = "a link" if place.is_symlink() else "not a file"
            raise ConfigurationError(
                f"{path} is {kind}, so that nothing is written there.", remedy="Move it away."
            )
        if place.exists() and not is_read:
            raise ConfigurationError(
                f"{path} is no small text in UTF-8, so that its changes cannot be shown.",
                remedy="Convert it, or move it away.",
            )
        above = next(p for p in place.parents if p.exists())
        if not above.is_dir():
            raise ConfigurationError(
                f"{above.relative_to(self.root)} is not a folder.", remedy="Move it away."
            )
        if not os.access(above, os.W_OK | os.X_OK, effective_ids=_EFFECTIVE):
            raise ConfigurationError(
                f"{above} cannot be written by you.", remedy="Check its owner and mode."
            )

    def write(self, texts: Mapping[str, str]) -> None:
        """All of the files, or none: what was written is taken back where a later one fails."""
        for path in texts:
            self.check(path)
        done: list[tuple[Path, bytes | None]] = []
        made: list[Path] = []
        try:
            for path, text in texts.items():
                place = self.root / path
                made += [p for p in reversed(place.parents) if not p.exists()]
                place.parent.mkdir(parents=True, exist_ok=True)
                before = place.read_bytes() if place.exists() else None
                _replace(place, text.encode(), like=place if before is not None else None)
                done.append((place, before))
        except OSError as failure:
            for place, before in reversed(done):
                with suppress(OSError):
                    place.unlink() if before is None else _replace(place, before, like=place)
            for folder in reversed(made):
                with suppress(OSError):
                    folder.rmdir()
            raise _trouble("written", path, failure) from failure

    def _place(self, path: str) -> Path:
        """Where the path leads; a link on the way may not lead out of the checkout."""
        place = self.root / path
        folder = place.parent.resolve()
        if not folder.is_relative_to(self.root) or ".git" in folder.relative_to(self.root).parts:
            raise ConfigurationError(
                f"{path} lies outside of {self.root}: a link leads to {folder}.",
                remedy="Replace the link by a folder.",
            )
        return folder / place.name


def git(*arguments: str, at: Path) -> subprocess.CompletedProcess[str]:
    """One git command, which asks nobody for anything. Raises `ConfigurationError` without git."""
    env = dict(os.environ) | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=at,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except FileNotFoundError as failure:
        raise ConfigurationError("git was not found.", remedy="Install it.") from failure
    except subprocess.TimeoutExpired as late:
        return subprocess.CompletedProcess(late.args, 1, "", f"no answer in {PATIENCE:g} s")


def ssh_host(name: str) -> str:
    """The host that ssh would connect to: `github.com-work` is often an alias of github.com.

    `ssh -G` prints the settings for a host and connects to nothing (ssh(1)).
    """
    try:
        done = subprocess.run(
            ["ssh", "-G", "--", name],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return name
    found = re.search(r"^hostname (\w[\w.-]*)$", done.stdout, re.MULTILINE | re.ASCII)
    return found[1] if found else name


def _replace(place: Path, data: bytes, *, like: Path | None) -> None:
    """At once, so that no reader, and no crash, sees half of it."""
    beside = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(data)
        if like is not None:
            shutil.copymode(like, beside)
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)


def _trouble(word: str, path: str, failure: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"{path} cannot be {word}: {failure.strerror}.", remedy="Nothing was changed."
    )
