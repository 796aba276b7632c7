"""What changed between two commits, in the words of GitHub's `diff-entry`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.git_command import git
from bot.sandbox.git_repository import GitRepository

_STATUS = {"A": "added", "D": "removed", "M": "modified", "R": "renamed", "T": "changed"}


@dataclass(frozen=True, slots=True)
class FileChange:
    """One changed file. `patch` is None for binary files, `sha` is the blob after the change."""

    path: str
    previous_path: str
    status: str
    sha: str
    additions: int
    deletions: int
    patch: str | None


def diff(repository: GitRepository, base: str, head: str) -> list[FileChange]:
    """The changes that lead from the tree of `base` to the tree of `head`, renames found."""
    return repository.once(("diff", base, head), lambda *_: _diff(repository.path, base, head))


def _diff(directory: Path, base: str, head: str) -> list[FileChange]:
    out = git(directory, "diff-tree", "-r", "-M", "--no-commit-id", "--full-index", "--raw", "-z",
              base, head).decode(errors="replace")  # fmt: skip
    changes = _parse_raw(out)
    patches = _patches(directory, base, head) if changes else []
    return [
        _change(old, new, letter, sha, patch)
        for (old, new, letter, sha), patch in zip(changes, patches, strict=True)
    ]


def changed_paths(directory: Path, base: str, head: str) -> list[str]:
    """Only the names, as path filters of workflows see them."""
    out = git(directory, "diff-tree", "-r", "--name-only", "--no-commit-id", "-z", base, head)
    return [path for path in out.decode(errors="replace").split("\0") if path]


def _parse_raw(out: str) -> list[tuple[str, str, str, str]]:
    words = iter(out.split("\0"))
    found = []
    for word in words:
        if not word:
            break
        letter, sha = word.split()[4][0], word.split()[3]
        old = next(words)
        new = next(words) if letter in "RC" else old
        found.append((old, new, letter, sha))
    return found


def _patches(directory: Path, base: str, head: str) -> list[str]:
    out = git(directory, "diff-tree", "-r", "-M", "-p", "--no-commit-id", base, head)
    text = out.decode(errors="replace")
    return ["diff --git " + part for part in ("\n" + text).split("\ndiff --git ")[1:]]


def _change(old: str, new: str, letter: str, sha: str, whole: str) -> FileChange:
    start = whole.find("\n@@ ")
    patch = whole[start + 1 :].rstrip("\n") if start >= 0 else None
    lines = (patch or "").split("\n")
    return FileChange(
        path=new,
        previous_path=old if old != new else "",
        status=_STATUS.get(letter, "changed"),
        sha=sha,
        additions=sum(line.startswith("+") for line in lines),
        deletions=sum(line.startswith("-") for line in lines),
        patch=patch,
    )
