"""What is to be said of the agent's change: the diff policy's findings, with what we know. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from bot.decide.snapshot import Snapshot
from bot.diff_policy import Comparison, Finding, Severity
from bot.policy import Policy
from bot.sanitize import Secrets
from bot.untrusted import Untrusted

NOT_DESCENDED = "not-descended"
NOT_INSPECTED = "not-inspected"
_WANTS_CHANGED_PATHS = "changed-expectations"


def review(  # noqa: PLR0913 - each is another fact about the change
    comparison: Comparison,
    facts: Snapshot,
    policy: Policy,
    *,
    base: str,
    secrets: Secrets,
    allowed: tuple[str, ...] = (),
    changed_paths: tuple[str, ...] = (),
) -> tuple[Finding, ...]:
    """The findings on the whole first, then those of the lines; what a person allowed is marked."""
    from bot.diff_policy import Context, inspect  # here: see there

    evidence = facts.known_evidence
    diagnostics = evidence.diagnostics if evidence else ()
    context = Context(
        failing_paths=tuple(dict.fromkeys(d.path for d in diagnostics if d.path)),
        failing_tests=tuple(dict.fromkeys(d.test for d in diagnostics if d.test)),
        changed_paths=changed_paths,
        protected_paths=policy.protected_paths,
        max_diff_lines=policy.max_diff_lines,
        secrets=secrets,
    )
    found = inspect(comparison.files, context, allowed)
    return (*_of_the_whole(comparison, base, allowed), *found)


def wants_changed_paths(findings: Iterable[Finding]) -> bool:
    """Whether what the failing change had touched could make a finding a mere note."""
    return any(f.rule == _WANTS_CHANGED_PATHS and f.blocks for f in findings)


def blocking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those for which the change is flagged."""
    return tuple(finding for finding in findings if finding.blocks)


def rules_of(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The ids of their rules, each once."""
    return tuple(dict.fromkeys(finding.rule for finding in findings))


def _of_the_whole(
    comparison: Comparison, base: str, allowed: tuple[str, ...]
) -> tuple[Finding, ...]:
    red = f"`{base[:12]}`"
    if not comparison.is_readable:
        rule = NOT_INSPECTED
        why = f"GitHub cannot compare it with the red commit {red}, so nothing of it was read."
        fine = "Somebody has read the change from its beginning."
    elif not comparison.descends:
        rule = NOT_DESCENDED
        why = f"It does not hold the red commit {red}: the branch was rewritten or begun elsewhere."
        fine = "The failing branch was rewritten as well, and this one follows it."
    else:
        return ()
    nothing = Untrusted("")
    accepted = rule in allowed
    return (Finding(rule, Severity.BLOCK, nothing, 0, False, nothing, why, fine, accepted),)
