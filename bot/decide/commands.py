"""`/coder` commands: who may give one, and what each comes to. Pure and total.

A stranger gets no answer and no reaction, so a refusal here is a skip without a word to anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from bot.decide.snapshot import ItemState
from bot.identity import same_failure
from bot.model import Command, CommentRef, Outcome, Session, SessionState, Verb
from bot.outcomes import OutcomeKind, SkipReason
from bot.policy import Policy

RIGHTS = frozenset({"admin", "write"})
"""GitHub's legacy words: `maintain` is told as `write`."""

_ENDED = frozenset({SessionState.GONE, SessionState.FAILED})


@dataclass(frozen=True, slots=True)
class Standing:
    """The comment as it is now, and what its author may do here.

    `author` is empty where the comment was deleted; `edited` where it is not as it was written.
    """

    author: str
    edited: bool
    permission: str


def refusal(ref: CommentRef, now: Standing, policy: Policy) -> Outcome | None:
    """Why the comment commands nothing; None where its author has the right."""
    allowed = {login.casefold() for login in policy.allow_users}
    why = ""
    if not now.author:
        why = "The comment was deleted before we looked."
    elif now.author != ref.author:
        why = "The comment is not by whom the event names."
    elif now.edited:
        why = "The comment was edited; only a new one commands."
    if why:
        return Outcome(OutcomeKind.SKIPPED, why, skip_reason=SkipReason.NOTHING_TO_DO)
    if now.permission not in RIGHTS or (allowed and ref.author.casefold() not in allowed):
        return Outcome(OutcomeKind.SKIPPED, "Ignored.", skip_reason=SkipReason.NOT_ALLOWED)
    return None


class Response(StrEnum):
    """What a command comes to."""

    HELP = "help"
    STATUS = "status"
    STOP = "stop"
    ALLOW = "allow"
    TELL = "tell"
    START = "start"
    START_AFRESH = "start-afresh"
    ONE_IS_ENOUGH = "one-is-enough"


@dataclass(frozen=True, slots=True)
class Admission:
    """A comment before it is read, and `refusal` of it; `refused` is None where it commands."""

    ref: CommentRef
    now: Standing
    policy: Policy
    refused: Outcome | None

    @classmethod
    def of(cls, ref: CommentRef, now: Standing, policy: Policy) -> Self:
        """What is decided of it."""
        return cls(ref, now, policy, refusal(ref, now, policy))


@dataclass(frozen=True, slots=True)
class Following:
    """One command of a comment, what it met, and `respond` to it."""

    command: Command
    state: ItemState | None
    session: Session | None
    started: bool
    response: Response

    @classmethod
    def of(
        cls, command: Command, state: ItemState | None, session: Session | None, *, started: bool
    ) -> Self:
        """What is decided of it."""
        response = respond(command, state, session, started=started)
        return cls(command, state, session, started, response)


Ruling = Admission | Following


def is_live(state: ItemState | None, session: Session | None) -> bool:
    """Whether a session of the item is at work, or waits for us or for a person."""
    if session is None or session.state in _ENDED:
        return False
    return state is None or state.final is None


def what_differs(before: ItemState, sha: str, fingerprint: tuple[str, ...]) -> str:
    """A new start against the one before, in a sentence; empty where nothing tells."""
    if not before.evidence_sha or not sha:
        return ""
    was = before.evidence_sha
    at = f"`{sha[:7]}` again" if sha == was else f"`{sha[:7]}` instead of `{was[:7]}`"
    if not before.fingerprint or not fingerprint:
        return f"A new start at {at}."
    same = same_failure(before.fingerprint, fingerprint)
    return f"A new start at {at}, with {'the same' if same else 'another'} failure."


def respond(
    command: Command, state: ItemState | None, session: Session | None, *, started: bool
) -> Response:
    """`started`: another command of the same comment has started a session already."""
    live, says = is_live(state, session), bool(command.text.raw.strip())
    begins = command.verb in {Verb.FIX, Verb.UPGRADE} and not live
    if command.verb is Verb.RETRY or begins:
        unfinished = live or (state is not None and state.final is None)
        afresh = Response.START_AFRESH if unfinished else Response.START
        return Response.ONE_IS_ENOUGH if started else afresh
    return {
        Verb.HELP: Response.HELP,
        Verb.STATUS: Response.STATUS,
        Verb.STOP: Response.STOP,
        Verb.TELL: Response.TELL if live else Response.STATUS,
        Verb.FIX: Response.TELL if says else Response.STATUS,
        Verb.UPGRADE: Response.TELL if says else Response.STATUS,
        Verb.ALLOW: Response.STATUS if state is None else Response.ALLOW,
    }[command.verb]
