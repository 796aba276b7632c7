"""(facts, wishes) → the steps that are left. Nothing left means that setting up is complete.

Versions: docs/admin/users/headless-auth.md and the identity section of Coder's users API: service
accounts from v2.32 with a licence; `login_type: none` is refused from v2.36. Chats: the role
`agents-access` up to v2.36; later members may chat, but service accounts may not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bot.errors import ConfigurationError, UpstreamError
from bot.model import BackendName
from bot.outcomes import ErrorKind
from bot.setup.facts import Facts, Import, Member, Server, StandingToken
from bot.setup.steps import (
    ActivateVersion,
    AddMember,
    CreateUser,
    GrantRoles,
    MakeToken,
    PushTemplate,
    RemoveToken,
    Step,
)
from bot.setup.wishes import Identity, Wishes

OLDEST = (2, 28, 0)
CHAT_ROLE = "agents-access"
_DAY = timedelta(days=1)


def backend_for(server: Server, wishes: Wishes) -> BackendName:
    """The wanted API, or the one that is served; Tasks where both are.

    Raises `UpstreamError` of kind `coder-unsupported` for one that is not.
    """
    if server.before(*OLDEST):
        raise UpstreamError(
            ErrorKind.CODER_UNSUPPORTED,
            "This Coder is older than v2.28.",
            remedy="Upgrade it to v2.28 or later.",
        )
    served = {BackendName.TASKS: server.tasks, BackendName.CHATS: server.chats}
    wanted = wishes.backend or next((name for name, there in served.items() if there), None)
    if wanted is None:
        raise UpstreamError(
            ErrorKind.CODER_UNSUPPORTED,
            "This Coder serves neither Tasks nor Chats.",
            remedy="From v2.37 Tasks need CODER_ENABLE_AI_TASKS=true on the server.",
        )
    if not served[wanted]:
        other = next(name for name in served if name is not wanted)
        raise UpstreamError(
            ErrorKind.CODER_UNSUPPORTED,
            f"This Coder does not serve {wanted.value.title()}.",
            remedy=f"Try --backend {other.value}." if served[other] else "Upgrade Coder.",
        )
    return wanted


def kind_for(server: Server, wishes: Wishes) -> str:
    """Which kind of template fits: `tasks`, `tasks-ai-prompt` or `chats`."""
    if backend_for(server, wishes) is BackendName.CHATS:
        return "chats"
    return "tasks-ai-prompt" if server.before(2, 30, 0) else "tasks"


def identity_for(server: Server, wishes: Wishes) -> str:
    """How the bot's user logs in: `service-account`, `none` or `password`.

    Raises `ConfigurationError` for a service account that is not to be had.
    """
    # By v2.37 the role for chats is gone and membership gives the right, but not to these.
    chats = backend_for(server, wishes) is BackendName.CHATS
    shut_out = chats and CHAT_ROLE not in server.assignable_roles and not server.before(2, 37, 0)
    if wishes.identity is Identity.SERVICE_ACCOUNT:
        if not server.service_accounts:
            raise ConfigurationError(
                "--identity service-account: this Coder has no service accounts.",
                remedy="They need v2.32 and a Premium licence. Leave the flag away.",
            )
        if shut_out:
            raise ConfigurationError(
                "--identity service-account: a service account may not use chats here.",
                remedy="Leave the flag away, or use --backend tasks.",
            )
        return "service-account"
    if wishes.identity is Identity.AUTO and server.service_accounts and not shut_out:
        return "service-account"
    return "none" if server.before(2, 36, 0) else "password"


def plan(facts: Facts, wishes: Wishes) -> tuple[Step, ...]:
    """The steps that are left, in order. Each is safe to repeat from facts read anew.

    Raises `ConfigurationError` or `UpstreamError` where they cannot all be taken, before the first.
    """
    parts = (_user, _roles, _template, _token)
    steps = tuple(step for part in parts for step in part(facts, wishes))
    _check_rights(facts, steps)
    return steps


def _user(facts: Facts, wishes: Wishes) -> Iterator[Step]:
    server, user = facts.server, facts.user
    if user is None:
        login = identity_for(server, wishes)
        yield CreateUser(wishes.username, wishes.email, login, server.organization_id)
        return
    _check_user(user, facts, wishes)
    if not user.member:
        yield AddMember(user.username, server.organization_name)


def _check_user(user: Member, facts: Facts, wishes: Wishes) -> None:
    other = "Name another user with --username, or remove that one in Coder."
    if not user.active:
        raise ConfigurationError(
            f"The user {user.username} is suspended in Coder.",
            remedy=f"Activate it: coder users activate {user.username}.",
        )
    if user.owner:
        raise ConfigurationError(
            f"The user {user.username} is an Owner of this Coder, which no bot should be.",
            remedy=other,
        )
    chats = backend_for(facts.server, wishes) is BackendName.CHATS
    roles = facts.server.assignable_roles
    if user.service_account and chats and CHAT_ROLE not in roles:
        raise ConfigurationError(
            f"The service account {user.username} may not use chats in this Coder.",
            remedy=other,
        )


def _roles(facts: Facts, wishes: Wishes) -> Iterator[Step]:
    """The role for chats, where there is one; a plain member may run its own tasks."""
    server = facts.server
    if backend_for(server, wishes) is not BackendName.CHATS:
        return
    has = facts.user.roles if facts.user else frozenset()
    if CHAT_ROLE in server.assignable_roles and CHAT_ROLE not in has:
        roles = tuple(sorted({*has, CHAT_ROLE}))
        yield GrantRoles(wishes.username, server.organization_name, roles, (CHAT_ROLE,))


def _template(facts: Facts, wishes: Wishes) -> Iterator[Step]:
    there, organization = facts.template, facts.server.organization_name
    if not wishes.template:
        return
    if there is None:
        yield PushTemplate(wishes.template, organization, facts.version_name)
        return
    wanted = there.wanted
    if wanted is not None and wanted.id == there.active.id:
        return
    if not there.is_ours and not wishes.replaces_template:
        raise ConfigurationError(
            f"The template {wishes.template} is there, and somebody else made its active version.",
            remedy="Name another one with --template, keep that one with --no-template, or give "
            "--replace-template.",
        )
    if wanted is None or wanted.state is Import.FAILED:
        yield PushTemplate(wishes.template, organization, there.next_name, there.id)
    else:
        yield ActivateVersion(there.id, wanted.id, wanted.name)


def _token(facts: Facts, wishes: Wishes) -> Iterator[Step]:
    if facts.tokens is None:
        yield _new_token(facts, wishes)
        return
    stale = [(token, why) for token in facts.tokens if (why := _stale(token, facts, wishes))]
    for token, why in stale:
        yield RemoveToken(wishes.username, token.id, why)
    if len(stale) == len(facts.tokens):
        yield _new_token(facts, wishes)


def _new_token(facts: Facts, wishes: Wishes) -> MakeToken:
    """Refused here, since by the time that Coder refuses it the old one is gone."""
    if facts.longest is not None and wishes.lifetime > facts.longest:
        raise ConfigurationError(
            f"--lifetime: a token of {wishes.username} lives {facts.longest // _DAY} days at most.",
            remedy="Give a shorter one; Coder's limit is CODER_MAX_TOKEN_LIFETIME.",
        )
    return MakeToken(wishes.username, wishes.token_name, wishes.lifetime)


def _stale(token: StandingToken, facts: Facts, wishes: Wishes) -> str:
    """Why it has to go; empty where it stays."""
    if token.expires_at <= facts.now:
        return "has expired"
    if not token.used:
        return "was never handed over"
    return "is to be renewed" if wishes.renew else ""


def _check_rights(facts: Facts, steps: tuple[Step, ...]) -> None:
    """All that is missing at once, so that nothing is begun that cannot be ended."""
    rights = facts.rights
    needed = {
        CreateUser: (rights.create_users, "create users (User Admin or Owner)"),
        AddMember: (rights.add_members, "add members (User Admin or Owner)"),
        GrantRoles: (rights.assign_roles, "assign roles (User Admin or Owner)"),
        PushTemplate: (rights.push_templates, "push templates (Template Admin or Owner)"),
        ActivateVersion: (rights.push_templates, "push templates (Template Admin or Owner)"),
        RemoveToken: (rights.make_tokens, "manage tokens of others (Owner)"),
        MakeToken: (rights.make_tokens, "make tokens for others (Owner)"),
    }
    own_tokens = facts.user is not None and facts.user.is_caller
    missing = [
        words
        for kind, (allowed, words) in needed.items()
        if not allowed
        and any(isinstance(step, kind) for step in steps)
        and not (own_tokens and kind in {MakeToken, RemoveToken})
    ]
    if missing:
        raise UpstreamError(
            ErrorKind.CODER_PERMISSION,
            f"The token's user may not {'; nor '.join(dict.fromkeys(missing))}.",
            remedy="Nothing was changed. Use the token of an Owner of this Coder.",
        )
