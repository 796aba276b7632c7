"""REST: what a run leaves behind: logs and artifacts, as links to the store."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import NoReturn

from bot.sandbox.github_api import Call, Routes, error_body, not_found
from bot.sandbox.github_rest_actions import attempt_of, job_of, run_of
from bot.sandbox.github_runs import Artifact, Job, WorkflowRun
from bot.sandbox.github_wire import Json
from bot.sandbox.github_wire_actions import render_artifact
from bot.sandbox.http import Answer, HttpResponse

routes = Routes()
READ = "actions:read"


@routes.on("GET", "/R/actions/jobs/{job_id}/logs", READ)
def download_job_log(call: Call) -> HttpResponse:
    """actions/download-job-logs-for-workflow-run: the store may have nothing there yet."""
    _, job = job_of(call)
    if job.log_state == "gone":
        _gone()

    def read() -> bytes | None:
        if job.log_state == "missing" or job.conclusion == "skipped":
            return None
        return b"" if job.log_state == "empty" else job.log

    cut = job.log_state == "cut"
    return _found(call.server.blobs.link(f"actions-results/job-{job.id}.txt", read, cut=cut))


@routes.on("GET", "/R/actions/runs/{run_id}/logs", READ)
@routes.on("GET", "/R/actions/runs/{run_id}/attempts/{attempt}/logs", READ)
def download_run_logs(call: Call) -> HttpResponse:
    """actions/download-workflow-run(-attempt)-logs: nothing until the whole attempt has ended."""
    run = run_of(call)
    number = attempt_of(call, run) if "attempt" in call.params else run.attempt.number
    if run.attempts[number - 1].status != "completed":
        not_found()
    archive = _archive(run.jobs_of(number))
    return _found(_zip_link(call, f"logs_{run.id}.zip", archive))


@routes.on("GET", "/R/actions/artifacts", READ)
def list_artifacts(call: Call) -> Json:
    """actions/list-artifacts-for-repo."""
    return _artifacts(call, call.repository.runs)


@routes.on("GET", "/R/actions/runs/{run_id}/artifacts", READ)
def list_run_artifacts(call: Call) -> Json:
    """actions/list-workflow-run-artifacts."""
    return _artifacts(call, [run_of(call)])


@routes.on("GET", "/R/actions/artifacts/{artifact_id}", READ)
def get_artifact(call: Call) -> Json:
    """actions/get-artifact."""
    run, artifact = _artifact(call)
    return render_artifact(call.server.links, call.repository, run, artifact)


@routes.on("GET", "/R/actions/artifacts/{artifact_id}/zip", READ)
def download_artifact(call: Call) -> HttpResponse:
    """actions/download-artifact."""
    _, artifact = _artifact(call)
    if artifact.expired:
        raise Answer(410, error_body(410, "Artifact has expired"))
    return _found(_zip_link(call, f"{artifact.name}.zip", artifact.content))


def _gone() -> NoReturn:
    # What GitHub has been seen to say of logs that are no more (rust-lang/triagebot#2241).
    raise Answer(410, error_body(410, "Server Error"))


def _found(location: str) -> HttpResponse:
    return HttpResponse(302, None, {"Location": location})


def _zip_link(call: Call, name: str, content: bytes) -> str:
    blobs = call.server.blobs
    return blobs.link(f"actions-results/{name}", lambda: content, content_type="application/zip")


def _archive(jobs: Sequence[Job]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for ordinal, job in enumerate(jobs):
            safe = job.name.replace("/", "").replace(":", "")[:90].strip()
            archive.writestr(f"{ordinal}_{safe}.txt", job.log or b"")
    return out.getvalue()


def _artifacts(call: Call, runs: Sequence[WorkflowRun]) -> Json:
    name, links = call.request.param("name"), call.server.links
    pairs = [(run, a) for run in runs for a in run.artifacts if name in {"", a.name}]
    return call.listing(
        "artifacts", pairs, lambda pair: render_artifact(links, call.repository, *pair)
    )


def _artifact(call: Call) -> tuple[WorkflowRun, Artifact]:
    wanted = call.integer("artifact_id")
    pairs = ((run, a) for run in call.repository.runs for a in run.artifacts if a.id == wanted)
    return next(pairs, None) or not_found()
