"""What is to be done, one frozen step each, and the calls that do it, as a dry run shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

Call = tuple[str, str]
"""Method with path, and the body as people should read it: no secret, no password."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CreateUser:
    """The bot's user; `login` is `service-account`, `none` or `password`."""

    username: str
    email: str
    login: str
    organization_id: str

    @property
    def says(self) -> str:
        """One line."""
        return {
            "service-account": f"create the service account {self.username}",
            "none": f"create the user {self.username}, without a log-in",
            "password": f"create the user {self.username}, with a password that nobody keeps",
        }[self.login]

    @property
    def calls(self) -> tuple[Call, ...]:
        """Its requests."""
        more = {
            "service-account": "service_account: true",
            "none": f"email: {self.email}, login_type: none",
            "password": f"email: {self.email}, login_type: password, password: (made up, dropped)",
        }[self.login]
        return (("POST /api/v2/users", f"username: {self.username}, {more}"),)


@dataclass(frozen=True, slots=True)
class AddMember:
    """Into the organization."""

    username: str
    organization: str

    @property
    def says(self) -> str:
        """One line."""
        return f"add {self.username} to the organization {self.organization}"

    @property
    def calls(self) -> tuple[Call, ...]:
        """Its requests."""
        return ((f"POST /api/v2/organizations/{self.organization}/members/{self.username}", ""),)


@dataclass(frozen=True, slots=True)
class GrantRoles:
    """The whole set, since the call replaces what is there; `new` are those that join."""

    username: str
    organization: str
    roles: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def says(self) -> str:
        """One line."""
        return f"give {self.username} the role {', '.join(self.new)} in {self.organization}"

    @property
    def calls(self) -> tuple[Call, ...]:
        """Its requests."""
        path = f"/api/v2/organizations/{self.organization}/members/{self.username}/roles"
        return ((f"PUT {path}", f"roles: {', '.join(self.roles)}"),)


@dataclass(frozen=True, slots=True)
class PushTemplate:
    """Upload, import, and make it the active version; `template_id` empty for a new template."""

    name: str
    organization: str
    version: str
    template_id: str = ""

    @property
    def says(self) -> str:
        """One line."""
        what = "a new version of the" if self.template_id else "the"
        return f"push {what} template {self.name} ({self.version})"

    @property
    def calls(self) -> tuple[Call, ...]:
        """Its requests."""
        root = f"/api/v2/organizations/{self.organization}"
        made: Call = (f"POST {root}/templates", f"name: {self.name}, template_version_id: (that)")
        if self.template_id:
            made = (f"PATCH /api/v2/templates/{self.template_id}/versions", "id: (that version)")
        return (
            ("POST /api/v2/files", "(the template, as a tar archive)"),
            (f"POST {root}/templateversions", f"name: {self.version}, with its variables' values"),
            ("GET /api/v2/templateversions/(that version)", "until its import is over"),
            made,
        )


@dataclass(frozen=True, slots=True)
class ActivateVersion:
    """A version that is there already, from a run that was cut."""

    template_id: str
    version_id: str
    version: str

    @property
    def says(self) -> str:
        """One line."""
        return f"make the version {self.version} the active one"

    @property
    def calls(self) -> tuple[Call, ...]:
        """Its requests."""
        return (
            (f"GET /api/v2/templateversions/{self.version_id}", "until its import is over"),
            (f"PATCH /api/v2/templates/{self.template_id}/versions", f"id: {self.version_id}"),
        )


@dataclass(frozen=True, slots=True)
class RemoveToken:
    """A token that expired, is to be renewed, or never reached anybody."""

    username: str
    token_id: str
    why: str

    @property
    def says(self) -> str:
        """One line."""
        return f"remove the token of {self.username} that {self.why}"

    @property
    def calls(self) -> tuple[Call, ...]:
        """Its requests."""
        return ((f"DELETE /api/v2/users/{self.username}/keys/{self.token_id}", ""),)


@dataclass(frozen=True, slots=True)
class MakeToken:
    """Make it, hand it over, and use it once, which marks it as handed over."""

    username: str
    name: str
    lifetime: timedelta

    @property
    def says(self) -> str:
        """One line."""
        return f"make a token for {self.username} that lives {self.lifetime // _DAY} days"

    @property
    def calls(self) -> tuple[Call, ...]:
        """Its requests."""
        life = f"lifetime: {self.lifetime // _DAY} days in nanoseconds"
        return (
            (
                f"POST /api/v2/users/{self.username}/keys/tokens",
                f"token_name: {self.name}, {life}",
            ),
            ("GET /api/v2/users/me", "with the new token, once it is handed over"),
        )


Step = (
    CreateUser | AddMember | GrantRoles | PushTemplate | ActivateVersion | RemoveToken | MakeToken
)
