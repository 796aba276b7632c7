"""Told runs of the sandbox GitHub: lists, attempts, logs behind links, artifacts, checks."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import httpx
import pytest

from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.github import SandboxGitHub
from bot.sandbox.github_runs import WorkflowRun
from tests.sandbox.github_rig import ci_repository, error, pygithub, rest

RUNS = "/repos/octo/app/actions/runs"
JOBS = "/repos/octo/app/actions/jobs"


def _red(github: SandboxGitHub, **job: object) -> WorkflowRun:
    seed = JobSeed(**{"name": "test", "conclusion": "failure", "log": "E  boom\n", **job})  # type: ignore[arg-type]
    return github.add_run(ci_repository(github), [JobSeed("lint"), seed])


def _download(github: SandboxGitHub, job_id: int) -> httpx.Response:
    with rest(github) as client:
        answer = client.get(f"{JOBS}/{job_id}/logs")
    assert answer.status_code == 302
    return httpx.get(answer.headers["location"], trust_env=False)


def test_a_log_is_behind_a_link_of_another_host(github_sandbox: SandboxGitHub) -> None:
    """302 to `localhost`, whose answer is the text in the runner's envelope, BOM first."""
    run = _red(github_sandbox)
    log = _download(github_sandbox, run.jobs[1].id)
    lines = log.content.decode("utf-8-sig").splitlines()
    messages = [line[29:] for line in lines]
    assert (log.url.host, log.content[:3]) == ("localhost", b"\xef\xbb\xbf")
    assert {len(line.split(" ")[0]) for line in lines} == {len("2026-01-01T00:00:00.0000000Z")}
    at = messages.index("E  boom")
    assert messages[at + 1] == "##[error]Process completed with exit code 1."


def test_a_link_lives_one_minute(github_sandbox: SandboxGitHub) -> None:
    """After that the store refuses it in XML, and a new link works."""
    run = _red(github_sandbox)
    with rest(github_sandbox) as client:
        link = client.get(f"{JOBS}/{run.jobs[1].id}/logs").headers["location"]
    github_sandbox.clock.advance(61)
    late = httpx.get(link, trust_env=False)
    assert (late.status_code, b"<Code>AuthenticationFailed</Code>" in late.content) == (403, True)
    assert _download(github_sandbox, run.jobs[1].id).status_code == 200


@pytest.mark.parametrize(
    ("job", "status", "words"),
    [
        ({"conclusion": None, "status": "in_progress"}, 404, b"<Code>BlobNotFound</Code>"),
        ({"conclusion": "skipped"}, 404, b"<Code>BlobNotFound</Code>"),
        ({"log_state": "missing"}, 404, b"<Code>BlobNotFound</Code>"),
        ({"log_state": "empty"}, 200, b""),
        ({"log": b"as it is\r\n"}, 200, b"as it is\r\n"),
    ],
)
def test_a_log_may_not_be_there(
    github_sandbox: SandboxGitHub, job: dict[str, object], status: int, words: bytes
) -> None:
    """Unfinished and skipped jobs have no log in the store; a told one is served as it is."""
    log = _download(github_sandbox, _red(github_sandbox, **job).jobs[1].id)
    assert (log.status_code, words in log.content) == (status, True)


def test_a_log_may_be_gone_or_break_off(github_sandbox: SandboxGitHub) -> None:
    """An expired log is 410 without a link; a cut one loses the connection half-way."""
    run = _red(github_sandbox, log_state="gone")
    with rest(github_sandbox) as client:
        assert error(client.get(f"{JOBS}/{run.jobs[1].id}/logs")) == (410, "Server Error")
    run.jobs[1].log_state = "cut"
    with pytest.raises(httpx.RemoteProtocolError, match="peer closed connection"):
        _download(github_sandbox, run.jobs[1].id)


def test_the_run_archive_holds_one_file_for_each_job(github_sandbox: SandboxGitHub) -> None:
    """The zip of a finished run names its jobs; an unfinished run has none."""
    run = _red(github_sandbox)
    unfinished = github_sandbox.add_run(
        github_sandbox.repository("octo/app"), [JobSeed("slow", None, status="queued")]
    )
    with rest(github_sandbox) as client:
        link = client.get(f"{RUNS}/{run.id}/logs").headers["location"]
        missing = client.get(f"{RUNS}/{unfinished.id}/logs")
    names = zipfile.ZipFile(io.BytesIO(httpx.get(link, trust_env=False).content)).namelist()
    assert (names, missing.status_code) == (["0_lint.txt", "1_test.txt"], 404)


def test_runs_are_listed_by_every_filter(github_sandbox: SandboxGitHub) -> None:
    """Branch, event, status, conclusion, commit and actor narrow the list, newest first."""
    repository = ci_repository(github_sandbox)
    repository.commit("x", {"x": "x"}, "X", start=False)
    red, green = JobSeed("test", "failure"), JobSeed("test")
    first = github_sandbox.add_run(repository, [red], branch="x", actor="amy")
    second = github_sandbox.add_run(repository, [green], event="schedule")
    third = github_sandbox.add_run(repository, [JobSeed("test", None, status="in_progress")])
    api = pygithub(github_sandbox).get_repo("octo/app")

    def ids(**filters: Any) -> list[int]:
        return [run.id for run in api.get_workflow_runs(**filters)]

    assert ids() == [third.id, second.id, first.id]
    assert ids(branch="x") == ids(status="failure") == ids(actor="amy") == [first.id]
    assert ids(event="schedule") == [second.id]
    assert ids(status="in_progress") == [third.id]
    assert ids(head_sha=repository.head("main")) == [third.id, second.id]
    assert ids(created=">=2026-01-01") == ids()
    assert ids(created="<2026-01-01") == ids(created="2020-01-01..2020-02-01") == []


def test_jobs_come_in_pages(github_sandbox: SandboxGitHub) -> None:
    """All legs of a large matrix are reached through the pages, each once."""
    jobs = [JobSeed(f"test ({index})", log=b"") for index in range(120)]
    run = github_sandbox.add_run(ci_repository(github_sandbox), jobs)
    seen = pygithub(github_sandbox).get_repo("octo/app").get_workflow_run(run.id).jobs()
    assert [job.name for job in seen] == [f"test ({index})" for index in range(120)]


def test_a_rerun_of_failed_jobs_leaves_the_passed_ones_behind(
    github_sandbox: SandboxGitHub,
) -> None:
    """Attempt 2 holds only what ran again; both attempts keep their own conclusion."""
    run = _red(github_sandbox)
    github_sandbox.script_runs(lambda _: [JobSeed("test")])
    with rest(github_sandbox) as client:
        assert client.post(f"{RUNS}/{run.id}/rerun-failed-jobs").status_code == 201
        attempts = [client.get(f"{RUNS}/{run.id}/attempts/{n}").json() for n in (1, 2)]
        names = [
            [job["name"] for job in client.get(f"{RUNS}/{run.id}/{path}").json()["jobs"]]
            for path in ("attempts/1/jobs", "attempts/2/jobs", "jobs", "jobs?filter=all")
        ]
        beyond = client.get(f"{RUNS}/{run.id}/attempts/3")
    assert [a["conclusion"] for a in attempts] == ["failure", "success"]
    assert names == [["lint", "test"], ["test"], ["test"], ["lint", "test", "test"]]
    assert error(beyond) == (404, "Not Found")


def test_what_cannot_be_done_to_a_run(github_sandbox: SandboxGitHub) -> None:
    """No re-run while it runs, no cancel when it is over, no failed jobs in a green one."""
    repository = ci_repository(github_sandbox)
    green = github_sandbox.add_run(repository, [JobSeed("test")])
    running = github_sandbox.add_run(repository, [JobSeed("test", None, status="in_progress")])
    with rest(github_sandbox) as client:
        answers = [
            client.post(f"{RUNS}/{running.id}/rerun"),
            client.post(f"{RUNS}/{green.id}/cancel"),
            client.post(f"{RUNS}/{green.id}/rerun-failed-jobs"),
            client.post(f"{RUNS}/{green.id}/approve"),
        ]
    assert [answer.status_code for answer in answers] == [403, 409, 403, 403]


def test_artifacts_are_zips_behind_links(github_sandbox: SandboxGitHub) -> None:
    """Listed by run and name, downloaded by link, 410 once expired."""
    run = _red(github_sandbox)
    artifact = github_sandbox.seed_artifact(run, "report", {"junit.xml": b"<x/>"})
    api = pygithub(github_sandbox).get_repo("octo/app")
    assert [a.name for a in api.get_workflow_run(run.id).get_artifacts()] == ["report"]
    path = f"/repos/octo/app/actions/artifacts/{artifact.id}/zip"
    with rest(github_sandbox) as client:
        link = client.get(path).headers["location"]
        content = httpx.get(link, trust_env=False).content
        artifact.expired = True
        expired = client.get(path)
    assert zipfile.ZipFile(io.BytesIO(content)).read("junit.xml") == b"<x/>"
    assert error(expired) == (410, "Artifact has expired")


def test_jobs_are_check_runs_of_their_commit(github_sandbox: SandboxGitHub) -> None:
    """Job id and check run id are one; a re-run's check run takes the old one's place."""
    run = _red(github_sandbox)
    github_sandbox.script_runs(lambda _: [JobSeed("test")])
    api = pygithub(github_sandbox).get_repo("octo/app")
    commit = api.get_commit(run.head_sha)
    before = {check.id: check.conclusion for check in commit.get_check_runs()}
    api.get_workflow_run(run.id).rerun_failed_jobs()
    after = {check.name: check.conclusion for check in commit.get_check_runs()}
    assert before == {run.jobs[0].id: "success", run.jobs[1].id: "failure"}
    assert after == {"lint": "success", "test": "success"}
    assert len(list(commit.get_check_runs(filter="all"))) == 3
    assert [suite.conclusion for suite in commit.get_check_suites()] == ["success"]
    notes = api.get_check_run(run.jobs[1].id).get_annotations()
    assert [note.message for note in notes] == ["Process completed with exit code 1."]


def test_an_app_keeps_a_check_of_its_own(github_sandbox: SandboxGitHub) -> None:
    """It is made, annotated and concluded by its App, and no other App may touch it."""
    sha = ci_repository(github_sandbox).head("main")
    rights = {"checks": "write"}
    github_sandbox.tokens.grant("app", kind="app", app="checker", permissions=rights)
    github_sandbox.tokens.grant("other", kind="app", app="other", permissions=rights)
    path = "/repos/octo/app/check-runs"
    with rest(github_sandbox, "app") as client:
        check = client.post(path, json={"name": "style", "head_sha": sha}).json()
        done = client.patch(f"{path}/{check['id']}", json={"conclusion": "neutral"}).json()
    with rest(github_sandbox, "other") as client:
        refused = client.patch(f"{path}/{check['id']}", json={"conclusion": "success"})
    assert (check["status"], done["status"], done["conclusion"]) == (
        "queued",
        "completed",
        "neutral",
    )
    assert refused.status_code == 403


def test_the_latest_status_of_each_context_counts(github_sandbox: SandboxGitHub) -> None:
    """The combined status is pending without any, red as soon as one context is."""
    sha = ci_repository(github_sandbox).head("main")
    path, commit = f"/repos/octo/app/statuses/{sha}", f"/repos/octo/app/commits/{sha}"
    states = []
    with rest(github_sandbox) as client:
        for context, state in (("", ""), ("a", "success"), ("b", "error"), ("b", "success")):
            if state:
                client.post(path, json={"context": context, "state": state})
            states.append(client.get(f"{commit}/status").json()["state"])
        every = client.get(f"{commit}/statuses").json()
    assert states == ["pending", "success", "failure", "success"]
    assert [status["context"] for status in every] == ["b", "b", "a"]


def test_a_run_that_could_not_start_has_no_jobs(github_sandbox: SandboxGitHub) -> None:
    """`startup_failure` can be told without any job."""
    repository = ci_repository(github_sandbox)
    run = github_sandbox.add_run(repository, [], conclusion="startup_failure")
    seen = pygithub(github_sandbox).get_repo("octo/app").get_workflow_run(run.id)
    assert (seen.conclusion, list(seen.jobs())) == ("startup_failure", [])


def test_a_told_run_ends_when_it_is_told_to(github_sandbox: SandboxGitHub) -> None:
    """An unfinished run is finished by new seeds, or cancelled through the API."""
    repository = ci_repository(github_sandbox)
    waiting = [JobSeed("lint"), JobSeed("test", None, status="in_progress")]
    first, second = (github_sandbox.add_run(repository, waiting) for _ in range(2))
    github_sandbox.finish_run(repository, first, [JobSeed("test", "failure")])
    with rest(github_sandbox) as client:
        client.post(f"{RUNS}/{second.id}/cancel")
    seen = [[run.conclusion, *(job.conclusion for job in run.jobs)] for run in (first, second)]
    assert seen == [["failure", "success", "failure"], ["cancelled", "success", "cancelled"]]


def test_scripts_decide_what_pushes_come_to(github_sandbox: SandboxGitHub) -> None:
    """A script that says nothing about a run lets it really run."""
    repository = ci_repository(github_sandbox)
    github_sandbox.script_runs(
        lambda run: [JobSeed("told", "failure")] if run.head_branch == "x" else None
    )
    repository.commit("x", {"x": "x"}, "X")
    repository.commit("y", {"y": "y"}, "Y")
    github_sandbox.wait_idle()
    seen = [(run.conclusion, [job.name for job in run.jobs]) for run in repository.runs]
    assert seen == [("failure", ["told"]), ("success", ["test"])]


def test_the_variables_of_a_runner(github_sandbox: SandboxGitHub) -> None:
    """They lead to this sandbox and this repository; the token is the action's input."""
    repository = ci_repository(github_sandbox)
    env = github_sandbox.runner_env(repository, token="all", GITHUB_RUN_ID="5")
    wanted = ("GITHUB_API_URL", "GITHUB_GRAPHQL_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID",
              "INPUT_GITHUB-TOKEN", "GITHUB_SHA")  # fmt: skip
    assert [env[name] for name in wanted] == [
        github_sandbox.url,
        f"{github_sandbox.url}/graphql",
        "octo/app",
        "5",
        "all",
        repository.head("main"),
    ]
