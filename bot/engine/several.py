"""What several items come to: one is its own end, of many each has a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.model import Outcome
from bot.outcomes import OutcomeKind, SkipReason
from bot.report.facts import ReportFacts, SweptItem


def in_all(
    told: Sequence[ReportFacts],
    *,
    left: int = 0,
    nothing: str = "No open work item was found.",
    whole: bool = False,
) -> ReportFacts:
    """`left` are those that were not reached. Of a `whole` each item is a line, handled or not."""
    mine = [t for t in told if t.outcome.skip_reason is not SkipReason.ALREADY_HANDLED]
    items = list(told) if whole else mine
    if len(items) == 1 and not left:
        return replace(items[0], items=(_swept(items[0]),))
    if items or left:
        more = f"; {left} are left for the next sweep" if left else ""
        outcome = Outcome(OutcomeKind.SWEPT, f"{len(items)} items were looked at{more}.")
    else:
        outcome = Outcome(OutcomeKind.SKIPPED, nothing, skip_reason=SkipReason.NOTHING_TO_DO)
    return ReportFacts(outcome=outcome, items=tuple(map(_swept, items)))


def _swept(told: ReportFacts) -> SweptItem:
    """One line of the output `items`."""
    return SweptItem(
        outcome=replace(told.outcome, item=told.item),
        session_url=told.session.url if told.session else "",
        pull_request_url=told.pull_request.url if told.pull_request else "",
        planned=told.planned,
    )
