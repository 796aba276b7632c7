"""What every form of `coder-fix distill` says alike: findings, names, which lines are new."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from bot.commands.distill_input import file_name
from bot.evidence.distiller import Distillation, JobReading
from bot.evidence.fingerprint import normalized
from bot.model.evidence import Diagnostic, Evidence, Excerpt
from bot.sanitize import to_prompt
from bot.untrusted import Untrusted

EMPTY = "The log is empty."
NOTHING_FOUND = "Nothing in the log tells of a failure; its last lines follow."
_LEGS_NAMED = 3
_BARE_NUMBER = re.compile(r"[\W\d_]*")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be shown: at most `budget` characters of `read`.

    `explain` asks for the reason of each line. `green` holds what a green log said, None where no
    green log was given. `steps` are numbers of steps by the names of job and step in an archive.
    """

    read: Distillation
    budget: int
    explain: bool = False
    green: frozenset[str] | None = None
    steps: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def job(self, excerpt: Excerpt) -> JobReading | None:
        """The reading that the excerpt was made of."""
        key = (excerpt.job.raw, excerpt.total_lines)
        return next((job for job in self.read.jobs if (job.name, job.lines) == key), None)

    def new(self, excerpt: Excerpt) -> frozenset[int]:
        """The numbers of its lines that the green log has not."""
        job = self.job(excerpt)
        if self.green is None or job is None:
            return frozenset()
        texts = {line.number: line.text for line in job.cut.lines}
        shown = [line.number for line in excerpt.lines if texts.get(line.number, "").strip()]
        return frozenset(n for n in shown if normalized(texts[n]) not in self.green)

    def link(self, excerpt: Excerpt) -> str:
        """To the first line shown, where the step's number is known; else to the page given."""
        told = self.steps.get((excerpt.job.raw, file_name(excerpt.step_name.raw)), 0)
        return replace(excerpt, step=excerpt.step or told).link

    @property
    def is_empty(self) -> bool:
        """Whether no log holds a line with anything on it."""
        return not self.read.found and not any(
            line.text.strip() for job in self.read.jobs for line in job.cut.lines
        )


def verdict(order: Order, evidence: Evidence) -> str:
    """Class and reason; where nothing was found, what follows instead."""
    if not order.read.found:
        return NOTHING_FOUND
    return f"{evidence.failure_class.value}: {inline(evidence.class_reason, 100)}"


def inline(text: str, limit: int) -> str:
    """Outside text on one line; nothing for nothing."""
    return to_prompt(Untrusted(text), limit=limit) if text else ""


def telling(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those that say something by themselves: a bare number does not."""
    return [d for d in diagnostics if d.test or not _BARE_NUMBER.fullmatch(d.message.raw)]


def finding(diagnostic: Diagnostic) -> Untrusted:
    """`tests/test_cart.py:41: test_total: assert 84 == 90`."""
    place = f"{diagnostic.path}:{diagnostic.line}" if diagnostic.line else diagnostic.path
    test = diagnostic.test.removeprefix(f"{diagnostic.path}::")
    return Untrusted(": ".join(filter(None, (place, test, diagnostic.message.raw))))


def times(diagnostic: Diagnostic) -> str:
    """` (3 times)` where it was said more than once."""
    return f" ({diagnostic.count} times)" if diagnostic.count > 1 else ""


def more(count: int) -> list[str]:
    """The line that says how many findings were left out, if any were."""
    return [f"… {count} more finding{'' if count == 1 else 's'}"] if count > 0 else []


def legs(excerpt: Excerpt, show: Callable[[Untrusted], str]) -> str:
    """`the same in 2 more jobs: test (3.12), test (3.13)`; empty where no other says the same."""
    others = excerpt.legs[1:]
    if not others:
        return ""
    named = [show(Untrusted(leg)) for leg in others[:_LEGS_NAMED]]
    rest = f" and {len(others) - _LEGS_NAMED} more" if len(others) > _LEGS_NAMED else ""
    plural = "" if len(others) == 1 else "s"
    return f"the same in {len(others)} more job{plural}: {', '.join(named)}{rest}"
