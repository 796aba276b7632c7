"""Secrets that are made along the way are hidden wherever the first ones are."""

from __future__ import annotations

import base64

from bot.sanitize import GrowingSecrets, redact

FIRST, SECOND = "ghs_4711_eyJfirst.Aa1Bb2Cc3", "ghs_4711_eyJsecond.Dd4Ee5Ff6"


def test_what_is_learnt_is_hidden_at_once_by_all_who_hold_it():
    """Whoever was given it before sees the new one as well, in every encoding."""
    secrets = GrowingSecrets({"coder-token": "0123456789-AbCdEfGhIjKlMnOpQrStUv"})
    encoded = base64.b64encode(f"x-access-token:{SECOND}".encode()).decode()
    assert redact(f"see {encoded}", secrets) == f"see {encoded}"
    secrets.learn("github-token", SECOND)
    assert redact(f"see {encoded}", secrets) == "see [github-token]"


def test_the_one_before_stays_known():
    """It may still be valid for some minutes."""
    secrets = GrowingSecrets()
    assert not secrets
    secrets.learn("github-token", FIRST)
    secrets.learn("github-token", SECOND)
    for value in (FIRST, SECOND):
        assert secrets.occur_in(base64.b64encode(value.encode()).decode())
    assert {FIRST, SECOND} <= set(secrets.masks())
    assert bool(secrets)


def test_no_value_is_shown():
    """`repr` has names alone; what is too short to be a secret is not taken for one."""
    secrets = GrowingSecrets({"coder-token": "abc"})
    secrets.learn("github-token", FIRST)
    secrets.learn("other", "x")
    assert repr(secrets) == "Secrets(github-token)"
    assert repr(secrets.including("more", SECOND)) == "Secrets(github-token, more)"
