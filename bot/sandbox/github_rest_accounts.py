"""REST: users, collaborators, Apps, search, limits: all that is small."""

from __future__ import annotations

import re

from bot.sandbox.github_api import (
    Call,
    Routes,
    forbidden,
    no_content,
    not_found,
)
from bot.sandbox.github_state import Issue, Repository, User
from bot.sandbox.github_wire import (
    Json,
    render_public_user,
    render_user,
)
from bot.sandbox.github_wire_pulls import render_issue
from bot.sandbox.http import HttpResponse

routes = Routes()

# How roles show in the old member: maintain counts as write, triage as read.
_PERMISSION = {"admin": "admin", "maintain": "write", "write": "write", "triage": "read"}


def role_of(repository: Repository, login: str) -> str:
    """The role of an account; strangers read a public repository and see no private one."""
    if login.lower() == repository.owner.login.lower():
        return "admin"
    stranger = "none" if repository.private else "read"
    return repository.collaborators.get(login.lower(), stranger)


@routes.on("GET", "/R/collaborators/{username}/permission")
def get_permission(call: Call) -> Json:
    """repos/get-collaborator-permission-level: 404 for an account that does not exist."""
    user = _user(call)
    role = role_of(call.repository, user.login)
    permission = _PERMISSION.get(role, role)
    rank = {"none": 0, "read": 1, "write": 2, "admin": 3}[permission]
    rights = {
        "pull": rank >= 1,
        "triage": rank >= 2 or role == "triage",
        "push": rank >= 2,
        "maintain": rank >= 3 or role == "maintain",
        "admin": rank >= 3,
    }
    shown = render_user(call.server.links, user) | {"role_name": role, "permissions": rights}
    return {"permission": permission, "role_name": role, "user": shown}


@routes.on("GET", "/R/collaborators/{username}")
def check_collaborator(call: Call) -> HttpResponse:
    """repos/check-collaborator."""
    login = call.params["username"].lower()
    if login in {*call.repository.collaborators, call.repository.owner.login.lower()}:
        return no_content()
    return not_found()


@routes.on("GET", "/user")
def get_viewer(call: Call) -> Json:
    """users/get-authenticated: not for tokens of Apps and workflows."""
    if call.grant.kind != "pat":
        forbidden("Resource not accessible by integration")
    return _public(call, call.user)


@routes.on("GET", "/users/{username}")
def get_user(call: Call) -> Json:
    """users/get-by-username."""
    return _public(call, _user(call))


@routes.on("GET", "/search/issues")
def search_issues(call: Call) -> Json:
    """search/issues-and-pull-requests: qualifiers and plain words in title or body."""
    words = re.findall(r'(?:[\w-]+:)?"[^"]*"|\S+', call.request.param("q"))
    found = [
        (repository, issue)
        for repository in call.server.state.repositories.values()
        if call.grant.sees(repository.full_name)
        for issue in repository.issues.values()
        if all(_matches(repository, issue, word) for word in words)
    ]
    shown = [
        {
            **render_issue(call.server.links, repository, issue),
            "body": issue.body or "",
            "score": 1.0,
        }
        for repository, issue in call.page(found)
    ]
    return {
        "total_count": len(found),
        "incomplete_results": False,
        "items": shown,
        "search_type": "lexical",
    }


@routes.on("GET", "/rate_limit", "none")
def rate_limit(call: Call) -> Json:
    """rate-limit/get; asking is free."""
    grant = call.grant
    grant.used -= 1
    reset = int(grant.resets_at.timestamp())
    left = max(0, grant.limit - grant.used)
    core = {"limit": grant.limit, "remaining": left, "reset": reset, "used": grant.used}
    fresh = {"limit": 5000, "remaining": 5000, "reset": reset, "used": 0}
    search = {"limit": 30, "remaining": 30, "reset": reset, "used": 0}
    return {"resources": {"core": core, "graphql": fresh, "search": search}, "rate": core}


@routes.on("GET", "/meta", "none")
def meta(call: Call) -> Json:
    """meta/get; Enterprise Server tells its version here as well."""
    version = call.server.enterprise_version
    told = {"installed_version": version} if version else {}
    return {"verifiable_password_authentication": False, **told}


def _user(call: Call) -> User:
    return call.server.state.users.get(call.params["username"].lower()) or not_found()


def _public(call: Call, user: User) -> Json:
    return render_public_user(call.server.links, user, "2026-01-01T00:00:00Z")


def _matches(repository: Repository, issue: Issue, word: str) -> bool:
    name, colon, value = word.partition(":")
    value = value.strip('"')
    pull = repository.pulls.get(issue.number)
    qualifiers: dict[str, bool] = {
        "repo": repository.full_name.lower() == value.lower(),
        "is": value in {issue.state, "pr" if pull else "issue"},
        "type": value == ("pr" if pull else "issue"),
        "state": value == issue.state,
        "author": value.lower() == issue.user.login.lower(),
        "label": value in {label.name for label in issue.labels},
        "head": pull is not None and pull.head_ref.startswith(value),
        "base": pull is not None and pull.base_ref == value,
        "in": True,
    }
    if colon and name in qualifiers:
        return qualifiers[name]
    return word.strip('"').lower() in f"{issue.title}\n{issue.body or ''}".lower()
