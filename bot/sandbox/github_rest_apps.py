"""REST: GitHub Apps, their installation and its tokens."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta

from bot.sandbox.github_api import (
    Call,
    Routes,
    created,
    error_body,
    forbidden,
    no_content,
    not_found,
)
from bot.sandbox.github_apps import App
from bot.sandbox.github_state import Repository, User
from bot.sandbox.github_tokens import covers
from bot.sandbox.github_wire import Json, render_app, render_repository, render_user
from bot.sandbox.http import Answer, HttpResponse

routes = Routes()


@routes.on("GET", "/R/installation", "app")
def get_repo_installation(call: Call) -> Json:
    """apps/get-repo-installation."""
    app = _app(call)
    return _installation(call, app) if call.repository in _covered(call, app) else not_found()


@routes.on("GET", "/orgs/{org}/installation", "app")
def get_org_installation(call: Call) -> Json:
    """apps/get-org-installation."""
    return _installation_of(call, call.params["org"], "Organization")


@routes.on("GET", "/users/{username}/installation", "app")
def get_user_installation(call: Call) -> Json:
    """apps/get-user-installation."""
    return _installation_of(call, call.params["username"], "User")


@routes.on("GET", "/app", "app")
def get_app(call: Call) -> Json:
    """apps/get-authenticated."""
    app = _app(call)
    owner = call.server.state.user("octocat")
    shown = render_app(call.server.links, app.slug, owner, call.server.clock.stamp())
    return {**shown, "id": app.id, "permissions": app.permissions, "installations_count": 1}


@routes.on("GET", "/app/installations", "app")
def list_installations(call: Call) -> list[Json]:
    """apps/list-installations."""
    return call.page([_installation(call, _app(call))])


@routes.on("GET", "/app/installations/{installation_id}", "app")
def get_installation(call: Call) -> Json:
    """apps/get-installation."""
    return _installation(call, _installed(call))


@routes.on("POST", "/app/installations/{installation_id}/access_tokens", "app")
def create_installation_token(call: Call) -> HttpResponse:
    """apps/create-installation-access-token: never more than the App itself may do.

    The token has the long shape that GitHub has been rolling out since April 2026.
    """
    app = _installed(call)
    if app.suspended:
        forbidden("This installation has been suspended")
    # The token always has `metadata: read`, asked for or not.
    asked = {"metadata": "read"} | dict(call.body.get("permissions") or app.permissions)
    if not all(covers(app.permissions, name, level) for name, level in asked.items()):
        said = "The permissions requested are not granted to this installation."
        raise Answer(422, error_body(422, said))
    chosen = _chosen(call, app)
    token = _new_token(app, call.server.state.next_id("token"))
    grant = call.server.tokens.grant(
        token,
        login=f"{app.slug}[bot]",
        permissions=asked,
        kind="app",
        repositories=[r.full_name for r in _covered(call, app) if chosen is None or r in chosen],
        app=app.slug,
    )
    ends = call.server.clock.now() + timedelta(seconds=app.token_life)
    grant.expires_at = ends.replace(microsecond=0)
    body: Json = {
        "token": token,
        "expires_at": grant.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "permissions": asked,
        "repository_selection": "all"
        if chosen is None and app.repositories is None
        else "selected",
    }
    if chosen is not None:
        body["repositories"] = [render_repository(call.server.links, r) for r in chosen]
    return created(body)


@routes.on("DELETE", "/installation/token", "none")
def revoke_installation_token(call: Call) -> HttpResponse:
    """apps/revoke-installation-access-token: the one that bears the request."""
    if call.grant.kind != "app":
        forbidden("You must authenticate with an installation access token in order to revoke it")
    call.server.tokens.revoke(call.grant.token)
    return no_content()


def _chosen(call: Call, app: App) -> list[Repository] | None:
    """The repositories that the body names, or gives ids of; None for all that it may see."""
    names, ids = call.body.get("repositories"), call.body.get("repository_ids")
    if names is None and ids is None:
        return None
    known = _covered(call, app)
    wanted = {str(name).lower() for name in names or ()} | {int(number) for number in ids or ()}
    chosen = [r for r in known if r.name.lower() in wanted or r.id in wanted]
    if not wanted or len(chosen) != len(wanted):
        said = (
            "There is at least one repository that does not exist or is not accessible to the "
            "parent installation."
        )
        raise Answer(422, error_body(422, said))
    return chosen


def _owner(call: Call) -> User:
    """An installation is one account's; here that of the first repository."""
    repositories = call.server.state.repositories.values()
    return next((r.owner for r in repositories), call.server.state.user("octocat"))


def _installation_of(call: Call, login: str, kind: str) -> Json:
    owner = _owner(call)
    same = (owner.login.lower(), owner.type) == (login.lower(), kind)
    return _installation(call, _app(call)) if same else not_found()


def _covered(call: Call, app: App) -> list[Repository]:
    owned = (r for r in call.server.state.repositories.values() if r.owner is _owner(call))
    return [r for r in owned if app.covers(r.full_name)]


def _new_token(app: App, number: int) -> str:
    digest = hashlib.sha512(f"{app.slug} {number}".encode()).digest()
    parts = (json.dumps({"alg": "HS512"}), json.dumps({"installation": app.id, "jti": number}))
    head = ".".join(_base64(part.encode()) for part in parts)
    return f"ghs_{app.id}_{head}.{_base64(digest * 3)}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _app(call: Call) -> App:
    return next(a for a in call.server.tokens.apps.values() if a.slug == call.grant.app)


def _installed(call: Call) -> App:
    app = _app(call)
    return app if app.installation_id == call.integer("installation_id") else not_found()


def _installation(call: Call, app: App) -> Json:
    links, stamp = call.server.links, call.server.clock.stamp()
    owner = _owner(call)
    url = f"{links.api}/app/installations/{app.installation_id}"
    return {
        "id": app.installation_id,
        "account": render_user(links, owner),
        "repository_selection": "all" if app.repositories is None else "selected",
        "access_tokens_url": f"{url}/access_tokens",
        "repositories_url": f"{links.api}/installation/repositories",
        "html_url": f"{links.web}/settings/installations/{app.installation_id}",
        "app_id": app.id,
        "app_slug": app.slug,
        "target_id": owner.id,
        "target_type": owner.type,
        "permissions": app.permissions,
        "events": [],
        "created_at": stamp,
        "updated_at": stamp,
        "single_file_name": None,
        "suspended_by": None,
        "suspended_at": stamp if app.suspended else None,
    }
