"""Tasks as they look on the wire (codersdk/aitasks.go at a300a06a; v2.28: at 1b1e3cb7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.sandbox.coder_answers import Release, stamp
from bot.sandbox.coder_task_life import LogEntry, Task
from bot.sandbox.coder_workspace_wire import health_json

_COLUMNS = 80


def task_json(task: Task, release: Release, now: datetime) -> dict[str, Any]:
    """A task; `display_name` came with v2.29."""
    workspace, template = task.workspace, task.workspace.template
    agent = workspace.agent
    named = {"display_name": task.display_name} if release >= (2, 29) else {}
    return {
        "id": task.id,
        "organization_id": template.organization.id,
        "owner_id": task.owner.id,
        "owner_name": task.owner.username,
        "name": task.name,
        **named,
        "template_id": template.id,
        "template_version_id": workspace.version.id,
        "template_name": template.name,
        "template_display_name": template.display_name,
        "template_icon": template.icon,
        "workspace_id": workspace.id,
        "workspace_name": workspace.name,
        "workspace_status": workspace.build.workspace_status,
        "workspace_build_number": workspace.build.number,
        "workspace_agent_id": agent and agent.id,
        "workspace_agent_lifecycle": agent and agent.lifecycle,
        "workspace_agent_health": agent and health_json(agent, now),
        "workspace_app_id": agent and agent.app_id,
        "initial_prompt": workspace.prompt,
        "status": task.status,
        "current_state": _current_state(task, release),
        "created_at": stamp(task.created_at),
        "updated_at": stamp(task.updated_at),
    }


def _current_state(task: Task, release: Release) -> dict[str, Any] | None:
    report = task.report
    if report:
        mapped = report.state == "failure" and release >= (2, 32)
        return {
            "timestamp": stamp(report.at),
            "state": "failed" if mapped else report.state,
            "message": report.message,
            "uri": report.uri,
        }
    if task.status != "initializing" or release < (2, 29):
        return None
    return {**pending_state(task), "message": _synthetic(task)}


def pending_state(task: Task) -> dict[str, Any]:
    """The synthetic state of a task whose workspace is yet to be built."""
    return {
        "timestamp": stamp(task.workspace.build.created_at),
        "state": "working",
        "message": "Workspace is pending",
        "uri": "",
    }


def _synthetic(task: Task) -> str:
    """What Coder says while there is no report yet (coderd/aitasks.go:345-428)."""
    build, agent = task.workspace.build, task.workspace.agent
    if build.job == "pending":
        return "Workspace is pending"
    if agent is None:
        return "Workspace is starting"
    return {"created": "Agent is connecting", "starting": "Agent is starting"}.get(
        agent.lifecycle, "App is initializing"
    )


def logs_json(entries: list[LogEntry]) -> list[dict[str, Any]]:
    """The conversation; output is terminal text, wrapped and padded to 80 columns."""
    return [
        {
            "id": number,
            "content": "\n".join(_screen(entry)) if entry.kind == "output" else _typed(entry),
            "type": entry.kind,
            "time": stamp(entry.at),
        }
        for number, entry in enumerate(entries)
    ]


def _typed(entry: LogEntry) -> str:
    return "\n".join(entry.lines)


def _screen(entry: LogEntry) -> list[str]:
    rows = []
    for line in entry.lines:
        cuts = range(0, max(len(line), 1), _COLUMNS)
        rows += [line[cut : cut + _COLUMNS].ljust(_COLUMNS) for cut in cuts]
    return rows
