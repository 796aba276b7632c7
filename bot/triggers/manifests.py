"""Which package managers does a repository use, and where? Pure.

Recognized by paths alone: a manifest belongs to the nearest lock file of its family at or above its
directory (a workspace has one lock file for many manifests); without one, to its family's default.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase, translate
from posixpath import basename, dirname
from shlex import quote
from typing import Final

from bot.triggers.ecosystems import ECOSYSTEMS, Ecosystem
from bot.untrusted import Untrusted

MAX_PLACES: Final = 50
"""Places of use that are told; a monorepo with more needs `packages` per directory anyway."""

MAX_FILES: Final = 40
_PATH_LIMIT: Final = 400
# What was downloaded or generated is nobody's manifest.
_NOT_OURS: Final = frozenset(
    {"node_modules", "vendor", "bower_components", "site-packages", ".venv", "venv", ".git"}
    | {"testdata", "fixtures", "__fixtures__"}
)


def _any_of(*, paths: bool) -> re.Pattern[str]:
    globs = {
        glob for e in ECOSYSTEMS for glob in (*e.manifests, *e.locks) if ("/" in glob) == paths
    }
    return re.compile("|".join(map(translate, sorted(globs))))


_NAMES: Final = _any_of(paths=False)
_PATHS: Final = _any_of(paths=True)
"""All globs at once: nearly every file of a repository is none of them."""


@dataclass(frozen=True, slots=True)
class Place:
    """One use of one package manager: a directory (`.` is the root), its files, its command.

    `manifests` and `locks` are paths from the root, sorted, `MAX_FILES` of each at most.
    """

    ecosystem: Ecosystem
    directory: Untrusted
    manifests: tuple[Untrusted, ...]
    locks: tuple[Untrusted, ...] = ()

    def lock_command(self, package: str = "") -> str:
        """What renews the lock files here, to be run in `directory`; empty where none exist."""
        if not self.locks and not self.ecosystem.always:
            return ""
        command = self.ecosystem.lock
        name = package.partition("[")[0]
        return command.replace("{package}", quote(name) if name else "<package>")


@dataclass(slots=True)
class _Family:
    """Files of one family: manifests and locks by directory."""

    manifests: dict[str, list[str]] = field(default_factory=dict)
    locks: dict[str, dict[str, list[str]]] = field(default_factory=dict)


def present(paths: Iterable[str]) -> tuple[Place, ...]:
    """The package managers in use and where, in the order of the table, then by directory.

    Takes all paths of a repository, or those that a pull request changes. At most `MAX_PLACES`.
    """
    families: dict[str, _Family] = {}
    for path in paths:
        if not _is_ours(path):
            continue
        for ecosystem in ECOSYSTEMS:
            family = families.setdefault(ecosystem.family, _Family())
            if _fits(path, ecosystem.locks):
                locks = family.locks.setdefault(dirname(path), {})
                locks.setdefault(ecosystem.name, []).append(path)
            elif _fits(path, ecosystem.manifests):
                listed = family.manifests.setdefault(dirname(path), [])
                if path not in listed[-1:]:
                    listed.append(path)
    found = [
        place
        for name, family in families.items()
        for place in _places([e for e in ECOSYSTEMS if e.family == name], family)
    ]
    order = {ecosystem.name: n for n, ecosystem in enumerate(ECOSYSTEMS)}
    found.sort(key=lambda place: (order[place.ecosystem.name], place.directory.raw))
    return tuple(found[:MAX_PLACES])


def _places(ecosystems: list[Ecosystem], family: _Family) -> Iterable[Place]:
    """Manifests gathered at their lock file's directory, under their package manager."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for directory, locks in family.locks.items():
        for name in locks:
            grouped[name, directory] = []
    for directory, manifests in family.manifests.items():
        for manifest in manifests:
            fitting = [e for e in ecosystems if _fits(manifest, e.manifests)]
            for owner in _owners(directory, fitting, family):
                grouped.setdefault(owner, []).append(manifest)
    by_name = {ecosystem.name: ecosystem for ecosystem in ecosystems}
    for (name, directory), manifests in grouped.items():
        yield Place(
            by_name[name],
            Untrusted(directory or "."),
            _files(manifests),
            _files(family.locks.get(directory, {}).get(name, [])),
        )


def _owners(directory: str, fitting: list[Ecosystem], family: _Family) -> list[tuple[str, str]]:
    """The nearest directory upwards with a lock file that fits, else the manifest's own."""
    names = {ecosystem.name for ecosystem in fitting}
    above = directory
    while True:
        if found := sorted(names & family.locks.get(above, {}).keys()):
            return [(name, above) for name in found]
        if not above:
            break
        above = dirname(above)
    lone = [e for e in fitting if e.default] or fitting
    # All workflows are one place: nobody upgrades an action in a single file.
    place = "" if lone[-1].family == "actions" else directory
    return [(lone[-1].name, place)]


def _files(paths: list[str]) -> tuple[Untrusted, ...]:
    return tuple(Untrusted(path) for path in sorted(set(paths))[:MAX_FILES])


def _is_ours(path: str) -> bool:
    known = (
        len(path) <= _PATH_LIMIT
        and not path.startswith("/")
        and (_NAMES.match(basename(path)) or _PATHS.match(path))
    )
    return bool(known) and not _NOT_OURS & set(path.split("/")[:-1])


def _fits(path: str, patterns: tuple[str, ...]) -> bool:
    name = basename(path)
    return any(fnmatchcase(path if "/" in glob else name, glob) for glob in patterns)
