"""What a row looks at, and the questions that several rows ask of it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from bot.decide.assigned import AssignmentFacts
from bot.decide.snapshot import Attempt, Facet, ItemState, RunFacts, Snapshot, Unread
from bot.decide.steps import Finish, Step
from bot.decide.verdict import judge
from bot.diff_policy import Finding
from bot.model import Item, Outcome, Request, Session, SessionState, TargetKind, Verdict
from bot.outcomes import ErrorKind, OutcomeKind, SkipReason
from bot.policy import Mode, Policy

T = TypeVar("T")

SILENT_FACTOR = 5
"""Stillness counts for itself after this many times `idle-seconds`: without a report or a push, and
without any reaction to a message of which nobody knows whether it was sent."""

_CAN_TAKE = frozenset({SessionState.IDLE, SessionState.BLOCKED})


class NotReadYet(Exception):  # noqa: N818 - a question to the engine, not an error
    """Raised by `Case.have` where a row needs a fact that nobody has read."""

    def __init__(self, *facets: Facet) -> None:
        super().__init__(*facets)
        self.facets = facets


@dataclass(frozen=True, slots=True)
class Case:
    """One request with the facts known about it and what the policy allows."""

    request: Request
    facts: Snapshot
    policy: Policy

    def have(self, value: T | Unread, *facets: Facet) -> T:
        """The value, or ask the engine to read the facets."""
        if isinstance(value, Unread):
            raise NotReadYet(*facets)
        return value

    @property
    def looks_only(self) -> bool:
        """Nothing is started whatever the facts: `mode: report` and `dry-run`."""
        return self.policy.mode is Mode.REPORT or self.policy.dry_run

    @property
    def began_red(self) -> bool:
        """Whether a red run began the work, rather than an assignment."""
        return self.have(self.facts.run, Facet.RUN) is not None

    @property
    def red(self) -> RunFacts:
        """The red run, for the rows that are about one."""
        run = self.have(self.facts.run, Facet.RUN)
        assert run is not None  # noqa: S101 - such rows are passed over where there is none
        return run

    @property
    def assigned(self) -> AssignmentFacts:
        """What is to be done where no run is red, for the rows that are about that."""
        assert self.facts.assignment is not None  # noqa: S101 - as above
        return self.facts.assignment

    @property
    def item(self) -> Item:
        """The work item: the pull request where there is one, else branch and failure."""
        _ = self.have(self.facts.run, Facet.RUN)
        pull = self.have(self.facts.pull, Facet.PULL)
        if self.facts.item is not None:
            return self.facts.item
        repository = self.request.repository.id
        if pull is not None:
            return Item(repository, TargetKind.PULL_REQUEST, str(pull.number))
        evidence = self.have(self.facts.evidence, Facet.EVIDENCE)
        detail = evidence.fingerprint[0] if evidence.fingerprint else ""
        return Item(repository, TargetKind.BRANCH, self.red.run.head_branch, detail)

    @property
    def state(self) -> ItemState | None:
        """What we remember about the item, which must be known first."""
        _ = self.item
        return self.have(self.facts.state, Facet.STATE, Facet.SESSION)

    @property
    def session(self) -> Session | None:
        """The session of the item's present generation."""
        _ = self.item
        # The memory is read once: what this run has done since stands in the facts.
        unread = isinstance(self.facts.state, Unread)
        facets = (Facet.STATE, Facet.SESSION) if unread else (Facet.SESSION,)
        return self.have(self.facts.session, *facets)

    @property
    def pushes_to_failing_branch(self) -> bool:
        """`mode: fix` on a pull request: its own branch is repaired."""
        pull = self.have(self.facts.pull, Facet.PULL)
        return self.policy.mode is Mode.FIX and pull is not None

    @property
    def evidence_sha(self) -> str:
        """The commit on which the generation began, red where a red run began it."""
        state = self.facts.state
        if isinstance(state, ItemState) and state.final is None and state.evidence_sha:
            return state.evidence_sha
        _ = self.have(self.facts.run, Facet.RUN)
        return self.facts.begin_sha

    @property
    def new_head(self) -> str:
        """The head that the agent left in its present turn; empty while nothing was pushed."""
        head = self.have(self.facts.head, Facet.HEAD)
        judged = self.judged[-1].head if self.judged else ""
        return "" if head in {self.evidence_sha, judged} else head

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the diff policy finds at the head; asked for late, since it costs a request."""
        return self.have(self.facts.diff, Facet.DIFF)

    @property
    def verdict(self) -> Verdict:
        """What the checks of the new head say; the one judgement of which of them are red."""
        checks = self.have(self.facts.checks, Facet.CHECKS)
        patterns = self.policy.verify_checks
        failed = self.red.failing if self.began_red else ()
        return judge(
            checks,
            self.new_head,
            patterns=patterns,
            must_pass=() if patterns else tuple(job.name.raw for job in failed),
            workflow_id=self.red.run.workflow_id if self.began_red else 0,
            required=() if patterns else self.have(self.facts.required, Facet.REQUIRED),
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


class About(StrEnum):
    """What must have begun the work for a row to be looked at."""

    ANY = ""
    RUN = "a red run"
    ASSIGNMENT = "an assignment"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the decision table, in words and in code."""

    name: str
    when: str
    then: str
    rule: Callable[[Case], Step | None]
    about: About = About.ANY

    def decide(self, case: Case) -> Step | None:
        """What the row says of the case, where it has a say."""
        if self.about is About.ANY or (self.about is About.RUN) == case.began_red:
            return self.rule(case)
        return None


def in_words(seconds: float) -> str:
    """`45 seconds`, `30 minutes`."""
    return f"{round(seconds)} seconds" if seconds < 120 else f"{round(seconds / 60)} minutes"


def skipped(reason: SkipReason, sentence: str) -> Finish:
    """End without having started anything."""
    return Finish(Outcome(OutcomeKind.SKIPPED, sentence, skip_reason=reason))


def ended(kind: OutcomeKind, sentence: str, *, error_kind: ErrorKind | None = None) -> Finish:
    """End with that word."""
    return Finish(Outcome(kind, sentence, error_kind=error_kind))
