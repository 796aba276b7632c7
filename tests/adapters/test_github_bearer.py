"""What kind of token ours is, what may be asked for, and what is said about it."""

from __future__ import annotations

import pytest

from bot.adapters.github_api.bearer import told_by
from bot.adapters.github_api.permissions import Permissions, permissions
from bot.errors import UpstreamError
from bot.model import Bearer, BearerKind, TriggerName
from bot.policy import Commenting, Flaky, Mode, Policy, Verify
from bot.report.token_note import token_note

PUBLIC, OWN = "https://api.github.com", "https://github.corp.example/api/v3"
KIND = BearerKind


@pytest.mark.parametrize(
    ("token", "url", "headers", "login", "kind"),
    [
        ("ghp_abc", PUBLIC, {}, "", KIND.CLASSIC),
        ("gho_abc", PUBLIC, {}, "", KIND.CLASSIC),
        ("0123456789abcdef0123456789abcdef01234567", OWN, {}, "", KIND.CLASSIC),
        ("github_pat_abc", PUBLIC, {"x-oauth-scopes": ""}, "", KIND.FINE_GRAINED),
        ("ghs_15368_eyJ.a.b", PUBLIC, {}, "", KIND.WORKFLOW),
        ("ghs_4711_eyJ.a.b", PUBLIC, {"x-ratelimit-limit": "1000"}, "", KIND.APP),
        ("ghs_7_eyJ.a.b", OWN, {}, "github-actions[bot]", KIND.WORKFLOW),
        ("ghs_abc", PUBLIC, {"x-ratelimit-limit": "1000"}, "", KIND.WORKFLOW),
        ("ghs_abc", PUBLIC, {"x-ratelimit-limit": "5000"}, "", KIND.UNKNOWN),
        ("ghs_abc", PUBLIC, {"x-ratelimit-limit": "15000"}, "", KIND.UNKNOWN),
        ("ghs_abc", PUBLIC, {"x-ratelimit-limit": "15000"}, "github-actions", KIND.WORKFLOW),
        ("ghs_abc", OWN, {}, "github-actions[bot]", KIND.WORKFLOW),
        ("ghs_abc", PUBLIC, {"x-ratelimit-limit": "1000"}, "fixer[bot]", KIND.APP),
        ("v1.abc", OWN, {}, "", KIND.UNKNOWN),
        ("", PUBLIC, {}, "", KIND.UNKNOWN),
    ],
)
def test_a_token_is_told_by_what_is_there(token, url, headers, login, kind):
    """Shape first, then the login where it was asked anyway, then the limit of requests."""
    assert told_by(token, url, headers, login).kind is kind


@pytest.mark.parametrize(
    ("told", "scopes"),
    [(None, None), ("", frozenset()), ("repo, gist", {"repo", "gist"})],
)
def test_scopes_are_a_classic_tokens_own(told, scopes):
    """None where the answer has no such header, which is not the same as none at all."""
    headers = {} if told is None else {"x-oauth-scopes": told}
    assert told_by("ghp_abc", PUBLIC, headers, "").scopes == scopes


@pytest.mark.parametrize(
    ("bearer", "mode", "dry", "words"),
    [
        (Bearer(KIND.WORKFLOW), Mode.PROPOSE, False, "the workflow's own"),
        (Bearer(KIND.WORKFLOW), Mode.PROPOSE, True, "the workflow's own"),
        (Bearer(KIND.WORKFLOW), Mode.FIX, False, ""),
        (Bearer(KIND.WORKFLOW), Mode.REPORT, False, ""),
        (Bearer(KIND.APP), Mode.PROPOSE, False, ""),
        (Bearer(KIND.FINE_GRAINED), Mode.PROPOSE, False, ""),
        (Bearer(KIND.UNKNOWN), Mode.PROPOSE, False, ""),
        (Bearer(KIND.CLASSIC), Mode.PROPOSE, False, ""),
        (Bearer(KIND.CLASSIC, frozenset({"repo"})), Mode.FIX, False, ""),
        (Bearer(KIND.CLASSIC, frozenset({"public_repo"})), Mode.FIX, False, ""),
        (Bearer(KIND.CLASSIC, frozenset({"gist"})), Mode.FIX, False, "without the scope"),
        (Bearer(KIND.CLASSIC, frozenset({"gist"})), Mode.FIX, True, ""),
        (Bearer(KIND.CLASSIC, frozenset()), Mode.REPORT, False, "without the scope"),
    ],
)
def test_a_note_only_where_it_matters(bearer, mode, dry, words):
    """Nothing is said of a token that can do what the mode needs."""
    note = token_note(bearer, mode, dry_run=dry)
    assert (words in note) if words else note == ""


READ = dict.fromkeys(("metadata", "actions", "contents", "pull_requests"), "read")
VERDICT = {"checks": "read", "statuses": "read"}
TALK = {"pull_requests": "write", "issues": "write"}
FAILURE, COMMENT = TriggerName.FAILURE, TriggerName.COMMENT


@pytest.mark.parametrize(
    ("policy", "door", "needed", "welcome"),
    [
        (Policy(), FAILURE, READ | VERDICT | TALK, {"actions": "write"}),
        (Policy(mode=Mode.FIX), FAILURE, READ | VERDICT | TALK, {"actions": "write"}),
        (Policy(flaky=Flaky.SKIP, verify=Verify.CHECKS), FAILURE, READ | VERDICT | TALK, {}),
        (Policy(flaky=Flaky.SKIP, verify=Verify.NONE), FAILURE, READ | VERDICT | TALK, {}),
        (Policy(verify=Verify.WORKFLOW), FAILURE,
         READ | VERDICT | TALK | {"actions": "write"}, {}),
        (Policy(dry_run=True), FAILURE, READ | VERDICT | {"issues": "read"}, {}),
        (Policy(mode=Mode.REPORT), FAILURE, READ | {"pull_requests": "write"},
         VERDICT | {"issues": "write"}),
        (Policy(mode=Mode.REPORT, comment=Commenting.NONE), FAILURE, READ,
         VERDICT | {"issues": "read"}),
        (Policy(mode=Mode.REPORT, comment=Commenting.NONE), COMMENT,
         READ | {"pull_requests": "write"}, VERDICT | {"issues": "write"}),
        (Policy(mode=Mode.REPORT, dry_run=True), COMMENT, READ, VERDICT | {"issues": "read"}),
        (Policy(), TriggerName.RECONCILE, READ | VERDICT | TALK, {"actions": "write"}),
    ],
)  # fmt: skip
def test_what_is_asked_for(policy, door, needed, welcome):
    """By mode, inputs and door; never the right to push, or to change workflows."""
    asked = permissions(policy, door)
    assert (asked.needed, asked.welcome) == (needed, welcome)
    assert asked.needed["contents"] == "read"


def test_metadata_comes_with_every_token():
    """Older installations do not list it."""
    assert Permissions({"metadata": "read"}).narrowed({}, "7") == {"metadata": "read"}


def test_a_level_above_is_enough():
    """`write` where `read` is needed: the lower one is asked for."""
    assert Permissions({"checks": "read"}).narrowed({"checks": "write"}, "7") == {"checks": "read"}
    with pytest.raises(UpstreamError, match="`checks: write`"):
        Permissions({"checks": "write"}).narrowed({"checks": "read"}, "7")
