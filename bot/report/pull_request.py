"""The pull request that we open: its title and its body, which is also where its story is kept."""

from __future__ import annotations

import re

from bot.outcomes import FailureClass, OutcomeKind
from bot.report import blocks, story
from bot.report.comment import LIMIT
from bot.report.facts import ReportFacts
from bot.report.objections import notes, objections
from bot.sanitize import redact, to_markdown
from bot.untrusted import Untrusted

_EVIDENCE_LINES = (40, 10, 0)
_TITLE_LIMIT = 60
_TITLE_PACKAGES = 3
_MAX_PACKAGES = 30
# Shown in a title as code. Anything else stays out: titles end up in merge commits and mails.
_ORDINARY = re.compile(r"[A-Za-z0-9_./:\[\]-]+")
_SUBJECTS = {
    FailureClass.TEST: "Fix failing test",
    FailureClass.COMPILE: "Fix compile error in",
    FailureClass.LINT: "Fix lint error in",
    FailureClass.TYPE: "Fix type error in",
}


def title(facts: ReportFacts) -> str:
    """``Fix failing test `test_total` ``, or `Fix red CI of #12` where no plain name tells more."""
    if facts.issue and not facts.run:
        return f"Settle issue #{facts.issue}"
    if facts.upgrade:
        return _upgrade_title(facts)
    findings = facts.evidence.diagnostics if facts.evidence else ()
    if findings:
        first = findings[0]
        name = first.test if first.failure_class is FailureClass.TEST else first.path
        name = name.rpartition("::")[2] or name
        subject = _SUBJECTS.get(first.failure_class)
        if subject and len(name) <= _TITLE_LIMIT and _ORDINARY.fullmatch(name):
            more = f" and {len(findings) - 1} more" if len(findings) > 1 else ""
            return f"{subject} {to_markdown(Untrusted(name), facts.secrets)}{more}"
    if facts.failing_pull_request:
        return f"Fix red CI of {blocks.number(facts.failing_pull_request)}"
    return f"Fix red CI{_on_branch(facts)}"


def _upgrade_title(facts: ReportFacts) -> str:
    names = [name.partition(" ")[0] for name in facts.upgrade]
    code = (to_markdown(Untrusted(name), facts.secrets) for name in names[:_TITLE_PACKAGES])
    more = len(names) - _TITLE_PACKAGES
    return f"Upgrade {', '.join(code)}{f' and {more} more' if more > 0 else ''}"


def _on_branch(facts: ReportFacts) -> str:
    branch = facts.run.head_branch if facts.run else ""
    return f" on {branch}" if _ORDINARY.fullmatch(branch) else ""


def body(facts: ReportFacts, marker: str = "") -> str:
    """What it repairs, how it was checked, how to use it; at most 65,000 characters.

    `marker` is the last line, where there is one.
    """

    def write(lines: int) -> str:
        return redact(_body(facts, lines), facts.secrets)

    return blocks.within(LIMIT, marker, write, _EVIDENCE_LINES)


def _body(facts: ReportFacts, lines: int) -> str:
    parts = (
        _what(facts),
        blocks.cause(facts),
        _checked(facts),
        objections(facts),
        _use(facts),
        story.attempts(facts),
        notes(facts),
        blocks.evidence_fold(facts, lines),
        _closing(facts),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _what(facts: ReportFacts) -> str:
    if facts.issue and not facts.run:
        return f"Settles issue #{facts.issue}."
    if facts.upgrade:
        shown = (to_markdown(Untrusted(p), facts.secrets) for p in facts.upgrade[:_MAX_PACKAGES])
        more = len(facts.upgrade) - _MAX_PACKAGES
        return f"Upgrades {', '.join(shown)}{f' and {more} more' if more > 0 else ''}."
    run, failing = facts.run, facts.failing_pull_request
    of = f" of {blocks.number(failing)}" if failing else ""
    if run is None:
        return f"Repairs the red CI{of}."
    return f"Repairs {blocks.link('a red run', run.url)}{of} at {blocks.sha(run.head_sha)}."


def _checked(facts: ReportFacts) -> str:
    if facts.outcome.kind is OutcomeKind.PENDING:
        return "**Checked.** Not yet: the checks of this pull request decide."
    why = story.explanation(facts)
    line = f"{story.glyph(facts)} {_verdict(facts)}"
    return f"**Checked.** {line}{f' {why}' if why else ''}"


def _verdict(facts: ReportFacts) -> str:
    verdict, kind = facts.verdict, facts.outcome.kind
    if kind is OutcomeKind.FIXED and verdict:
        count = blocks.plural(verdict.counted, "check")
        return f"{count} green at {blocks.sha(verdict.sha)}."
    return f"{story.headline(facts)}."


def _use(facts: ReportFacts) -> str:
    failing = facts.failing_pull_request
    if facts.outcome.kind in {OutcomeKind.FIXED, OutcomeKind.PENDING}:
        if failing:
            return (
                "**Use it.** Merge it into the branch of "
                f"{blocks.number(failing)}, or take its commits; close it if you repair the "
                "failure yourself."
            )
        return ""
    return "" if facts.outcome.kind is OutcomeKind.FLAGGED else story.advice(facts)


def _closing(facts: ReportFacts) -> str:
    session = blocks.link("a Coder session", facts.session.url) if facts.session else "Coder"
    fixes = f"Fixes #{facts.issue}\n\n" if facts.issue else ""
    return f"{fixes}<sub>Written by an agent in {session}. Review it like any other change.</sub>"
