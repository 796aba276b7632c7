"""Locked versions that changed although nobody asked for other ones."""

from collections.abc import Iterator

from bot.diff_policy.change import Change, ChangedFile
from bot.diff_policy.finding import Hit, Rule
from bot.diff_policy.places import Place, ecosystem_of, is_manifest


def find(change: Change) -> Iterator[Hit]:
    """Lock files without their manifest, and lock files that were deleted."""
    for file in change.at(Place.LOCK):
        if file.diff.status == "removed" and not _has_successor(file, change):
            yield Hit(file, why="A lock file was deleted.")
        elif file.diff.status != "removed" and not has_manifest(file, change):
            yield Hit(file, (*file.added, *file.removed, None)[0])


def has_manifest(file: ChangedFile, change: Change) -> bool:
    """Whether any manifest of the lock file's ecosystem changed too, in whatever folder."""
    ecosystem = ecosystem_of(file.path)
    return any(is_manifest(path, ecosystem) for path in change.paths)


def _has_successor(file: ChangedFile, change: Change) -> bool:
    """Whether another tool's lock file came in its place."""
    return any(
        other.diff.status == "added" and ecosystem_of(other.path) == ecosystem_of(file.path)
        for other in change.at(Place.LOCK)
    )


RULE = Rule(
    id="lock-files",
    why="A lock file changed without the manifest from which it is made.",
    legitimate="Locked versions were renewed within what the manifest allows.",
    find=find,
)
