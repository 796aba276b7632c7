"""What a Coder has, as far as setting up asks for it. Frozen; read anew after each step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

Version = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Server:
    """The deployment. `version` None where it tells none."""

    version: Version | None
    deployment_id: str
    tasks: bool
    chats: bool
    service_accounts: bool
    organization_id: str
    organization_name: str
    assignable_roles: frozenset[str]

    def before(self, *version: int) -> bool:
        """Whether it is known to be older than that."""
        return self.version is not None and self.version < version


@dataclass(frozen=True, slots=True)
class Rights:
    """What the administrator's token may do."""

    create_users: bool = True
    add_members: bool = True
    assign_roles: bool = True
    push_templates: bool = True
    make_tokens: bool = True


@dataclass(frozen=True, slots=True)
class Member:
    """The bot's user. `roles` are those in the organization."""

    id: str
    username: str
    active: bool
    owner: bool
    service_account: bool
    member: bool
    roles: frozenset[str]
    is_caller: bool = False


class Import(StrEnum):
    """How far a template version is."""

    UNDER_WAY = "under-way"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """One version of the template."""

    id: str
    name: str
    state: Import


@dataclass(frozen=True, slots=True)
class StandingTemplate:
    """The template. `wanted`: the version of the wanted name, if there is one.

    `variables`: the names that the active version has values for. `is_ours`: setup made that one.
    """

    id: str
    active: VersionFacts
    wanted: VersionFacts | None
    next_name: str
    variables: frozenset[str] = frozenset()
    is_ours: bool = True


@dataclass(frozen=True, slots=True)
class StandingToken:
    """The bot's token of the wanted name. One that nobody ever used was never handed over."""

    id: str
    expires_at: datetime
    used: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it, at one moment. `tokens` None: the caller may not see them.

    `longest`: how long a token of the user may live, None where that is not told.
    """

    now: datetime
    server: Server
    rights: Rights
    user: Member | None = None
    template: StandingTemplate | None = None
    version_name: str = ""
    tokens: tuple[StandingToken, ...] | None = ()
    longest: timedelta | None = None
