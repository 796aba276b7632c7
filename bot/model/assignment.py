"""Work that no red run asks for: what an issue tells, or packages to upgrade."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.command import Package


@dataclass(frozen=True, slots=True)
class Assignment:
    """Either `issue`, whose number it is, or an upgrade; it begins at the default branch.

    `packages` are upgraded together, each to its version, or to the newest one where none is
    given. `patterns` are those of a group (`@types/*`), of which any package may be meant.
    `advisories` are the ids (`GHSA-…`) of what the upgrade is to mend; `severity` is the highest
    of theirs, in GitHub's words.
    """

    issue: int = 0
    packages: tuple[Package, ...] = ()
    patterns: tuple[str, ...] = ()
    advisories: tuple[str, ...] = ()
    severity: str = ""
