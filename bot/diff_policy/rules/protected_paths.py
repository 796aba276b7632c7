"""Paths that the input `protected-paths` names."""

import fnmatch
import re
from collections.abc import Iterator

from bot.diff_policy.change import Change
from bot.diff_policy.finding import Hit, Rule


def find(change: Change) -> Iterator[Hit]:
    """Files that a glob fits, by their new name or by their former one."""
    globs = [
        re.compile(pattern)
        for glob in change.context.protected_paths
        for pattern in _patterns(glob)
    ]
    for file in change.files:
        names = [name for name in (file.path, file.diff.previous_path) if name]
        if any(glob.match(name) for glob in globs for name in names):
            yield Hit(file, (*file.added, *file.removed, None)[0])


def _patterns(glob: str) -> Iterator[str]:
    """`*` spans folders; `docs/` is all below it; `*.sql` and `**/x` fit at any depth."""
    glob = glob.strip().removeprefix("./").removeprefix("/")
    if glob:
        yield fnmatch.translate(glob + "*" if glob.endswith("/") else glob)
        yield fnmatch.translate(f"{glob.rstrip('/')}/*")
        yield fnmatch.translate(glob.removeprefix("**/"))
        if "/" not in glob:
            yield fnmatch.translate(f"*/{glob}")


RULE = Rule(
    id="protected-paths",
    why="The path is protected by the input `protected-paths`.",
    legitimate="The repair cannot be made anywhere else.",
    find=find,
)
