"""One work item from its request to its outcome. May be killed between any two steps."""

from __future__ import annotations

from dataclasses import replace

from bot.decide.snapshot import UNREAD, Facet, ItemState, Snapshot
from bot.decide.steps import (
    Dispatch,
    Finish,
    FollowUp,
    OpenPullRequest,
    Read,
    Rerun,
    Resume,
    Start,
    Step,
    Wait,
)
from bot.engine import records, refused
from bot.engine.brief import Brief
from bot.engine.judge import Judge
from bot.engine.observe import Observer
from bot.engine.publish import Publisher
from bot.engine.reactions import react
from bot.engine.result import Result, at_rest
from bot.engine.turns import Turns
from bot.engine.watch import Watch
from bot.errors import NameHeldError, SessionBusyError, UpstreamError
from bot.model import Item, Outcome, Reaction, Request, Session
from bot.outcomes import OutcomeKind
from bot.policy import Policy, Waiting
from bot.ports import AgentBackend, Ports
from bot.report.facts import ReportFacts

_TOLD = (Facet.SESSION, Facet.HEAD, Facet.CHECKS)
NAMES_TRIED = 3
"""Generations skipped because the name of their session is held."""


class Engine:
    """Observes, decides, acts. `run` raises only what happens before a session exists."""

    def __init__(self, request: Request, policy: Policy, ports: Ports, brief: Brief) -> None:
        self._request = request
        self._policy = policy
        self._ports = ports
        self._judge = Judge(request, policy, ports.recorder)
        self._observer = Observer(request, policy, ports, brief)
        self._watch = Watch(ports.clock, ports.narrator, policy)
        self._publisher = Publisher(request, policy, ports, brief, self._watch)
        self._turns = Turns(ports.clock)
        self.facts = Snapshot(now=ports.clock.now())
        self.session_created = False
        self._names_held = 0
        self._would_start = False

    def run(self) -> Result:
        """The whole story; with `wait: none`, up to the first wait."""
        while True:
            self.facts = self._turns.timed(self.facts, self._observer.session)
            try:
                decision = self._judge.decide(self.facts)
                self._would_start = isinstance(decision.would, Start)
                result = self._act(decision.step)
                self._watch.fine()
            except UpstreamError as failure:
                result = self._troubled(failure)
            if result is not None:
                return result

    def glance(self) -> Result | None:
        """What facts that may be a little old come to; None where `run` must read them anew.

        That is where there is something to do, or to write down.
        """
        known: object = UNREAD
        while True:
            self.facts = self._turns.timed(self.facts, self._observer.session)
            step = self._judge.decide(self.facts, glance=True).step
            if not isinstance(step, Read) or Facet.DIFF in step.facets:  # which only an end needs
                break
            self.facts = self._observer.read(self.facts, step.facets)
            known = self.facts.state if known is UNREAD else known
        if known != self.facts.state or records.is_unknown(self.facts):
            return None
        outcome = at_rest(step)
        return self.result(outcome) if outcome is not None else None

    def detach(self) -> None:
        """Cancelled: leave the workspace as `cleanup` says, but never delete it."""
        session, state = self._observer.session, self.facts.known_state
        if session is None:
            return
        if state is not None:
            cut_off = records.cut_off(state, self._ports.clock.now())
            known = replace(self.facts, state=cut_off, session=session)
            self._publisher.announce(known, "The run was cancelled; a later one carries on.")
        self._publisher.clean_up(session, OutcomeKind.ERROR)

    def memory(self, item: Item) -> ItemState | None:
        """What is remembered of the item."""
        return self._observer.memory(item)

    @property
    def session(self) -> Session | None:
        """The session last seen, for whoever reports a cancelled run."""
        return self._observer.session

    def result(self, outcome: Outcome) -> Result:
        """What is known now, as a result with that outcome."""
        return Result(
            outcome=outcome,
            facts=self.facts,
            session=self._observer.session,
            timeline=tuple(self._watch.timeline),
            duration=self._watch.elapsed,
            session_created=self.session_created,
            opened=self._publisher.opened,
            would_start=self._would_start,
        )

    def report(self, result: Result) -> ReportFacts:
        """What texts for people and outputs are made of."""
        return self._publisher.portrait.report(result)

    def _act(self, step: Step) -> Result | None:
        match step:
            case Read(facets):
                self.facts = self._observer.read(self.facts, facets)
                self._watch.saw_head(self.facts.known_head or "", self.facts.known_state)
                self._adopt()
            case Start(reason):
                self._start(reason)
            case Rerun(reason):
                return self._rerun(reason)
            case Dispatch(reason):
                self._dispatch(reason)
            case Wait(reason, again):
                return self._wait(reason, again)
            case OpenPullRequest():
                return self._open_pull_request()
            case FollowUp() | Resume():
                return self._tell(step)
            case Finish():
                return self._finish(step)
        return None

    def _agent(self) -> AgentBackend:
        assert self._ports.agent is not None  # noqa: S101 - the app connects unless we only look
        return self._ports.agent

    def _start(self, reason: str) -> None:
        prompt, title = self._publisher.prompt(self.facts), self._publisher.title(self.facts)
        try:
            session = self._agent().start(self.facts.key(), prompt=prompt, title=title)
        except NameHeldError as held:
            self._next_generation(held)
            return
        self._observer.session = session
        self.session_created = session.created
        self._turns.begin()
        word = "Started" if session.created else "Adopted"
        self._watch.note(f"{word} session `{session.name}`", session.url)
        state = records.begun(self.facts, session, self._ports.clock.now(), self._request.comment)
        self.facts = replace(self.facts, session=session, state=state)
        react(self._ports.github, self.facts, Reaction.STARTED)
        self._announce(reason)

    def _adopt(self) -> None:
        """Write down what a run that was killed right after its start could not."""
        session = self._observer.session
        if session is None or not records.is_unknown(self.facts):
            return
        began = session.created_at or self._ports.clock.now()
        self.facts = replace(self.facts, state=records.begun(self.facts, session, began))
        self._announce("An earlier run started the session.")

    def _next_generation(self, held: NameHeldError) -> None:
        """The name is held by something that is being deleted: take the next one, a few times."""
        self._names_held += 1
        if self._names_held > NAMES_TRIED or self.facts.item is None:
            raise held
        state = ItemState(self.facts.item.name, generation=self.facts.generation + 1)
        self.facts = replace(self.facts, state=state)
        self._watch.note("The session's name is still held; taking the next one")

    def _rerun(self, reason: str) -> Result:
        outcome = refused.or_rerun(self._ports.github, self.facts.red.run, reason)
        return self._finish(Finish(outcome))

    def _dispatch(self, reason: str) -> None:
        """Once per head, whatever comes of it."""
        state = records.dispatched(self.facts)
        self.facts = replace(self.facts.forget((Facet.CHECKS,)), state=state)
        self._announce(reason)
        try:
            branch = self.facts.target_branch(self._policy)
            self._ports.github.dispatch(self.facts.red.run.workflow_id, branch)
        except UpstreamError as failure:
            self._watch.note(f"The workflow could not be dispatched ({failure.status})")
            return
        self._turns.verify_anew()
        self._watch.note(reason.rstrip("."))

    def _announce(self, reason: str) -> None:
        """Say how it stands. A comment is written whole: what failed must be known for it."""
        self.facts = self._observer.recalled(self.facts)
        self._publisher.announce(self._observer.with_session(self.facts), reason)

    def _wait(self, reason: str, again: tuple[Facet, ...]) -> Result | None:
        if self._policy.wait is Waiting.NONE:
            is_first = records.is_first(self.facts, created=self.session_created)
            if is_first or self._observer.is_news(self.facts):
                self._announce(reason)
            return self.result(Outcome(OutcomeKind.PENDING, reason))
        if self._watch.is_over:
            late = Outcome(OutcomeKind.TIMED_OUT, "The time for the whole run is over.")
            return self._finish(Finish(late))
        self._watch.pause(reason)
        self.facts = self.facts.forget(again)
        return None

    def _open_pull_request(self) -> Result | None:
        self.facts = self._observer.recalled(self.facts)
        try:
            ours = self._publisher.open_pull_request(self.facts)
        except UpstreamError as failure:
            end = refused.pull_request(failure)
            if end is None:
                raise
            self.facts = self._observer.read(self.facts, (Facet.DIFF,))
            return self._finish(Finish(refused.in_doubt(end, self.facts.diff)))
        self._watch.note(f"Opened pull request #{ours.number}", ours.url)
        self.facts = replace(self.facts, ours=ours)
        self._announce("The agent pushed; its checks are watched.")
        return None

    def _tell(self, step: FollowUp | Resume) -> Result | None:
        further = self._observer.further(self.facts)
        if further is not self.facts.state:
            self.facts = replace(self.facts.forget(_TOLD), state=further)
            return None
        if isinstance(step, Resume):
            return self._send(self._publisher.carry_on(self.facts), step.reason.rstrip("."))
        text = self._publisher.follow_up(self.facts, step.verdict)
        self.facts = replace(self.facts, state=records.judged(self.facts, step.verdict))
        return self._send(text, step.reason.rstrip("."))

    def _send(self, text: str, note: str) -> Result | None:
        """Write it down, send it, take it back: whoever is killed in between is understood."""
        state, session = self.facts.known_state, self._observer.session
        assert state is not None  # noqa: S101 - a session that was found has a record
        assert session is not None  # noqa: S101 - rows ask for it only after it was found
        intent = records.asking(state, session, self._ports.clock.now())
        self.facts = replace(self.facts, state=intent)
        if not state.asking:
            self._announce("The agent is about to be told.")
        self._turns.begin()
        try:
            self._observer.session = self._agent().send(session, text)
        except SessionBusyError:
            late = records.cut_off(intent, self._ports.clock.now())
            self.facts = replace(self.facts, state=late, unsent=True)
            return self._wait("The session cannot take a message yet.", _TOLD[:2])
        told = replace(intent, asking=False)
        self.facts = replace(self.facts.forget(_TOLD), state=told, unsent=False)
        self._watch.note(note)
        self._announce("The agent has the new evidence.")
        return None

    def _finish(self, step: Finish) -> Result:
        if step.verdict is not None:
            self._watch.note(f"The checks of `{step.verdict.sha[:7]}` are {step.verdict.kind}")
        halted = self._observer.halted(self.facts)
        if halted is not None:
            return self.result(halted)
        if self._observer.session is not None:
            self.facts = self._observer.recalled(self.facts)
        result = replace(self.result(step.outcome), verdict=step.verdict)
        return self._publisher.finish(result)

    def _troubled(self, failure: UpstreamError) -> Result | None:
        """Before a session exists trouble ends the run; later it is waited out, or reported."""
        if self._observer.session is None:
            raise failure
        try:
            self._watch.trouble(failure)
        except UpstreamError as lasting:
            return self._finish(Finish(Outcome.of(lasting)))
        return None
