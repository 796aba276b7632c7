"""The facts read so far about one work item. What nobody needed yet is `UNREAD`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, StrEnum, auto
from typing import Final, TypeVar

from bot.decide.around import Background, Base, Tip
from bot.decide.assigned import AssignmentFacts
from bot.decide.run_facts import RunFacts
from bot.decide.silence import Silence
from bot.diff_policy import Finding
from bot.identity import branch_name, session_key
from bot.model import (
    Check,
    Evidence,
    Item,
    PullRequest,
    Session,
    SessionKey,
)
from bot.outcomes import OutcomeKind, SkipReason
from bot.policy import Mode, Policy

T = TypeVar("T")

KEPT = 20
"""Hashes of a failure that are remembered."""


class Unread(Enum):
    """The type of `UNREAD`, so that "not there" and "not looked" cannot be confused."""

    UNREAD = auto()


UNREAD: Final = Unread.UNREAD


class Facet(StrEnum):
    """What can be read; the engine knows how."""

    RUN = "run"
    PULL = "pull"
    EVIDENCE = "evidence"
    STATE = "state"
    SESSION = "session"
    HEAD = "head"
    OURS = "ours"
    DIFF = "diff"
    CHECKS = "checks"
    RED_AGAIN = "red-again"
    BACKGROUND = "background"
    BASE = "base"
    REQUIRED = "required"
    SILENCE = "silence"
    TIP = "tip"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One turn of the agent that was judged: the head it left and the failure found there.

    `objections` are the rules for which its change was flagged, and of which the agent was told.
    """

    head: str
    verdict: str
    fingerprint: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemState:
    """What our comment, or our pull request's body, remembers about the item.

    `evidence_sha` is the commit that was red when the generation `began`; `dispatched` the head for
    which the failed workflow was dispatched. `turn_after` is the
    session's own time stamp when the present turn was asked for: only what is newer belongs to it.
    `asking` says that nobody knows whether the agent has anything to work on: it is written before
    a message is sent and taken back after it, and once more by a run that is cancelled. `held` is
    what `/coder stop` leaves: nothing starts by itself. `comment` is the id of the comment that
    asked for this generation, with `review:` before it where it stands in a review. `allowed` are
    rules of the diff policy, each with the comment that accepts it, `skipped-tests@12345`.
    `packages` are those of an upgrade, `httpx@>=0.28`. `asked_at` is when the command was written
    that an issue's work began with: later edits of the issue do not count. `skip_reason` says why
    it ended, where `final` is `skipped`.
    """

    item: str
    generation: int = 1
    evidence_sha: str = ""
    run_id: int = 0
    session_id: str = ""
    fingerprint: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    turn_started: datetime | None = None
    turn_after: datetime | None = None
    head: str = ""
    head_seen: datetime | None = None
    dispatched: str = ""
    asking: bool = False
    allowed: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    held: bool = False
    comment: str = ""
    asked_at: datetime | None = None
    began: datetime | None = None
    final: OutcomeKind | None = None
    skip_reason: SkipReason | None = None

    @property
    def heads(self) -> frozenset[str]:
        """Every commit that this generation has dealt with."""
        return frozenset({self.evidence_sha, self.head, *(a.head for a in self.attempts)})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Facts, each `UNREAD` until decide asks for it.

    `run` is None where an `assignment` began the work, which is read with it. `tip` is the failing
    branch's head now, read together with `pull`. `diff` is what the diff
    policy finds between the evidence's commit and our head. `red_again` is the evidence of what is
    still red at our head. `turn_seconds` and `verify_seconds` say how long the agent's present turn
    and the present verification have lasted; `gone_reads` counts consecutive reads that did not
    find the session; `unsent` says that it refused the last message for now.
    """

    now: datetime
    run: RunFacts | Unread | None = UNREAD
    assignment: AssignmentFacts | None = None
    pull: PullRequest | Unread | None = UNREAD
    tip: str = ""
    evidence: Evidence | Unread = UNREAD
    item: Item | None = None
    state: ItemState | Unread | None = UNREAD
    session: Session | Unread | None = UNREAD
    head: str | Unread = UNREAD
    ours: PullRequest | Unread | None = UNREAD
    background: Background | Unread = UNREAD
    base: Base | Unread = UNREAD
    diff: tuple[Finding, ...] | Unread = UNREAD
    checks: tuple[Check, ...] | Unread = UNREAD
    red_again: Evidence | Unread = UNREAD
    required: tuple[str, ...] | Unread = UNREAD
    silence: Silence | Unread = UNREAD
    tip_now: Tip | Unread = UNREAD
    turn_seconds: float = 0.0
    verify_seconds: float = 0.0
    gone_reads: int = 0
    unsent: bool = False

    @property
    def generation(self) -> int:
        """The generation at work: the remembered one, or the next when that one has ended."""
        state = self.known_state
        if state is None:
            return 1
        return state.generation if state.final is None else state.generation + 1

    def forget(self, facets: tuple[Facet, ...]) -> Snapshot:
        """Without what may have changed since it was read, and without what follows from it.

        What the checks and the diff say, they say of the head that was read before them.
        """
        forgetting: Mapping[Facet, Callable[[Snapshot], Snapshot]] = {
            Facet.SESSION: lambda facts: replace(facts, session=UNREAD),
            Facet.HEAD: lambda facts: replace(
                facts, head=UNREAD, diff=UNREAD, checks=UNREAD, red_again=UNREAD
            ),
            Facet.CHECKS: lambda facts: replace(facts, checks=UNREAD, red_again=UNREAD),
        }
        facts = self
        for facet in facets:
            facts = forgetting[facet](facts)
        return facts

    def target_branch(self, policy: Policy) -> str:
        """The one branch to which the agent pushes."""
        if policy.mode is Mode.FIX and self.known_pull is not None:
            return self.known_pull.head_ref
        assert self.item is not None  # noqa: S101 - rows ask for it only after the item is known
        return branch_name(self.item, self.generation, policy.branch_prefix)

    def worked_branch(self, policy: Policy) -> str:
        """The target branch of the generation last worked on, its end included."""
        state = self.known_state
        if state is not None and state.final is not None:
            return replace(self, state=replace(state, final=None)).target_branch(policy)
        return self.target_branch(policy)

    @property
    def known_run(self) -> RunFacts | None:
        """The red run as far as it was read: None where it was not, or where there is none.

        So are the next ones of their facts, for whoever does with what is known.
        """
        return _known(self.run)

    @property
    def known_pull(self) -> PullRequest | None:
        """The failing pull request."""
        return _known(self.pull)

    @property
    def known_ours(self) -> PullRequest | None:
        """Our pull request."""
        return _known(self.ours)

    @property
    def known_evidence(self) -> Evidence | None:
        """What failed at the beginning."""
        return _known(self.evidence)

    @property
    def known_state(self) -> ItemState | None:
        """What is remembered."""
        return _known(self.state)

    @property
    def known_session(self) -> Session | None:
        """The session."""
        return _known(self.session)

    @property
    def known_head(self) -> str | None:
        """The head of the branch to which the agent pushes; empty where there is no branch."""
        return _known(self.head)

    @property
    def red(self) -> RunFacts:
        """The run that failed."""
        assert self.known_run is not None  # noqa: S101 - rows about a red run have looked
        return self.known_run

    @property
    def our_head(self) -> str:
        """That head, where a row has asked for it."""
        assert self.known_head is not None  # noqa: S101 - a verdict presupposes a head
        return self.known_head

    @property
    def begin_sha(self) -> str:
        """The commit on which a repair builds: the red one, or where an assignment begins."""
        return self.assignment.head_sha if self.assignment else self.red.run.head_sha

    @property
    def begin_branch(self) -> str:
        """The branch of that commit."""
        return self.assignment.branch if self.assignment else self.red.run.head_branch

    def key(self) -> SessionKey:
        """The key of the generation's session."""
        assert self.item is not None  # noqa: S101 - rows ask for it only after the item is known
        return session_key(self.item, self.generation)


def _known(value: T | Unread) -> T | None:
    return None if isinstance(value, Unread) else value
