"""Acting on the world: prompt, comment, pull request, clean-up. Every write is safe to repeat."""

from __future__ import annotations

from dataclasses import replace

from bot import prompt
from bot.decide import memory
from bot.decide.snapshot import ItemState, Snapshot
from bot.engine.brief import Brief
from bot.engine.objections import objections
from bot.engine.portray import Portrait
from bot.engine.reactions import react_to_the_end
from bot.engine.result import Result
from bot.engine.watch import Watch
from bot.errors import UpstreamError
from bot.identity import marker, title
from bot.model import (
    Cleanup,
    Evidence,
    Item,
    Outcome,
    PullRequest,
    Request,
    Session,
    SessionState,
    TargetKind,
    Verdict,
)
from bot.outcomes import ErrorKind, OutcomeKind, UnverifiedCause
from bot.policy import Commenting, Mode, Policy
from bot.ports import Ports
from bot.report import comment as comment_text
from bot.report import issue as issue_text
from bot.report import pull_request as pull_request_text
from bot.report.facts import ReportFacts
from bot.untrusted import Untrusted

_TITLE_BYTES = 64
_NEVER_DELETED = frozenset(
    {OutcomeKind.NEEDS_HUMAN, OutcomeKind.TIMED_OUT, OutcomeKind.ERROR, OutcomeKind.STOPPED}
)
_LASTING = frozenset({ErrorKind.AGENT, ErrorKind.WORKSPACE, ErrorKind.CODER_QUOTA})
"""Errors that end a generation; after any other one the same session is carried on."""

_PERSON_NEEDED = frozenset(
    {
        OutcomeKind.NO_CHANGE,
        OutcomeKind.NEEDS_HUMAN,
        OutcomeKind.NOT_FIXED,
        OutcomeKind.TIMED_OUT,
        OutcomeKind.ERROR,
    }
)
_NO_FIX = frozenset(OutcomeKind) - {OutcomeKind.FIXED, OutcomeKind.PENDING, OutcomeKind.REPORTED}


class Publisher:
    """Writes what the engine decided. A comment that is refused costs a line, not the run."""

    def __init__(
        self, request: Request, policy: Policy, ports: Ports, brief: Brief, watch: Watch
    ) -> None:
        self.portrait = Portrait(request, policy, brief)
        self._policy = policy
        self._ports = ports
        self._watch = watch
        self.opened = False

    # --- to the agent ----------------------------------------------------------------------

    def prompt(self, facts: Snapshot) -> str:
        """The first prompt."""
        return prompt.build(self.portrait.prompt(facts))

    def title(self, facts: Snapshot) -> str:
        """The session's display name: at most 64 bytes of our own words."""
        assert facts.item is not None  # noqa: S101 - rows before `start` need it
        text = title(facts.item, self.portrait.request.repository.full_name)
        return text.encode()[:_TITLE_BYTES].decode(errors="ignore")

    def follow_up(self, facts: Snapshot, verdict: Verdict) -> str:
        """The later prompts, self-contained."""
        material = self.portrait.prompt(facts)
        previous = self.portrait.previous(facts, verdict)
        again = facts.red_again
        evidence = again if isinstance(again, Evidence) else material.evidence
        told = facts.known_state.attempts if facts.known_state else ()
        attempt = sum(a.head != verdict.sha for a in told) + 2
        return prompt.follow_up(
            replace(
                material,
                previous=previous,
                objections=objections(facts),
                attempt=attempt,
                evidence=evidence,
            )
        )

    def carry_on(self, facts: Snapshot) -> str:
        """For an agent that was stopped in its first turn: everything once more."""
        nothing_pushed = prompt.PreviousRound()
        return prompt.follow_up(replace(self.portrait.prompt(facts), previous=nothing_pushed))

    # --- to people -------------------------------------------------------------------------

    def open_pull_request(self, facts: Snapshot) -> PullRequest:
        """Ours, found or opened, with the item's memory in its body."""
        told = self._told(facts, "")
        ours = self._ports.github.open_pull_request(
            head=facts.target_branch(self._policy),
            base=self.portrait.base(facts),
            title=pull_request_text.title(told),
            body=self._pull_request_body(told, facts),
            draft=self._policy.draft and not self._is_for_default_branch(facts),
        )
        self.opened = True
        return ours

    def announce(self, facts: Snapshot, decision: str, *, anyway: bool = False) -> None:
        """The comment while things are under way; without one our pull request remembers.

        `anyway`: also where an end is written down there, which a person takes back.
        """
        told = self._told(facts, decision)
        self._comment(facts, told, anyway=anyway)
        if facts.item is not None and facts.item.kind is not TargetKind.PULL_REQUEST:
            self._update_pull_request(facts, told)

    def finish(self, result: Result) -> Result:
        """Clean up, remember the end, say it; returns the result with what that added."""
        session, kind = result.session, result.outcome.kind
        facts = self._final(result)
        if session is not None and kind in _NO_FIX:
            result = replace(result, tail=self._tail(session))
        forbidden = result.outcome.cause is UnverifiedCause.PULL_REQUEST_FORBIDDEN
        result = replace(
            result,
            facts=facts,
            opened=self.opened,
            compare_url=self.portrait.compare_url(facts) if forbidden else "",
            prompt=self._shown_prompt(facts),
        )
        if session is not None and not (kind is OutcomeKind.PENDING or _passes(result.outcome)):
            self.clean_up(session, kind)
        if not self._policy.dry_run:
            react_to_the_end(self._ports.github, facts, kind)
        told = self.portrait.report(result)
        if self._has_something_to_say(result):
            self._comment(facts, told)
            self._update_pull_request(facts, told)
            self._raise_issue(facts, told)
        return result

    def clean_up(self, session: Session, kind: OutcomeKind) -> None:
        """Apply `cleanup`; what a person may want to look at is paused rather than deleted."""
        if self._ports.agent is None or session.state is SessionState.GONE:
            return
        wanted = self._policy.cleanup
        if wanted is Cleanup.DELETE and kind in _NEVER_DELETED:
            wanted = Cleanup.PAUSE
        try:
            self._ports.agent.end(session, wanted)
        except UpstreamError as failure:
            self._watch.note(f"Clean-up failed: {_bare(failure)}")

    # --- how -------------------------------------------------------------------------------

    def _shown_prompt(self, facts: Snapshot) -> str:
        has_evidence = facts.item is not None and facts.known_evidence is not None
        return self.prompt(facts) if self._policy.dry_run and has_evidence else ""

    def _tail(self, session: Session) -> tuple[Untrusted, ...]:
        try:
            return self._ports.agent.logs(session) if self._ports.agent else ()
        except UpstreamError:
            return ()

    def _final(self, result: Result) -> Snapshot:
        facts, kind = result.facts, result.outcome.kind
        state = facts.known_state
        if state is None or kind is OutcomeKind.PENDING:
            return facts
        if state.final is not None or _passes(result.outcome):
            return facts
        head = result.verdict.sha if result.verdict else state.head
        reason = result.outcome.skip_reason
        ended = replace(state, final=kind, head=head, skip_reason=reason)
        return replace(facts, state=ended)

    def _has_something_to_say(self, result: Result) -> bool:
        if self._policy.dry_run:
            return False
        state = result.facts.known_state
        stopped = state is not None and state.held
        told = result.outcome.kind is OutcomeKind.REPORTED
        return result.session is not None or told or stopped

    def _told(self, facts: Snapshot, decision: str) -> ReportFacts:
        outcome = Outcome(OutcomeKind.PENDING, decision)
        result = Result(
            outcome=outcome,
            facts=facts,
            session=facts.known_session,
            timeline=tuple(self._watch.timeline),
            duration=self._watch.elapsed,
            opened=self.opened,
        )
        return self.portrait.report(result)

    def _is_for_default_branch(self, facts: Snapshot) -> bool:
        default = self.portrait.request.repository.default_branch
        return self._policy.mode is Mode.FIX and self.portrait.base(facts) == default

    def _comment(self, facts: Snapshot, told: ReportFacts, *, anyway: bool = False) -> None:
        number = self._comment_on(facts)
        if not number or facts.item is None or self._policy.comment is Commenting.NONE:
            return
        mark, body = marker(facts.item), comment_text.comment(told, self._hidden(facts))

        def went_further(there: str) -> bool:
            """Another run of this item: what it has written down must not be taken back."""
            state = facts.known_state
            return state is not None and memory.newer(state, memory.read(mark, there)) is not state

        try:
            self._ports.github.upsert_comment(
                number, mark, body, unless=None if anyway else went_further
            )
        except UpstreamError as refused:
            self._watch.note(
                f"The comment on #{number} could not be written: {refused.message.rstrip('.')}"
            )

    def _comment_on(self, facts: Snapshot) -> int:
        """The failing pull request, or the issue; else the agent's own, whose body is not ours."""
        item = facts.item
        if item is not None and item.thread:
            return item.thread
        ours = facts.known_ours
        return ours.number if ours is not None and not self._is_by_us(ours) else 0

    def _is_by_us(self, pull: PullRequest) -> bool:
        return self._ports.github.is_us(pull.author)

    def _hidden(self, facts: Snapshot) -> str:
        item = facts.item
        assert isinstance(item, Item)  # noqa: S101 - the callers have looked
        return memory.write(marker(item), facts.known_state or ItemState(item.name))

    def _pull_request_body(self, told: ReportFacts, facts: Snapshot) -> str:
        return pull_request_text.body(told, self._hidden(facts))

    def _update_pull_request(self, facts: Snapshot, told: ReportFacts) -> None:
        ours, failing = facts.known_ours, facts.known_pull
        if ours is None or not self._is_by_us(ours):
            return
        if failing is not None and ours.number == failing.number:
            return
        body = self._pull_request_body(told, facts)
        if ours.body.raw == body:
            return
        try:
            self._ports.github.update_pull_request(ours.number, body=body)
        except UpstreamError as refused:
            self._watch.note(
                f"Pull request #{ours.number} was not updated: {refused.message.rstrip('.')}"
            )

    def _raise_issue(self, facts: Snapshot, told: ReportFacts) -> None:
        """One issue per item, only without any pull request, and only where a person is needed."""
        item, kind = facts.item, told.outcome.kind
        # That an upgrade came to nothing is no news: most often there was no newer version.
        needed = kind in _PERSON_NEEDED - ({OutcomeKind.NO_CHANGE} if told.upgrade else set())
        if item is None or item.thread or not needed:
            return
        if facts.known_ours is not None or self._policy.comment is Commenting.NONE:
            return
        body = issue_text.body(told, self._hidden(facts))
        try:
            issue = self._ports.github.upsert_issue(marker(item), issue_text.title(told), body)
            self._watch.note(f"Told people in issue #{issue.number}", issue.url)
        except UpstreamError as refused:
            self._watch.note(f"The issue was not written: {_bare(refused)}")


def _passes(outcome: Outcome) -> bool:
    """Trouble that ends this run and not the work: the agent is left to go on."""
    return outcome.kind is OutcomeKind.ERROR and outcome.error_kind not in _LASTING


def _bare(failure: UpstreamError) -> str:
    return failure.message.rstrip(".")
