"""What a row looks at, and the questions that several rows ask of it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.decide.around import Background, Base, Tip
from bot.decide.assigned import AssignmentFacts
from bot.decide.run_facts import RunFacts
from bot.decide.silence import Silence
from bot.decide.snapshot import UNREAD, Attempt, Facet, ItemState, Snapshot, Unread
from bot.decide.verdict import judge
from bot.diff_policy import Finding
from bot.model import (
    Evidence,
    Item,
    PullRequest,
    Request,
    Session,
    SessionState,
    TargetKind,
    Verdict,
)
from bot.policy import Mode, Policy

T = TypeVar("T")

SILENT_FACTOR = 5
"""Stillness counts for itself after this many times `idle-seconds`: without a report or a push, and
without any reaction to a message of which nobody knows whether it was sent."""

_CAN_TAKE = frozenset({SessionState.IDLE, SessionState.BLOCKED})


_FACT: Mapping[Facet, Callable[[Snapshot], object]] = {
    Facet.RUN: lambda facts: facts.run,
    Facet.PULL: lambda facts: facts.pull,
    Facet.EVIDENCE: lambda facts: facts.evidence,
    Facet.STATE: lambda facts: facts.state,
    Facet.SESSION: lambda facts: facts.session,
    Facet.HEAD: lambda facts: facts.head,
    Facet.OURS: lambda facts: facts.ours,
    Facet.DIFF: lambda facts: facts.diff,
    Facet.CHECKS: lambda facts: facts.checks,
    Facet.RED_AGAIN: lambda facts: facts.red_again,
    Facet.BACKGROUND: lambda facts: facts.background,
    Facet.BASE: lambda facts: facts.base,
    Facet.REQUIRED: lambda facts: facts.required,
    Facet.SILENCE: lambda facts: facts.silence,
    Facet.TIP: lambda facts: facts.tip_now,
}


class NotReadYet(Exception):  # noqa: N818 - a question to the engine, not an error
    """Raised by a `Case` where a row needs a fact that nobody has read."""

    def __init__(self, *facets: Facet) -> None:
        super().__init__(*facets)
        self.facets = facets


@dataclass(frozen=True, slots=True)
class Case:
    """One request with the facts known about it and what the policy allows."""

    request: Request
    facts: Snapshot
    policy: Policy

    def need(self, *facets: Facet) -> None:
        """Ask the engine to read those of them that nobody has read."""
        unread = self._unread(facets)
        if unread:
            raise NotReadYet(*unread)

    def _have(self, value: T | Unread, *facets: Facet) -> T:
        """The value; where nobody has read it, ask for those of the facets that are unread."""
        if isinstance(value, Unread):
            raise NotReadYet(*self._unread(facets))
        return value

    def _unread(self, facets: Sequence[Facet]) -> tuple[Facet, ...]:
        return tuple(facet for facet in facets if _FACT[facet](self.facts) is UNREAD)

    @property
    def looks_only(self) -> bool:
        """Nothing is started whatever the facts: `mode: report` and `dry-run`."""
        return self.policy.mode is Mode.REPORT or self.policy.dry_run

    @property
    def began_red(self) -> bool:
        """Whether a red run began the work, rather than an assignment."""
        return self._have(self.facts.run, Facet.RUN) is not None

    @property
    def red(self) -> RunFacts:
        """The red run, for the rows that are about one."""
        run = self._have(self.facts.run, Facet.RUN)
        assert run is not None  # noqa: S101 - such rows are passed over where there is none
        return run

    @property
    def assigned(self) -> AssignmentFacts:
        """What is to be done where no run is red, for the rows that are about that."""
        assert self.facts.assignment is not None  # noqa: S101 - as above
        return self.facts.assignment

    @property
    def pull(self) -> PullRequest | None:
        """The failing pull request, None where a branch alone is red."""
        return self._have(self.facts.pull, Facet.PULL)

    @property
    def evidence(self) -> Evidence:
        """What failed at the beginning."""
        return self._have(self.facts.evidence, Facet.EVIDENCE)

    @property
    def background(self) -> Background:
        """What goes on around the failure."""
        return self._have(self.facts.background, Facet.BACKGROUND)

    @property
    def base(self) -> Base:
        """The base branch, as its newest run left it."""
        return self._have(self.facts.base, Facet.BASE)

    @property
    def tip_now(self) -> Tip:
        """The failing branch as it stands when the agent is done."""
        return self._have(self.facts.tip_now, Facet.TIP)

    @property
    def silence(self) -> Silence:
        """What may have kept checks from running at the head."""
        return self._have(self.facts.silence, Facet.SILENCE)

    @property
    def red_again(self) -> Evidence:
        """What is still red at the head."""
        return self._have(self.facts.red_again, Facet.RED_AGAIN)

    @property
    def head(self) -> str:
        """The head of the branch to which the agent pushes; empty where there is no branch."""
        return self._have(self.facts.head, Facet.HEAD)

    @property
    def item(self) -> Item:
        """The work item: the pull request where there is one, else branch and failure."""
        self._need_item()
        if self.facts.item is not None:
            return self.facts.item
        repository = self.request.repository.id
        if self.pull is not None:
            return Item(repository, TargetKind.PULL_REQUEST, str(self.pull.number))
        fingerprint = self.evidence.fingerprint
        detail = fingerprint[0] if fingerprint else ""
        return Item(repository, TargetKind.BRANCH, self.red.run.head_branch, detail)

    def _need_item(self) -> None:
        """One after the other: each may tell that the next is not needed."""
        self.need(Facet.RUN)
        self.need(Facet.PULL)
        if self.facts.item is None and self.pull is None:
            self.need(Facet.EVIDENCE)

    @property
    def state(self) -> ItemState | None:
        """What we remember about the item, which must be known first."""
        self._need_item()
        return self._have(self.facts.state, Facet.STATE, Facet.SESSION)

    @property
    def session(self) -> Session | None:
        """The session of the item's present generation.

        The memory is read once, before it: what this run has done since stands in the facts.
        """
        self._need_item()
        return self._have(self.facts.session, Facet.STATE, Facet.SESSION)

    @property
    def pushes_to_failing_branch(self) -> bool:
        """`mode: fix` on a pull request: its own branch is repaired."""
        return self.pull is not None and self.policy.mode is Mode.FIX

    @property
    def evidence_sha(self) -> str:
        """The commit on which the generation began, red where a red run began it."""
        state = self.facts.known_state
        if state is not None and state.final is None and state.evidence_sha:
            return state.evidence_sha
        self.need(Facet.RUN)
        return self.facts.begin_sha

    @property
    def new_head(self) -> str:
        """The head that the agent left in its present turn; empty while nothing was pushed."""
        head = self.head
        judged = self.judged[-1].head if self.judged else ""
        return "" if head in {self.evidence_sha, judged} else head

    @property
    def ours(self) -> PullRequest | None:
        """Our pull request, whatever has become of it."""
        return self._have(self.facts.ours, Facet.OURS)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the diff policy finds at the head; asked for late, since it costs a request."""
        return self._have(self.facts.diff, Facet.DIFF)

    @property
    def verdict(self) -> Verdict:
        """What the checks of the new head say; the one judgement of which of them are red."""
        checks = self._have(self.facts.checks, Facet.CHECKS)
        patterns = self.policy.verify_checks
        failed = self.red.failing if self.began_red else ()
        return judge(
            checks,
            self.new_head,
            patterns=patterns,
            must_pass=() if patterns else tuple(job.name.raw for job in failed),
            workflow_id=self.red.run.workflow_id if self.began_red else 0,
            required=() if patterns else self._have(self.facts.required, Facet.REQUIRED),
        )

    @property
    def judged(self) -> tuple[Attempt, ...]:
        """The attempts that the agent was told about; the last one not while it is owed to it."""
        attempts = self.state.attempts if self.state else ()
        return attempts[:-1] if attempts and self.owed else attempts

    @property
    def owed(self) -> bool:
        """The agent can take a message and has none to work on: lost, refused, or cut off."""
        state, session = self.state, self.session
        if state is None or session is None or session.state not in _CAN_TAKE or self.answered:
            return False
        overdue = self.facts.turn_seconds >= self.policy.idle * SILENT_FACTOR
        return state.asking and (self.facts.unsent or session.paused or overdue)

    @property
    def answered(self) -> bool:
        """The agent has reported in its present turn."""
        session = self.session
        return session is not None and session.report is not None and self.is_of_this_turn

    @property
    def is_of_this_turn(self) -> bool:
        """Whether what the session shows came after the turn was asked for."""
        state, session = self.state, self.session
        if state is None or session is None or state.turn_after is None or session.since is None:
            return True
        return session.since > state.turn_after
