"""Users, tokens and organizations of the sandbox Coder (coderd/users.go, apikey.go at a300a06a)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta

from bot.sandbox.coder_answers import (
    TAKEN,
    Nanoseconds,
    Release,
    Strings,
    no_route,
    not_found,
    read_body,
    refuse,
    stamp,
)
from bot.sandbox.coder_auth import Call
from bot.sandbox.coder_identity_wire import token_json, user_json
from bot.sandbox.coder_world import SITE_ROLES, Organization, Token, User, World
from bot.sandbox.http import Handler, HttpResponse

_OWNER_LIFETIME = timedelta(days=7)
_MEMBER_LIFETIME_NS = 3_155_760_000_000_000_000
_SCOPES = {"coder:all", "all", "task:*", "workspace:*", "template:*", "user:read"} | {
    "organization:*",
    "coder:workspaces.create",
    "coder:workspaces.operate",
    "coder:workspaces.delete",
    "coder:workspaces.access",
}


class Identity:
    """Who exists, and the routes that tell.

    `quota` are credits consumed and budget; None is the free edition, which has no quotas.
    """

    def __init__(self, world: World, release: Release, *, premium: bool = False) -> None:
        self._world = world
        self._release = release
        self.quota: tuple[int, int] | None = None
        self._premium = premium
        self._made: dict[tuple[str, str], int] = {}

    def routes(self) -> Iterator[tuple[str, str, Handler]]:
        """Method, path template, handler."""
        tokens = "/api/v2/users/{user}/keys/tokens"
        yield "GET", "/api/v2/users", self.list_users
        yield "POST", "/api/v2/users", self.create_user
        yield "GET", "/api/v2/users/{user}", self.get_user
        yield "GET", tokens, self.list_tokens
        yield "POST", tokens, self.create_token
        yield "GET", f"{tokens}/tokenconfig", self.token_config
        yield "DELETE", "/api/v2/users/{user}/keys/{key}", self.delete_token
        yield "GET", "/api/v2/organizations/{organization}", self.get_organization
        yield "GET", "/api/v2/users/{user}/roles", self.get_roles
        quota = "/api/v2/organizations/{organization}/members/{user}/workspace-quota"
        yield "GET", quota, self.get_quota

    def add_user(
        self,
        username: str,
        organization: Organization,
        token: str | None,
        roles: tuple[str, ...],
    ) -> tuple[User, Token]:
        """A new user with one token; a token of 10 + 22 characters is made where none is given."""
        if self._world.user(username):
            raise ValueError(f"there is a user {username} already")
        now = self._world.now()
        user = User(self._world.new_id(), username, organization, now)
        user.email = f"{username}@example.com"
        user.roles = SITE_ROLES & set(roles)
        user.org_roles = set(roles) - user.roles
        self._world.users.append(user)
        return user, self.add_token(user, "ci", timedelta(days=90), token)

    def add_token(
        self,
        user: User,
        name: str,
        lifetime: timedelta,
        text: str | None = None,
        scopes: tuple[str, ...] = ("coder:all",),
    ) -> Token:
        """A new token; `ValueError` where `text` has not the shape of one."""
        self._made[user.username, name] = number = self._made.get((user.username, name), 0) + 1
        again = f":{number}" if number > 1 else ""
        digest = hashlib.sha256(f"{user.username}:{name}{again}".encode()).hexdigest()
        key, _, secret = (text or f"{digest[:10]}-{digest[10:32]}").partition("-")
        if (len(key), len(secret)) != (10, 22):
            raise ValueError("a Coder token is 10 characters, a hyphen and 22 characters")
        now = self._world.now()
        token = Token(key, secret, user, name, now, now + lifetime, scopes)
        self._world.tokens.append(token)
        return token

    def visible_user(self, call: Call, text: str) -> User:
        """The user of that name or id, as far as the caller may see users."""
        user = call.user if text == "me" else self._world.user(text)
        if user is None or not call.may_read(user):
            if self._release < (2, 31, 1) and user is None:
                raise refuse(
                    400, '"user" must be an existing uuid or username.', f'queried user="{text}"'
                )
            raise not_found()
        return user

    def get_user(self, call: Call, user: str) -> HttpResponse:
        """`GET /users/{user}`."""
        return HttpResponse(200, user_json(self.visible_user(call, user)))

    def list_users(self, call: Call) -> HttpResponse:
        """`GET /users`: a plain member sees at most itself; the GitHub id is only a filter."""
        users = [u for u in self._world.users if call.may_read(u)]
        query = call.request.param("q")
        field, _, value = query.partition(":")
        if field == "github_com_user_id":
            if not value.isdigit():
                detail = (
                    'Query param "github_com_user_id" must be a valid 64-bit integer:'
                    f' strconv.ParseInt: parsing "{value}": invalid syntax'
                )
                raise refuse(400, "Invalid user search query.", validations=[(field, detail)])
            users = []
        elif query:
            users = [u for u in users if query.lower() in u.username.lower()]
        return HttpResponse(200, {"users": [user_json(u) for u in users], "count": len(users)})

    def create_user(self, call: Call) -> HttpResponse:
        """`POST /users`."""
        members = {"username": str, "email": str, "name": str, "password": str, "login_type": str}
        more = {"service_account": bool, "organization_ids": Strings}
        body = read_body(call.request, "CreateUserRequestWithOrgs", {**members, **more})
        if not (call.user.is_owner or "user-admin" in call.user.roles):
            raise refuse(403, "You are not authorized to create users.")
        service = bool(body["service_account"]) and self._release >= (2, 32)
        if service and not self._premium:
            raise refuse(403, "Service Accounts is a Premium feature. Contact sales!")
        if service and body["email"]:
            raise refuse(400, "Email cannot be set for service accounts.")
        if body["login_type"] == "none" and not service and self._release >= (2, 36):
            raise refuse(400, "Login type 'none' requires a service account.")
        if not body["organization_ids"]:
            raise refuse(
                400,
                "No organization specified to place the user as a member of. It is required to"
                " specify at least one organization id to place the user in.",
                "required at least 1 value for the array 'organization_ids'",
                [("organization_ids", "Missing values, this cannot be empty")],
            )
        if self._world.user(body["username"] or ""):
            raise refuse(409, "User already exists.")
        keyless = service or body["login_type"] == "none"
        if not keyless and len(body["password"] or "") < 8:
            detail = (
                "insecure password, try including more special characters, using uppercase letters,"
                " using numbers or using a longer password"
            )
            raise refuse(400, "Password is invalid", validations=[("password", detail)])
        organization = self._world.organization(body["organization_ids"][0])
        if organization is None:
            raise not_found()
        user = User(self._world.new_id(), body["username"], organization, self._world.now())
        user.email, user.name = body["email"] or "", body["name"] or ""
        user.login_type = "none" if keyless else body["login_type"] or "password"
        user.status, user.service_account = "dormant", service
        self._world.users.append(user)
        return HttpResponse(201, user_json(user))

    def create_token(self, call: Call, user: str) -> HttpResponse:
        """`POST /users/{user}/keys/tokens`: the lifetime is in nanoseconds."""
        members = {"lifetime": Nanoseconds, "token_name": str, "scope": str, "scopes": Strings}
        owner = self._own(call, user)
        body = read_body(call.request, "CreateTokenRequest", members)
        lifetime = timedelta(microseconds=(body["lifetime"] or 604_800_000_000_000) // 1000)
        longest = _OWNER_LIFETIME if owner.is_owner else timedelta(hours=876_600)
        if lifetime > longest:
            hours = int(longest.total_seconds() // 3600)
            raise refuse(
                400,
                "Failed to validate create API key request.",
                f"lifetime must be less than {hours}h0m0s",
            )
        for scope in body["scopes"] or []:
            if scope not in _SCOPES:
                detail = f'invalid or unsupported API key scope: "{scope}"'
                raise refuse(400, "Failed to create API key.", detail)
        name = body["token_name"] or f"token-{len(self._world.tokens)}"
        if any(t.user is owner and t.name == name for t in self._world.tokens):
            text = f'A token with name "{name}" already exists.'
            raise refuse(409, text, validations=[("name", TAKEN)])
        scopes = tuple(body["scopes"] or ("coder:all",))
        return HttpResponse(201, {"key": self.add_token(owner, name, lifetime, scopes=scopes).text})

    def delete_token(self, call: Call, user: str, key: str) -> HttpResponse:
        """`DELETE /users/{user}/keys/{key}`: by the token's id, the part before the hyphen."""
        owner = self._own(call, user)
        found = next((t for t in self._world.tokens if t.user is owner and t.id == key), None)
        if found is None:
            raise not_found()
        self._world.tokens.remove(found)
        return HttpResponse(204)

    def _own(self, call: Call, text: str) -> User:
        """A user whose tokens the caller may touch: itself, or anybody for the site owner."""
        user = self.visible_user(call, text)
        if not call.may_act_for(user):
            raise not_found()
        return user

    def list_tokens(self, call: Call, user: str) -> HttpResponse:
        """`GET /users/{user}/keys/tokens`."""
        owner, now = self._own(call, user), self._world.now()
        expired = call.request.param("include_expired") == "true"
        every = (t for t in self._world.tokens if t.user is owner)
        # A session of a log-in is an API key as well, but no token.
        mine = [t for t in every if t.login_type == "token"]
        return HttpResponse(200, [token_json(t) for t in mine if expired or t.expires_at > now])

    def token_config(self, call: Call, user: str) -> HttpResponse:
        """`GET /users/{user}/keys/tokens/tokenconfig`."""
        owner = self._own(call, user)
        week = int(_OWNER_LIFETIME.total_seconds()) * 1_000_000_000
        longest = week if owner.is_owner else _MEMBER_LIFETIME_NS
        return HttpResponse(200, {"max_token_lifetime": longest})

    def get_organization(self, call: Call, organization: str) -> HttpResponse:
        """`GET /organizations/{organization}`: by name, id or `default`, for members."""
        found = self._world.organization(organization)
        member = call.user.member and call.user.organization is found
        if found is None or not (member or call.user.is_owner):
            raise not_found()
        return HttpResponse(
            200,
            {
                "id": found.id,
                "name": found.name,
                "display_name": found.display_name,
                "icon": "",
                "description": "",
                "created_at": stamp(found.created_at),
                "updated_at": stamp(found.created_at),
                "is_default": found is self._world.organizations[0],
            },
        )

    def get_roles(self, call: Call, user: str) -> HttpResponse:
        """`GET /users/{user}/roles`: codersdk.UserRoles, organization roles by organization id."""
        found = self.visible_user(call, user)
        mine = {found.organization.id: sorted(found.org_roles)}
        return HttpResponse(200, {"roles": sorted(found.roles), "organization_roles": mine})

    def get_quota(self, call: Call, organization: str, user: str) -> HttpResponse:
        """`GET …/members/{user}/workspace-quota`: no such route in the free edition."""
        if self.quota is None:
            raise no_route()
        self.visible_user(call, user)
        if self._world.organization(organization) is None:
            raise not_found()
        consumed, budget = self.quota
        return HttpResponse(200, {"credits_consumed": consumed, "budget": budget})
