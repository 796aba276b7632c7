"""A diff as GitHub tells it: files, hunks and numbered lines.

The source is an item of `GET /repos/{o}/{r}/compare/{base}...{head}` (`files`) or of
`GET /repos/{o}/{r}/pulls/{n}/files`. Its `patch` is the unified diff without the file's header. It
is absent for binary files, for pure renames, for files that are too large, and for every file
that follows once a response holds about 20,000 lines; the last have counts of 0 too, as though
nothing had changed (https://github.com/orgs/community/discussions/213491).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MAX_LINES = 50_000
"""Lines that are read in all, context included: GitHub's own limit for a response is 20,000."""

MAX_CHARACTERS = 4_000_000
"""Likewise; GitHub shows no more than 1 MB of a comparison."""

_HEADER = re.compile(r"@@ -([0-9]{1,9})(?:,[0-9]{1,9})? \+([0-9]{1,9})(?:,[0-9]{1,9})? @@ ?")


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `mark` is `+`, `-` or a space; `old` and `new` are 1-based, 0 where it is not."""

    mark: str
    old: int
    new: int
    text: str


@dataclass(frozen=True, slots=True)
class Hunk:
    """Neighboring lines; `section` is what Git printed after the second `@@`."""

    section: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class FileDiff:
    """One changed file.

    `status` is GitHub's word: added, removed, modified, renamed, copied, changed, unchanged.
    `hunks` is None where there was no `patch`; `complete` is false where `MAX_LINES` cut it.
    """

    path: str
    previous_path: str
    status: str
    additions: int
    deletions: int
    hunks: tuple[Hunk, ...] | None
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Comparison:
    """What lies between two commits, from their merge base on.

    `status` is GitHub's word: ahead, behind, diverged, identical; empty where GitHub cannot compare
    them, as when nothing is common to both, or when it gives up on a diff that is too large.
    `merge_base` is that commit's SHA.
    """

    status: str
    files: tuple[FileDiff, ...] = ()
    merge_base: str = ""

    @property
    def is_readable(self) -> bool:
        """Whether GitHub could compare them."""
        return bool(self.status)

    @property
    def descends(self) -> bool:
        """Whether the second commit holds the first one."""
        return self.status in {"ahead", "identical"}

    @property
    def paths(self) -> tuple[str, ...]:
        """The files by their new names."""
        return tuple(file.path for file in self.files)


def read_files(items: Iterable[Mapping[str, Any]]) -> tuple[FileDiff, ...]:
    """GitHub's items as files; never raises on their text. Linear, and bounded by `MAX_LINES`."""
    left, characters = MAX_LINES, MAX_CHARACTERS
    files = []
    for item in items:
        patch = item.get("patch")
        hunks, complete = None, True
        if isinstance(patch, str):
            hunks, used, complete = _read_patch(patch[:characters], left)
            complete = complete and len(patch) <= characters
            left, characters = left - used, max(0, characters - len(patch))
        files.append(
            FileDiff(
                path=str(item.get("filename") or ""),
                previous_path=str(item.get("previous_filename") or ""),
                status=str(item.get("status") or ""),
                additions=int(item.get("additions") or 0),
                deletions=int(item.get("deletions") or 0),
                hunks=hunks,
                complete=complete,
            )
        )
    return tuple(files)


def _read_patch(patch: str, limit: int) -> tuple[tuple[Hunk, ...], int, bool]:
    """The hunks, how many lines they hold, and whether that is all."""
    hunks: list[Hunk] = []
    section = ""
    lines: list[Line] = []
    old = new = used = 0
    for raw in _lines(patch):
        if used >= limit:
            return (*hunks, Hunk(section, tuple(lines))), used, False
        used += 1
        if raw.startswith("@@"):
            if lines:
                hunks.append(Hunk(section, tuple(lines)))
            lines = []
            header = _HEADER.match(raw)
            old, new = (int(header[1]), int(header[2])) if header else (0, 0)
            section = raw[header.end() :] if header else ""
        elif raw.startswith("\\"):  # "\ No newline at end of file"
            continue
        else:
            mark, text = raw[:1] if raw[:1] in "+-" else " ", raw[1:].removesuffix("\r")
            lines.append(Line(mark or " ", old * (mark != "+"), new * (mark != "-"), text))
            old += mark != "+"
            new += mark != "-"
    if lines:
        hunks.append(Hunk(section, tuple(lines)))
    return tuple(hunks), used, True


def _lines(text: str) -> Iterator[str]:
    r"""Lines as Git cuts them, at `\\n` only, without a list of all of them."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start:end]
        start = end + 1
    if start < len(text):
        yield text[start:]
