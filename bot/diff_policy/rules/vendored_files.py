"""Other people's code, edited in place."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from bot.diff_policy.change import Change
from bot.diff_policy.finding import Hit, Rule, Severity
from bot.diff_policy.places import Place

_MANIFESTS = frozenset({
    "go.mod", "package.json", "composer.json", "composer.lock", "gemfile", "gemfile.lock",
    ".gitmodules", "podfile", "podfile.lock", "cargo.toml", "vendor.toml", "vendor.txt",
    "requirements.txt", "vendir.yml", "vcpkg.json", "modules.txt",
})  # fmt: skip


def find(change: Change) -> Iterator[Hit]:
    """A note only, where what names the version changed as well."""
    names = {PurePosixPath(path).name.lower() for path in change.paths}
    renewed = bool(names & _MANIFESTS)
    for file in change.at(Place.VENDORED):
        first = (*file.added, *file.removed, None)[0]
        if renewed:
            yield Hit(file, first, "Vendored code was renewed.", Severity.NOTICE)
        else:
            yield Hit(file, first)


RULE = Rule(
    id="vendored-files",
    why="Vendored code was edited in place: the next update undoes it, and nobody reviews it.",
    legitimate="The project keeps a patched copy on purpose.",
    find=find,
)
