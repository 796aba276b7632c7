"""Many branches that turn red at once: no change of theirs is the cause. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.decide.case import Case
from bot.decide.row import skipped
from bot.decide.steps import Step
from bot.model import RED_CONCLUSIONS, WorkflowRun
from bot.outcomes import SkipReason

OUTAGE_WINDOW = timedelta(hours=1)


def outage(case: Case) -> Step | None:
    """The rule of that row."""
    limit = case.policy.outage_threshold
    if case.request.by_hand or not limit:
        return None
    recent = case.background.recent
    branches = _newly_red(recent, case.facts.now - OUTAGE_WINDOW)
    if len(branches) <= limit:
        return None
    return skipped(
        SkipReason.OUTAGE,
        f"{len(branches)} branches turned red within one hour: that is an outage.",
    )


def _newly_red(runs: Iterable[WorkflowRun], since: datetime) -> set[str]:
    """Branches with a workflow that has turned red since then; red before that is not new."""
    before: dict[tuple[str, int], bool] = {}
    after: set[tuple[str, int]] = set()
    for run in sorted(runs, key=lambda r: r.id):
        key, red = (run.head_branch, run.workflow_id), run.conclusion in RED_CONCLUSIONS
        if run.updated_at is None or run.status != "completed":
            continue
        if run.updated_at < since:
            before[key] = red
        elif red:
            after.add(key)
    return {branch for branch, workflow in after if not before.get((branch, workflow), False)}
