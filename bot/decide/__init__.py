"""`decide`: one request, the facts, the policy → the one thing to do next. Pure and total.

The first row that fits wins; the last one always does. `bot/README.md` shows the table.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.decide import gate, judgement, result, turn
from bot.decide.case import Case, NotReadYet
from bot.decide.row import Row
from bot.decide.snapshot import Facet, Snapshot, Unread
from bot.decide.steps import (
    Finish,
    FollowUp,
    OpenPullRequest,
    Read,
    Rerun,
    Start,
    Step,
    Wait,
)
from bot.model import Outcome, Request
from bot.outcomes import OutcomeKind
from bot.policy import Policy

ROWS: tuple[Row, ...] = (*gate.ROWS, *judgement.ROWS, *turn.ROWS, *result.ROWS)

_NOTHING_TO_DIAGNOSE = frozenset({"own-run", "not-finished", "not-failed", "fork", "no-evidence"})


@dataclass(frozen=True, slots=True)
class Decision:
    """The step, and the name of the row that gave it (`read` while facts are missing).

    `would` is the step in whose place the mode only reports.
    """

    step: Step
    row: str
    would: Step | None = None


def decide(request: Request, facts: Snapshot, policy: Policy) -> Decision:
    """The next step. Raises `ConfigurationError` for a run that cannot be worked on."""
    case = Case(request, facts, policy)
    decision = _first_fit(case)
    if case.looks_only and decision.row not in _NOTHING_TO_DIAGNOSE:
        return _only_report(case, decision)
    return decision


def _first_fit(case: Case) -> Decision:
    for row in ROWS:
        try:
            step = row.decide(case)
        except NotReadYet as missing:
            return Decision(Read(missing.facets), "read")
        if step is not None:
            return Decision(step, row.name)
    raise AssertionError(case)  # pragma: no cover - the last row always fits


def _only_report(case: Case, decision: Decision) -> Decision:
    """`mode: report` and `dry-run` diagnose, and say what would have been decided."""
    if isinstance(decision.step, Read):
        return decision
    if isinstance(case.facts.evidence, Unread):
        return Decision(Read((Facet.EVIDENCE,)), "read")
    would = _in_words(decision)
    return Decision(
        Finish(Outcome(OutcomeKind.REPORTED, f"Nothing was started. {would}")),
        "report",
        decision.step,
    )


_INSTEAD: dict[type, str] = {
    Start: "Without this mode a session would be started.",
    Rerun: "Without this mode the failed jobs would be rerun once.",
    Wait: "A session works on it; without this mode it would be waited for.",
    OpenPullRequest: "Without this mode a pull request would be opened for the agent's push.",
    FollowUp: "Without this mode the session would be told what is still wrong.",
}


def _in_words(decision: Decision) -> str:
    step = decision.step
    if isinstance(step, Finish):
        word = step.outcome.skip_reason or step.outcome.kind
        return f"Without this mode the run would end as `{word.value}`: {step.outcome.reason}"
    return _INSTEAD.get(type(step), f"Without this mode the next step would be `{decision.row}`.")


__all__ = ["ROWS", "Decision", "decide"]
