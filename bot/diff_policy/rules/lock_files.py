"""Locked versions that changed although nobody asked for other ones."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from bot.diff_policy.change import Change, ChangedFile
from bot.diff_policy.finding import Hit, Rule
from bot.diff_policy.places import Place, manifest_of


def find(change: Change) -> Iterator[Hit]:
    """Lock files without their manifest, and lock files that were deleted."""
    for file in change.at(Place.LOCK):
        if file.diff.status == "removed" and not _has_successor(file, change):
            yield Hit(file, why="A lock file was deleted.")
        elif file.diff.status != "removed" and not has_manifest(file, change):
            yield Hit(file, (*file.added, *file.removed, None)[0])


def has_manifest(file: ChangedFile, change: Change) -> bool:
    """Whether the manifest of a lock file changed too, in its folder or, for workspaces, elsewhere."""
    manifest = manifest_of(file.path)
    names = {PurePosixPath(path).name.lower() for path in change.paths}
    return any(
        name == manifest
        or (name != file.path and name.startswith(manifest.rstrip(".")))
        or name.endswith(manifest)
        for name in names
    )


def _has_successor(file: ChangedFile, change: Change) -> bool:
    """Whether another tool's lock file came in its place."""
    return any(
        other.diff.status == "added" and manifest_of(other.path) == manifest_of(file.path)
        for other in change.at(Place.LOCK)
    )


RULE = Rule(
    id="lock-files",
    why="A lock file changed without the manifest from which it is made.",
    legitimate="Locked versions were renewed within what the manifest allows.",
    find=find,
)
