"""Who may command, and what each command comes to."""

from __future__ import annotations

import pytest

from bot.decide.commands import (
    Admission,
    Following,
    Response,
    Standing,
    is_live,
    what_differs,
)
from bot.model import Command, CommentRef, SessionState, Verb
from bot.outcomes import OutcomeKind, SkipReason
from bot.policy import Policy
from bot.untrusted import Untrusted
from tests.builders import FIX, RED, a_session, a_state

R = Response
REF = CommentRef(7, 12, "Alice", on_pull_request=True)
WORKING = a_session(state=SessionState.WORKING, report=None)
GONE = a_session(state=SessionState.GONE)
ENDED = a_state(final=OutcomeKind.FIXED)


@pytest.mark.parametrize(
    ("now", "users", "reason"),
    [
        (Standing("Alice", edited=False, permission="write"), (), None),
        (Standing("Alice", edited=False, permission="admin"), ("bob", "aLICE"), None),
        (Standing("Alice", edited=False, permission="read"), (), SkipReason.NOT_ALLOWED),
        (Standing("Alice", edited=False, permission="none"), ("alice",), SkipReason.NOT_ALLOWED),
        (Standing("Alice", edited=False, permission="odd"), (), SkipReason.NOT_ALLOWED),
        (Standing("Alice", edited=False, permission="admin"), ("bob",), SkipReason.NOT_ALLOWED),
        (Standing("Alice", edited=True, permission="admin"), (), SkipReason.NOTHING_TO_DO),
        (Standing("Mallory", edited=False, permission="admin"), (), SkipReason.NOTHING_TO_DO),
        (Standing("", edited=False, permission="none"), (), SkipReason.NOTHING_TO_DO),
    ],
)
def test_who_may_command(now, users, reason):
    """`write` or better, narrowed by `allow-users` and never widened; the comment as it was."""
    found = Admission.of(REF, now, Policy(allow_users=users)).refused
    assert (found.skip_reason if found else None) is reason


@pytest.mark.parametrize(
    ("verb", "text", "state", "session", "started", "expected"),
    [
        (Verb.HELP, "", None, None, False, R.HELP),
        (Verb.STATUS, "", a_state(), WORKING, False, R.STATUS),
        (Verb.STOP, "", None, None, False, R.STOP),
        (Verb.TELL, "x", a_state(), WORKING, False, R.TELL),
        (Verb.TELL, "x", None, None, False, R.STATUS),
        (Verb.TELL, "x", ENDED, WORKING, False, R.STATUS),
        (Verb.FIX, "", None, None, False, R.START),
        (Verb.FIX, "x", ENDED, GONE, False, R.START),
        (Verb.FIX, "", a_state(), GONE, False, R.START_AFRESH),
        (Verb.FIX, "", a_state(), WORKING, False, R.STATUS),
        (Verb.FIX, "x", a_state(), WORKING, False, R.TELL),
        (Verb.FIX, "", None, None, True, R.ONE_IS_ENOUGH),
        (Verb.RETRY, "", None, None, False, R.START),
        (Verb.RETRY, "", None, WORKING, False, R.START_AFRESH),
        (Verb.RETRY, "", a_state(), WORKING, False, R.START_AFRESH),
        (Verb.RETRY, "", a_state(), WORKING, True, R.ONE_IS_ENOUGH),
        (Verb.ALLOW, "", None, None, False, R.STATUS),
        (Verb.ALLOW, "", ENDED, GONE, False, R.ALLOW),
        (Verb.UPGRADE, "", None, None, False, R.START),
        (Verb.UPGRADE, "", a_state(), WORKING, False, R.STATUS),
        (Verb.UPGRADE, "x", a_state(), WORKING, False, R.TELL),
    ],
)
def test_what_a_command_comes_to(verb, text, state, session, started, expected):
    """By what is remembered and by whether a session is at work."""
    command = Command(verb, 0, text=Untrusted(text))
    following = Following.of(command, state, session, started=started)
    assert following.response is expected


def test_what_is_live():
    """A session that is neither gone nor failed, of a generation that has not ended."""
    assert is_live(None, WORKING)
    assert is_live(a_state(), a_session())
    assert not is_live(a_state(), None)
    assert not is_live(ENDED, WORKING)
    assert not is_live(a_state(), a_session(state=SessionState.FAILED))


@pytest.mark.parametrize(
    ("before", "sha", "fingerprint", "says"),
    [
        (a_state(evidence_sha=""), RED, ("f1",), ""),
        (a_state(fingerprint=("f1",)), "", ("f1",), ""),
        (a_state(), RED, ("f1",), "A new start at `aaaaaaa` again."),
        (
            a_state(fingerprint=("f1",)),
            RED,
            ("f1",),
            "A new start at `aaaaaaa` again, with the same failure.",
        ),
        (
            a_state(fingerprint=("f1",)),
            FIX,
            ("f2",),
            "A new start at `bbbbbbb` instead of `aaaaaaa`, with another failure.",
        ),
    ],
)
def test_what_differs(before, sha, fingerprint, says):
    """The commit, and the failure where both are known."""
    assert what_differs(before, sha, fingerprint) == says
