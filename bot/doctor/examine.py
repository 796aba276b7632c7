"""Facts → findings, under headings; and the exit code that they come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from bot.doctor.check import Check, Finding, Status, Unseen
from bot.doctor.checks import AREAS, Area
from bot.doctor.facts import Facts
from bot.doctor.template_fitness import FITNESS, TemplateFacts, fitness
from bot.outcomes import ExitCode

TEMPLATE: Final = ("template", "The template")


@dataclass(frozen=True, slots=True)
class Section:
    """One heading and its findings, in the order of the questions."""

    id: str
    title: str
    findings: tuple[Finding, ...]


def examine(facts: Facts) -> tuple[Section, ...]:
    """Ask every question. A side that could not be asked gives `unseen`, not silence."""
    sections = [Section(a.id, a.title, tuple(_answers(a, facts))) for a in AREAS]
    sections.append(Section(*TEMPLATE, findings=tuple(_template(facts))))
    return tuple(section for section in sections if section.findings)


def worst(sections: Iterable[Section]) -> ExitCode:
    """2 where the configuration breaks something, 3 where a server is in trouble, else 0."""
    broken = [f for s in sections for f in s.findings if f.status is Status.BROKEN]
    if not broken:
        return ExitCode.DONE
    return ExitCode.UPSTREAM if all(f.passes for f in broken) else ExitCode.CONFIGURATION


def every_check() -> tuple[Check[Facts] | Check[TemplateFacts], ...]:
    """All there are, for those who count them."""
    asked = [check for area in AREAS for check in (*area.first, *area.checks)]
    return (*asked, *FITNESS)


def _answers(area: Area, facts: Facts) -> Iterator[Finding]:
    for check in area.first:
        finding = check.finding(facts)
        if finding is not None:
            yield finding
    contact = area.contact(facts)
    if contact is not None and contact.trouble is not None:
        why = _not_asked(contact.address)
        yield from (check.unseen(why) for check in area.checks)
        return
    found = (check.finding(facts) for check in area.checks)
    yield from (finding for finding in found if finding is not None)


def _template(facts: Facts) -> Iterator[Finding]:
    coder = facts.coder
    if coder is None or not coder.template_name:
        return
    if isinstance(coder.template, TemplateFacts):
        yield from fitness(coder.template)
    elif coder.contact.trouble is not None:
        why = _not_asked(coder.contact.address)
        yield from (check.unseen(why) for check in FITNESS)


def _not_asked(address: str) -> Unseen:
    return Unseen(f"{address or 'The server'} could not be asked.", "You, once that is mended.")
