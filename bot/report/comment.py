"""The one comment on a failing pull request, at every stage of its life.

Five seconds must do: a headline that says how it stands, the cause in one sentence, what happens
next. Everything else is folded.
"""

from __future__ import annotations

from bot.outcomes import OutcomeKind
from bot.report import blocks, story
from bot.report.facts import Ending, ReportFacts
from bot.report.objections import notes
from bot.report.words import OUTCOMES
from bot.sanitize import redact

LIMIT = 65_000
"""Characters; GitHub refuses bodies above 65,536."""

_EVIDENCE_LINES = (60, 20, 0)


def comment(facts: ReportFacts, marker: str) -> str:
    """The comment's body; `marker` is its last line. At most `LIMIT` characters."""

    def write(lines: int) -> str:
        return redact(_body(facts, lines), facts.secrets) + "\n"

    return blocks.within(LIMIT, marker, write, _EVIDENCE_LINES)


def _body(facts: ReportFacts, lines: int) -> str:
    if facts.ending:
        return blocks.fold(
            _ended(facts), blocks.cause(facts), story.facts_line(facts), story.attempts(facts)
        )
    parts = (
        f"### {story.glyph(facts)} {story.headline(facts)}",
        *story.lead(facts),
        story.facts_line(facts),
        story.attempts(facts),
        notes(facts),
        blocks.evidence_fold(facts, lines),
    )
    return "\n\n".join(part for part in parts if part)


def _ended(facts: ReportFacts) -> str:
    """The one line that is left: plain text, since it stands in HTML."""
    glyph, headline, _ = OUTCOMES[facts.outcome.kind]
    pull = facts.pull_request
    by = f" by #{pull.number}" if pull and facts.mode != "fix" else ""
    if facts.ending is Ending.MERGED:
        return f"✅ CI repaired{by}, merged"
    if facts.ending is Ending.GREEN:
        at = f" at {facts.verdict.sha[:7]}" if facts.verdict else ""
        return f"✅ CI is green again{by if facts.outcome.kind is OutcomeKind.FIXED else ''}{at}"
    return f"{glyph} {headline} (closed)"
