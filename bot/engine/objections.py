"""What the diff policy found, as the agent is told of it and as people are. Pure."""

from __future__ import annotations

from bot.decide.review import NOT_DESCENDED, blocking
from bot.decide.snapshot import Snapshot
from bot.diff_policy import Finding, Severity
from bot.engine.result import Result
from bot.outcomes import OutcomeKind
from bot.report.facts import Finding as Shown
from bot.untrusted import Untrusted

_NEVER_QUOTED = frozenset({"added-secrets"})
"""Rules whose lines are not shown: nobody knows that redaction finds all of them."""

_ABOUT_A_CHANGE = frozenset(
    {
        OutcomeKind.FIXED,
        OutcomeKind.UNVERIFIED,
        OutcomeKind.FLAGGED,
        OutcomeKind.NOT_FIXED,
        OutcomeKind.TIMED_OUT,
    }
)


def objections(facts: Snapshot) -> tuple[Untrusted, ...]:
    """What the agent is to take back, one line each."""
    found = blocking(facts.diff) if isinstance(facts.diff, tuple) else ()
    return tuple(_objection(finding, facts) for finding in found)


def _objection(found: Finding, facts: Snapshot) -> Untrusted:
    """Where, which rule, why, and the line; a branch is put right without rewriting it again."""
    side = " (removed)" if found.removed else ""
    place = f"{found.path.raw}:{found.line}{side}" if found.line else found.path.raw
    parts = [place, f"{found.rule}: {found.why}", _quoted(found).raw.strip()]
    if found.rule == NOT_DESCENDED and facts.known_state is not None:
        parts.append(f"Merge {facts.known_state.evidence_sha} into the branch.")
    return Untrusted(" · ".join(filter(None, parts)))


def shown_findings(result: Result) -> tuple[Shown, ...]:
    """For an end that is about a change."""
    diff = result.facts.diff
    if not isinstance(diff, tuple) or result.outcome.kind not in _ABOUT_A_CHANGE:
        return ()
    return tuple(
        Shown(
            rule=found.rule,
            path=found.path,
            line=found.line,
            why=found.why,
            text=_quoted(found),
            removed=found.removed,
            legitimate=found.legitimate,
            blocking=found.severity is Severity.BLOCK,
            accepted=found.accepted,
        )
        for found in diff
    )


def _quoted(found: Finding) -> Untrusted:
    return Untrusted("") if found.rule in _NEVER_QUOTED else found.text
