"""REST: GitHub Apps, their installation and its tokens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.sandbox.github_api import Call, Routes, created, error_body, not_found
from bot.sandbox.github_tokens import App
from bot.sandbox.github_wire import Json, render_app, render_user
from bot.sandbox.http import Answer, HttpResponse

routes = Routes()


@routes.on("GET", "/R/installation", "app")
def get_repo_installation(call: Call) -> Json:
    """apps/get-repo-installation."""
    return _installation(call, _app(call))


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
    asked: Mapping[str, str] = call.body.get("permissions") or app.permissions
    for name, level in asked.items():
        if app.permissions.get(name, "none") not in {level, "write", "admin"}:
            said = "The permissions requested are not granted to this installation."
            raise Answer(422, error_body(422, said))
    number = call.server.state.next_id("token")
    token = f"ghs_{app.id}_{'sandbox' * 30}{number}"
    names = call.body.get("repositories")
    owner = call.server.state.repositories
    full = [n for n in owner if n.rpartition("/")[2] in {x.lower() for x in names or ()}]
    grant = call.server.tokens.grant(
        token,
        login=f"{app.slug}[bot]",
        permissions=asked,
        kind="app",
        repositories=full if names else None,
        app=app.slug,
    )
    grant.expires_at = call.server.clock.now() + timedelta(hours=1)
    return created(
        {
            "token": token,
            "expires_at": grant.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "permissions": dict(asked),
            "repository_selection": "selected" if names else "all",
        }
    )


def _app(call: Call) -> App:
    return next(a for a in call.server.tokens.apps.values() if a.slug == call.grant.app)


def _installed(call: Call) -> App:
    app = _app(call)
    return app if app.installation_id == call.integer("installation_id") else not_found()


def _installation(call: Call, app: App) -> Json:
    links, stamp = call.server.links, call.server.clock.stamp()
    repositories = call.server.state.repositories.values()
    owner = next((r.owner for r in repositories), call.server.state.user("octocat"))
    url = f"{links.api}/app/installations/{app.installation_id}"
    return {
        "id": app.installation_id,
        "account": render_user(links, owner),
        "repository_selection": "all",
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
        "suspended_at": None,
    }
