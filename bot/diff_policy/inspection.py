"""All rules over one diff."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from bot.diff_policy.analysis import Analysis, analysis_of
from bot.diff_policy.change import Context
from bot.diff_policy.diff import FileDiff
from bot.diff_policy.finding import Finding, Hit, Rule, Severity
from bot.diff_policy.places import Place
from bot.diff_policy.rules import RULES
from bot.untrusted import Untrusted

MAX_FINDINGS = 50
"""Findings of one rule and severity; what a person reads ends long before that."""

_ORDER = {Severity.BLOCK: 0, Severity.NOTICE: 1}


def inspect(
    files: Iterable[FileDiff],
    context: Context | None = None,
    accepted: Collection[str] = (),
) -> tuple[Finding, ...]:
    """What the rules have to say, gravest first, then by path, line and rule.

    `accepted` holds ids of rules that a person with write access allowed: their findings stay, and
    do not flag. Pure and deterministic; at most `MAX_FINDINGS` of each rule and severity. Time and memory are
    linear in the diff, which `read_files` bounds.
    """
    change = analysis_of(files, context or Context())
    findings = {
        finding: None
        for rule in RULES
        for finding in _findings(rule, _bounded(_spared(rule, change)), accepted)
    }
    return tuple(sorted(findings, key=_key))


def _spared(rule: Rule, change: Analysis) -> Iterator[Hit]:
    """The rule's hits; those in new tests are notes, where the rule says so."""
    for hit in rule.find(change):
        line = hit.line
        of_test = line is not None and line.mark == "+" and line.in_test
        if rule.spares_new_tests and of_test and hit.file.place is not Place.CONFIG:
            new = line in change.new_test_lines
            yield replace(hit, severity=Severity.NOTICE) if new else hit
        else:
            yield hit


def _bounded(hits: Iterator[Hit]) -> Iterator[Hit]:
    """By severity, so that no number of notices hides what blocks."""
    seen: Counter[Severity] = Counter()
    for hit in hits:
        seen[hit.severity] += 1
        if seen[hit.severity] <= MAX_FINDINGS:
            yield hit
        elif min(seen[severity] for severity in Severity) > MAX_FINDINGS:
            return


def _findings(rule: Rule, hits: Iterator[Hit], accepted: Collection[str]) -> Iterator[Finding]:
    for hit in hits:
        line = hit.line
        removed = line is not None and line.mark == "-"
        number = 0 if line is None else (line.old if removed else line.new)
        yield Finding(
            rule=rule.id,
            severity=hit.severity,
            path=Untrusted(hit.file.path),
            line=number,
            removed=removed,
            text=Untrusted(line.text if line else ""),
            why=hit.why or rule.why,
            legitimate=rule.legitimate,
            accepted=rule.id in accepted,
        )


def _key(finding: Finding) -> tuple[object, ...]:
    return _ORDER[finding.severity], finding.path, finding.line, finding.removed, finding.rule
