"""Where an assignment begins: what it is about, from which commit on, what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.decide.assigned import AssignmentFacts
from bot.decide.snapshot import ItemState, Snapshot
from bot.engine.places import places
from bot.engine.red_run import RedRun
from bot.errors import OriginLostError
from bot.identity import assigned_fingerprint, item_hash, item_of_session, name_prefix
from bot.model import Assignment, Evidence, Item, Package, Session, SessionState, TargetKind, Thread
from bot.outcomes import FailureClass
from bot.triggers.package_names import PackageNameError, read_package
from bot.untrusted import Untrusted

_OVER = timedelta(hours=24)
_AT_REST = frozenset({SessionState.IDLE, SessionState.FAILED, SessionState.GONE})


@dataclass(frozen=True, slots=True)
class Assigned:
    """Reads it in the place of the red run that there is none of."""

    red: RedRun

    def read(
        self, facts: Snapshot, item: Item, generation: int, assignment: Assignment | None
    ) -> tuple[Snapshot, ItemState | None]:
        """With the facts of the facet `RUN`; `assignment` is None where only the item is known.

        Beside them the record, as among them.

        Raises `OriginLostError` where nothing tells what is to be done.
        """
        asked = self.red.request.assignment is not None or self.red.request.commanded
        began = self.last_begun(facts, item) if asked else generation
        github, branch = self.red.ports.github, self.red.request.repository.default_branch
        thread = github.thread(item.thread) if item.thread else None
        deleted = bool(item.thread) and thread is None  # with all that it remembered
        state = remembered = None if deleted else self.red.state(item, began)
        ended = state.generation if state and state.final else 0
        if began > ended + 1 and (ended or state is None):  # what is between pushed nothing
            state = ItemState(item.name, generation=began)
        told = assignment or self._remembered(item, state)
        if told is None:
            raise OriginLostError
        tip = github.branch_head(branch)
        begun = AssignmentFacts(
            assignment=told,
            branch=branch,
            head_sha=tip,
            title=thread.title if thread else Untrusted(""),
            text=thread.body if thread else Untrusted(""),
            author=thread.author if thread else "",
            closed=deleted or (thread is not None and thread.state != "open"),
            deleted=deleted,
            edited=thread is not None and _is_edited(thread, self._asked_at(remembered)),
            asked=asked,
        )
        facts = replace(
            facts, run=None, assignment=begun, item=item, state=state, pull=None, tip=tip
        )
        return facts, state

    def _asked_at(self, state: ItemState | None) -> datetime | None:
        """When the command was written with which the generation at work began, or begins.

        Of work under way only its own record tells: another command may be what we follow now.
        """
        if state is not None and state.final is None:
            return state.asked_at
        return self.red.request.comment.at if self.red.request.comment else None

    def known(self, item: Item, state: ItemState | None) -> AssignmentFacts | None:
        """As far as it can be told without a request; None where a red run began the item."""
        told = self._remembered(item, state) if item.is_assigned else None
        branch = self.red.request.repository.default_branch
        return AssignmentFacts(told, branch, state.evidence_sha if state else "") if told else None

    def evidence(self, facts: Snapshot, begun: AssignmentFacts) -> Snapshot:
        """Nothing failed; of an upgrade, which files it is about."""
        told = begun.assignment
        if told.packages or told.patterns:
            where = places(self.red.ports.github, begun.head_sha, told)
            begun = replace(begun, where=where)
        return replace(facts, evidence=nothing_failed(told), assignment=begun)

    def rooted(self, facts: Snapshot, head: str) -> AssignmentFacts | None:
        """With the commit on which the agent built, where nobody has written it down.

        That is where its branch left the default branch, which may have moved on since.
        """
        begun, state = facts.assignment, facts.known_state
        known = state is not None and state.final is None and state.evidence_sha
        if begun is None or known or not head:
            return begun
        left = self.red.ports.github.compare(begun.head_sha, head).merge_base
        return replace(begun, head_sha=left) if left else begun

    def _remembered(self, item: Item, state: ItemState | None) -> Assignment | None:
        """From the item's own record, else from its name: the inputs may say which group it is."""
        if item.kind is TargetKind.ISSUE:
            return Assignment(issue=item.thread) if item.thread else None
        texts = state.packages if state else ()
        if not texts:
            for group in self.red.policy.groups:
                if group.name.lower() == item.ref:
                    return Assignment(patterns=group.patterns)
            texts = (f"{item.ref}@{item.wanted}".rstrip("@"),)
        packages = tuple(p for p in map(_package, texts) if p is not None)
        return Assignment(packages=packages) if packages else None

    def last_begun(self, facts: Snapshot, item: Item) -> int:
        """The generation of its newest session, or the next one where that one is over.

        Where nothing was pushed, nothing but the session remembers. One that came to rest a day
        ago is over: what is asked for now is asked for anew.
        """
        agent = self.red.ports.agent
        sessions = agent.list(name_prefix(item.repository_id)) if agent else ()
        told = ((item_of_session(item.repository_id, s.name, s.target), s) for s in sessions)
        ours = [(t[1], s) for t, s in told if t and item_hash(t[0]) == item_hash(item)]
        if not ours:
            return 1
        generation, newest = max(ours, key=lambda one: one[0])
        return generation + 1 if _is_over(newest, facts) else generation


def _is_edited(thread: Thread, asked_at: datetime | None) -> bool:
    """In whole seconds, as GitHub tells both; the same second does not count.

    Where nobody knows when it was asked for, every edit counts.
    """
    if thread.edited_at is None or asked_at is None:
        return thread.edited_at is not None
    return thread.edited_at.replace(microsecond=0) > asked_at.replace(microsecond=0)


def nothing_failed(assignment: Assignment) -> Evidence:
    """What stands for the evidence: no failure, and the hashes by which the wish is known again."""
    return Evidence(FailureClass.UNKNOWN, "", (), (), assigned_fingerprint(assignment))


def in_writing(assignment: Assignment) -> tuple[str, ...]:
    """How its packages are remembered."""
    return tuple(f"{p.name}@{p.version}".rstrip("@") for p in assignment.packages)


def _is_over(session: Session, facts: Snapshot) -> bool:
    at_rest = session.paused or session.state in _AT_REST
    began = session.created_at
    return at_rest and began is not None and facts.now - began >= _OVER


def _package(text: str) -> Package | None:
    try:
        return read_package(text)
    except PackageNameError:
        return None
