"""REST: check runs, check suites and commit statuses."""

from __future__ import annotations

from collections.abc import Sequence

from bot.sandbox.github_api import Call, Routes, created, error_body, forbidden, invalid, not_found
from bot.sandbox.github_rest_git import commit_of
from bot.sandbox.github_runs import Annotation, CheckRun, Status
from bot.sandbox.github_wire import Json, render_app, render_minimal_repository
from bot.sandbox.github_wire_actions import (
    check_of_job,
    pulls_of_run,
    render_annotation,
    render_check_run,
    render_status,
)
from bot.sandbox.github_wire_git import render_simple_commit
from bot.sandbox.http import Answer, HttpResponse

routes = Routes()
READ, WRITE = "checks:read", "checks:write"
_MAX_OUTPUT = 65_535


def checks_of(call: Call) -> list[tuple[CheckRun, list[Json]]]:
    """Every check run of the repository, with the pull requests that it names."""
    repository, links = call.repository, call.server.links
    of_jobs = [
        (check_of_job(links, repository, run, job), pulls_of_run(links, repository, run))
        for run in repository.runs
        for job in run.jobs
    ]
    return [*of_jobs, *((check, []) for check in repository.check_runs)]


@routes.on("GET", "/R/check-runs/{check_run_id}", READ)
def get_check_run(call: Call) -> Json:
    """checks/get."""
    return render_check_run(call.server.links, call.repository, *_check(call))


@routes.on("GET", "/R/check-runs/{check_run_id}/annotations", READ)
def list_annotations(call: Call) -> list[Json]:
    """checks/list-annotations."""
    check, _ = _check(call)
    shown, links = call.page(check.annotations), call.server.links
    return [render_annotation(links, call.repository, check.head_sha, a) for a in shown]


@routes.on("POST", "/R/check-runs", WRITE)
def create_check_run(call: Call) -> HttpResponse:
    """checks/create: Apps and GITHUB_TOKEN only."""
    if call.grant.kind == "pat":
        forbidden("You must authenticate via a GitHub App.")
    sha = commit_of(call, call.text("head_sha")).sha
    state, stamp, app = call.server.state, call.server.clock.stamp(), call.grant.app
    siblings = (c for c in call.repository.check_runs if c.head_sha == sha and c.app == app)
    suite = next((check.suite_id for check in siblings), 0) or state.next_id("suite")
    check = CheckRun(
        id=state.next_id("job"),
        suite_id=suite,
        name=call.text("name"),
        head_sha=sha,
        app=app,
        status="queued",
        conclusion=None,
        started_at=stamp,
        completed_at=None,
    )
    call.repository.check_runs.append(check)
    _change(call, check)
    return created(render_check_run(call.server.links, call.repository, check, []))


@routes.on("PATCH", "/R/check-runs/{check_run_id}", WRITE)
def update_check_run(call: Call) -> Json:
    """checks/update: a check run of Actions belongs to nobody else."""
    wanted = call.integer("check_run_id")
    check = next((c for c in call.repository.check_runs if c.id == wanted), None)
    if check is None or check.app != call.grant.app:
        _check(call)
        forbidden("Invalid app_id `" + str(call.grant.app) + "` for this check run")
    _change(call, check)
    return render_check_run(call.server.links, call.repository, check, [])


@routes.on("GET", "/R/commits/{ref+}/check-runs", READ)
def list_for_ref(call: Call) -> Json:
    """checks/list-for-ref: by default the latest of each name and suite."""
    sha = commit_of(call, call.params["ref"]).sha
    found = [pair for pair in checks_of(call) if pair[0].head_sha == sha]
    app = call.request.param("app_id")
    if app:
        found = [pair for pair in found if app == str(_app_id(call, pair[0].app))]
    return _listing(call, found)


@routes.on("GET", "/R/check-suites/{suite_id}/check-runs", READ)
def list_for_suite(call: Call) -> Json:
    """checks/list-for-suite."""
    suite = call.integer("suite_id")
    return _listing(call, [pair for pair in checks_of(call) if pair[0].suite_id == suite])


@routes.on("GET", "/R/check-suites/{suite_id}", READ)
def get_suite(call: Call) -> Json:
    """checks/get-suite."""
    suites = _suites(call)
    return suites.get(call.integer("suite_id")) or not_found()


@routes.on("GET", "/R/commits/{ref+}/check-suites", READ)
def list_suites_for_ref(call: Call) -> Json:
    """checks/list-suites-for-ref."""
    sha = commit_of(call, call.params["ref"]).sha
    found = [suite for suite in _suites(call).values() if suite["head_sha"] == sha]
    return call.listing("check_suites", found, lambda suite: suite)


@routes.on("GET", "/R/commits/{ref+}/status", "statuses:read")
def combined_status(call: Call) -> Json:
    """repos/get-combined-status-for-ref: the latest of each context."""
    sha, links = commit_of(call, call.params["ref"]).sha, call.server.links
    latest = {s.context: s for s in call.repository.statuses if s.sha == sha}
    states = {status.state for status in latest.values()}
    bad = "failure" if states & {"failure", "error"} else "pending"
    url = f"{links.repository(call.repository)}/commits/{sha}"
    shown = [_status(call, status) for status in call.page(list(latest.values()))]
    for status in shown:
        del status["creator"]
    return {
        "state": "success" if states == {"success"} else bad,
        "statuses": shown,
        "sha": sha,
        "total_count": len(latest),
        "repository": render_minimal_repository(links, call.repository),
        "commit_url": url,
        "url": f"{url}/status",
    }


@routes.on("GET", "/R/commits/{ref+}/statuses", "statuses:read")
def list_statuses(call: Call) -> list[Json]:
    """repos/list-commit-statuses-for-ref, newest first."""
    sha = commit_of(call, call.params["ref"]).sha
    found = [status for status in reversed(call.repository.statuses) if status.sha == sha]
    return [_status(call, status) for status in call.page(found)]


@routes.on("POST", "/R/statuses/{sha}", "statuses:write")
def create_status(call: Call) -> HttpResponse:
    """repos/create-commit-status."""
    state = call.text("state")
    if state not in {"error", "failure", "pending", "success"}:
        invalid("Status", code="custom", field="state", message="state is not included in the list")
    status = Status(
        id=call.server.state.next_id("status"),
        sha=commit_of(call, call.params["sha"]).sha,
        state=state,
        context=str(call.body.get("context") or "default"),
        description=call.body.get("description"),
        target_url=call.body.get("target_url"),
        creator=call.grant.login,
        created_at=call.server.clock.stamp(),
    )
    call.repository.statuses.append(status)
    return created(_status(call, status))


def _check(call: Call) -> tuple[CheckRun, list[Json]]:
    wanted = call.integer("check_run_id")
    return next((p for p in checks_of(call) if p[0].id == wanted), None) or not_found()


def _status(call: Call, status: Status) -> Json:
    creator = call.server.state.user(status.creator)
    return render_status(call.server.links, call.repository, status, creator)


def _app_id(call: Call, slug: str) -> int:
    repository = call.repository
    app = render_app(call.server.links, slug, repository.owner, repository.created_at)
    return int(app["id"])


def _change(call: Call, check: CheckRun) -> None:
    body, stamp = call.body, call.server.clock.stamp()
    output = body.get("output") or {}
    for member in ("summary", "text"):
        if len(str(output.get(member) or "")) > _MAX_OUTPUT:
            said = f"Invalid request.\n\nOnly {_MAX_OUTPUT} characters are allowed in {member}"
            raise Answer(422, error_body(422, said))
    check.status = str(body.get("status") or check.status)
    if body.get("conclusion"):
        check.conclusion, check.status = str(body["conclusion"]), "completed"
        check.completed_at = str(body.get("completed_at") or stamp)
    check.output = {**check.output, **output}
    check.details_url = str(body.get("details_url") or check.details_url)
    check.external_id = str(body.get("external_id") or check.external_id)
    check.annotations += [
        Annotation(
            message=note["message"],
            level=note["annotation_level"],
            path=note["path"],
            start_line=note["start_line"],
            end_line=note["end_line"],
            title=note.get("title") or "",
        )
        for note in output.get("annotations") or []
    ]


def _listing(call: Call, found: Sequence[tuple[CheckRun, list[Json]]]) -> Json:
    name, status = call.request.param("check_name"), call.request.param("status")
    if call.request.param("filter", "latest") == "latest":
        found = list({(c.suite_id, c.name): (c, pulls) for c, pulls in found}.values())
    found = [p for p in found if name in {"", p[0].name} and status in {"", p[0].status}]
    links, repository = call.server.links, call.repository
    return call.listing(
        "check_runs", found, lambda pair: render_check_run(links, repository, *pair)
    )


def _suites(call: Call) -> dict[int, Json]:
    """One suite for each workflow run, one for each App and commit beside them."""
    repository, links, suites = call.repository, call.server.links, {}
    for run in repository.runs:
        latest = run.jobs_of(run.attempt.number)
        suites[run.suite_id] = _suite(
            call, run.suite_id, run.head_sha, "github-actions", len(latest)
        ) | {
            "head_branch": run.head_branch,
            "status": run.status if run.status != "requested" else "queued",
            "conclusion": run.conclusion,
            "pull_requests": pulls_of_run(links, repository, run),
        }
    for check in repository.check_runs:
        siblings = [c for c in repository.check_runs if c.suite_id == check.suite_id]
        done = all(c.status == "completed" for c in siblings)
        red = any(c.conclusion == "failure" for c in siblings)
        suites[check.suite_id] = _suite(
            call, check.suite_id, check.head_sha, check.app, len(siblings)
        ) | {
            "status": "completed" if done else "queued",
            "conclusion": ("failure" if red else "success") if done else None,
        }
    return suites


def _suite(call: Call, suite_id: int, sha: str, app: str, count: int) -> Json:
    repository, links = call.repository, call.server.links
    url = f"{links.repository(repository)}/check-suites/{suite_id}"
    commit = repository.git.commit(sha)
    return {
        "id": suite_id,
        "node_id": f"CS_{suite_id}",
        "head_branch": None,
        "head_sha": sha,
        "status": "queued",
        "conclusion": None,
        "url": url,
        "before": commit.parents[0] if commit.parents else "0" * 40,
        "after": sha,
        "pull_requests": [],
        "app": render_app(links, app, repository.owner, repository.created_at),
        "repository": render_minimal_repository(links, repository),
        "created_at": commit.committer.date,
        "updated_at": commit.committer.date,
        "head_commit": render_simple_commit(commit),
        "latest_check_runs_count": count,
        "check_runs_url": f"{url}/check-runs",
        "rerequestable": True,
        "runs_rerequestable": True,
    }
