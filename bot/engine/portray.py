"""From facts and policy to what a report or a prompt is made of. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote

from bot.decide.snapshot import Attempt as Judged
from bot.decide.snapshot import ItemState, Snapshot
from bot.engine.brief import Brief
from bot.engine.material import told_upgrade, wanted, with_run
from bot.engine.objections import shown_findings
from bot.engine.result import Result
from bot.model import (
    Diagnostic,
    Evidence,
    Outcome,
    PullRequest,
    Request,
    Verdict,
    VerdictKind,
)
from bot.outcomes import OutcomeKind
from bot.policy import Mode, Policy
from bot.prompt import PreviousRound, PromptFacts
from bot.report.facts import Attempt, Ending, Operation, ReportFacts


@dataclass(frozen=True, slots=True)
class Portrait:
    """What does not change while a request is worked on."""

    request: Request
    policy: Policy
    brief: Brief

    def base(self, facts: Snapshot) -> str:
        """The base of our pull request: the failing branch, unless the input says otherwise."""
        if self.policy.base:
            return self.policy.base
        pull = facts.known_pull
        if pull is not None:
            own = pull.head_repository == self.request.repository.full_name
            return pull.head_ref if own else pull.base_ref
        return facts.begin_branch

    def compare_url(self, facts: Snapshot) -> str:
        """Where a person opens the pull request that we may not open."""
        branch = facts.worked_branch(self.policy)
        ends = f"{quote(self.base(facts), safe='/')}...{quote(branch, safe='/')}"
        return f"{self.request.repository.url}/compare/{ends}?expand=1"

    def prompt(self, facts: Snapshot) -> PromptFacts:
        """The first prompt's material."""
        run, evidence = facts.known_run, facts.known_evidence
        assert evidence is not None  # noqa: S101 - a row before `start` reads it
        material = PromptFacts(
            fence=self.brief.fence,
            repository=self.request.repository.full_name,
            clone_url=f"{self.request.repository.url}.git",
            branch=facts.target_branch(self.policy),
            base_branch=_merged_with(facts),
            head_sha=facts.begin_sha,
            evidence=evidence,
            mode=self.policy.mode.value,
            pull_request=facts.known_pull,
            protected_paths=self.policy.protected_paths,
            extra_instructions=self.brief.extra_instructions,
            hint=self.request.hint,
            wanted=wanted(facts, self.policy),
            template=self.brief.template,
            attempt=_attempt(facts),
            max_attempts=self.policy.max_attempts,
            secrets=self.brief.secrets,
        )
        return with_run(material, run.run, self.policy.updaters) if run else material

    def previous(self, facts: Snapshot, verdict: Verdict) -> PreviousRound:
        """What became of the agent's last push."""
        before = facts.known_evidence.diagnostics if facts.known_evidence else ()
        before = () if verdict.kind is VerdictKind.UNVERIFIED else before
        now = facts.red_again.diagnostics if isinstance(facts.red_again, Evidence) else ()
        had, have = {_name(d) for d in before}, {_name(d) for d in now}
        return PreviousRound(
            sha=verdict.sha,
            fixed=tuple(d for d in before if _name(d) not in have),
            remaining=tuple(d for d in now if _name(d) in had),
            new=tuple(d for d in now if _name(d) not in had),
            failing_checks=verdict.failing,
            green=verdict.kind is VerdictKind.GREEN,
        )

    def report(self, result: Result) -> ReportFacts:
        """Everything that any text for people may say."""
        facts = result.facts
        run, pull, ours = facts.known_run, facts.known_pull, facts.known_ours
        if self.policy.mode is Mode.FIX and result.verdict is not None:
            ours = ours or pull
        if ours is not None and result.verdict is not None:
            ours = replace(ours, head_sha=result.verdict.sha)
        session = result.session
        if session is not None:
            session = replace(session, created=result.session_created)
        return ReportFacts(
            outcome=result.outcome,
            repository=self.request.repository,
            item=facts.item.name if facts.item else "",
            mode=self.policy.mode.value,
            dry_run=self.policy.dry_run,
            run=run.run if run else None,
            failing_jobs=run.failing if run else (),
            unfinished_jobs=run.unfinished if run else (),
            evidence=_shown_evidence(result),
            failing_pull_request=pull,
            issue=facts.item.thread if facts.assignment and facts.item else 0,
            upgrade=told_upgrade(facts),
            session=session,
            session_log=result.tail,
            backend=session.backend if session else None,
            pull_request=ours,
            operation=_operation(result, ours, pull),
            branch=_pushed_to(facts, self.policy),
            compare_url=result.compare_url,
            verdict=result.verdict,
            attempts=_attempts(facts.known_state, result.verdict),
            attempt=_attempt(facts) if session else 0,
            max_attempts=self.policy.max_attempts,
            findings=shown_findings(result),
            would_start=result.would_start,
            commands=self.request.comment is not None,
            ending=_settled(result.outcome, ours, pull),
            timeline=result.timeline,
            duration=result.duration,
            prompt=result.prompt,
            secrets=self.brief.secrets,
        )


def _merged_with(facts: Snapshot) -> str:
    """The branch with which GitHub merged the head to test it; the failing one for a push."""
    return facts.known_pull.base_ref if facts.known_pull else facts.begin_branch


def _shown_evidence(result: Result) -> Evidence | None:
    """What is red now where that is the outcome, else what failed at the beginning."""
    again = result.facts.red_again
    first = None if result.facts.assignment else result.facts.known_evidence
    if result.outcome.kind is OutcomeKind.NOT_FIXED and isinstance(again, Evidence):
        return again
    return first


def _pushed_to(facts: Snapshot, policy: Policy) -> str:
    """The branch that holds a repair; empty while nothing was pushed."""
    return facts.worked_branch(policy) if facts.known_head and facts.item else ""


def _attempt(facts: Snapshot) -> int:
    return len(facts.known_state.attempts) + 1 if facts.known_state else 1


def _name(finding: Diagnostic) -> tuple[str, str, str, str]:
    return (finding.tool, finding.test or finding.path, finding.rule, finding.message.raw)


def _attempts(state: ItemState | None, verdict: Verdict | None) -> tuple[Attempt, ...]:
    judged = tuple(Attempt(a.head, _came_to(a)) for a in state.attempts) if state else ()
    if verdict is None or (judged and judged[-1].sha == verdict.sha):
        return judged
    return (*judged, Attempt(verdict.sha, verdict.kind.value))


def _came_to(attempt: Judged) -> str:
    rules = ", ".join(attempt.objections)
    return f"{attempt.verdict}, objected to for {rules}" if rules else attempt.verdict


def _operation(result: Result, ours: PullRequest | None, pull: PullRequest | None) -> Operation:
    if ours is None:
        return Operation.NONE
    if pull is not None and ours.number == pull.number:
        return Operation.UPDATED
    return Operation.CREATED if result.opened else Operation.ADOPTED


def _settled(outcome: Outcome, ours: PullRequest | None, pull: PullRequest | None) -> Ending | None:
    """Green where people look: a separate repair must still be merged, so it is not the end."""
    in_place = ours is not None and pull is not None and ours.number == pull.number
    return Ending.GREEN if outcome.kind is OutcomeKind.FIXED and in_place else None
