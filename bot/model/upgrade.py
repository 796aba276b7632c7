"""What the inputs say of upgrades."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Group:
    """Packages that are upgraded together: `types = @types/*, mypy`."""

    name: str
    patterns: tuple[str, ...]

    def holds(self, package: str) -> bool:
        """Whether one of the patterns fits; `*` fits anything, `/` too; case does not count."""
        return any(fnmatchcase(package.lower(), pattern.lower()) for pattern in self.patterns)
