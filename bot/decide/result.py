"""After the push: pull request, checks of exactly that head, the diff, and what red means. Pure."""

from __future__ import annotations

from dataclasses import replace

from bot.decide.case import Case
from bot.decide.review import blocking, rules_of
from bot.decide.row import Row, in_words, skipped
from bot.decide.silence import cause as silence_cause
from bot.decide.snapshot import KEPT, Facet
from bot.decide.steps import Dispatch, Finish, FollowUp, OpenPullRequest, Step, Wait
from bot.diff_policy import is_flagged
from bot.model import Outcome, Verdict, VerdictKind
from bot.outcomes import OutcomeKind, SkipReason, UnverifiedCause
from bot.policy import Verify

_LOOK_AGAIN = (Facet.CHECKS, Facet.HEAD)


def _without_pull_request(case: Case) -> Step | None:
    if case.pushes_to_failing_branch or case.ours is not None:
        return None
    return OpenPullRequest("The agent pushed a branch and there is no pull request for it.")


def _ours_settled(case: Case) -> Step | None:
    ours = None if case.pushes_to_failing_branch else case.ours
    if ours is None or ours.state == "open":
        return None
    if ours.merged:
        return skipped(SkipReason.SUPERSEDED, f"Our pull request #{ours.number} was merged.")
    return skipped(
        SkipReason.CLOSED_BY_HUMAN,
        f"Our pull request #{ours.number} was closed without merging it.",
    )


def _unverifiable(case: Case) -> Step | None:
    if case.policy.verify is not Verify.NONE:
        return None
    head = case.new_head
    return _unverified(
        Verdict(VerdictKind.UNVERIFIED, head, UnverifiedCause.VERIFY_OFF),
        "There is a change; `verify: none` asks for no verdict.",
    )


def _pending(case: Case) -> Step | None:
    if case.verdict.kind is not VerdictKind.PENDING:
        return None
    if case.facts.verify_seconds < case.policy.verify_timeout:
        return Wait("Checks are running.", _LOOK_AGAIN)
    time = in_words(case.policy.verify_timeout)
    case.need(Facet.DIFF)  # whose findings are listed, whatever the end
    return Finish(
        Outcome(OutcomeKind.TIMED_OUT, f"The checks did not end within {time}."),
        case.verdict,
    )


_DISPATCH_HELPS = frozenset(
    {
        UnverifiedCause.NO_CI_ON_BRANCH,
        UnverifiedCause.ONLY_SKIPPED,
        UnverifiedCause.JOB_MISSING,
    }
)

_SENTENCES = {
    UnverifiedCause.APPROVAL_NEEDED: "The checks wait for somebody's approval.",
    UnverifiedCause.NO_CI_ON_BRANCH: "No check ran for this commit.",
    UnverifiedCause.ONLY_SKIPPED: "Every check of this commit was skipped.",
    UnverifiedCause.CONFLICT: "No check ran: the branch conflicts with its base.",
    UnverifiedCause.DEFAULT_TOKEN: "No check ran: what the workflow's own token opens starts none.",
    UnverifiedCause.WORKFLOW_DISABLED: "No check ran: the workflow is disabled.",
    UnverifiedCause.PATH_FILTER: "No check ran: the workflow does not look at these paths.",
    UnverifiedCause.DRAFT_EXCLUDED: "No check ran: the workflow leaves drafts out.",
    UnverifiedCause.CI_SLOW: "No check has appeared yet.",
    UnverifiedCause.JOB_MISSING: "Checks passed, but the job that failed did not run again.",
}


def _dispatch(case: Case) -> Step | None:
    verdict, state = case.verdict, case.state
    if not case.began_red:
        return None  # no workflow has failed
    if verdict.kind is not VerdictKind.UNVERIFIED or verdict.cause not in _DISPATCH_HELPS:
        return None
    if case.policy.verify is Verify.CHECKS or (state and state.dispatched == verdict.sha):
        return None
    at_once = case.policy.verify is Verify.WORKFLOW
    if not at_once and case.facts.verify_seconds < case.policy.checks_grace:
        return None
    return Dispatch("Nothing ran for this commit; the failed workflow is dispatched on it.")


def _nothing_vouches(case: Case) -> Step | None:
    verdict = case.verdict
    if verdict.kind is not VerdictKind.UNVERIFIED or verdict.cause is None:
        return None
    may_come = verdict.cause is not UnverifiedCause.APPROVAL_NEEDED
    if may_come and case.facts.verify_seconds < case.policy.checks_grace:
        return Wait("No check has vouched for this commit yet.", _LOOK_AGAIN)
    cause = verdict.cause
    is_silent = cause in {UnverifiedCause.NO_CI_ON_BRANCH, UnverifiedCause.ONLY_SKIPPED}
    if is_silent and case.began_red:  # else no workflow's file tells why
        cause = silence_cause(case.silence, skipped=cause is UnverifiedCause.ONLY_SKIPPED)
    return _unverified(replace(verdict, cause=cause), _SENTENCES[cause])


def _unverified(verdict: Verdict, sentence: str) -> Finish:
    return Finish(Outcome(OutcomeKind.UNVERIFIED, sentence, cause=verdict.cause), verdict)


def _green(case: Case) -> Step | None:
    verdict = case.verdict
    if verdict.kind is not VerdictKind.GREEN:
        return None
    if case.facts.verify_seconds < case.policy.poll_interval:
        return Wait("Green so far; other checks may still turn up.", _LOOK_AGAIN)
    return Finish(Outcome(OutcomeKind.FIXED), verdict)


def _end(case: Case) -> Finish | None:
    """How it ends where nothing is red and the change is not flagged; None while that is open."""
    if case.policy.verify is not Verify.NONE and _dispatch(case) is not None:
        return None
    ends = (rule(case) for rule in (_unverifiable, _nothing_vouches, _green))
    return next((step for step in ends if isinstance(step, Finish)), None)


def _objected(case: Case) -> Step | None:
    end = _end(case)
    if end is None or end.verdict is None or not is_flagged(case.findings):
        return None
    if _is_last(case) or any(attempt.objections for attempt in case.judged):
        return None
    case.need(Facet.EVIDENCE)
    rules = ", ".join(rules_of(blocking(case.findings)))
    reason = f"Objected to `{case.new_head[:7]}` for {rules}; told the session."
    return FollowUp(reason, end.verdict)


def _flagged(case: Case) -> Step | None:
    end = _end(case)
    if end is None or not is_flagged(case.findings):
        return None
    return Finish(replace(end.outcome, kind=OutcomeKind.FLAGGED), end.verdict)


def _is_last(case: Case) -> bool:
    return len(case.judged) + 1 >= case.policy.max_attempts


def _used_up(case: Case) -> Step | None:
    case.need(Facet.DIFF)
    if not _is_last(case):
        return None
    used = len(case.judged) + 1
    return Finish(
        Outcome(OutcomeKind.NOT_FIXED, f"All {used} attempts are used up."),
        case.verdict,
    )


def _no_progress(case: Case) -> Step | None:
    now = set(case.red_again.fingerprint[:KEPT])
    earlier = [set(a.fingerprint) for a in case.judged]
    if earlier and case.state is not None:  # back at what failed at the beginning
        earlier.append(set(case.state.fingerprint))
    if not now or now not in earlier:
        return None
    return Finish(
        Outcome(OutcomeKind.NOT_FIXED, "The same failure came back; another attempt is a waste."),
        case.verdict,
    )


def _red(case: Case) -> Step | None:
    # What was fixed, and what is new, shows only against what failed at the beginning.
    case.need(Facet.EVIDENCE)
    return FollowUp(f"Still red at `{case.new_head[:7]}`; told the session.", case.verdict)


ROWS = (
    Row(
        "ours-settled",
        "our pull request was closed or merged meanwhile",
        "skipped / closed-by-human or superseded",
        _ours_settled,
    ),
    Row(
        "open-pull-request",
        "pushed to a branch of ours, no pull request",
        "open it",
        _without_pull_request,
    ),
    Row(
        "objected",
        "flagged where nothing is red (see diff_policy), the agent not told yet, attempts left",
        "follow up in the same session, with the objections",
        _objected,
    ),
    Row("flagged", "flagged where nothing is red", "flagged", _flagged),
    Row("verify-off", "`verify: none`", "unverified", _unverifiable),
    Row("pending", "checks of that head are running", "wait, else timed-out", _pending),
    Row(
        "dispatch",
        "nothing ran for that head, `verify: auto` or `workflow`",
        "dispatch the failed workflow on it, once",
        _dispatch,
    ),
    Row(
        "nothing-vouches",
        "no check ran, only skipped ones, or not the job that failed",
        "wait a little, else unverified",
        _nothing_vouches,
    ),
    Row(
        "green",
        "all checks of that head are green, at least one poll interval after it was first seen",
        "fixed",
        _green,
    ),
    Row("used-up", "red, `max-attempts` used up", "not-fixed", _used_up),
    Row("no-progress", "red with a failure that an earlier attempt had", "not-fixed", _no_progress),
    Row("red", "red", "follow up in the same session, with the objections if flagged", _red),
)
