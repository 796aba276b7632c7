"""Speaking to the session of one item, for a person: how it stands, a message, an end."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from bot import prompt
from bot.decide import memory
from bot.decide.snapshot import ItemState, Snapshot
from bot.engine import records
from bot.engine.allowances import entry
from bot.engine.assigned import Assigned
from bot.engine.brief import Brief
from bot.engine.publish import Publisher
from bot.engine.red_run import RedRun
from bot.engine.result import Result
from bot.engine.watch import Watch
from bot.errors import SessionBusyError, UpstreamError
from bot.identity import marker, session_key
from bot.model import (
    CommentRef,
    Hint,
    Item,
    Outcome,
    PullRequest,
    Request,
    RunRef,
    Session,
    TargetKind,
    VerdictKind,
)
from bot.outcomes import OutcomeKind
from bot.policy import Policy
from bot.ports import Ports
from bot.report.facts import ReportFacts
from bot.sanitize import Secrets

PATIENCE = 600.0
"""Seconds for which a busy session is waited for, and never more than the turn's own time."""


class Messenger:
    """Of one item. What is known of it is read once, and again after each thing done to it."""

    def __init__(
        self, request: Request, item: Item, policy: Policy, ports: Ports, brief: Brief
    ) -> None:
        self.item = item
        self._policy = policy
        self._ports = ports
        self._brief = brief
        self._red = RedRun(request, policy, ports, brief)
        watch = Watch(ports.clock, ports.narrator, policy)
        self._publisher = Publisher(request, policy, ports, brief, watch)
        self._assigned = Assigned(self._red)
        self._facts: Snapshot | None = None

    @property
    def secrets(self) -> Secrets:
        """What no text may hold."""
        return self._brief.secrets

    def look(self) -> tuple[ItemState | None, Session | None]:
        """What is remembered, and the session of the generation at work."""
        facts = self._known()
        return facts.known_state, facts.known_session

    def report(self) -> ReportFacts:
        """How it stands, for a status."""
        facts = self._known()
        state, session = self.look()
        kind = OutcomeKind.ANSWERED
        if state is not None:
            kind = state.final or OutcomeKind.PENDING
        return self._publisher.portrait.report(self._result(Outcome(kind), facts, session))

    def tell(self, said: Hint) -> bool:
        """One message, no attempt; false where the session could not take it in time."""
        state, session = self.look()
        assert session is not None  # noqa: S101 - asked for only while there is one
        clock, branch = self._ports.clock, self._known().target_branch(self._policy)
        text = prompt.message(said, branch, self._brief.fence, self.secrets)
        until = clock.monotonic() + min(PATIENCE, self._policy.wait_timeout)
        agent = self._ports.agent
        assert agent is not None  # noqa: S101 - whoever found a session has it
        while True:
            try:
                now = agent.send(session, text)
                break
            except SessionBusyError:
                if clock.monotonic() >= until:
                    return False
                clock.sleep(self._policy.poll_interval)
        if state is not None:
            turn = replace(records.asking(state, session, clock.now()), asking=False)
            known = replace(self._whole(), state=turn, session=now)
            self._publisher.announce(known, f"{said.author} told the agent something.")
        self._facts = None
        return True

    @property
    def generation(self) -> int:
        """The one last worked on."""
        state, _ = self.look()
        return state.generation if state is not None else 1

    def allow(self, rule: str, ref: CommentRef) -> None:
        """Accept the rule for this item; a generation that ended for it alone is open again."""
        state, _ = self.look()
        assert state is not None  # noqa: S101 - asked for only where something was found
        entries = tuple(dict.fromkeys((*state.allowed, entry(rule, ref))))
        flagged = state.final is OutcomeKind.FLAGGED
        judged = state.attempts
        while flagged and judged and judged[-1].verdict != VerdictKind.RED.value:
            judged = judged[:-1]
        opened = replace(
            state, allowed=entries, attempts=judged, final=None if flagged else state.final
        )
        known = replace(self._whole(), state=opened)
        self._publisher.announce(known, f"{ref.author} accepts `{rule}`.", anyway=True)
        self._facts = None

    def stop(self, reason: str, *, held: bool) -> None:
        """End the session as `cleanup` says, never deleting it, and remember that.

        Of a generation that has ended already the comment stays as it is; nothing new starts.
        """
        state, session = self.look()
        ended = state is not None and state.final is not None
        kept = replace(state, held=held) if ended and state is not None else None
        if kept is None or not self._remember(kept):
            begun = state or ItemState(self.item.name)
            stopped = replace(begun, final=OutcomeKind.STOPPED, held=held)
            facts = replace(self._whole(), state=stopped)
            outcome = Outcome(OutcomeKind.STOPPED, reason)
            self._publisher.finish(self._result(outcome, facts, session))
        self._facts = None

    def _remember(self, state: ItemState) -> bool:
        """Without a word to people; false where there is nothing of ours to write it into."""
        github, mark, ours = self._ports.github, marker(self.item), self._known().known_ours
        if self.item.thread:
            found = github.find_comment(self.item.thread, mark)
            if found is not None:
                body = memory.rewritten(mark, found.body.raw, state)
                github.upsert_comment(self.item.thread, mark, body)
            return True
        if ours is None or not github.is_us(ours.author):
            return False
        body = memory.rewritten(mark, ours.body.raw, state)
        github.update_pull_request(ours.number, body=body)
        return True

    def _whole(self) -> Snapshot:
        """With what failed, for a comment is written whole; a hint, for people only."""
        facts = self._known()
        run = facts.known_run
        if facts.known_evidence is None and run is not None:
            with suppress(UpstreamError):
                evidence = self._red.evidence(run.failing, (run.run.id,))
                return replace(facts, evidence=evidence)
        return facts

    def _result(self, outcome: Outcome, facts: Snapshot, session: Session | None) -> Result:
        return Result(outcome=outcome, facts=facts, session=session)

    def _known(self) -> Snapshot:
        if self._facts is None:
            self._facts = self._read()
        return self._facts

    def _read(self) -> Snapshot:
        github, item = self._ports.github, self.item
        facts = Snapshot(now=self._ports.clock.now(), item=item)
        newest = self._assigned.last_begun(facts, item) if item.is_assigned else 1
        state = self._red.state(item, newest)
        facts = replace(facts, state=state)
        pull: PullRequest | None = None
        if item.kind is TargetKind.PULL_REQUEST:
            pull = github.pull_request(int(item.ref))
        run = self._red.facts(RunRef(state.run_id)) if state and state.run_id else None
        facts = replace(facts, assignment=self._assigned.known(item, state))
        agent, ended = self._ports.agent, state is None or state.final is not None
        known = state.generation if state is not None else 0
        later = newest if item.is_assigned and ended and newest > known else 0
        session = agent.find(session_key(item, later or known or 1)) if agent else None
        if later and session is not None:  # which is all that remembers it
            state = ItemState(item.name, generation=later)
            facts = replace(facts, state=state)
        elif later and known and agent:
            session = agent.find(session_key(item, known))
        facts = replace(facts, pull=pull, session=session)
        if run is not None:
            facts = replace(facts, run=run)
        branch = facts.worked_branch(self._policy)
        found = github.pull_requests_for(branch, state="all") if state is not None else ()
        return replace(facts, ours=next(iter(found), None))
