"""The plan of setting up, from plain values: what is left to do, and what stops it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import ConfigurationError, UpstreamError
from bot.model import BackendName
from bot.setup import (
    Facts,
    Identity,
    Import,
    Member,
    Push,
    Rights,
    Server,
    StandingTemplate,
    StandingToken,
    Step,
    VersionFacts,
    Wishes,
    identity_for,
    kind_for,
    plan,
)
from bot.setup.steps import (
    ActivateVersion,
    AddMember,
    CreateUser,
    GrantRoles,
    MakeToken,
    PushTemplate,
    RemoveToken,
)

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SERVER = Server(
    version=(2, 36, 0),
    deployment_id="d",
    tasks=True,
    chats=True,
    service_accounts=False,
    organization_id="o",
    organization_name="coder",
    assignable_roles=frozenset({"agents-access", "organization-admin"}),
)
WISHES = Wishes(
    username="bot",
    email="bot@example.com",
    organization="",
    template="ci-repair",
    token_name="coder-fix",
    lifetime=timedelta(days=90),
)
BOT = Member("u", "bot", True, False, False, True, frozenset({"auditor"}))
DONE = VersionFacts("v", "cf-1-2", Import.DONE)
TEMPLATE = StandingTemplate("t", DONE, DONE, "cf-1-2")
TOKEN = StandingToken("k", NOW + timedelta(days=30), used=True)
COMPLETE = Facts(NOW, SERVER, Rights(), BOT, TEMPLATE, "cf-1-2", (TOKEN,))
CHATS = replace(WISHES, backend=BackendName.CHATS)


def kinds(facts: Facts, wishes: Wishes = WISHES) -> list[str]:
    """The names of the steps."""
    return [type(step).__name__ for step in plan(facts, wishes)]


def test_complete_is_nothing_to_do():
    """Everything stands: no step."""
    assert kinds(COMPLETE) == []


def test_empty_is_everything_in_order():
    """A user before its token, and all of it once."""
    empty = replace(COMPLETE, user=None, template=None, tokens=())
    assert kinds(empty) == ["CreateUser", "PushTemplate", "MakeToken"]
    assert kinds(empty, CHATS) == ["CreateUser", "GrantRoles", "PushTemplate", "MakeToken"]


@pytest.mark.parametrize(
    ("change", "steps"),
    [
        ({"user": replace(BOT, member=False)}, [AddMember("bot", "coder")]),
        ({"template": None}, [PushTemplate("ci-repair", "coder", "cf-1-2")]),
        (
            {"template": replace(TEMPLATE, wanted=None, next_name="cf-9-2")},
            [PushTemplate("ci-repair", "coder", "cf-9-2", "t")],
        ),
        (
            {"template": replace(TEMPLATE, wanted=VersionFacts("w", "cf-9", Import.UNDER_WAY))},
            [ActivateVersion("t", "w", "cf-9")],
        ),
        (
            {
                "template": replace(
                    TEMPLATE, wanted=VersionFacts("w", "cf-9", Import.FAILED), next_name="cf-9.2"
                )
            },
            [PushTemplate("ci-repair", "coder", "cf-9.2", "t")],
        ),
        ({"tokens": ()}, [MakeToken("bot", "coder-fix", timedelta(days=90))]),
        (
            {"tokens": (replace(TOKEN, used=False),)},
            [
                RemoveToken("bot", "k", "was never handed over"),
                MakeToken("bot", "coder-fix", timedelta(days=90)),
            ],
        ),
        (
            {"tokens": (replace(TOKEN, expires_at=NOW),)},
            [
                RemoveToken("bot", "k", "has expired"),
                MakeToken("bot", "coder-fix", timedelta(days=90)),
            ],
        ),
    ],
    ids=["member", "template", "version", "cut", "failed", "token", "lost", "expired"],
)
def test_what_is_missing_is_the_plan(change, steps):
    """One thing is missing: its step alone."""
    assert list(plan(replace(COMPLETE, **change), WISHES)) == steps


def test_role_joins_those_that_are_there():
    """The call replaces all roles, so the plan holds them all."""
    assert plan(COMPLETE, CHATS) == (
        GrantRoles("bot", "coder", ("agents-access", "auditor"), ("agents-access",)),
    )


def test_renewal_is_for_tokens_that_work():
    """Asked for: removed and made."""
    assert kinds(COMPLETE, replace(WISHES, renew=True)) == ["RemoveToken", "MakeToken"]


@pytest.mark.parametrize(
    ("server", "wishes", "login"),
    [
        ({}, WISHES, "password"),
        ({"version": None}, WISHES, "password"),
        ({"version": (2, 35, 4)}, WISHES, "none"),
        ({"service_accounts": True}, WISHES, "service-account"),
        ({"service_accounts": True}, replace(WISHES, identity=Identity.USER), "password"),
        ({"service_accounts": True}, CHATS, "service-account"),
        (
            {
                "service_accounts": True,
                "version": (2, 37, 0),
                "assignable_roles": frozenset[str](),
            },
            CHATS,
            "password",
        ),
    ],
)
def test_identity_fits_version_and_licence(server, wishes, login):
    """Service account where licensed, but not where it could not chat."""
    assert identity_for(replace(SERVER, **server), wishes) == login


@pytest.mark.parametrize(
    ("server", "wishes", "kind"),
    [
        ({}, WISHES, "tasks"),
        ({"version": (2, 29, 9)}, WISHES, "tasks-ai-prompt"),
        ({"version": (2, 30, 0)}, WISHES, "tasks"),
        ({}, CHATS, "chats"),
        ({"tasks": False}, WISHES, "chats"),
    ],
)
def test_kind_fits_what_is_served(server, wishes, kind):
    """Old Tasks read a parameter, current ones a data source."""
    assert kind_for(replace(SERVER, **server), wishes) == kind


def test_service_account_that_may_not_chat_is_refused():
    """One that stands there already, on a Coder where membership gives the right."""
    later = replace(SERVER, version=(2, 37, 0), assignable_roles=frozenset[str]())
    facts = replace(COMPLETE, server=later, user=replace(BOT, service_account=True))
    with pytest.raises(ConfigurationError, match="may not use chats"):
        plan(facts, CHATS)
    with pytest.raises(ConfigurationError, match="may not use chats here"):
        identity_for(
            replace(later, service_accounts=True),
            replace(CHATS, identity=Identity.SERVICE_ACCOUNT),
        )


def test_rights_are_asked_only_for_what_is_left():
    """Whoever has none may see that all stands; the bot may make its own token."""
    none = Rights(False, False, False, False, False)
    assert kinds(replace(COMPLETE, rights=none)) == []
    with pytest.raises(UpstreamError, match="may not make tokens"):
        plan(replace(COMPLETE, rights=none, tokens=()), WISHES)
    own = replace(COMPLETE, rights=none, tokens=(), user=replace(BOT, is_caller=True))
    assert kinds(own) == ["MakeToken"]


def test_version_names_stand_for_content():
    """Same content, same name; a value given or not, and no value in the name."""
    push = Push({"a.tf": b"1"}, {"key": "secret"}, "salt")
    name = push.version_name("")
    assert name == Push({"a.tf": b"1"}, {"key": "secret"}, "salt").version_name("v1")
    assert "secret" not in name + repr(push)
    assert Push({"a.tf": b"1"}, {}, "salt").version_name(name) == name
    assert Push({"a.tf": b"2"}, {}, "salt").version_name(name).split("-")[2] == name.split("-")[2]
    others = [
        Push({"a.tf": b"2"}, {"key": "secret"}, "salt"),
        Push({"a.tf": b"1"}, {"key": "other"}, "salt"),
        Push({"a.tf": b"1"}, {"key": "secret"}, "pepper"),
    ]
    assert len({name, *(other.version_name("") for other in others)}) == 4


def test_every_step_is_told_with_its_calls():
    """A dry run has words and at least one request for each kind of step."""
    steps: list[Step] = [
        CreateUser("bot", "bot@example.com", "none", "o"),
        AddMember("bot", "coder"),
        GrantRoles("bot", "coder", ("a",), ("a",)),
        PushTemplate("ci", "coder", "cf-1", "t"),
        ActivateVersion("t", "v", "cf-1"),
        RemoveToken("bot", "k", "has expired"),
        MakeToken("bot", "coder-fix", timedelta(days=90)),
    ]
    for step in steps:
        assert step.says
        assert all(call.split()[1].startswith("/api/v2/") for call, _ in step.calls)
