"""Judgement before spending: the rows that weigh a failure which nobody works on yet. Pure.

They stand after adoption, so that a restarted run never abandons what an earlier one began. A
person who names a run overrides those that only guess at what people want.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from bot.decide.case import Case
from bot.decide.outage import outage
from bot.decide.row import About, Row, skipped
from bot.decide.snapshot import Facet
from bot.decide.steps import Rerun, Start, Step
from bot.identity import item_hash, same_failure
from bot.model import RED_CONCLUSIONS
from bot.outcomes import FailureClass, SkipReason
from bot.policy import Flaky

CLOSED_MEANS_NO = timedelta(days=30)
SAME_ELSEWHERE = timedelta(hours=24)


def _new(rule: Callable[[Case], Step | None]) -> Callable[[Case], Step | None]:
    """The rule, for items that have no session."""

    def judged(case: Case) -> Step | None:
        return None if case.session is not None else rule(case)

    return judged


def _is_same(case: Case, fingerprint: tuple[str, ...]) -> bool:
    return same_failure(fingerprint, case.evidence.fingerprint)


def _gone(case: Case) -> Step | None:
    pull = case.pull
    if pull is not None and pull.state != "open":
        word = "merged" if pull.merged else "closed"
        return skipped(
            SkipReason.SUPERSEDED, f"Pull request #{pull.number} was {word} before we looked."
        )
    if pull is None and not case.facts.tip:
        return skipped(SkipReason.SUPERSEDED, "The failing branch does not exist any more.")
    return None


def _superseded(case: Case) -> Step | None:
    run = case.red.run
    if case.request.by_hand or case.facts.tip == run.head_sha:
        return None
    return skipped(
        SkipReason.SUPERSEDED,
        f"The branch has moved on since commit {run.head_sha[:12]}; its newest run decides.",
    )


def _no_evidence(case: Case) -> Step | None:
    if not case.evidence.is_empty:
        return None
    return skipped(
        SkipReason.NO_EVIDENCE,
        "Neither a log nor an annotation of the failed jobs can be read, so there is nothing to "
        "tell an agent.",
    )


def _repair_open(case: Case) -> Step | None:
    if case.request.by_hand:
        return None
    same = [other for other in case.background.open_items if other.item == item_hash(case.item)]
    if case.request.commanded:  # a person may want another version besides
        same = [
            other for other in same if not other.fingerprint or _is_same(case, other.fingerprint)
        ]
    if not same:
        return None
    return skipped(
        SkipReason.ALREADY_HANDLED, f"Our pull request #{same[0].number} for it is open."
    )


def _elsewhere(case: Case) -> Step | None:
    if case.request.by_hand:
        return None
    own, around = item_hash(case.item), case.background
    since = case.facts.now - SAME_ELSEWHERE
    told = {False: "by pull request", True: "in a session for pull request"}
    for other in (*around.open_items, *around.under_way):
        fresh = other.created_at is None or other.created_at >= since
        if other.item != own and fresh and _is_same(case, other.fingerprint):
            where = told[other in around.under_way]
            return skipped(
                SkipReason.ALREADY_HANDLED,
                f"The same failure is being repaired {where} #{other.number}.",
            )
    return None


def _closed_by_human(case: Case) -> Step | None:
    closed, state = case.background.closed, case.state
    asked = case.request.by_hand or case.request.commanded
    if asked or closed is None or closed.closed_at is None:
        return None
    if case.facts.now - closed.closed_at > CLOSED_MEANS_NO:
        return None
    # Of an upgrade whose pull request the agent opened, nobody wrote down what was asked for.
    told = state is not None and (case.began_red or state.fingerprint)
    if told and state is not None and not _is_same(case, state.fingerprint):
        return None
    return skipped(
        SkipReason.CLOSED_BY_HUMAN,
        f"Our pull request #{closed.number} for this was closed without merging it.",
    )


def _human_at_work(case: Case) -> Step | None:
    if not case.pushes_to_failing_branch or case.facts.tip == case.red.run.head_sha:
        return None
    return skipped(
        SkipReason.HUMAN_AT_WORK,
        "There are newer commits on the branch, and `mode: fix` would push between them.",
    )


def _base_red(case: Case) -> Step | None:
    if case.pull is None:
        return None
    base = case.base
    if base.run is None or base.run.conclusion not in RED_CONCLUSIONS:
        return None
    if not _is_same(case, base.fingerprint):
        return None
    return skipped(
        SkipReason.BASE_RED,
        f"The base branch is red with the same failure (run {base.run.id}); repair it there.",
    )


def _infrastructure(case: Case) -> Step | None:
    evidence = case.evidence
    run = case.red.run
    transient = evidence.failure_class is FailureClass.INFRASTRUCTURE
    ignored = case.policy.flaky is Flaky.IGNORE or case.request.commanded
    if not transient or ignored or run.attempt > 1:
        return None
    if case.policy.flaky is Flaky.SKIP:
        return skipped(
            SkipReason.INFRASTRUCTURE,
            f"The infrastructure failed, not the code: {evidence.class_reason}.",
        )
    if run.status != "completed":
        return skipped(
            SkipReason.INFRASTRUCTURE,
            f"The infrastructure failed, not the code: {evidence.class_reason}. Nothing can be "
            "rerun while the run still lives: rerun its failed jobs when it has ended.",
        )
    return Rerun(f"The infrastructure failed, not the code: {evidence.class_reason}.")


def _flaky(case: Case) -> Step | None:
    run, around = case.red.run, case.background
    if case.policy.flaky is Flaky.IGNORE or case.request.commanded:
        return None
    twins = [
        other
        for other in around.recent
        if (other.head_sha, other.workflow_id, other.event)
        == (run.head_sha, run.workflow_id, run.event)
    ]
    if around.earlier_attempt == "success" or any(t.conclusion == "success" for t in twins):
        return skipped(SkipReason.FLAKY, "The same commit passed in another attempt or run.")
    return None


def _limits(case: Case) -> Step | None:
    policy, around = case.policy, case.background
    if policy.max_sessions_per_day and around.sessions_today >= policy.max_sessions_per_day:
        return skipped(
            SkipReason.LIMIT,
            f"`max-sessions-per-day`: {around.sessions_today} sessions began in 24 hours.",
        )
    opens_one = not case.pushes_to_failing_branch
    count = len(around.open_items) + around.at_work
    if opens_one and policy.max_open_pull_requests and count >= policy.max_open_pull_requests:
        soon = f", {around.at_work} of them not yet" if around.at_work else ""
        return skipped(
            SkipReason.LIMIT,
            f"`max-open-pull-requests`: {count} pull requests of ours are open{soon}.",
        )
    return None


def _start(case: Case) -> Step | None:
    case.need(Facet.EVIDENCE)  # of which the prompt is made
    return Start("No session works on it yet.")


ROWS = (
    Row(
        "gone",
        "pull request closed or merged, or branch deleted",
        "skipped / superseded",
        _new(_gone),
        About.RUN,
    ),
    Row(
        "superseded",
        "the head moved past the red commit",
        "skipped / superseded",
        _new(_superseded),
        About.RUN,
    ),
    Row(
        "no-evidence",
        "no log, no annotation",
        "skipped / no-evidence",
        _new(_no_evidence),
        About.RUN,
    ),
    Row(
        "repair-open",
        "our pull request for the same packages is open",
        "skipped / already-handled",
        _new(_repair_open),
        About.ASSIGNMENT,
    ),
    Row(
        "elsewhere",
        "the same failure has a pull request or a session of ours, for a day",
        "skipped / already-handled",
        _new(_elsewhere),
    ),
    Row(
        "closed-by-human",
        "our pull request for it was closed unmerged in the last 30 days",
        "skipped / closed-by-human",
        _new(_closed_by_human),
    ),
    Row(
        "human-at-work",
        "`mode: fix`, and the branch has newer commits",
        "skipped / human-at-work",
        _new(_human_at_work),
        About.RUN,
    ),
    Row(
        "base-red",
        "the base branch has the same failure",
        "skipped / base-red",
        _new(_base_red),
        About.RUN,
    ),
    Row(
        "outage",
        "more than `outage-threshold` branches newly red within an hour",
        "skipped / outage",
        _new(outage),
        About.RUN,
    ),
    Row(
        "infrastructure",
        "the infrastructure failed, in attempt 1",
        "rerun the failed jobs; skipped / infrastructure while the run lives",
        _new(_infrastructure),
        About.RUN,
    ),
    Row(
        "flaky",
        "the same commit passed before or since",
        "skipped / flaky",
        _new(_flaky),
        About.RUN,
    ),
    Row("limits", "sessions of the day or open pull requests", "skipped / limit", _new(_limits)),
    Row("start", "no session", "start one", _new(_start)),
)
