"""Template versions of the sandbox Coder as on the wire, as recorded in templates/version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.sandbox.coder_answers import NIL_UUID, stamp
from bot.sandbox.coder_world import TemplateVersion, Variable

HIDDEN = "*redacted*"


def version_json(version: TemplateVersion, organization_id: str, now: datetime) -> dict[str, Any]:
    """A version with the job that imports it; `error` is there once it failed."""
    job = {
        "id": version.id,
        "created_at": stamp(now),
        "status": version.job,
        "file_id": version.file_id or NIL_UUID,
        "tags": {"owner": "", "scope": "organization"},
        "queue_position": 0,
        "queue_size": 0,
    }
    if version.job in {"succeeded", "failed"}:
        job["completed_at"] = stamp(now)
    for name in ("error", "error_code"):
        if getattr(version, name):
            job[name] = getattr(version, name)
    return {
        "id": version.id,
        "organization_id": organization_id,
        "created_at": stamp(now),
        "updated_at": stamp(now),
        "name": version.name,
        "message": "",
        "job": job,
        "readme": "",
        "created_by": {"id": version.id, "username": version.created_by or "owner"},
        "archived": version.archived,
        "has_external_agent": False,
    }


def variable_json(variable: Variable, value: str | None) -> dict[str, Any]:
    """A variable; what is sensitive is never told."""
    default = variable.default or ""
    return {
        "name": variable.name,
        "description": variable.description,
        "type": variable.kind,
        "value": HIDDEN if variable.sensitive else value or default,
        "default_value": HIDDEN if variable.sensitive else default,
        "required": variable.default is None,
        "sensitive": variable.sensitive,
    }


def log_json(number: int, line: str, now: datetime) -> dict[str, Any]:
    """One line of an import's log."""
    return {
        "id": number,
        "created_at": stamp(now),
        "log_source": "provisioner",
        "log_level": "info",
        "stage": "Detecting persistent resources",
        "output": line,
    }
