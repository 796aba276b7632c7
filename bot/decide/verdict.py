"""What the checks of exactly one commit say. Pure.

`green` needs at least one finished relevant check and none pending, failing, cancelled, stale or
waiting. For Actions the latest run per workflow and event counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from bot.model import Check, Verdict, VerdictKind
from bot.outcomes import UnverifiedCause

_PASSING = frozenset({"success", "neutral", "skipped"})
_WAITING_FOR_A_PERSON = frozenset({"action_required", "waiting"})


def relevant(checks: Iterable[Check], patterns: Sequence[str]) -> tuple[Check, ...]:
    """The checks that count: not ours, matching `verify-checks`, of the latest run per workflow."""
    counted = [
        c
        for c in checks
        if not c.ours and (not patterns or any(fnmatchcase(c.name.raw, p) for p in patterns))
    ]
    newest: dict[tuple[int, str], int] = {}
    for check in counted:
        if check.workflow_id:
            key = (check.workflow_id, check.event)
            newest[key] = max(newest.get(key, 0), check.run_id)
    return tuple(
        c for c in counted if not c.workflow_id or c.run_id == newest[(c.workflow_id, c.event)]
    )


def judge(  # noqa: PLR0911 - one return per verdict reads better than a variable
    checks: Iterable[Check],
    sha: str,
    *,
    patterns: Sequence[str] = (),
    must_pass: Sequence[str] = (),
    workflow_id: int = 0,
    required: Sequence[str] = (),
) -> Verdict:
    """The verdict at `sha`.

    Where the base's rules name `required` checks, those alone count, and each must be there.

    `must_pass` are the names of the jobs that failed at the beginning, of the workflow
    `workflow_id`; 0 is any, for the job of that name in another workflow vouches for nothing.
    """
    every = relevant(checks, patterns)
    # The job that failed must have its say even where the rules do not require it.
    asked = {*required, *must_pass}
    counted = tuple(c for c in every if c.name.raw in asked) if required else every
    absent = set(required) - {c.name.raw for c in counted}
    finished = [c for c in counted if c.status == "completed"]
    waiting = [c for c in counted if _is_waiting(c)]
    failing = tuple(c for c in finished if c.conclusion not in _PASSING and not _is_waiting(c))
    pending = [c for c in counted if c.status != "completed" and not _is_waiting(c)]

    def verdict(kind: VerdictKind, cause: UnverifiedCause | None = None) -> Verdict:
        return Verdict(kind, sha, cause=cause, failing=failing, counted=len(finished))

    if pending or (absent and counted):
        return verdict(VerdictKind.PENDING)
    if failing:
        return verdict(VerdictKind.RED)
    if waiting:
        return verdict(VerdictKind.UNVERIFIED, UnverifiedCause.APPROVAL_NEEDED)
    if not finished:
        return verdict(VerdictKind.UNVERIFIED, UnverifiedCause.NO_CI_ON_BRANCH)
    if all(c.conclusion == "skipped" for c in finished):
        return verdict(VerdictKind.UNVERIFIED, UnverifiedCause.ONLY_SKIPPED)
    of_workflow = [c for c in finished if workflow_id in {0, c.workflow_id}]
    passed = {c.name.raw for c in of_workflow if c.conclusion == "success"}
    if any(name not in passed for name in must_pass):
        return verdict(VerdictKind.UNVERIFIED, UnverifiedCause.JOB_MISSING)
    return verdict(VerdictKind.GREEN)


def _is_waiting(check: Check) -> bool:
    return check.conclusion in _WAITING_FOR_A_PERSON or check.status in _WAITING_FOR_A_PERSON
