"""Workflow runs, jobs, check runs, suites and artifacts as GitHub writes them."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.github_runs import (
    Annotation,
    Artifact,
    Attempt,
    CheckRun,
    Job,
    Status,
    Workflow,
    WorkflowRun,
)
from bot.sandbox.github_state import PullRequest, Repository, User
from bot.sandbox.github_wire import (
    Json,
    Links,
    node_id,
    render_app,
    render_minimal_repository,
    render_user,
)


def render_pull_minimal(links: Links, repository: Repository, pull: PullRequest) -> Json:
    """`pull-request-minimal`."""

    def end(side: Repository, ref: str, sha: str) -> Json:
        repo = {"id": side.id, "url": links.repository(side), "name": side.name}
        return {"ref": ref, "sha": sha, "repo": repo}

    return {
        "id": pull.id,
        "number": pull.number,
        "url": f"{links.repository(repository)}/pulls/{pull.number}",
        "head": end(pull.head, pull.head_ref, pull.head_sha),
        "base": end(repository, pull.base_ref, pull.base_sha),
    }


def pulls_of_run(links: Links, repository: Repository, run: WorkflowRun) -> list[Json]:
    """The open pull requests of a run's branch: never filled for a fork's (actions/runner#3444)."""
    if run.head_full_name != repository.full_name:
        return []
    return [
        render_pull_minimal(links, repository, pull)
        for pull in repository.pulls.values()
        if pull.head is repository
        and pull.head_ref == run.head_branch
        and pull.issue.state == "open"
    ]


def render_run(
    links: Links,
    repository: Repository,
    run: WorkflowRun,
    head: tuple[Repository, Json | None],
    people: tuple[User, User],
    attempt: Attempt | None = None,
) -> Json:
    """`workflow-run` at an attempt, the newest by default.

    `head` is the head repository and its `simple-commit`; `people` are actor and triggering actor.
    """
    shown = attempt or run.attempt
    return {
        "id": run.id,
        "name": run.workflow.name,
        "node_id": node_id("WFR", run.id),
        "check_suite_id": run.suite_id,
        "check_suite_node_id": node_id("CS", run.suite_id),
        "head_branch": run.head_branch,
        "head_sha": run.head_sha,
        "path": run.workflow.path,
        "display_title": run.display_title,
        "run_number": run.number,
        "run_attempt": shown.number,
        "referenced_workflows": [],
        "event": run.event,
        "status": shown.status,
        "conclusion": shown.conclusion,
        "workflow_id": run.workflow.id,
        "pull_requests": pulls_of_run(links, repository, run),
        "created_at": run.attempts[0].created_at,
        "updated_at": shown.updated_at,
        "run_started_at": shown.created_at,
        "actor": render_user(links, people[0]),
        "triggering_actor": render_user(links, people[1]),
        "head_commit": head[1],
        "repository": render_minimal_repository(links, repository),
        "head_repository": render_minimal_repository(links, head[0]),
        **_run_urls(links, repository, run, shown.number - 1),
    }


def _run_urls(links: Links, repository: Repository, run: WorkflowRun, previous: int) -> Json:
    api = links.repository(repository)
    url = f"{api}/actions/runs/{run.id}"
    parts = ("jobs", "logs", "artifacts", "cancel", "rerun")
    return {
        "url": url,
        "html_url": f"{links.page(repository)}/actions/runs/{run.id}",
        **{f"{part}_url": f"{url}/{part}" for part in parts},
        "check_suite_url": f"{api}/check-suites/{run.suite_id}",
        "previous_attempt_url": f"{url}/attempts/{previous}" if previous else None,
        "workflow_url": f"{api}/actions/workflows/{run.workflow.id}",
    }


def render_job(links: Links, repository: Repository, run: WorkflowRun, job: Job) -> Json:
    """`job`."""
    api, started = links.repository(repository), job.started_at is not None
    return {
        "id": job.id,
        "run_id": run.id,
        "run_url": f"{api}/actions/runs/{run.id}",
        "run_attempt": job.attempt,
        "node_id": node_id("CR", job.id),
        "head_sha": run.head_sha,
        "head_branch": run.head_branch,
        "url": f"{api}/actions/jobs/{job.id}",
        "html_url": f"{links.page(repository)}/actions/runs/{run.id}/job/{job.id}",
        "status": job.status,
        "conclusion": job.conclusion,
        "created_at": job.created_at,
        "started_at": job.started_at or job.created_at,
        "completed_at": job.completed_at,
        "name": job.name,
        "workflow_name": run.workflow.name,
        "check_run_url": f"{api}/check-runs/{job.id}",
        "labels": list(job.labels),
        "runner_id": 1 if started else None,
        "runner_name": job.runner if started else None,
        "runner_group_id": 0 if started else None,
        "runner_group_name": "GitHub Actions" if started else None,
        "steps": [
            {
                "name": step.name,
                "status": step.status,
                "conclusion": step.conclusion,
                "number": step.number,
                "started_at": step.started_at,
                "completed_at": step.completed_at,
            }
            for step in job.steps
        ],
    }


def check_of_job(links: Links, repository: Repository, run: WorkflowRun, job: Job) -> CheckRun:
    """The check run that GitHub Actions keeps for a job."""
    return CheckRun(
        id=job.id,
        suite_id=run.suite_id,
        name=job.name,
        head_sha=run.head_sha,
        app="github-actions",
        status=job.status,
        conclusion=job.conclusion,
        started_at=job.started_at or job.created_at,
        completed_at=job.completed_at,
        details_url=f"{links.page(repository)}/actions/runs/{run.id}/job/{job.id}",
        annotations=job.annotations,
    )


def render_check_run(
    links: Links, repository: Repository, check: CheckRun, pulls: list[Json]
) -> Json:
    """`check-run`."""
    url = f"{links.repository(repository)}/check-runs/{check.id}"
    page = f"{links.page(repository)}/runs/{check.id}"
    return {
        "id": check.id,
        "name": check.name,
        "node_id": node_id("CR", check.id),
        "head_sha": check.head_sha,
        "external_id": check.external_id,
        "url": url,
        "html_url": check.details_url or page,
        "details_url": check.details_url or page,
        "status": check.status,
        "conclusion": check.conclusion,
        "started_at": check.started_at,
        "completed_at": check.completed_at,
        "output": {
            "title": check.output.get("title"),
            "summary": check.output.get("summary"),
            "text": check.output.get("text"),
            "annotations_count": len(check.annotations),
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": check.suite_id},
        "app": render_app(links, check.app, repository.owner, repository.created_at),
        "pull_requests": pulls,
    }


def render_annotation(
    links: Links, repository: Repository, sha: str, annotation: Annotation
) -> Json:
    """`check-annotation`."""
    return {
        "path": annotation.path,
        "blob_href": f"{links.page(repository)}/blob/{sha}/{annotation.path}",
        "start_line": annotation.start_line,
        "end_line": annotation.end_line,
        "start_column": None,
        "end_column": None,
        "annotation_level": annotation.level,
        "title": annotation.title,
        "message": annotation.message,
        "raw_details": "",
    }


def render_workflow(links: Links, repository: Repository, workflow: Workflow) -> Json:
    """`workflow`."""
    page = links.page(repository)
    file = workflow.path.rsplit("/", 1)[-1]
    return {
        "id": workflow.id,
        "node_id": node_id("W", workflow.id),
        "name": workflow.name,
        "path": workflow.path,
        "state": workflow.state,
        "created_at": workflow.created_at,
        "updated_at": workflow.created_at,
        "url": f"{links.repository(repository)}/actions/workflows/{workflow.id}",
        "html_url": f"{page}/blob/{repository.default_branch}/{workflow.path}",
        "badge_url": f"{page}/actions/workflows/{file}/badge.svg",
    }


def render_artifact(
    links: Links, repository: Repository, run: WorkflowRun, artifact: Artifact
) -> Json:
    """`artifact`."""
    url = f"{links.repository(repository)}/actions/artifacts/{artifact.id}"
    made = datetime.strptime(artifact.created_at, "%Y-%m-%dT%H:%M:%S%z")
    expires = (made + timedelta(days=90)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "id": artifact.id,
        "node_id": node_id("MDg6QXJ0aWZhY3Q", artifact.id),
        "name": artifact.name,
        "size_in_bytes": len(artifact.content),
        "url": url,
        "archive_download_url": f"{url}/zip",
        "expired": artifact.expired,
        "digest": f"sha256:{hashlib.sha256(artifact.content).hexdigest()}",
        "created_at": artifact.created_at,
        "updated_at": artifact.created_at,
        "expires_at": expires,
        "workflow_run": {
            "id": run.id,
            "repository_id": repository.id,
            "head_repository_id": repository.id,
            "head_branch": run.head_branch,
            "head_sha": run.head_sha,
        },
    }


def render_status(links: Links, repository: Repository, status: Status, creator: User) -> Json:
    """`status`."""
    rendered: dict[str, Any] = {
        "id": status.id,
        "node_id": node_id("SC", status.id),
        "url": f"{links.repository(repository)}/statuses/{status.sha}",
        "avatar_url": None,
        "state": status.state,
        "description": status.description,
        "target_url": status.target_url,
        "context": status.context,
        "created_at": status.created_at,
        "updated_at": status.created_at,
        "creator": render_user(links, creator),
    }
    return rendered
