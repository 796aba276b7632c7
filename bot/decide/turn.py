"""While the agent has the turn: the rows about a session that exists. Pure.

What an idle agent means follows what real servers were seen to do: a screen that stopped changing
is not an end, a report or a push is.
"""

from __future__ import annotations

from bot.decide.case import SILENT_FACTOR, Case
from bot.decide.row import About, Row, ended, in_words, skipped
from bot.decide.snapshot import Attempt, Facet
from bot.decide.steps import Finish, Resume, Step, Wait
from bot.diff_policy import is_flagged
from bot.model import Outcome, Session, SessionState, Verdict, VerdictKind
from bot.outcomes import ErrorKind, OutcomeKind, SkipReason

LOST_AGENT_GRACE = 300.0
"""Seconds for which a lost or unhealthy agent may recover."""

_NOT_RED = frozenset({VerdictKind.GREEN.value, VerdictKind.UNVERIFIED.value})
_UNDER_WAY = frozenset({SessionState.PENDING, SessionState.WORKING, SessionState.UNKNOWN})


def _session(case: Case) -> Session:
    session = case.session
    assert session is not None  # noqa: S101 - the gate's last row starts one
    return session


def _idle_seconds(case: Case, session: Session) -> float:
    if session.since is None:
        return case.facts.turn_seconds
    return max(0.0, (case.facts.now - session.since).total_seconds())


def _over_time(case: Case) -> bool:
    return case.facts.turn_seconds >= case.policy.wait_timeout


def _deleted(case: Case) -> Step | None:
    if _session(case).state is not SessionState.GONE:
        return None
    if case.facts.gone_reads < 2:
        return Wait("The session cannot be found; looking once more.")
    return ended(OutcomeKind.STOPPED, "Somebody deleted the session; no second one is started.")


def _under_way(case: Case) -> Step | None:
    session = _session(case)
    still = session.state in {SessionState.IDLE, SessionState.BLOCKED}
    stale = still and not case.is_of_this_turn and not case.owed
    if session.paused or not (session.state in _UNDER_WAY or stale) or _over_time(case):
        return None
    return Wait(session.note or f"The session is {session.state.value}.")


def _settling(case: Case) -> Step | None:
    session = _session(case)
    if session.state is not SessionState.IDLE or session.paused or _over_time(case):
        return None
    if case.owed:
        return None
    idle = _idle_seconds(case, session)
    if session.report is not None:
        # GitHub may show a push a moment late.
        early = idle < case.policy.idle and not case.new_head
        return (
            Wait("The agent is done; waiting for its push to show.", _LOOK_AGAIN) if early else None
        )
    if idle >= case.policy.idle * SILENT_FACTOR:
        return None
    if idle >= case.policy.idle and case.new_head:
        return None
    return Wait("The agent is still; waiting to be sure that it is done.", _LOOK_AGAIN)


_LOOK_AGAIN = (Facet.SESSION, Facet.HEAD)


def _recovering(case: Case) -> Step | None:
    session = _session(case)
    lost = session.state is SessionState.FAILED and session.error_kind is ErrorKind.AGENT
    if not lost or session.since is None or _over_time(case):
        return None
    if _idle_seconds(case, session) >= LOST_AGENT_GRACE or case.new_head:
        return None
    return Wait("The agent is lost; it may recover for five minutes.", _LOOK_AGAIN)


def _green_by_itself(case: Case) -> Step | None:
    if case.pushes_to_failing_branch:
        return None
    tip = case.tip_now
    if not tip.green or tip.sha in {"", case.evidence_sha}:
        return None
    return skipped(
        SkipReason.SUPERSEDED,
        f"The branch became green without us at {tip.sha[:12]}; nothing is left to repair.",
    )


def _objected_to(case: Case) -> Attempt | None:
    """The change of which the agent was told, where the branch still stands there."""
    last = case.judged[-1] if case.judged else None
    if last is None or not last.objections or case.head != last.head:
        return None
    return last


def _objections_stand(case: Case) -> Step | None:
    last = _objected_to(case)
    if last is None or last.verdict not in _NOT_RED or not is_flagged(case.findings):
        return None
    return Finish(
        Outcome(
            OutcomeKind.FLAGGED, "The agent was told of the objections and changed nothing more."
        ),
        Verdict(VerdictKind(last.verdict), last.head),
    )


def _failed(case: Case) -> Step | None:
    session = _session(case)
    if session.state is not SessionState.FAILED or case.new_head:
        return None
    kind = session.error_kind or ErrorKind.AGENT
    sentence = {
        ErrorKind.WORKSPACE: "The workspace could not be built.",
        ErrorKind.CODER_QUOTA: "Coder refused the workspace: a quota or licence limit is reached.",
    }.get(kind, "The session ended in an error before anything was pushed.")
    return ended(OutcomeKind.ERROR, sentence, error_kind=kind)


def _blocked(case: Case) -> Step | None:
    if _session(case).state is not SessionState.BLOCKED or case.owed or case.new_head:
        return None
    report = _session(case).report
    gave_up = report is not None and not report.complete
    return ended(
        OutcomeKind.NEEDS_HUMAN,
        "The agent reported that it could not do it, or needs an answer."
        if gave_up
        else "The agent waits for an answer.",
    )


def _deadline(case: Case) -> Step | None:
    session = _session(case)
    under_way = session.state in _UNDER_WAY and not session.paused
    if not under_way or case.new_head:
        return None
    time = in_words(case.policy.wait_timeout)
    hint = f" {session.note}" if session.note else ""
    return ended(OutcomeKind.TIMED_OUT, f"The agent had {time} and pushed nothing.{hint}")


def _resume(case: Case) -> Step | None:
    if not case.owed or case.new_head:
        return None
    # The message is as long as the first one: it repeats the evidence.
    case.need(Facet.EVIDENCE)
    return Resume("An earlier run was cut off; the agent was told to go on.")


def _interrupted(case: Case) -> Step | None:
    if not _session(case).paused or case.answered or case.new_head:
        return None
    return ended(
        OutcomeKind.NEEDS_HUMAN,
        "The workspace was stopped before the agent finished; resume it to go on.",
    )


def _no_change(case: Case) -> Step | None:
    session = _session(case)
    if case.new_head:
        return None
    if case.state is not None and case.state.attempts:
        if _objected_to(case):
            case.need(Facet.DIFF)  # whose findings are listed
        return Finish(
            Outcome(OutcomeKind.NOT_FIXED, "The agent ended its last attempt without a change.")
        )
    silent = "" if session.report else " The model gave no answer."
    return ended(OutcomeKind.NO_CHANGE, f"The agent ended without a change.{silent}")


def _settled_elsewhere(case: Case) -> Step | None:
    pull = case.pull
    if pull is None or pull.state == "open":
        return None
    word = "merged" if pull.merged else "closed"
    return skipped(SkipReason.SUPERSEDED, f"Pull request #{pull.number} was {word} meanwhile.")


ROWS = (
    Row(
        "settled-elsewhere",
        "the failing pull request was closed or merged meanwhile",
        "skipped / superseded",
        _settled_elsewhere,
        About.RUN,
    ),
    Row(
        "deleted",
        "the session is gone, twice in a row",
        "stopped",
        _deleted,
    ),
    Row("under-way", "the agent works, before the deadline", "wait", _under_way),
    Row("settling", "idle, without a push, and not for long enough", "wait", _settling),
    Row("recovering", "the agent is lost for less than five minutes", "wait", _recovering),
    Row(
        "green-by-itself",
        "the failing branch is green at a newer commit",
        "skipped / superseded",
        _green_by_itself,
        About.RUN,
    ),
    Row(
        "objections-stand",
        "told of objections to a change that is not red, the agent ended, nothing more pushed",
        "flagged",
        _objections_stand,
    ),
    Row("failed", "the session failed, nothing pushed", "error", _failed),
    Row("blocked", "the agent asks or is blocked, nothing pushed", "needs-human", _blocked),
    Row("deadline", "the deadline passed, nothing pushed", "timed-out", _deadline),
    Row(
        "resume",
        "an earlier run was cancelled or killed while it told the agent, nothing pushed",
        "start it again and tell it to go on",
        _resume,
    ),
    Row("interrupted", "paused before the end, nothing pushed", "needs-human", _interrupted),
    Row("no-change", "the agent ended, nothing (more) pushed", "no-change", _no_change),
)
