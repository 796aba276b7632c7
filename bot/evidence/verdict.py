"""A class of failure with the words for it, and tables of wordings that speak for one."""

from __future__ import annotations

from dataclasses import dataclass

from bot.log_formats import Pattern
from bot.outcomes import FailureClass


@dataclass(frozen=True, slots=True)
class Verdict:
    """A class, and why, in a few words of ours and a line number."""

    kind: FailureClass
    reason: str


def rules(
    *rows: tuple[FailureClass, str, str],
) -> tuple[tuple[FailureClass, str, Pattern], ...]:
    """A table of class, reason and the pattern that speaks for them."""
    return tuple((kind, why, Pattern(source)) for kind, why, source in rows)
