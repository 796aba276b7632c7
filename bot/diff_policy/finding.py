"""What a rule says about a diff, and what a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.untrusted import Untrusted

if TYPE_CHECKING:
    from bot.diff_policy.analysis import Analysis
    from bot.diff_policy.change import ChangedFile, CodeLine


class Severity(StrEnum):
    """`BLOCK`: not `fixed` until a person accepts the rule. `NOTICE`: shown, and nothing more."""

    BLOCK = "block"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that a person should look at.

    `line` is 1-based, on the new side, or on the old side where `removed`; 0 is the whole file.
    `why` and `legitimate` are our sentences; `path` and `text`, the diff's line, are not.
    """

    rule: str
    severity: Severity
    path: Untrusted
    line: int
    removed: bool
    text: Untrusted
    why: str
    legitimate: str
    accepted: bool = False

    @property
    def blocks(self) -> bool:
        """Whether this one alone keeps the change from being called fixed."""
        return self.severity is Severity.BLOCK and not self.accepted


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule yields: a line of a file, or the file alone. An empty `why` is the rule's own."""

    file: ChangedFile
    line: CodeLine | None = None
    why: str = ""
    severity: Severity = Severity.BLOCK


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that a fix may not do. `id` is what `/coder allow` names.

    `spares_new_tests`: in a test that is wholly new it is a note only, since what was red before
    cannot become green by it.
    """

    id: str
    why: str
    legitimate: str
    find: Callable[[Analysis], Iterator[Hit]]
    spares_new_tests: bool = False


def is_flagged(findings: Iterable[Finding]) -> bool:
    """Whether the change may not be called fixed."""
    return any(finding.blocks for finding in findings)
