"""Workspaces, builds and agents as they look on the wire (codersdk/workspaces.go at a300a06a)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.coder_answers import stamp
from bot.sandbox.coder_world import AppStatus, Build, Workspace, WorkspaceAgent

_CONNECT_TIMEOUT = timedelta(seconds=120)


def health_json(agent: WorkspaceAgent, now: datetime) -> dict[str, Any]:
    """Health and its reason (coderd/database/db2sdk/db2sdk.go:606-640)."""
    if not agent.connected:
        late = now - agent.created_at >= _CONNECT_TIMEOUT
        reason = "is taking too long to connect" if late else "has not yet connected"
        return {"healthy": False, "reason": f"agent {reason}"}
    if agent.lost:
        return {"healthy": False, "reason": "agent has lost connection"}
    if agent.lifecycle == "start_error":
        return {"healthy": False, "reason": "agent startup script exited with an error"}
    return {"healthy": True}


def status_json(workspace: Workspace, agent: WorkspaceAgent, status: AppStatus) -> dict[str, Any]:
    """One report of the app's history; raw words, so `failure`."""
    return {
        "id": status.id,
        "created_at": stamp(status.at),
        "workspace_id": workspace.id,
        "agent_id": agent.id,
        "app_id": agent.app_id,
        "state": status.state,
        "message": status.message,
        "uri": status.uri,
        "icon": "",
        "needs_user_attention": False,
    }


def _agent_json(workspace: Workspace, agent: WorkspaceAgent, now: datetime) -> dict[str, Any]:
    status = "connected" if agent.connected else "connecting"
    if agent.lost:
        status = "disconnected"
    if not agent.connected and now - agent.created_at >= _CONNECT_TIMEOUT:
        status = "timeout"
    history = [status_json(workspace, agent, s) for s in _since_start(workspace)]
    app = {
        "id": agent.app_id,
        "slug": "agentapi",
        "display_name": "Agent",
        "external": False,
        "subdomain": False,
        "hidden": False,
        "health": agent.app_health,
        "statuses": history,
    }
    return {
        "id": agent.id,
        "name": "main",
        "status": status,
        "lifecycle_state": agent.lifecycle,
        "health": health_json(agent, now),
        "apps": [app] if workspace.task_id else [],
        "connection_timeout_seconds": int(_CONNECT_TIMEOUT.total_seconds()),
        "troubleshooting_url": "",
        "version": "",
        "operating_system": "linux",
        "architecture": "amd64",
    }


def _since_start(workspace: Workspace) -> list[AppStatus]:
    """The reports of the present start build, newest first: a new build has a new app."""
    starts = [b.created_at for b in workspace.builds if b.transition == "start"]
    return [s for s in reversed(workspace.statuses) if s.at >= starts[-1]]


def job_json(workspace: Workspace, build: Build) -> dict[str, Any]:
    """The provisioner job of a build; times and errors are absent when there are none."""
    more = {
        "started_at": build.started_at and stamp(build.started_at),
        "completed_at": build.completed_at and stamp(build.completed_at),
        "error": build.error,
        "error_code": build.error_code,
    }
    return {
        "id": build.job_id,
        "created_at": stamp(build.created_at),
        **{name: value for name, value in more.items() if value},
        "status": build.job,
        "file_id": workspace.version.id,
        "tags": {"owner": "", "scope": "organization"},
        "queue_position": 0,
        "queue_size": 0,
        "organization_id": workspace.template.organization.id,
        "initiator_id": build.initiator.id,
        "input": {"workspace_build_id": build.id},
        "type": "workspace_build",
        "logs_overflowed": False,
    }


def build_json(workspace: Workspace, build: Build, now: datetime) -> dict[str, Any]:
    """A build with its resources; the agent is there once a start build has succeeded."""
    resources: list[dict[str, Any]] = []
    if build is workspace.build and workspace.agent:
        machine = {"id": build.job_id, "type": "terraform_data", "name": "machine"}
        agents = [_agent_json(workspace, workspace.agent, now)]
        resources = [{**machine, "workspace_transition": build.transition, "agents": agents}]
    queued = build.job == "pending"
    provisioners = {"count": build.provisioners, "available": build.provisioners}
    return {
        "id": build.id,
        "created_at": stamp(build.created_at),
        "updated_at": stamp(build.completed_at or build.created_at),
        "workspace_id": workspace.id,
        "workspace_name": workspace.name,
        "workspace_owner_id": workspace.owner.id,
        "workspace_owner_name": workspace.owner.username,
        "template_version_id": workspace.version.id,
        "template_version_name": "" if queued else workspace.version.name,
        "build_number": build.number,
        "transition": build.transition,
        "initiator_id": build.initiator.id,
        "initiator_name": build.initiator.username,
        "job": job_json(workspace, build),
        "reason": build.reason,
        "resources": resources,
        "deadline": build.deadline and stamp(build.deadline),
        "max_deadline": None,
        "status": build.workspace_status,
        "daily_cost": 0,
        "matched_provisioners": {**provisioners, "most_recently_seen": None},
        "template_version_preset_id": workspace.preset and workspace.preset.id,
    }


def workspace_json(workspace: Workspace, now: datetime) -> dict[str, Any]:
    """A whole workspace with its latest build."""
    template, agent = workspace.template, workspace.agent
    organization = template.organization
    ill = [agent.id] if agent and not health_json(agent, now)["healthy"] else []
    latest = workspace.statuses[-1] if workspace.statuses and agent else None
    ttl = {"ttl_ms": int(workspace.ttl.total_seconds() * 1000)} if workspace.ttl else {}
    return {
        "id": workspace.id,
        "created_at": stamp(workspace.created_at),
        "updated_at": stamp(workspace.created_at),
        "owner_id": workspace.owner.id,
        "owner_name": workspace.owner.username,
        "owner_avatar_url": "",
        "organization_id": organization.id,
        "organization_name": organization.name,
        "template_id": template.id,
        "template_name": template.name,
        "template_display_name": template.display_name,
        "template_icon": template.icon,
        "template_active_version_id": template.active.id,
        "template_require_active_version": False,
        "latest_build": build_json(workspace, workspace.build, now),
        "latest_app_status": status_json(workspace, agent, latest) if agent and latest else None,
        "outdated": workspace.version is not template.active,
        "name": workspace.name,
        **ttl,
        "last_used_at": stamp(workspace.created_at),
        "deleting_at": None,
        "dormant_at": None,
        "health": {"healthy": not ill, "failing_agents": ill},
        "automatic_updates": "never",
        "allow_renames": False,
        "favorite": False,
        "next_start_at": None,
        "is_prebuild": False,
        "task_id": workspace.task_id,
    }
