"""Reading facts: one method per facet, each with the requests that it costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial

from bot.decide import memory
from bot.decide.around import Background
from bot.decide.case import Case
from bot.decide.review import review, wants_changed_paths
from bot.decide.snapshot import Facet, ItemState, Snapshot, Unread
from bot.engine import allowances
from bot.engine.assigned import Assigned
from bot.engine.background import Around
from bot.engine.brief import Brief
from bot.engine.red_run import RedRun, tested_by_queue
from bot.errors import OriginLostError, UpstreamError
from bot.model import (
    Assignment,
    BackendName,
    Check,
    Item,
    Job,
    Outcome,
    Request,
    RunRef,
    Session,
    SessionState,
)
from bot.outcomes import OutcomeKind
from bot.policy import Mode, Policy
from bot.ports import Ports


class Observer:
    """Reads what `decide` asks for. The last session seen is kept, so that it need not be found."""

    def __init__(self, request: Request, policy: Policy, ports: Ports, brief: Brief) -> None:
        self._request = request
        self._policy = policy
        self._ports = ports
        self._red = RedRun(request, policy, ports, brief)
        self._around = Around(self._red)
        self._assigned = Assigned(self._red)
        self._secrets = brief.secrets
        self._remembered: ItemState | None = None
        self.session: Session | None = None

    def read(self, facts: Snapshot, facets: tuple[Facet, ...]) -> Snapshot:
        """The snapshot with those facets read, in the order in which they depend on each other."""
        readers: Mapping[Facet, Callable[[Snapshot], Snapshot]] = {
            Facet.RUN: self._run,
            Facet.PULL: self._pull,
            Facet.EVIDENCE: self._evidence,
            Facet.STATE: self._state,
            Facet.SESSION: self._session,
            Facet.BACKGROUND: self._background,
            Facet.BASE: self._base,
            Facet.HEAD: self._head,
            Facet.OURS: self._ours,
            Facet.DIFF: self._diff,
            Facet.CHECKS: self._checks,
            Facet.RED_AGAIN: self._red_again,
            Facet.REQUIRED: self._required,
            Facet.SILENCE: self._silence,
            Facet.TIP: self._tip,
        }
        for facet in facets:
            facts = readers[facet](facts)
        return facts

    def _run(self, facts: Snapshot) -> Snapshot:
        """The run; one on a branch of ours stands for the red run with which its item began."""
        asked = self._request
        if asked.item is not None and asked.item.is_assigned:
            return self._begun(facts, asked.item, asked.generation, asked.assignment)
        if asked.item is not None:
            origin = self._red.origin_of(asked.item, asked.generation)
            if origin is None:
                raise OriginLostError
        else:
            assert asked.run is not None  # noqa: S101 - a request has a run or an item
            found = self._red.facts(asked.run, by_jobs=asked.vantage.inside)
            ours = self._red.on_our_branch(found.run)
            if ours is not None and ours[0].is_assigned:
                return self._begun(facts, *ours, None)
            origin = self._red.origin(found.run)
            if origin is None:
                return replace(facts, run=found)
        self._remembered = origin.state
        run = self._red.facts(origin.run, by_jobs=True)
        return replace(facts, run=run, item=origin.item, state=origin.state)

    def _begun(
        self, facts: Snapshot, item: Item, generation: int, assignment: Assignment | None
    ) -> Snapshot:
        """The same for work that no red run began."""
        facts, self._remembered = self._assigned.read(facts, item, generation, assignment)
        return facts

    def _pull(self, facts: Snapshot) -> Snapshot:
        red = facts.red
        pull = self._red.pull_request(red.run)
        red = replace(red, run=tested_by_queue(red.run, pull))
        ours = red.run.head_repository == self._request.repository.full_name
        tip = pull.head_sha if pull else ""
        if pull is None and ours:
            tip = self._ports.github.branch_head(red.run.head_branch)
        facts = replace(facts, run=red, pull=pull, tip=tip)
        return facts if pull is None else replace(facts, item=self._item(facts))

    def _evidence(self, facts: Snapshot) -> Snapshot:
        if facts.assignment is not None:
            return self._assigned.evidence(facts, facts.assignment)
        red = facts.red
        green = self._red.last_green(red.run, facts.known_pull)
        evidence = self._red.evidence(red.failing, (red.run.id,), green)
        facts = replace(facts, evidence=evidence)
        return replace(facts, item=self._item(facts))

    def _item(self, facts: Snapshot) -> Item:
        return facts.item or Case(self._request, facts, self._policy).item

    def _state(self, facts: Snapshot) -> Snapshot:
        item = self._item(facts)
        self._remembered = self._red.state(item)
        return replace(facts, item=item, state=self._remembered)

    def is_news(self, facts: Snapshot) -> bool:
        """Whether the record says more than what was read of it, such as a head first seen."""
        return facts.known_state is not None and facts.known_state != self._remembered

    def further(self, facts: Snapshot) -> ItemState:
        """The record that holds: ours, or that of another run which did more for this item."""
        state = facts.known_state
        assert state is not None  # noqa: S101 - a session that was found has a record
        return memory.newer(state, self._red.state(self._item(facts), facts.generation))

    def recalled(self, facts: Snapshot) -> Snapshot:
        """With what failed, which a run that carries on has not read: a hint, for people only."""
        if facts.known_evidence is None and facts.known_run is not None:
            with suppress(UpstreamError):
                return self.read(facts, (Facet.EVIDENCE,))
        return facts

    def with_session(self, facts: Snapshot) -> Snapshot:
        """With the session last seen, where it is to be read anew."""
        unread = isinstance(facts.session, Unread) and self.session is not None
        return replace(facts, session=self.session) if unread else facts

    def halted(self, facts: Snapshot) -> Outcome | None:
        """A person's `/coder stop`, or another beginning, while we were at work."""
        state = facts.known_state
        if state is None or self.session is None:
            return None
        with suppress(UpstreamError):
            final = self.further(facts).final
            if final is OutcomeKind.STOPPED and state.final is None:
                return Outcome(OutcomeKind.STOPPED, "A person ended it with a `/coder` comment.")
        return None

    def memory(self, item: Item) -> ItemState | None:
        """The record as it stands on GitHub."""
        return self._red.state(item, self._request.generation)

    def _session(self, facts: Snapshot) -> Snapshot:
        if self._ports.agent is None:
            return replace(facts, session=None)
        if self.session is None:
            found, state = self._ports.agent.find(facts.key()), facts.known_state
            if found is None and state is not None and _is_running(state):
                found = self._ports.agent.find(facts.key())  # a single 404 proves nothing
                if found is None:
                    gone = _vanished(self._ports.agent.name, state)
                    return replace(facts, session=gone, gone_reads=2)
            self.session = found
            return replace(facts, session=found)
        seen = self._ports.agent.observe(self.session)
        if seen.state is SessionState.GONE:
            return replace(facts, session=seen, gone_reads=facts.gone_reads + 1)
        self.session = seen
        return replace(facts, session=seen, gone_reads=0)

    def _background(self, facts: Snapshot) -> Snapshot:
        run = facts.red.run if facts.assignment is None else None
        around = self._around.background(facts, run, self._item(facts))
        return replace(facts, background=around)

    def _base(self, facts: Snapshot) -> Snapshot:
        pull, around = facts.known_pull, facts.background
        assert pull is not None  # noqa: S101 - the row asks for pull requests only
        if not isinstance(around, Background):
            around = Background()
        return replace(facts, base=self._around.base(around, facts.red.run, pull.base_ref))

    def _head(self, facts: Snapshot) -> Snapshot:
        branch = facts.target_branch(self._policy)
        head = self._ports.github.branch_head(branch)
        # That there is none may be the end of the item, and a single 404 proves nothing.
        head = head or self._ports.github.branch_head(branch)
        return replace(facts, head=head, assignment=self._assigned.rooted(facts, head))

    def _ours(self, facts: Snapshot) -> Snapshot:
        if self._policy.mode is Mode.FIX and facts.known_pull is not None:
            return replace(facts, ours=facts.known_pull)
        branch = facts.target_branch(self._policy)
        found = self._ports.github.pull_requests_for(branch, state="all")
        open_ones = [pull for pull in found if pull.state == "open"]
        # The oldest open one, as when opening; else what became of the newest.
        return replace(facts, ours=open_ones[-1] if open_ones else next(iter(found), None))

    def _checks(self, facts: Snapshot) -> Snapshot:
        checks = self._ports.github.checks(facts.our_head)
        return replace(facts, checks=self._red.counted(checks))

    def _diff(self, facts: Snapshot) -> Snapshot:
        """One request; one more where what the failing change had touched matters."""
        facts = self.recalled(facts)  # what failed tells what the change may touch
        base = Case(self._request, facts, self._policy).evidence_sha
        compare, pull = self._ports.github.compare, facts.known_pull
        told = partial(
            review,
            compare(base, facts.our_head),
            facts,
            self._policy,
            base=base,
            secrets=self._secrets,
            allowed=self._allowed(facts),
        )
        found = told()
        if pull is not None and wants_changed_paths(found):
            found = told(changed_paths=compare(pull.base_sha, base).paths)
        return replace(facts, diff=found)

    def _allowed(self, facts: Snapshot) -> tuple[str, ...]:
        entries = facts.known_state.allowed if facts.known_state else ()
        if not entries:
            return ()
        pulls = [p.number for p in (facts.known_pull, facts.known_ours) if p is not None]
        return allowances.accepted(self._ports.github, self._policy, entries, frozenset(pulls))

    def _red_again(self, facts: Snapshot) -> Snapshot:
        red = Case(self._request, facts, self._policy).verdict.failing
        runs = sorted({check.run_id for check in red if check.run_id})
        return replace(facts, red_again=self._red.evidence(self._jobs_of(red), runs))

    def _required(self, facts: Snapshot) -> Snapshot:
        """By the rules of the base that the change is for in the end."""
        branch = facts.known_pull.base_ref if facts.known_pull else facts.begin_branch
        return replace(facts, required=self._ports.github.required_checks(branch))

    def _tip(self, facts: Snapshot) -> Snapshot:
        return replace(facts, tip_now=self._around.tip(facts.red.run))

    def _silence(self, facts: Snapshot) -> Snapshot:
        branch = facts.target_branch(self._policy)
        return replace(facts, silence=self._around.silence(facts, facts.red.run, branch))

    def _jobs_of(self, checks: tuple[Check, ...]) -> tuple[Job, ...]:
        wanted = {c.job_id for c in checks}
        jobs = [
            job
            for run_id in sorted({c.run_id for c in checks if c.run_id})
            for job in self._ports.github.jobs(RunRef(run_id))
        ]
        return tuple(job for job in jobs if {job.id, job.check_run_id} & wanted)


def _is_running(state: ItemState) -> bool:
    return bool(state.session_id) and state.final is None


def _vanished(backend: BackendName, state: ItemState) -> Session:
    return Session(backend=backend, id=state.session_id, name="", url="", state=SessionState.GONE)
