"""What the sandbox Coder knows: users, tokens, organizations, templates and workspaces.

Plain mutable records; who may change them, and the answers over HTTP, are the other modules' part.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from bot.sandbox.coder_agents import Agent, Run
from bot.sandbox.coder_template_world import (
    Organization,
    Preset,
    Template,
    TemplateVersion,
    Variable,
)

__all__ = ["Organization", "Preset", "Template", "TemplateVersion", "Variable"]


SITE_ROLES = {"owner", "user-admin", "template-admin"}


@dataclass(slots=True)
class User:
    """One user. `roles` are site roles (see `SITE_ROLES`), `org_roles` the organization's."""

    id: str
    username: str
    organization: Organization
    created_at: datetime
    name: str = ""
    email: str = ""
    status: str = "active"
    login_type: str = "password"
    roles: set[str] = field(default_factory=set)
    org_roles: set[str] = field(default_factory=set)
    linked: set[str] = field(default_factory=set)
    last_seen_at: datetime | None = None
    service_account: bool = False
    member: bool = True

    @property
    def is_owner(self) -> bool:
        """Site owner: sees and may do everything."""
        return "owner" in self.roles

    def administers(self, what: str) -> bool:
        """Whether some role lets it change `user`s or `template`s of the organization."""
        fitting = {f"organization-{what}-admin", "organization-admin"}
        return bool(self.roles & {"owner", f"{what}-admin"} or self.org_roles & fitting)


@dataclass(slots=True)
class Token:
    """One API key; `id` are the 10 characters before the hyphen, `secret` the 22 after it."""

    id: str
    secret: str
    user: User
    name: str
    created_at: datetime
    expires_at: datetime
    scopes: tuple[str, ...] = ("coder:all",)
    login_type: str = "token"
    last_used: datetime | None = None

    @property
    def text(self) -> str:
        """The token as it is sent."""
        return f"{self.id}-{self.secret}"


@dataclass(frozen=True, slots=True)
class BuildLog:
    """One line of a build's log."""

    id: int
    at: datetime
    level: str
    stage: str
    output: str


@dataclass(slots=True)
class Build:
    """One workspace build. `job`: pending, running, succeeded, failed, canceling or canceled."""

    id: str
    job_id: str
    number: int
    transition: str
    reason: str
    initiator: User
    created_at: datetime
    job: str = "pending"
    started_at: datetime | None = None
    completed_at: datetime | None = None
    deadline: datetime | None = None
    error: str = ""
    error_code: str = ""
    provisioners: int = 3
    logs: list[BuildLog] = field(default_factory=list)

    @property
    def active(self) -> bool:
        """Not over yet."""
        return self.job in {"pending", "running", "canceling"}

    @property
    def workspace_status(self) -> str:
        """What it makes of the workspace (codersdk.ConvertWorkspaceStatus)."""
        if self.job in {"running", "succeeded"}:
            words = {
                "start": ("starting", "running"),
                "stop": ("stopping", "stopped"),
                "delete": ("deleting", "deleted"),
            }
            return words[self.transition][self.job == "succeeded"]
        return self.job


@dataclass(slots=True)
class WorkspaceAgent:
    """The agent inside a running workspace, with the health of its one app."""

    id: str
    app_id: str
    created_at: datetime
    lifecycle: str = "created"
    connected: bool = False
    booted: bool = False
    lost: bool = False
    app_health: str = "initializing"


@dataclass(frozen=True, slots=True)
class AppStatus:
    """One report as it is stored: `state` is the raw word (working, idle, complete, failure)."""

    id: str
    at: datetime
    state: str
    message: str
    uri: str


class Occupant(Protocol):
    """The task or chat that lives in a workspace and hears of its changes."""

    id: str

    def workspace_ready(self) -> None:
        """The agent is connected: whatever has to run may run."""

    def workspace_stopping(self) -> None:
        """A stop or delete build has begun."""


@dataclass(slots=True)
class Workspace:
    """One workspace: its builds, and the directory in which a real process works."""

    id: str
    name: str
    owner: User
    template: Template
    version: TemplateVersion
    preset: Preset | None
    created_at: datetime
    directory: Path
    parameters: dict[str, str] = field(default_factory=dict)
    builds: list[Build] = field(default_factory=list)
    agent: WorkspaceAgent | None = None
    statuses: list[AppStatus] = field(default_factory=list)
    ttl: timedelta | None = None
    deleted: bool = False
    task_id: str | None = None
    prompt: str = ""
    occupants: list[Occupant] = field(default_factory=list)
    run: Run | None = None
    committed: int = 0

    @property
    def build(self) -> Build:
        """The latest one."""
        return self.builds[-1]

    @property
    def work(self) -> Path:
        """The working directory of the agent."""
        return self.directory / "work"

    @property
    def trouble(self) -> str:
        """What is to go wrong with each start build; empty for nothing."""
        return self.parameters.get("trouble", "").replace("none", "") or self.version.trouble


class World:
    """All records, the clock, and ids that are the same in every run."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self._ids = 0
        self.organizations: list[Organization] = []
        self.users: list[User] = []
        self.tokens: list[Token] = []
        self.templates: list[Template] = []
        self.unattached: list[TemplateVersion] = []
        self.files: dict[str, tuple[User, bytes]] = {}
        self.workspaces: dict[str, Workspace] = {}
        self.agent: Agent | None = None

    def new_id(self) -> str:
        """A version 4 UUID, the next of a fixed sequence."""
        self._ids += 1
        digest = hashlib.sha256(f"coder:{self._ids}".encode()).digest()
        return str(uuid.UUID(bytes=digest[:16], version=4))

    def user(self, text: str) -> User | None:
        """By user name, whatever its case, or by id."""
        return next((u for u in self.users if text.lower() in {u.username.lower(), u.id}), None)

    def organization(self, text: str) -> Organization | None:
        """By name, id or the word `default`."""
        if text == "default":
            return self.organizations[0]
        return next((o for o in self.organizations if text in {o.id, o.name}), None)

    def versions(self) -> Iterator[tuple[Template, TemplateVersion]]:
        """Every version of every template."""
        yield from (
            (template, version) for template in self.templates for version in template.versions
        )

    def version(self, version_id: str) -> tuple[Template, TemplateVersion] | None:
        """The template version of that id, with its template."""
        return next((pair for pair in self.versions() if pair[1].id == version_id.lower()), None)

    def workspace_named(self, owner: User, name: str) -> Workspace | None:
        """The owner's workspace of that name, whatever its case; the deleted ones do not count."""
        mine = (w for w in self.workspaces.values() if w.owner is owner and not w.deleted)
        return next((w for w in mine if w.name.lower() == name.lower()), None)

    def build_of(self, build_id: str) -> tuple[Workspace, Build] | None:
        """The build of that id, with its workspace."""
        pairs = ((w, build) for w in self.workspaces.values() for build in w.builds)
        return next((pair for pair in pairs if pair[1].id == build_id), None)
