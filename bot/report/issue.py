"""The one issue of an item that has no pull request at all and needs a person."""

from __future__ import annotations

import re

from bot.report import blocks, story
from bot.report.comment import LIMIT
from bot.report.facts import ReportFacts
from bot.sanitize import redact, to_markdown
from bot.untrusted import Untrusted

LABEL = "coder-fix"
"""The label by which these issues are found, and left alone by searches for human ones."""

_EVIDENCE_LINES = (60, 20, 0)
_ORDINARY = re.compile(r"[A-Za-z0-9_./-]{1,100}")


def title(facts: ReportFacts) -> str:
    """`CI is red on main and needs a person`; the branch only where its name is plain."""
    if facts.upgrade:
        return "An upgrade needs a person"
    branch = facts.run.head_branch if facts.run else ""
    on = f" on {branch}" if _ORDINARY.fullmatch(branch) else ""
    return f"CI is red{on} and needs a person"


def body(facts: ReportFacts, marker: str) -> str:
    """How it stands, the cause, what to do; `marker` is the last line. ≤ 65,000 characters."""

    def write(lines: int) -> str:
        return redact(_body(facts, lines), facts.secrets)

    return blocks.within(LIMIT, marker, write, _EVIDENCE_LINES)


def _over(facts: ReportFacts) -> str:
    return "the upgrade is merged" if facts.upgrade else "the branch is green"


def _upgraded(facts: ReportFacts) -> str:
    shown = ", ".join(to_markdown(Untrusted(p), facts.secrets) for p in facts.upgrade[:30])
    return f"**The upgrade.** {shown}" if shown else ""


def _body(facts: ReportFacts, lines: int) -> str:
    parts = (
        f"{story.glyph(facts)} **{story.headline(facts)}**",
        *story.lead(facts),
        story.facts_line(facts),
        story.attempts(facts),
        blocks.evidence_fold(facts, lines),
        _upgraded(facts),
        f"<sub>This issue closes by itself when {_over(facts)}.</sub>",
    )
    return "\n\n".join(part for part in parts if part) + "\n"
