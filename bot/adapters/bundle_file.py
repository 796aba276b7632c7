"""The file for a bundle, in the workspace: written whole or not at all, and past no link.

What lies in the workspace may have been written by code of the failing commit, and a container
action is root there: a link would have us write anywhere. So each folder is opened relative to the
one above it, and the file takes its name only when it is complete.
"""

from __future__ import annotations

import os
import secrets
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.adapters.workspace_files import RefusedError, parts_inside
from bot.errors import ConfigurationError

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FOR_ALL: Final = 0o644
"""The step that uploads it runs as another user than a container does."""


@dataclass(frozen=True, slots=True)
class BundleFile:
    """`name` is the path from the workspace on, as every step of the job knows it."""

    root: Path
    name: str

    @classmethod
    def at(cls, root: Path, path: str) -> BundleFile:
        """Raises `ConfigurationError` for a path that leads out of the workspace."""
        try:
            return cls(root, "/".join(parts_inside(path, root)))
        except RefusedError as refused:
            raise ConfigurationError(
                f"Input `bundle`: {refused}.",
                remedy="Give a path in the workspace, such as `coder-fix.json`.",
            ) from None

    def write(self, data: bytes) -> None:
        """In place of what was there. Raises `OSError`; then what was there still is."""
        *folders, last = self.name.split("/")
        with ExitStack() as held:
            here = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            held.callback(os.close, here)
            for folder in folders:
                here = _entered(here, folder)
                held.callback(os.close, here)
            _placed(here, last, data)


def _entered(above: int, name: str) -> int:
    """The folder, made where there is none."""
    with suppress(FileExistsError):
        os.mkdir(name, dir_fd=above)
    return os.open(name, _FOLDER, dir_fd=above)


def _placed(folder: int, name: str, data: bytes) -> None:
    passing = f".coder-fix-{secrets.token_hex(8)}"
    number = os.open(passing, _NEW, _FOR_ALL, dir_fd=folder)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
        os.rename(passing, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(passing, dir_fd=folder)
        raise
