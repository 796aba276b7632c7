"""Members, their roles, rights and the licence of the sandbox Coder.

docs/reference/api/members.md, authorization.md and enterprise.md of coder/coder; the role routes as
recorded from v2.36.0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.sandbox.coder_answers import (
    Release,
    Strings,
    forbidden,
    no_route,
    not_found,
    read_body,
    refuse,
    stamp,
)
from bot.sandbox.coder_auth import Call
from bot.sandbox.coder_world import Organization, User, World
from bot.sandbox.http import Handler, HttpResponse

LICENCES = ("agpl", "none", "premium")
"""The free build, the usual build without a licence, and with one."""
_FEATURES = ("managed_agent_limit", "service_accounts", "template_rbac", "user_role_management")
_NAMES = {
    "agents-access": "Coder Agents User",
    "organization-admin": "Organization Admin",
    "organization-auditor": "Organization Auditor",
    "organization-template-admin": "Organization Template Admin",
    "organization-user-admin": "Organization User Admin",
    "organization-workspace-access": "Organization Workspace Access",
}


class Members:
    """Who belongs to the organization and what it may do there."""

    def __init__(self, world: World, release: Release, licence: str) -> None:
        if licence not in LICENCES:
            raise ValueError(f"{licence!r} is none of {', '.join(LICENCES)}")
        self._world = world
        self._licence = licence
        # By v2.37 every member may chat, so the role that gave this is gone.
        self.role_for_chats = (2, 32) <= release < (2, 37)
        self._features = [f for f in _FEATURES if f != "service_accounts" or release >= (2, 32)]

    def routes(self) -> Iterator[tuple[str, str, Handler]]:
        """Method, path template, handler."""
        members = "/api/v2/organizations/{organization}/members"
        yield "GET", members, self.list
        yield "GET", f"{members}/roles", self.assignable
        yield "POST", f"{members}/{{user}}", self.add
        yield "PUT", f"{members}/{{user}}/roles", self.assign
        yield "POST", "/api/v2/authcheck", self.check
        yield "GET", "/api/v2/entitlements", self.entitlements

    def list(self, call: Call, organization: str) -> HttpResponse:
        """`GET …/members`: all for those who may see users, else oneself."""
        found = self._organization(call, organization)
        mine = [u for u in self._world.users if u.member and u.organization is found]
        seen = [u for u in mine if call.may_read(u) or call.user.administers("user")]
        return HttpResponse(200, [member_json(user, whole=True) for user in seen])

    def assignable(self, call: Call, organization: str) -> HttpResponse:
        """`GET …/members/roles`."""
        found = self._organization(call, organization)
        names = [name for name in _NAMES if name != "agents-access" or self.role_for_chats]
        roles = [
            {
                **_role(name, found),
                "assignable": call.user.administers("user"),
                "built_in": True,
                "site_permissions": [],
                "organization_permissions": [],
                "user_permissions": [],
            }
            for name in names
        ]
        return HttpResponse(200, roles)

    def add(self, call: Call, organization: str, user: str) -> HttpResponse:
        """`POST …/members/{user}`."""
        found, who = self._organization(call, organization), self._user(call, user)
        if not call.user.administers("user"):
            raise not_found()
        if who.member and who.organization is found:
            raise refuse(400, "Organization member already exists in this organization")
        who.member, who.organization = True, found
        return HttpResponse(200, member_json(who))

    def assign(self, call: Call, organization: str, user: str) -> HttpResponse:
        """`PUT …/members/{user}/roles`: replaces them all."""
        self._organization(call, organization)
        who = self._user(call, user)
        body = read_body(call.request, "UpdateRoles", {"roles": Strings})
        if who is call.user:
            raise refuse(
                400,
                "You cannot change your own organization roles.",
                "Another user with the appropriate permissions must change your roles.",
            )
        if not call.user.administers("user"):
            raise forbidden()
        unknown = [
            name
            for name in body["roles"] or []
            if name not in _NAMES or (name == "agents-access" and not self.role_for_chats)
        ]
        if unknown:
            raise refuse(400, f'"{unknown[0]}" is not a valid organization scoped role')
        who.org_roles = set(body["roles"] or [])
        return HttpResponse(200, member_json(who))

    def check(self, call: Call) -> HttpResponse:
        """`POST /authcheck`: each named question is answered with true or false."""
        body = call.request.json() or {}
        rules = {
            ("user", "create"): bool(call.user.roles & {"owner", "user-admin"}),
            ("organization_member", "create"): call.user.administers("user"),
            ("assign_org_role", "assign"): call.user.administers("user"),
            ("template", "create"): call.user.administers("template"),
            ("api_key", "create"): call.user.is_owner,
        }
        checks = {
            name: rules.get((asked["object"]["resource_type"], asked["action"]), False)
            for name, asked in body.get("checks", {}).items()
        }
        return HttpResponse(200, checks)

    def entitlements(self, call: Call) -> HttpResponse:
        """`GET /entitlements`: the free build does not know of any."""
        if self._licence == "agpl":
            raise no_route()
        has = self._licence == "premium"
        feature = {"entitlement": "entitled" if has else "not_entitled", "enabled": has}
        body = {
            "features": dict.fromkeys(self._features, feature),
            "warnings": [],
            "errors": [],
            "has_license": has,
            "trial": False,
            "require_telemetry": False,
            "refreshed_at": stamp(call.user.created_at),
        }
        return HttpResponse(200, body)

    def _organization(self, call: Call, text: str) -> Organization:
        found = self._world.organization(text)
        member = call.user.member and call.user.organization is found
        if found is None or not (member or call.user.is_owner):
            raise not_found()
        return found

    def _user(self, call: Call, text: str) -> User:
        user = call.resolve(self._world, text)
        if not (call.may_read(user) or call.user.administers("user")):
            raise not_found()
        return user


def _role(name: str, organization: Organization) -> dict[str, Any]:
    return {
        "name": name,
        "display_name": _NAMES.get(name, name),
        "organization_id": organization.id,
    }


def member_json(user: User, *, whole: bool = False) -> dict[str, Any]:
    """A membership as on the wire; the `whole` one tells who it is as well."""
    told = {
        "user_id": user.id,
        "organization_id": user.organization.id,
        "created_at": stamp(user.created_at),
        "updated_at": stamp(user.created_at),
        "roles": [_role(name, user.organization) for name in sorted(user.org_roles)],
    }
    if not whole:
        return told
    roles = [{"name": name, "display_name": name} for name in sorted(user.roles)]
    more = {"username": user.username, "email": user.email, "name": user.name}
    return {**told, **more, "avatar_url": "", "global_roles": roles}
