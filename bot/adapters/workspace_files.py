"""Files that the failing job left in the workspace: found by glob, opened with care, copied.

What lies there was written by code of the failing commit, so nothing is believed: no link is
followed, nothing but plain files is opened, and every count and size is bounded. Each folder is
opened relative to the one above it, so that nothing can be exchanged under our feet.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Final

from bot.evidence.recorded import Recorded, RecordedLog
from bot.evidence.reports import Report
from bot.model import MissingLog
from bot.untrusted import Untrusted

MOST_FILES: Final = 20
MOST_LOOKED_AT: Final = 50_000
"""Names in folders that one glob may look at."""

LARGEST_LOG: Final = 128 * 1024 * 1024
"""Bytes kept of one file of output: its end, where failures are told."""

LARGEST_REPORT: Final = 16 * 1024 * 1024
_DEEPEST: Final = 40
_CHUNK: Final = 1024 * 1024
_LONGEST_PATTERN: Final = 1000
_MAGIC = re.compile(r"[*?\[]")
_REPORT = re.compile(r"(?i).+\.(?:xml|sarif)")
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK the opening of a named pipe waits for its other end for ever.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class RefusedError(Exception):
    """A path, or a file, that is not read; the text says why."""


@dataclass(frozen=True, slots=True)
class WorkspaceFiles:
    """Implements `bot.ports.LocalFiles`. `patterns` are paths or globs, `**` for any folders."""

    root: Path
    patterns: Sequence[str]

    @contextmanager
    def recorded(self) -> Iterator[Recorded]:
        """Copies, which nobody can change or cut while they are read."""
        with tempfile.TemporaryDirectory(prefix="coder-fix-", ignore_cleanup_errors=True) as folder:
            yield _Reading(self.root, Path(folder)).all(self.patterns)


@dataclass(slots=True)
class _Reading:
    root: Path
    into: Path
    logs: list[RecordedLog] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    refused: list[MissingLog] = field(default_factory=list)
    seen: set[tuple[str, ...]] = field(default_factory=set)
    left: int = MOST_LOOKED_AT

    def all(self, patterns: Sequence[str]) -> Recorded:
        for pattern in patterns:
            try:
                self._one(pattern)
            except RefusedError as refused:
                self._refuse(pattern, str(refused))
            except OSError as failure:
                self._refuse(pattern, f"it cannot be read ({failure.strerror})")
        return Recorded(tuple(self.logs), tuple(self.reports), tuple(self.refused))

    def _refuse(self, name: str, why: str) -> None:
        self.refused.append(MissingLog(Untrusted(name[:_LONGEST_PATTERN]), f"`log-file`: {why}"))

    def _one(self, pattern: str) -> None:
        parts, found = parts_inside(pattern, self.root), 0
        self.left = MOST_LOOKED_AT
        top = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for path in self._paths(top, parts):
                found += 1
                if path not in self.seen and not self._take(top, path):
                    return
        finally:
            os.close(top)
        if not found:
            raise RefusedError("it matches no file in the workspace")

    def _take(self, top: int, path: tuple[str, ...]) -> bool:
        """Read one file; false where no more may be read."""
        if len(self.seen) >= MOST_FILES:
            self._refuse("/".join(path), f"only the first {MOST_FILES} files are read")
            return False
        self.seen.add(path)
        try:
            self._copy(top, path)
        except RefusedError as refused:
            self._refuse("/".join(path), str(refused))
        except OSError as failure:
            self._refuse("/".join(path), f"it cannot be read ({failure.strerror})")
        return True

    def _paths(self, top: int, parts: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """The paths that fit, in order; a path without a glob is given as it is."""
        if not any(_MAGIC.search(part) for part in parts):
            yield parts
            return
        yield from self._under(top, (), parts)

    def _under(
        self, folder: int, at: tuple[str, ...], parts: tuple[str, ...]
    ) -> Iterator[tuple[str, ...]]:
        here, rest = parts[0], parts[1:]
        if here == "**":
            if rest:
                yield from self._under(folder, at, rest)
            elif self.left:
                yield from self._under(folder, at, ("*",))
        for name, is_folder in self._names(folder):
            if here == "**":
                deeper = parts
            elif fnmatchcase(name, here):
                deeper = rest
            else:
                continue
            if not deeper and not is_folder:
                yield (*at, name)
            if deeper and is_folder and len(at) < _DEEPEST:
                yield from self._inside(folder, (*at, name), deeper)

    def _inside(
        self, folder: int, at: tuple[str, ...], parts: tuple[str, ...]
    ) -> Iterator[tuple[str, ...]]:
        try:
            inner = os.open(at[-1], _FOLDER, dir_fd=folder)
        except OSError:
            return  # gone, forbidden, or a link by now
        try:
            yield from self._under(inner, at, parts)
        finally:
            os.close(inner)

    def _names(self, folder: int) -> list[tuple[str, bool]]:
        """The names in a folder and which are folders, links being none; Git's own are left out."""
        found = []
        with os.scandir(folder) as entries:
            for entry in entries:
                if self.left <= 0:
                    raise RefusedError(f"the glob looks at more than {MOST_LOOKED_AT:,} names")
                self.left -= 1
                if entry.name != ".git":
                    found.append((entry.name, entry.is_dir(follow_symlinks=False)))
        return sorted(found)

    def _copy(self, top: int, path: tuple[str, ...]) -> None:
        name = "/".join(path)
        with _opened(top, path) as file:
            size = os.fstat(file.fileno()).st_size
            if _REPORT.fullmatch(path[-1]):
                if size > LARGEST_REPORT:
                    raise RefusedError(f"a report of more than {_mib(LARGEST_REPORT)}")
                self.reports.append(Report(name, file.read(LARGEST_REPORT)))
                return
            if size > LARGEST_LOG:
                file.seek(size - LARGEST_LOG)
                file.readline(LARGEST_LOG)  # what is left of a line
                self._refuse(name, f"only its last {_mib(LARGEST_LOG)} are read")
            target = self.into / str(len(self.logs))
            with target.open("wb") as out:
                _copied(file, out, LARGEST_LOG)
        self.logs.append(RecordedLog(_opener(target), target.stat().st_size))


def parts_inside(pattern: str, root: Path) -> tuple[str, ...]:
    """The parts of a path, or of a glob, below `root`. Raises `RefusedError` where it leads out."""
    if "\0" in pattern or len(pattern) > _LONGEST_PATTERN:
        raise RefusedError("it is no path")
    if pattern.startswith("/"):
        top = f"{root.absolute()}/"
        if not pattern.startswith(top):
            raise RefusedError("it lies outside of the workspace")
        pattern = pattern.removeprefix(top)
    parts = [part for part in pattern.split("/") if part not in {"", "."}]
    if ".." in parts:
        raise RefusedError("it leads out of the workspace")
    if not parts:
        raise RefusedError("it names no file")
    doubled = zip([*parts[1:], ""], parts, strict=True)
    return tuple(part for after, part in doubled if (after, part) != ("**", "**"))


@contextmanager
def _opened(top: int, path: tuple[str, ...]) -> Iterator[BufferedReader]:
    """The file, once it is known to be a plain one that is reached without any link."""
    held: list[int] = []
    try:
        here = top
        for part in path[:-1]:
            here = _open(part, _FOLDER, here)
            held.append(here)
        held.append(_open(path[-1], _FILE, here))
        if not stat.S_ISREG(os.fstat(held[-1]).st_mode):
            raise RefusedError("it is no plain file")
        with os.fdopen(held.pop(), "rb") as file:
            yield file
    finally:
        for number in held:
            os.close(number)


def _open(name: str, flags: int, folder: int) -> int:
    try:
        return os.open(name, flags, dir_fd=folder)
    except FileNotFoundError:
        raise RefusedError("there is no such file in the workspace") from None
    except OSError as failure:
        if stat.S_ISLNK(os.lstat(name, dir_fd=folder).st_mode):
            raise RefusedError("it is, or lies behind, a symbolic link") from None
        raise RefusedError(f"it cannot be read ({failure.strerror})") from None


def _copied(source: BinaryIO, target: BinaryIO, most: int) -> None:
    """At most so many bytes: another process may be writing on."""
    while most > 0 and (data := source.read(min(most, _CHUNK))):
        target.write(data)
        most -= len(data)


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _mib(size: int) -> str:
    return f"{size // 1024**2} MiB"
