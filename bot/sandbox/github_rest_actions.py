"""REST: workflow runs, jobs, logs, artifacts, workflows and dispatches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.sandbox.github_api import Call, Routes, created, error_body, no_content, not_found
from bot.sandbox.github_runs import Job, Workflow, WorkflowRun
from bot.sandbox.github_wire import Json
from bot.sandbox.github_wire_actions import render_job, render_workflow
from bot.sandbox.http import Answer, HttpResponse

routes = Routes()
READ, WRITE = "actions:read", "actions:write"


def run_of(call: Call) -> WorkflowRun:
    """The run that the path names."""
    return call.repository.run(call.integer("run_id")) or not_found()


def job_of(call: Call) -> tuple[WorkflowRun, Job]:
    """The job that the path names, with its run."""
    wanted = call.integer("job_id")
    every = ((run, job) for run in call.repository.runs for job in run.jobs)
    return next(((run, job) for run, job in every if job.id == wanted), None) or not_found()


@routes.on("GET", "/R/actions/runs", READ)
def list_runs(call: Call) -> Json:
    """actions/list-workflow-runs-for-repo, newest first."""
    return _list_runs(call, call.repository.runs)


@routes.on("GET", "/R/actions/workflows/{workflow_id}/runs", READ)
def list_workflow_runs(call: Call) -> Json:
    """actions/list-workflow-runs."""
    workflow = workflow_of(call)
    return _list_runs(call, [run for run in call.repository.runs if run.workflow is workflow])


@routes.on("GET", "/R/actions/runs/{run_id}", READ)
def get_run(call: Call) -> Json:
    """actions/get-workflow-run: its newest attempt."""
    return _run(call, run_of(call))


@routes.on("GET", "/R/actions/runs/{run_id}/attempts/{attempt}", READ)
def get_attempt(call: Call) -> Json:
    """actions/get-workflow-run-attempt."""
    run = run_of(call)
    return _run(call, run, attempt_of(call, run))


@routes.on("GET", "/R/actions/runs/{run_id}/jobs", READ)
def list_jobs(call: Call) -> Json:
    """actions/list-jobs-for-workflow-run: of the newest attempt, or of all."""
    run = run_of(call)
    every = call.request.param("filter", "latest") == "all"
    return _jobs(call, run, run.jobs if every else run.jobs_of(run.attempt.number))


@routes.on("GET", "/R/actions/runs/{run_id}/attempts/{attempt}/jobs", READ)
def list_attempt_jobs(call: Call) -> Json:
    """actions/list-jobs-for-workflow-run-attempt."""
    run = run_of(call)
    return _jobs(call, run, run.jobs_of(attempt_of(call, run)))


@routes.on("GET", "/R/actions/jobs/{job_id}", READ)
def get_job(call: Call) -> Json:
    """actions/get-job-for-workflow-run."""
    run, job = job_of(call)
    return render_job(call.server.links, call.repository, run, job)


@routes.on("POST", "/R/actions/runs/{run_id}/rerun", WRITE)
def rerun(call: Call) -> HttpResponse:
    """actions/re-run-workflow."""
    run = _finished(call)
    call.server.runs.rerun(call.repository, run, call.grant.login)
    return created({})


@routes.on("POST", "/R/actions/runs/{run_id}/rerun-failed-jobs", WRITE)
def rerun_failed_jobs(call: Call) -> HttpResponse:
    """actions/re-run-workflow-failed-jobs."""
    run = _finished(call)
    if run.conclusion == "success":
        said = f"The workflow run {run.id} cannot be rerun; it has no failed jobs"
        raise Answer(403, error_body(403, said))
    call.server.runs.rerun(call.repository, run, call.grant.login, failed_only=True)
    return created({})


@routes.on("POST", "/R/actions/jobs/{job_id}/rerun", WRITE)
def rerun_job(call: Call) -> HttpResponse:
    """actions/re-run-job-for-workflow-run: the job and those that need it."""
    run, job = job_of(call)
    _must_be_finished(run)
    call.server.runs.rerun(call.repository, run, call.grant.login, job=job)
    return created({})


@routes.on("POST", "/R/actions/runs/{run_id}/cancel", WRITE)
def cancel(call: Call) -> HttpResponse:
    """actions/cancel-workflow-run: 409 when there is nothing to cancel."""
    run = run_of(call)
    if run.status == "completed":
        said = "Cannot cancel a workflow run that is completed."
        raise Answer(409, error_body(409, said))
    call.server.runs.cancel(call.repository, run)
    return HttpResponse(202, {})


@routes.on("POST", "/R/actions/runs/{run_id}/approve", WRITE)
def approve(call: Call) -> HttpResponse:
    """actions/approve-workflow-run."""
    run = run_of(call)
    if run.conclusion != "action_required":
        raise Answer(403, error_body(403, "This run is not waiting for approval"))
    run.attempt.status, run.attempt.conclusion = "queued", None
    call.server.runs.start(call.repository, run)
    return created({})


@routes.on("GET", "/R/actions/workflows", READ)
def list_workflows(call: Call) -> Json:
    """actions/list-repo-workflows."""
    call.server.starter.discover(call.repository)
    links, every = call.server.links, list(call.repository.workflows.values())
    return call.listing("workflows", every, lambda w: render_workflow(links, call.repository, w))


@routes.on("GET", "/R/actions/workflows/{workflow_id}", READ)
def get_workflow(call: Call) -> Json:
    """actions/get-workflow, by id or file name."""
    return render_workflow(call.server.links, call.repository, workflow_of(call))


@routes.on("POST", "/R/actions/workflows/{workflow_id}/dispatches", WRITE)
def dispatch(call: Call) -> HttpResponse:
    """actions/create-workflow-dispatch: 204, or the run's address when asked for."""
    workflow, ref = workflow_of(call), call.text("ref")
    if call.repository.git.resolve(ref) is None:
        raise Answer(422, error_body(422, f"No ref found for: {ref}"))
    inputs = call.body.get("inputs") or {}
    starter, login = call.server.starter, call.grant.login
    run = starter.dispatch(call.repository, workflow, ref, inputs, login)
    if run is None:
        said = "Workflow does not have 'workflow_dispatch' trigger"
        raise Answer(422, error_body(422, said))
    if call.body.get("return_run_details") is not True:
        return no_content()
    shown = _run(call, run)
    urls = {"run_url": shown["url"], "html_url": shown["html_url"]}
    return HttpResponse(200, {"workflow_run_id": run.id, **urls})


@routes.on("POST", "/R/dispatches", "contents:write")
def repository_dispatch(call: Call) -> HttpResponse:
    """repos/create-dispatch-event: accepted; no workflow here listens to it."""
    call.text("event_type")
    return no_content()


def workflow_of(call: Call) -> Workflow:
    """The workflow that the path names by id or by file name."""
    call.server.starter.discover(call.repository)
    wanted = call.params["workflow_id"]
    for workflow in call.repository.workflows.values():
        if wanted in {str(workflow.id), workflow.path, workflow.path.rsplit("/", 1)[-1]}:
            return workflow
    return not_found()


def _list_runs(call: Call, runs: Sequence[WorkflowRun]) -> Json:
    query = call.request
    wanted = {name: query.param(name) for name in ("branch", "event", "actor", "head_sha")}
    status, suite = query.param("status"), query.param("check_suite_id")
    found = [
        run
        for run in reversed(runs)
        if wanted["branch"] in {"", run.head_branch}
        and wanted["event"] in {"", run.event}
        and wanted["actor"] in {"", run.actor}
        and wanted["head_sha"] in {"", run.head_sha}
        and status in {"", run.status, run.conclusion}
        and suite in {"", str(run.suite_id)}
        and _created(run.attempts[0].created_at, query.param("created"))
    ]
    return call.listing("workflow_runs", found, lambda run: _run(call, run))


def _created(stamp: str, wanted: str) -> bool:
    """`created=>=2026-01-01`, `a..b` and their kin; dates compare as text."""
    if ".." in wanted:
        first, _, last = wanted.partition("..")
        return first.strip("*") <= stamp and (last in {"", "*"} or stamp[: len(last)] <= last)
    for sign, holds in _SIGNS.items():
        if wanted.startswith(sign):
            return holds(stamp[: len(wanted) - len(sign)], wanted.removeprefix(sign))
    return stamp.startswith(wanted)


_SIGNS: Mapping[str, Callable[[str, str], bool]] = {
    ">=": lambda stamp, wanted: stamp >= wanted,
    "<=": lambda stamp, wanted: stamp <= wanted,
    ">": lambda stamp, wanted: stamp > wanted,
    "<": lambda stamp, wanted: stamp < wanted,
}


def _run(call: Call, run: WorkflowRun, attempt: int | None = None) -> Json:
    chosen = run.attempts[attempt - 1] if attempt else None
    shown = call.server.render_run(call.repository, run, chosen)
    if call.request.param("exclude_pull_requests") == "true":
        shown["pull_requests"] = []
    return shown


def attempt_of(call: Call, run: WorkflowRun) -> int:
    """The number of the attempt that the path names."""
    number = call.integer("attempt")
    return number if 1 <= number <= len(run.attempts) else not_found()


def _jobs(call: Call, run: WorkflowRun, jobs: Sequence[Job]) -> Json:
    links = call.server.links
    return call.listing("jobs", jobs, lambda job: render_job(links, call.repository, run, job))


def _finished(call: Call) -> WorkflowRun:
    run = run_of(call)
    _must_be_finished(run)
    return run


def _must_be_finished(run: WorkflowRun) -> None:
    if run.status != "completed":
        raise Answer(403, error_body(403, "This workflow is already running"))
