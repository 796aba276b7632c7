"""What kind of token speaks for us, which decides what GitHub lets it do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class BearerKind(StrEnum):
    """Kinds that differ in what they can do."""

    WORKFLOW = "workflow"
    """The job's own `GITHUB_TOKEN`."""

    APP = "app"
    FINE_GRAINED = "fine-grained"
    CLASSIC = "classic"
    """A classic personal token, or one of a person's login: both have scopes."""

    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token as far as it is known; `scopes` is None where GitHub tells none."""

    kind: BearerKind
    scopes: frozenset[str] | None = None
