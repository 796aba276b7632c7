"""What the diff policy says of a change, for people: where, which rule, why, the line itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.report import blocks
from bot.report.facts import Finding, ReportFacts
from bot.sanitize import Secrets, to_markdown
from bot.untrusted import Untrusted

_MOST = 20
_LINE_LIMIT = 160


def objections(facts: ReportFacts) -> str:
    """What keeps the change from being called fixed."""
    return _listed([f for f in facts.findings if f.blocking and not f.accepted], facts.secrets)


def notes(facts: ReportFacts) -> str:
    """What only deserves a look, and what a person has accepted: a closed section."""
    noted = [f for f in facts.findings if not f.blocking or f.accepted]
    title = f"{blocks.plural(len(noted), 'note')} on the change"
    return blocks.fold(title, _listed(noted, facts.secrets)) if noted else ""


def _listed(findings: Sequence[Finding], secrets: Secrets) -> str:
    """One entry each; a rule's legitimate case stands with the first of its findings."""
    entries, told = [], set[str]()
    for finding in findings[:_MOST]:
        entries.append("  \n  ".join(_entry(finding, secrets, case=finding.rule not in told)))
        told.add(finding.rule)
    left = len(findings) - len(entries)
    return "\n".join([*entries, f"- … and {left} more"] if left > 0 else entries)


def _entry(finding: Finding, secrets: Secrets, *, case: bool) -> Iterator[str]:
    at = f":{finding.line}" if finding.line else ""
    place = Untrusted(f"{finding.path.raw}{at}")
    shown = f"{to_markdown(place, secrets)} " if place else ""
    accepted = " (accepted)" if finding.accepted else ""
    yield f"- {shown}**{finding.rule}**{accepted}: {blocks.sentence(finding.why, secrets)}"
    line = finding.text.raw.strip()
    if line:
        removed = "removed: " if finding.removed else ""
        yield removed + to_markdown(Untrusted(line), secrets, limit=_LINE_LIMIT)
    if case and finding.legitimate:
        yield f"*Legitimate where:* {blocks.sentence(finding.legitimate, secrets)}"
