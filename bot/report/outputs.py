"""The outputs of the action: a closed list of names, single-line values, empty for *nothing*."""

from __future__ import annotations

import json

from bot.model import BackendName
from bot.outcomes import OutcomeKind
from bot.report.annotation import annotation
from bot.report.facts import Operation, ReportFacts, SweptItem
from bot.report.story import verdict_words
from bot.sanitize import Secrets, clean, redact

OUTPUT_NAMES = (
    "outcome",
    "skip-reason",
    "items",
    "failure-class",
    "failure-fingerprint",
    "attempt",
    "backend",
    "session-id",
    "session-url",
    "session-created",
    "coder-username",
    "workspace-id",
    "pull-request-number",
    "pull-request-url",
    "pull-request-operation",
    "pull-request-head-sha",
    "pull-request-branch",
    "verified",
    "verified-sha",
    "log-chars-in",
    "log-chars-out",
    "duration-seconds",
    "error-kind",
    "error-message",
    "bundle",
    "task-name",
    "task-url",
    "task-created",
    "chat-id",
    "chat-url",
    "chat-created",
)
"""All of them, in the order of the documentation. The last six are the names that Coder's own
actions use, so that a workflow can move over by changing `uses:`."""


def outputs(facts: ReportFacts) -> dict[str, str]:
    """Every output, each on one line; the keys are exactly `OUTPUT_NAMES`."""
    values = dict.fromkeys(OUTPUT_NAMES, "")
    values |= _outcome(facts) | _evidence(facts) | _session(facts) | _pull_request(facts)
    return {name: _one_line(value, facts.secrets) for name, value in values.items()}


def _outcome(facts: ReportFacts) -> dict[str, str]:
    outcome = facts.outcome
    is_error = outcome.kind is OutcomeKind.ERROR
    return {
        "outcome": outcome.kind.value,
        "skip-reason": outcome.skip_reason.value if outcome.skip_reason else "",
        "items": json.dumps([_item(item) for item in facts.items]) if facts.items else "",
        "error-kind": outcome.error_kind.value if outcome.error_kind else "",
        "error-message": annotation(outcome, facts.secrets) if is_error else "",
        "attempt": str(facts.attempt or ""),
        "duration-seconds": str(round(facts.duration)),
        "bundle": facts.bundle,
    }


def _item(item: SweptItem) -> dict[str, str]:
    outcome = item.outcome
    return {
        "item": outcome.item,
        "outcome": outcome.kind.value,
        "skip-reason": outcome.skip_reason.value if outcome.skip_reason else "",
        "session-url": item.session_url,
        "pull-request-url": item.pull_request_url,
    }


def _evidence(facts: ReportFacts) -> dict[str, str]:
    evidence = facts.evidence
    if evidence is None:
        return {}
    return {
        "failure-class": evidence.failure_class.value,
        "failure-fingerprint": evidence.fingerprint[0] if evidence.fingerprint else "",
        "log-chars-in": str(evidence.chars_in),
        "log-chars-out": str(evidence.chars_out),
    }


def _session(facts: ReportFacts) -> dict[str, str]:
    session = facts.session
    if session is None:
        return {"backend": facts.backend.value if facts.backend else ""}
    created = str(session.created).lower()
    alias, name = ("task", "name") if session.backend is BackendName.TASKS else ("chat", "id")
    return {
        "backend": session.backend.value,
        "session-id": session.id,
        "session-url": session.url,
        "session-created": created,
        "coder-username": session.owner,
        "workspace-id": session.workspace_id,
        f"{alias}-{name}": session.name if name == "name" else session.id,
        f"{alias}-url": session.url,
        f"{alias}-created": created,
    }


def _pull_request(facts: ReportFacts) -> dict[str, str]:
    pull, verdict = facts.pull_request, facts.verdict
    values = {
        "verified": verdict_words(facts),
        "verified-sha": verdict.sha if verdict else "",
        "pull-request-operation": Operation.NONE.value,
        "pull-request-branch": facts.branch,
    }
    if pull is None:
        return values
    return values | {
        "pull-request-number": str(pull.number),
        "pull-request-url": pull.url,
        "pull-request-operation": facts.operation.value,
        "pull-request-head-sha": pull.head_sha,
        "pull-request-branch": pull.head_ref,
    }


def _one_line(value: str, secrets: Secrets) -> str:
    return " ".join(redact(clean(value), secrets).split())
