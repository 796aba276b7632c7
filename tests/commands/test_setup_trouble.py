"""`coder-fix setup` and bad input: a clear word, no secret, nothing begun that cannot be ended."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters import tls
from bot.sandbox.http import Fault, HttpRequest, HttpResponse
from tests.coder_fixtures import CoderFactory
from tests.commands.setup_rig import GITHUB_TOKEN, Ran, Rig


def _expire(rig: Rig) -> None:
    rig.coder.world.tokens[0].expires_at = datetime.now(UTC) - timedelta(hours=1)


def _html(rig: Rig) -> None:
    rig.coder.html = True


def _suspended(rig: Rig) -> None:
    rig.coder.add_user("ci-repair-bot")[0].status = "suspended"


def _inactive(rig: Rig) -> None:
    user = rig.coder.world.tokens[0].user
    assert user is not None
    user.status = "suspended"


def _owner_bot(rig: Rig) -> None:
    rig.coder.add_user("ci-repair-bot", roles=("owner",))


def _nothing(_: Rig) -> None:
    return


Case = tuple[dict[str, Any], tuple[str, ...], dict[str, str], Callable[[Rig], None], int, str]

CASES: dict[str, Case] = {
    "no address": ({}, (), {"CODER_URL": ""}, _nothing, 2, "No Coder is named. Give --coder-url"),
    "no token": ({}, (), {"CODER_SESSION_TOKEN": ""}, _nothing, 2, "Set CODER_SESSION_TOKEN"),
    "no token's text": (
        {},
        (),
        {"CODER_SESSION_TOKEN": "Bearer abc"},
        _nothing,
        2,
        "The administrator's token holds characters that no token has. Set CODER_SESSION_TOKEN",
    ),
    "a blank in the address": (
        {},
        (),
        {"CODER_URL": "https://coder example.com"},
        _nothing,
        2,
        "The input coder-url is not an http(s) URL.",
    ),
    "wrong token": (
        {},
        (),
        {"CODER_SESSION_TOKEN": "0123456789-bbbbbbbbbbbbbbbbbbbbbb"},
        _nothing,
        3,
        "The administrator's token is not valid: API key is invalid. Make a new one",
    ),
    "expired token": (
        {},
        (),
        {},
        _expire,
        3,
        "The administrator's token has expired: API key expired at ",
    ),
    "inactive administrator": (
        {},
        (),
        {},
        _inactive,
        3,
        "Contact an admin to reactivate your account. Let an administrator activate that user",
    ),
    "another page": (
        {"strict": False},
        (),
        {},
        _html,
        2,
        "The address in coder-url is not a Coder server",
    ),
    "nobody there": (
        {},
        (),
        {"CODER_URL": "http://127.0.0.1:1"},
        _nothing,
        3,
        "Coder at http://127.0.0.1:1 did not answer: `Connection refused`. Run setup again",
    ),
    "too old": (
        {"version": "v2.27.0", "tasks": "experimental", "chats": "off"},
        (),
        {},
        _nothing,
        3,
        "older than v2.28. Upgrade it",
    ),
    "nothing served": (
        {"version": "v2.37.0", "tasks": "off", "chats": "off"},
        (),
        {},
        _nothing,
        3,
        "serves neither Tasks nor Chats. From v2.37 Tasks need CODER_ENABLE_AI_TASKS=true",
    ),
    "other backend": (
        {"tasks": "off"},
        ("--backend", "tasks"),
        {},
        _nothing,
        3,
        "does not serve Tasks. Try --backend chats.",
    ),
    "no organization": (
        {},
        ("--coder-organization", "nowhere"),
        {},
        _nothing,
        2,
        "The organization nowhere does not exist",
    ),
    "no service accounts": (
        {},
        ("--identity", "service-account"),
        {},
        _nothing,
        2,
        "has no service accounts. They need v2.32 and a Premium licence.",
    ),
    "value missing": (
        {},
        (),
        {"TF_VAR_github_token": ""},
        _nothing,
        2,
        "The template needs TF_VAR_github_token.",
    ),
    "values missing": (
        {},
        ("--agent", "command", "--platform", "kubernetes"),
        {},
        _nothing,
        2,
        "The template needs TF_VAR_agent_command, TF_VAR_namespace.",
    ),
    "secret as an argument": (
        {},
        ("--var", "github_token=ghp_onargv"),
        {},
        _nothing,
        2,
        "Set TF_VAR_github_token instead.",
    ),
    "unknown value": ({}, ("--var", "colour=red"), {}, _nothing, 2, "no such variable. It has: "),
    "suspended user": ({}, (), {}, _suspended, 2, "suspended in Coder. Activate it"),
    "owner as a bot": ({}, (), {}, _owner_bot, 2, "is an Owner of this Coder"),
    "no gh": (
        {},
        ("--repo", "octo/shop"),
        {"PATH": "/nowhere"},
        _nothing,
        2,
        "there is no gh on the PATH. Install gh",
    ),
    "an unset variable to check": (
        {},
        ("--check", ""),
        {},
        _nothing,
        2,
        "--check: '' is no name for Coder",
    ),
    "an unset variable to write to": (
        {},
        ("--write-template", " "),
        {},
        _nothing,
        2,
        "--write-template: no folder is named.",
    ),
    "a file to write to": (
        {},
        ("--write-template", __file__),
        {},
        _nothing,
        2,
        "test_setup_trouble.py: Not a directory. Name a folder",
    ),
    "template of another name": (
        {},
        ("--check", "nope"),
        {},
        _nothing,
        3,
        "The template nope does not exist",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_one_sentence_with_the_remedy(
    coder_sandbox: CoderFactory, tmp_path: Path, case: str
) -> None:
    """Exit code and words for each; nothing is written, and no secret is shown."""
    server, flags, env, prepare, code, words = CASES[case]
    rig = Rig.make(coder_sandbox(now=None, **server), tmp_path / "home")
    prepare(rig)

    ran = rig.run(*flags, **env)

    assert (ran.code, rig.writes()) == (code, []), ran.stderr
    assert words in ran.stderr
    _nothing_leaks(rig, ran, "ghp_onargv")


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        ((), "may not create users (User Admin or Owner); nor push templates"),
        (("user-admin",), "may not push templates (Template Admin or Owner); nor make tokens"),
        (("user-admin", "template-admin"), "may not make tokens for others (Owner)."),
        (("template-admin",), "may not create users"),
    ],
    ids=["none", "users", "users and templates", "templates"],
)
def test_missing_rights_are_told_at_once(
    coder_sandbox: CoderFactory, tmp_path: Path, roles: tuple[str, ...], words: str
) -> None:
    """Half of the rights begin nothing: what is missing is named, with the role that has it."""
    rig = Rig.make(coder_sandbox(now=None), tmp_path / "home", roles)

    ran = rig.run()

    assert (ran.code, rig.writes()) == (3, [])
    assert words in ran.stderr
    assert "Nothing was changed. Use the token of an Owner of this Coder." in ran.stderr


def test_lifetime_beyond_the_limit_is_refused_before_it_costs_anything(rig: Rig) -> None:
    """Neither a template is pushed for it nor a token that works removed; a shorter one is made."""
    first = rig.run("--lifetime", "99999")

    assert (first.code, rig.coder.world.templates) == (2, [])
    assert "--lifetime: a token of ci-repair-bot lives 36525 days at most. Give a" in first.stderr
    made = rig.run()
    before = rig.writes()
    refused = rig.run("--renew-token", "--lifetime", "99999")
    assert (refused.code, rig.writes()) == (2, before)
    assert rig.authenticates(made.token)
    again = rig.run("--renew-token")
    assert (again.code, rig.authenticates(again.token)) == (0, True)


def test_upgrade_in_the_middle_is_told_and_completed(rig: Rig) -> None:
    """Coder says its version with each answer: a change ends the run, the next one goes on."""

    def upgrade(_: HttpRequest) -> None:
        rig.coder.version = "v2.36.1"

    hook = rig.at_write(2, upgrade)
    ran = rig.run()
    rig.coder.fault_hooks.remove(hook)

    assert ran.code == 3
    assert "Coder was changed from v2.36.0 to v2.36.1 meanwhile. Run setup again" in ran.stderr
    again = rig.run()
    assert (again.code, rig.authenticates(again.token)) == (0, True)


@pytest.mark.parametrize("nth", range(1, 6))
def test_coder_that_is_away_is_told_and_completed(rig: Rig, nth: int) -> None:
    """A proxy's 503 from some write on: said, and the next run completes it, with nothing twice."""

    def away(_: HttpRequest) -> None:
        raise Fault("away", respond=HttpResponse(503, b"<html>upgrading</html>"))

    def from_then_on(_: HttpRequest) -> None:
        rig.coder.fault_hooks.append(away)
        away(_)

    hook = rig.at_write(nth, from_then_on)
    ran = rig.run()
    rig.coder.fault_hooks.remove(hook)
    rig.coder.fault_hooks.remove(away)

    assert ran.code == 3
    assert "Coder is in trouble: it answered 503. Run setup again" in ran.stderr
    again = rig.run()
    assert (again.code, rig.authenticates(again.token)) == (0, True)
    assert len(rig.coder.world.users) == 2


@pytest.mark.parametrize("nth", range(1, 6))
def test_one_answer_of_a_proxy_is_survived(rig: Rig, nth: int) -> None:
    """What was refused on the way is tried once more, after a look at what stands."""

    def once(_: HttpRequest) -> None:
        raise Fault("away", respond=HttpResponse(503, b"<html>upgrading</html>"))

    rig.at_write(nth, once)
    ran = rig.run()

    assert (ran.code, rig.authenticates(ran.token)) == (0, True), ran.stderr


def test_page_of_the_dashboard_is_no_address(coder_sandbox: CoderFactory, tmp_path: Path) -> None:
    """Coder answers with its dashboard below any path: an address that was copied with one."""
    rig = Rig.make(coder_sandbox(now=None, strict=False), tmp_path / "home")
    for flags in ((), ("--check", "ci-repair")):
        ran = rig.run(*flags, CODER_URL=f"{rig.coder.url}/workspaces")

        assert ran.code == 2
        assert f"Leave out its path: {rig.coder.url}." in ran.stderr


def test_certificate_that_is_not_trusted_is_named(
    coder_sandbox: CoderFactory, tmp_path: Path, authority: Mapping[str, Path]
) -> None:
    """Running it again would not help: the variable for a private CA does."""
    coder = coder_sandbox(now=None)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority["server"], authority["key"])
    coder._server.socket = context.wrap_socket(coder._server.socket, server_side=True)
    rig = Rig.make(coder, tmp_path / "home")
    rig.env["CODER_URL"] = f"https://127.0.0.1:{coder.port}"
    tls.context.cache_clear()

    ran = rig.run()
    assert ran.code == 3
    assert "is not trusted: `certificate verify failed: " in ran.stderr
    assert "Name the file of your CA's certificates in SSL_CERT_FILE" in ran.stderr
    assert "Run setup again" not in ran.stderr
    tls.context.cache_clear()
    assert rig.run(SSL_CERT_FILE=str(authority["ca"])).code == 0
    tls.context.cache_clear()


def test_value_without_a_name_is_not_repeated(rig: Rig) -> None:
    """Whoever forgets the name of a secret does not find it in the log."""
    ran = rig.run("--var", "ghp_forgotten")

    assert ran.code == 2
    assert "ghp_forgotten" not in ran.stderr


@pytest.fixture
def rig(coder_sandbox: CoderFactory, tmp_path: Path) -> Rig:
    """A free v2.36, by the real clock."""
    return Rig.make(coder_sandbox(now=None), tmp_path / "home")


def _nothing_leaks(rig: Rig, ran: Ran, *more: str) -> None:
    for secret in (GITHUB_TOKEN, rig.env["CODER_SESSION_TOKEN"], *more):
        assert secret not in ran.stdout + ran.stderr
