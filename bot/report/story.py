"""The sentences that comment, summary, pull request and issue share: one outcome, one story."""

from __future__ import annotations

from bot.model import PullRequest, VerdictKind
from bot.outcomes import OutcomeKind, UnverifiedCause
from bot.report import blocks
from bot.report.facts import ReportFacts
from bot.report.objections import objections
from bot.report.words import ASSIGNED, ASSIGNED_STEPS, ERRORS, OUTCOMES, SKIPPED, UNVERIFIED
from bot.sanitize import to_markdown
from bot.untrusted import Untrusted

_MAX_ATTEMPTS = 10
_REF_LIMIT = 100
_TELLING_WORDS = frozenset(
    {
        OutcomeKind.NO_CHANGE,
        OutcomeKind.NEEDS_HUMAN,
        OutcomeKind.TIMED_OUT,
        OutcomeKind.NOT_FIXED,
        OutcomeKind.FLAGGED,
        OutcomeKind.ERROR,
    }
)
# Where nothing was started, we failed ourselves, or the change is in doubt, that comes first.
_CAUSE_LAST = frozenset({OutcomeKind.ERROR, OutcomeKind.FLAGGED, OutcomeKind.SKIPPED})
_COMMANDS = {
    OutcomeKind.FLAGGED: "Accept a rule for this change with `/coder allow <rule>`.",
    OutcomeKind.NOT_FIXED: "`/coder retry` starts afresh.",
    OutcomeKind.NO_CHANGE: "`/coder fix` with a hint tries again.",
    OutcomeKind.NEEDS_HUMAN: "Or answer here with `/coder tell` and your words.",
    OutcomeKind.TIMED_OUT: "`/coder retry` starts afresh.",
    OutcomeKind.STOPPED: "`/coder fix` takes it up again.",
    OutcomeKind.REPORTED: "`/coder fix` starts an agent.",
}


def glyph(facts: ReportFacts) -> str:
    """The outcome at a glance."""
    return OUTCOMES[facts.outcome.kind].glyph


def headline(facts: ReportFacts) -> str:
    """How it stands, with the pull request and the commit where there are any."""
    kind, usual = facts.outcome.kind, _usual_headline(facts)
    ours = separate_pull_request(facts)
    if kind is OutcomeKind.FIXED or kind is OutcomeKind.NOT_FIXED:
        return _verdict_headline(facts, usual)
    if kind is OutcomeKind.UNVERIFIED and ours:
        what = "Change" if is_assigned(facts) else "Repair"
        return f"{what} in {blocks.number(ours)}, not verified"
    if kind is OutcomeKind.FLAGGED and ours and not is_assigned(facts):
        return f"Look before you merge {blocks.number(ours)}: it may hide the failure"
    if kind is OutcomeKind.PENDING and facts.run:
        return f"{usual} the red CI at {blocks.sha(facts.run.head_sha)}"
    if kind is OutcomeKind.ERROR and facts.outcome.error_kind:
        return f"{usual}: {ERRORS[facts.outcome.error_kind][0]}"
    return usual


def is_assigned(facts: ReportFacts) -> bool:
    """Whether an issue or an upgrade is what it is about, rather than a red run."""
    return bool(facts.upgrade or (facts.issue and not facts.run))


def _usual_headline(facts: ReportFacts) -> str:
    kind = facts.outcome.kind
    if is_assigned(facts) and kind in ASSIGNED:
        return ASSIGNED[kind][1 if facts.upgrade else 0]
    if kind is OutcomeKind.SWEPT and any(item.planned for item in facts.items):
        kinds, count = (
            [i.outcome.kind for i in facts.items],
            blocks.plural(len(facts.items), "item"),
        )
        if OutcomeKind.REPORTED in kinds:
            return f"Upgrades planned: {count}, nothing started"
        return f"Upgrades: {kinds.count(OutcomeKind.PENDING)} of {count} under way"
    if kind is OutcomeKind.SKIPPED and facts.session:
        return "Ended: nothing is left to do"
    return OUTCOMES[kind].headline


def _verdict_headline(facts: ReportFacts, usual: str) -> str:
    ours, verdict = separate_pull_request(facts), facts.verdict
    at = f" at {blocks.sha(verdict.sha)}" if verdict else ""
    if facts.outcome.kind is OutcomeKind.NOT_FIXED:
        tries = f" after {blocks.plural(len(facts.attempts), 'attempt')}" if facts.attempts else ""
        return f"{usual}{at}{tries}"
    where = f" in {blocks.number(ours)}" if ours else ""
    checks = f": {blocks.plural(verdict.counted, 'check')} green{at}" if verdict else ""
    return f"{usual}{where}{checks}"


def separate_pull_request(facts: ReportFacts) -> PullRequest | None:
    """Our pull request, where it is another one than the failing one."""
    ours, failing = facts.pull_request, facts.failing_pull_request
    return ours if ours and (failing is None or ours.number != failing.number) else None


def lead(facts: ReportFacts) -> tuple[str, ...]:
    """What must be read: the cause in CI, how it ended and why, what a person can do."""
    cause = blocks.cause(facts)
    last = facts.outcome.kind in _CAUSE_LAST
    return (
        "" if last else cause,
        explanation(facts),
        objections(facts),
        said(facts),
        advice(facts),
        cause if last else "",
    )


def explanation(facts: ReportFacts) -> str:
    """Why it ended so: the outcome's reason, or the usual sentence for it."""
    outcome = facts.outcome
    reason = blocks.reason(outcome, facts.secrets)
    if reason:
        return reason
    why = _unverified_cause(facts)
    if why:
        return UNVERIFIED[why][0]
    if outcome.kind is OutcomeKind.PENDING:
        return _under_way(facts)
    return SKIPPED[outcome.skip_reason][0] if outcome.skip_reason else ""


def _under_way(facts: ReportFacts) -> str:
    where = f"in {blocks.link('a Coder session', facts.session.url)}" if facts.session else ""
    turn = f" (attempt {facts.attempt} of {facts.max_attempts})" if facts.attempt > 1 else ""
    return f"An agent works on it {where}{turn}." if where else "An agent is being started."


def said(facts: ReportFacts) -> str:
    """The agent's last words, or Coder's about a failure, where a person needs them."""
    session = facts.session
    if session is None or facts.outcome.kind not in _TELLING_WORDS:
        return ""
    if facts.outcome.kind is OutcomeKind.ERROR and session.error:
        return f"Coder says:\n\n{blocks.quote(session.error, facts.secrets)}"
    text = session.report.message if session.report and session.report.message else session.message
    shown = blocks.quote(text, facts.secrets)
    return f"The agent says:\n\n{shown}" if shown else ""


def advice(facts: ReportFacts) -> str:
    """`**Next.** …`: what a person can do now."""
    return f"**Next.** {next_step(facts)}"


def next_step(facts: ReportFacts) -> str:
    """One or two sentences; never empty."""
    outcome = facts.outcome
    if outcome.remedy:
        return blocks.sentence(outcome.remedy, facts.secrets)
    if outcome.kind is OutcomeKind.FIXED:
        return _after_green(facts)
    step = _linked(_usual_step(facts), facts)
    command = _COMMANDS.get(outcome.kind) if facts.commands else None
    return f"{step} {command}" if command else step


def _usual_step(facts: ReportFacts) -> str:
    outcome = facts.outcome
    why = _unverified_cause(facts)
    if outcome.kind is OutcomeKind.ERROR and outcome.error_kind:
        return ERRORS[outcome.error_kind][1]
    if why:
        return UNVERIFIED[why][1]
    other = ASSIGNED_STEPS.get(outcome.skip_reason or outcome.kind)
    assigned = other if is_assigned(facts) else None
    if outcome.skip_reason:
        return assigned or SKIPPED[outcome.skip_reason][1]
    if facts.dry_run:
        return "Run it without `dry-run` to have this done."
    if assigned:
        return assigned
    return OUTCOMES[outcome.kind].next_step


def _unverified_cause(facts: ReportFacts) -> UnverifiedCause | None:
    if facts.outcome.kind is not OutcomeKind.UNVERIFIED:
        return None
    return facts.outcome.cause or (facts.verdict.cause if facts.verdict else None)


def _after_green(facts: ReportFacts) -> str:
    ours = separate_pull_request(facts)
    if ours is None:
        return "Review the new commits; the checks of this pull request are green with them."
    onto = to_markdown(Untrusted(ours.base_ref), facts.secrets, limit=_REF_LIMIT)
    then = "; then this pull request has the repair" if facts.failing_pull_request else ""
    return f"Review {blocks.number(ours)} and merge it into {onto}{then}."


def _linked(step: str, facts: ReportFacts) -> str:
    """Our own words with `{repair}` and `{session}` filled in."""
    session = blocks.link("the session", facts.session.url) if facts.session else "the session"
    return step.replace("{session}", session).replace("{repair}", _repair(facts))


def _repair(facts: ReportFacts) -> str:
    ours = separate_pull_request(facts)
    if ours:
        return blocks.number(ours)
    if facts.compare_url:
        return blocks.link("the comparison", facts.compare_url)
    return "the branch" if facts.pull_request is None else "the new commits"


def facts_line(facts: ReportFacts) -> str:
    """Links and numbers, in one line."""
    run, session, ours = facts.run, facts.session, separate_pull_request(facts)
    pending = facts.outcome.kind is OutcomeKind.PENDING
    parts = []
    if run:
        parts.append(f"{blocks.link('failed run', run.url)} at {blocks.sha(run.head_sha)}")
    if ours:
        word = "pull request" if is_assigned(facts) else "repair"
        parts.append(f"{word} {blocks.number(ours)}")
    elif facts.branch and not facts.pull_request and _has_push(facts):
        parts.append(_branch(facts))
    if session and not (pending and not facts.outcome.reason):  # there the lead links it
        parts.append(blocks.link("session", session.url))
    if facts.max_attempts and facts.attempt:
        parts.append(f"attempt {facts.attempt} of {facts.max_attempts}")
    if facts.duration and not pending:
        parts.append(blocks.seconds(facts.duration))
    return f"<sub>{' · '.join(parts)}</sub>" if parts else ""


def _has_push(facts: ReportFacts) -> bool:
    return bool(facts.compare_url) or any(turn.sha for turn in facts.attempts)


def _branch(facts: ReportFacts) -> str:
    name = to_markdown(Untrusted(facts.branch), facts.secrets, limit=_REF_LIMIT)
    return f"branch {name}" + (
        f" ({blocks.link('compare', facts.compare_url)})" if facts.compare_url else ""
    )


def attempts(facts: ReportFacts) -> str:
    """What each attempt led to, once there was more than one."""
    if len(facts.attempts) < 2:
        return ""
    lines = (
        f"{n}. {blocks.sha(turn.sha) if turn.sha else 'no push'}: "
        f"{blocks.sentence(turn.words, facts.secrets)}"
        for n, turn in enumerate(facts.attempts[:_MAX_ATTEMPTS], 1)
    )
    return blocks.fold(blocks.plural(len(facts.attempts), "attempt"), "\n".join(lines))


def verdict_words(facts: ReportFacts) -> str:
    """The output `verified`: `green`, `red`, `unverified`; `timeout` when checks never ended."""
    if facts.verdict is None:
        return ""
    kind = facts.verdict.kind
    return "timeout" if kind is VerdictKind.PENDING else kind.value
