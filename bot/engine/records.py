"""What is written down about an item: when its session begins, and around each message to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.decide.assigned import AssignmentFacts
from bot.decide.review import blocking, rules_of
from bot.decide.snapshot import KEPT, Attempt, ItemState, Snapshot, Unread
from bot.engine.assigned import in_writing
from bot.identity import assigned_fingerprint
from bot.model import CommentRef, Evidence, Session, Verdict

CLEAN_UP = timedelta(seconds=30)
"""In which an interrupted session comes to rest, as a half-spoken answer perhaps."""


def begun(
    facts: Snapshot, session: Session, turn_started: datetime, comment: CommentRef | None = None
) -> ItemState:
    """The first record of the generation at work.

    Where another run began an assignment, nobody knows with which commit.
    """
    assert facts.item is not None  # noqa: S101 - rows before `start` need it
    run, assigned, evidence = facts.known_run, facts.assignment, facts.known_evidence
    known = assigned is None or session.created
    fingerprint = evidence.fingerprint if evidence else ()
    began = latest(turn_started, session.created_at)
    if assigned is not None:  # a run that carries on has read no evidence
        fingerprint = assigned_fingerprint(assigned.assignment)
    return ItemState(
        item=facts.item.name,
        generation=facts.generation,
        evidence_sha=facts.begin_sha if known else "",
        run_id=run.run.id if run else 0,
        session_id=session.id,
        fingerprint=fingerprint[:KEPT],
        began=began,
        turn_started=began,
        comment=noted(comment) if comment else "",
        asked_at=_asked_at(assigned, comment, turn_started),
        packages=in_writing(assigned.assignment) if assigned else (),
    )


def _asked_at(
    assigned: AssignmentFacts | None, comment: CommentRef | None, began: datetime
) -> datetime | None:
    """Of an issue only. Where the command is not known, the session began after it."""
    if assigned is None or not assigned.assignment.issue:
        return None
    return comment.at if comment and comment.at else began


def dispatched(facts: Snapshot) -> ItemState:
    """With the head for which the failed workflow is dispatched."""
    assert facts.item is not None  # noqa: S101 - a verdict presupposes a work item
    known = facts.known_state or ItemState(facts.item.name)
    return replace(known, dispatched=facts.our_head)


def is_first(facts: Snapshot, *, created: bool) -> bool:
    """Whether nobody has told of the item yet: later runs have no need of the evidence.

    Of an assignment nothing is read that tells; whoever `created` the session is the first.
    """
    return created if facts.assignment else facts.known_evidence is not None


def noted(comment: CommentRef) -> str:
    """How a comment is remembered: by its id, with a word before that of a review's."""
    return f"{'review:' if comment.review else ''}{comment.id}"


def recalled_comment(noted: str) -> CommentRef:
    """The comment that was noted so: enough to read it again, or to react to it."""
    kind, _, number = noted.rpartition(":")
    return CommentRef(int(number), 0, "", on_pull_request=True, review=bool(kind))


def is_unknown(facts: Snapshot) -> bool:
    """Whether the session that was found has no record: its run ended before it could write one."""
    if facts.known_session is None or isinstance(facts.run, Unread):
        return False
    if not isinstance(facts.state, ItemState):
        return facts.state is None
    return facts.state.final is not None and facts.begin_sha not in facts.state.heads


def judged(facts: Snapshot, verdict: Verdict) -> ItemState:
    """With the attempt that the verdict ends; telling the agent of it again adds nothing."""
    state, again = facts.known_state, facts.red_again
    assert state is not None  # noqa: S101 - a session that was found has a record
    if verdict.sha in {a.head for a in state.attempts}:
        return state
    fingerprint = again.fingerprint[:KEPT] if isinstance(again, Evidence) else ()
    objections = rules_of(blocking(facts.diff)) if isinstance(facts.diff, tuple) else ()
    attempt = Attempt(verdict.sha, verdict.kind.value, fingerprint, objections)
    return replace(state, attempts=(*state.attempts, attempt), head=verdict.sha)


def asking(state: ItemState, session: Session, now: datetime) -> ItemState:
    """Written before a message is sent, so that a later run knows that it may be on its way."""
    started = latest(now, session.since)
    return replace(state, asking=True, turn_started=started, turn_after=session.since)


def latest(now: datetime, told: datetime | None) -> datetime:
    """Now by our clock, unless that is behind what a server told of something that has happened.

    What is written is read by a run on another machine, whose clock may be right.
    """
    return now if told is None else max(now, told)


def cut_off(state: ItemState, now: datetime) -> ItemState:
    """Written by a run that is cancelled: what the clean-up makes the session show is no answer."""
    return replace(state, asking=True, turn_after=now + CLEAN_UP)
