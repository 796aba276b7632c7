"""REST: what an administrator has set: Actions, its own token, names of secrets, code owners."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.sandbox.github_api import Call, Routes
from bot.sandbox.github_wire import Json

routes = Routes()
ADMINISTRATION, SECRETS = "administration:read", "secrets:read"


@routes.on("GET", "/R/actions/permissions", ADMINISTRATION)
def get_actions_permissions(call: Call) -> Json:
    """actions/get-github-actions-permissions-repository."""
    settings = call.repository.settings
    if not settings.actions_enabled:
        return {"enabled": False}
    return {
        "enabled": True,
        "allowed_actions": settings.allowed_actions,
        "sha_pinning_required": settings.sha_pinning_required,
    }


@routes.on("GET", "/R/actions/permissions/workflow", ADMINISTRATION)
def get_workflow_permissions(call: Call) -> Json:
    """actions/get-github-actions-default-workflow-permissions-repository."""
    settings = call.repository.settings
    return {
        "default_workflow_permissions": settings.default_token,
        "can_approve_pull_request_reviews": settings.actions_may_open_pull_requests,
    }


@routes.on("GET", "/R/actions/secrets", SECRETS)
def list_secrets(call: Call) -> Json:
    """actions/list-repo-secrets: names, never values."""
    return _secrets(call, call.repository.secrets)


@routes.on("GET", "/R/actions/organization-secrets", SECRETS)
def list_organization_secrets(call: Call) -> Json:
    """actions/list-repo-organization-secrets."""
    return _secrets(call, call.repository.organization_secrets)


@routes.on("GET", "/R/dependabot/secrets", "dependabot_secrets:read")
def list_dependabot_secrets(call: Call) -> Json:
    """dependabot/list-repo-secrets: a store of its own."""
    return _secrets(call, call.repository.dependabot_secrets)


@routes.on("GET", "/R/codeowners/errors", "contents:read")
def codeowners_errors(call: Call) -> Json:
    """repos/codeowners-errors."""
    return {"errors": call.repository.codeowners_errors}


def _secrets(call: Call, names: Iterable[str]) -> Json:
    stamp = call.repository.created_at

    def shown(name: str) -> dict[str, Any]:
        return {"name": name, "created_at": stamp, "updated_at": stamp}

    return call.listing("secrets", sorted(names), shown)
