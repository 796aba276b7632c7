"""GraphQL: what can be selected of a commit: its checks, statuses and check suites."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.sandbox.github_graphql_document import Resolver
from bot.sandbox.github_runs import FAILED, CheckRun, Job, WorkflowRun
from bot.sandbox.github_state import Repository

if TYPE_CHECKING:
    from bot.sandbox.github_server import GitHubServer

Json = dict[str, Any]


def commit_fields(server: GitHubServer, repository: Repository, sha: str) -> Resolver:
    """What can be selected of a commit."""
    page = f"{server.server_url}/{repository.full_name}"
    of_sha = [run for run in repository.runs if run.head_sha == sha]
    checks = [_check(page, run, job) for run in of_sha for job in run.latest_jobs()]
    checks += [_check_by_app(page, c) for c in repository.check_runs if c.head_sha == sha]
    latest = {s.context: s for s in repository.statuses if s.sha == sha}
    statuses = [
        {
            "__typename": "StatusContext",
            "context": status.context,
            "state": status.state.upper(),
            "targetUrl": status.target_url,
            "createdAt": status.created_at,
        }
        for status in latest.values()
    ]
    contexts = {"nodes": [*checks, *statuses]}
    rollup = {"state": _rollup(checks, statuses), "contexts": lambda **_: contexts}
    return {
        "__typename": "Commit",
        "oid": sha,
        "url": f"{page}/commit/{sha}",
        "statusCheckRollup": rollup if checks or statuses else None,
        "checkSuites": lambda **_: {
            "nodes": [_suite(page, run) for run in of_sha],
            "pageInfo": {"hasNextPage": False},
        },
    }


def _check(page: str, run: WorkflowRun, job: Job) -> Json:
    return {
        "__typename": "CheckRun",
        "name": job.name,
        "status": job.status.upper(),
        "conclusion": job.conclusion.upper() if job.conclusion else None,
        "completedAt": job.completed_at,
        "detailsUrl": f"{page}/runs/{job.id}",
        "permalink": f"{page}/runs/{job.id}",
        # GraphQL's Int has 32 bits, the ids of today do not fit.
        "databaseId": None,
        "checkSuite": _suite(page, run),
    }


def _check_by_app(page: str, check: CheckRun) -> Json:
    return {
        "__typename": "CheckRun",
        "name": check.name,
        "status": check.status.upper(),
        "conclusion": check.conclusion.upper() if check.conclusion else None,
        "completedAt": check.completed_at,
        "detailsUrl": check.details_url or None,
        "permalink": f"{page}/runs/{check.id}",
        "databaseId": None,
        "checkSuite": {"app": {"slug": check.app}, "workflowRun": None},
    }


def _suite(page: str, run: WorkflowRun) -> Resolver:
    def check_runs(
        first: int = 100,
        filterBy: Mapping[str, Any] | None = None,  # noqa: N803
        **_: Any,
    ) -> Resolver:
        wanted = (filterBy or {}).get("conclusions")
        found = [_check(page, run, job) for job in run.latest_jobs()]
        fitting = [check for check in found if wanted is None or check["conclusion"] in wanted]
        return {"nodes": fitting[:first], "pageInfo": {"hasNextPage": len(fitting) > first}}

    return {
        "app": {"slug": "github-actions"},
        "workflowRun": {
            "event": run.event,
            "url": f"{page}/actions/runs/{run.id}",
            "workflow": {"databaseId": run.workflow.id},
        },
        "checkRuns": check_runs,
    }


def _rollup(checks: list[Json], statuses: list[Json]) -> str:
    red = {word.upper() for word in FAILED} | {"CANCELLED", "ERROR"}
    seen = {check["conclusion"] for check in checks} | {status["state"] for status in statuses}
    if seen & red:
        return "FAILURE"
    return "PENDING" if seen & {None, "PENDING"} else "SUCCESS"
