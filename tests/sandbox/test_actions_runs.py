"""Runs of the sandbox that are really executed: processes, logs, results, re-runs, cancels."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.github import SandboxGitHub
from bot.sandbox.github_runs import WorkflowRun
from tests.sandbox.github_rig import CI_PATH, ci_repository, pygithub, rest

HEAD = "on: push\nenv: {LEVEL: workflow}\njobs:\n"


def _run(github: SandboxGitHub, jobs: str, **files: str) -> WorkflowRun:
    """The one run of a repository whose workflow has these jobs."""
    repository = github.create_repository("octo/app", {CI_PATH: HEAD + jobs, **files}, start=True)
    github.wait_idle()
    return repository.runs[0]


def _messages(run: WorkflowRun, job: int = 0) -> list[str]:
    log = run.jobs[job].log or b""
    return [line[29:] for line in log.decode("utf-8-sig").splitlines()]


def _conclusions(run: WorkflowRun) -> dict[str, str | None]:
    return {job.name: job.conclusion for job in run.latest_jobs()}


def test_a_failing_step_fails_job_run_and_check(github_sandbox: SandboxGitHub) -> None:
    """Steps, log and annotation of a red job are those that a runner leaves."""
    run = _run(github_sandbox, """
  test:
    name: Unit tests
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Test
        env: {LEVEL: step}
        run: |
          echo "level $LEVEL in $(basename "$PWD") at $GITHUB_SHA"
          exit 3
      - run: echo never
      - if: always()
        run: echo tidy
""")  # fmt: skip
    job = run.jobs[0]
    assert (run.conclusion, job.name) == ("failure", "Unit tests")
    assert [(s.number, s.name, s.conclusion) for s in job.steps] == [
        (1, "Set up job", "success"),
        (2, "Run actions/checkout@v4", "success"),
        (3, "Test", "failure"),
        (4, "Run echo never", "skipped"),
        (5, "Run echo tidy", "success"),
        (9, "Post Run actions/checkout@v4", "success"),
        (10, "Complete job", "success"),
    ]
    messages = _messages(run)
    at = messages.index('##[group]Run echo "level $LEVEL in $(basename "$PWD") at $GITHUB_SHA"')
    assert messages[at + 1 : at + 9] == [
        '\x1b[36;1mecho "level $LEVEL in $(basename "$PWD") at $GITHUB_SHA"\x1b[0m',
        "\x1b[36;1mexit 3\x1b[0m",
        messages[at + 3],
        "env:",
        "  LEVEL: step",
        "##[endgroup]",
        f"level step in app at {run.head_sha}",
        "##[error]Process completed with exit code 3.",
    ]
    assert re.fullmatch(r"shell: /\S+/bash -e \{0\}", messages[at + 3])
    assert [a.message for a in job.annotations] == ["Process completed with exit code 3."]
    assert messages[-1] == "Cleaning up orphan processes"


@pytest.mark.parametrize(
    ("shell", "conclusion"), [("", "success"), ("shell: bash", "failure"), ("shell: sh", "success")]
)
def test_pipefail_comes_with_a_named_bash_only(
    github_sandbox: SandboxGitHub, shell: str, conclusion: str
) -> None:
    """As on a runner, `false | true` fails only under `shell: bash`."""
    run = _run(github_sandbox, f"""
  a:
    steps:
      - run: false | true
        {shell}
""")  # fmt: skip
    assert run.conclusion == conclusion


def test_workflow_commands_in_the_output_take_effect(github_sandbox: SandboxGitHub) -> None:
    """Errors become annotations, masks hide, groups fold, and stopped commands stay text."""
    run = _run(github_sandbox, """
  a:
    steps:
      - run: |
          echo "::error file=a.py,line=3,title=Oops::it%0Abroke"
          echo "::warning::careful"
          echo "::add-mask::hunter2"
          echo "the word is hunter2"
          echo "::group::Inside"
          echo "::endgroup::"
          echo "::stop-commands::token"
          echo "::error::only text"
          echo "::token::"
          echo "::debug::hidden"
""")  # fmt: skip
    messages = _messages(run)
    log = (run.jobs[0].log or b"").decode()
    notes = [(a.level, a.path, a.start_line, a.title) for a in run.jobs[0].annotations]
    assert notes[0] == ("failure", "a.py", 3, "Oops")
    assert notes[1][:2] == ("warning", ".github")
    assert "##[error]it\nbroke\n" in log
    assert "the word is ***" in messages
    assert "##[group]Inside" in messages
    assert "::error::only text" in messages
    assert "hidden" not in "".join(messages[messages.index("::error::only text") :])


def test_what_steps_hand_on(github_sandbox: SandboxGitHub) -> None:
    """Outputs, environment and path reach later steps; a tolerated failure changes nothing."""
    run = _run(github_sandbox, """
  a:
    env: {JOB: job}
    defaults: {run: {working-directory: sub}}
    steps:
      - uses: actions/checkout@v4
      - id: first
        continue-on-error: true
        run: |
          echo "answer=42" >> "$GITHUB_OUTPUT"
          printf 'text<<END\\none\\ntwo\\nEND\\n' >> "$GITHUB_OUTPUT"
          echo "EXPORTED=yes" >> "$GITHUB_ENV"
          mkdir bin && printf '#!/bin/sh\\necho tool\\n' > bin/tool && chmod +x bin/tool
          echo "$PWD/bin" >> "$GITHUB_PATH"
          exit 1
      - if: steps.first.outcome == 'failure' && steps.first.conclusion == 'success'
        run: echo "${{ steps.first.outputs.answer }} $EXPORTED $JOB $LEVEL $(tool) $(cat here)"
""", **{"sub/here": "sub"})  # fmt: skip
    assert run.conclusion == "success"
    assert "42 yes job workflow tool sub" in _messages(run)


def test_nothing_of_the_host_reaches_a_step(
    github_sandbox: SandboxGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable of the process that runs the sandbox is not there, nor its home directory."""
    monkeypatch.setenv("CODER_FIX_SECRET", "hush")
    run = _run(github_sandbox, """
  a:
    steps:
      - run: 'echo "[${CODER_FIX_SECRET:-nothing}] [$HOME]"'
""")  # fmt: skip
    line = next(m for m in _messages(run) if m.startswith("[nothing]"))
    assert os.environ["HOME"] not in line


def test_needs_conditions_and_matrix(github_sandbox: SandboxGitHub) -> None:
    """A failed leg skips what needs it, unless the condition asks for the failure."""
    run = _run(github_sandbox, """
  build:
    strategy: {fail-fast: false, matrix: {n: [0, 1]}}
    steps: [{run: "exit ${{ matrix.n }}"}]
  named:
    name: Leg ${{ matrix.n }}
    strategy: {matrix: {n: [7]}}
    steps: [{run: "true"}]
  deploy:
    needs: build
    steps: [{run: "true"}]
  after:
    needs: [deploy]
    steps: [{run: "true"}]
  report:
    needs: build
    if: failure() && needs.build.result == 'failure'
    steps: [{run: "true"}]
  tidy:
    needs: [deploy]
    if: always()
    steps: [{run: "true"}]
""")  # fmt: skip
    assert run.conclusion == "failure"
    assert _conclusions(run) == {
        "build (0)": "success",
        "build (1)": "failure",
        "Leg 7": "success",
        "deploy": "skipped",
        "after": "skipped",
        "report": "success",
        "tidy": "success",
    }


def test_fail_fast_cancels_the_legs_behind(github_sandbox: SandboxGitHub) -> None:
    """By default the first red leg cancels those that have not begun."""
    run = _run(github_sandbox, """
  a:
    strategy: {matrix: {n: [0, 1, 2]}}
    steps: [{run: "exit ${{ matrix.n }}"}]
""")  # fmt: skip
    assert _conclusions(run) == {"a (0)": "success", "a (1)": "failure", "a (2)": "cancelled"}
    assert run.conclusion == "failure"


def test_rerunning_failed_jobs_repeats_them_and_their_dependents(
    github_sandbox: SandboxGitHub, tmp_path: Path
) -> None:
    """What failed or waited for it runs again at the same commit; what passed does not."""
    flag = tmp_path / "flag"
    run = _run(github_sandbox, f"""
  good:
    steps: [{{run: "true"}}]
  flaky:
    steps: [{{run: "test -e {flag}"}}]
  last:
    needs: [good, flaky]
    steps: [{{run: "true"}}]
""")  # fmt: skip
    first = run.conclusion
    flag.touch()
    pygithub(github_sandbox, _granted(github_sandbox)).get_repo("octo/app").get_workflow_run(
        run.id
    ).rerun_failed_jobs()
    github_sandbox.wait_idle()
    assert (first, run.conclusion) == ("failure", "success")
    assert [job.name for job in run.jobs_of(2)] == ["flaky", "last"]
    assert [a.conclusion for a in run.attempts] == ["failure", "success"]


def test_a_step_and_a_job_run_out_of_time(github_sandbox: SandboxGitHub) -> None:
    """A step's own limit is a failure, the job's limit a cancel whose annotation tells why."""
    run = _run(github_sandbox, """
  step:
    steps: [{name: Slow, run: sleep 60, timeout-minutes: 0.002}]
  job:
    timeout-minutes: 0.002
    steps: [{run: sleep 60}]
""")  # fmt: skip
    assert _conclusions(run) == {"step": "failure", "job": "cancelled"}
    assert [a.message for job in run.jobs for a in job.annotations] == [
        "The action 'Slow' has timed out after 0.002 minutes.",
        "The job has exceeded the maximum execution time of 0.002m0s",
        "The operation was canceled.",
    ]


def test_a_running_step_is_cancelled(github_sandbox: SandboxGitHub) -> None:
    """Cancelling ends the process, skips the rest, and concludes the run as cancelled."""
    jobs = """
  a:
    steps: [{run: "echo begun; sleep 60"}, {run: echo never}]
  b:
    needs: a
    steps: [{run: echo never}]
"""
    repository = github_sandbox.create_repository("octo/app", {CI_PATH: HEAD + jobs}, start=True)
    run = repository.runs[0]

    def sleeping() -> bool:
        return bool(run.jobs) and any(s.status == "in_progress" and s.number == 2
                                      for s in run.jobs[0].steps)  # fmt: skip

    assert wait_until(sleeping, 10)
    with rest(github_sandbox, _granted(github_sandbox)) as client:
        path = f"/repos/octo/app/actions/runs/{run.id}/cancel"
        assert client.post(path).status_code == 202
    github_sandbox.wait_idle()
    assert (run.conclusion, _conclusions(run)) == ("cancelled", {"a": "cancelled", "b": "skipped"})
    assert "##[error]The operation was canceled." in _messages(run)


def test_a_refused_file_is_a_startup_failure(github_sandbox: SandboxGitHub) -> None:
    """A push with a key that is not run concludes at once, without jobs, naming the key."""
    run = _run(github_sandbox, "  a: {services: {}, steps: [{run: x}]}\n")
    assert (run.conclusion, run.jobs) == ("startup_failure", [])
    assert run.problem == "jobs.a.services: the sandbox does not run this key"
    assert run.display_title == f"Invalid workflow file: {run.problem}"


def test_an_expression_that_cannot_be_evaluated_fails_its_step(
    github_sandbox: SandboxGitHub,
) -> None:
    """The step is red and its log says which expression it was."""
    run = _run(github_sandbox, """
  a:
    steps: [{run: "echo ${{ hashFiles('x') }}"}]
""")  # fmt: skip
    assert run.conclusion == "failure"
    assert any("no function hashFiles()" in message for message in _messages(run))


def test_a_dispatch_runs_at_its_ref_with_its_inputs(github_sandbox: SandboxGitHub) -> None:
    """Inputs reach the expressions; a workflow without the trigger is 422."""
    text = """\
on: {workflow_dispatch: {inputs: {word: {}}}}
jobs: {a: {steps: [{run: "echo said ${{ inputs.word }} on $GITHUB_REF_NAME"}]}}
"""
    plain = "on: push\njobs: {a: {steps: [{run: 'true'}]}}\n"
    repository = github_sandbox.create_repository(
        "octo/app", {".github/workflows/d.yml": text, ".github/workflows/p.yml": plain}
    )
    repository.commit("x", {"x": "x"}, "X [skip ci]")
    path = "/repos/octo/app/actions/workflows"
    with rest(github_sandbox, _granted(github_sandbox)) as client:
        body = {"ref": "x", "inputs": {"word": "hello"}}
        started = client.post(f"{path}/d.yml/dispatches", json=body)
        detailed = client.post(
            f"{path}/d.yml/dispatches", json={**body, "return_run_details": True}
        )
        refused = client.post(f"{path}/p.yml/dispatches", json={"ref": "x"})
        unknown = client.post(f"{path}/d.yml/dispatches", json={"ref": "nowhere"})
    github_sandbox.wait_idle()
    run = repository.runs[0]
    assert [a.status_code for a in (started, detailed, refused, unknown)] == [204, 200, 422, 422]
    assert (run.event, run.head_branch, run.conclusion) == ("workflow_dispatch", "x", "success")
    assert "said hello on x" in _messages(run)
    assert detailed.json()["workflow_run_id"] == repository.runs[1].id


def test_skip_marks_and_path_filters_start_nothing(github_sandbox: SandboxGitHub) -> None:
    """`[skip ci]` in the message and a path filter that does not fit keep a push silent."""
    text = "on: {push: {paths: ['src/**']}}\njobs: {a: {steps: [{run: 'true'}]}}\n"
    repository = github_sandbox.create_repository("octo/app", {CI_PATH: text})
    repository.commit("main", {"docs/a": "a"}, "Docs")
    repository.commit("main", {"src/a": "a"}, "Source [skip ci]")
    repository.commit("main", {"src/b": "b"}, "Source")
    github_sandbox.wait_idle()
    assert [run.display_title for run in repository.runs] == ["Source"]


def test_events_are_delivered_in_order_and_a_listener_may_act(
    github_sandbox: SandboxGitHub,
) -> None:
    """A listener hears of a finished run and may push, which leads to the next one."""
    heard: list[tuple[str, str]] = []
    repository = ci_repository(github_sandbox, green=False)

    def listener(name: str, payload: dict[str, Any]) -> None:
        heard.append((name, payload.get("action", "")))
        run = payload.get("workflow_run", {})
        if run.get("conclusion") == "failure":
            repository.commit(run["head_branch"], {"check.sh": "exit 0\n"}, "Fix", author="bot")

    github_sandbox.on_event(listener)
    repository.commit("x", {"x": "x"}, "X")
    github_sandbox.wait_idle()
    told = [("push", ""), ("workflow_run", "requested"), ("workflow_run", "completed")]
    assert heard == told * 2
    assert [run.conclusion for run in repository.runs] == ["failure", "success"]


def test_a_crash_of_a_listener_is_not_swallowed() -> None:
    """The next wait raises what the listener raised."""
    with SandboxGitHub() as github:
        repository = ci_repository(github)

        def listener(_name: str, _payload: dict[str, Any]) -> None:
            raise KeyError("listener")

        github.on_event(listener)
        repository.commit("main", {"x": "x"}, "[skip ci]")
        with pytest.raises(KeyError, match="listener"):
            github.wait_idle()


def test_closing_ends_runs_and_leaves_nothing() -> None:
    """Processes, threads and directory are gone after `close`, also in the middle of a run."""
    github = SandboxGitHub()
    github.start()
    jobs = "  a:\n    steps: [{run: sleep 60}]\n"
    github.create_repository("octo/app", {CI_PATH: HEAD + jobs}, start=True)
    assert wait_until(lambda: bool(github.runs._executing), 10)
    github.close()
    names = {thread.name for thread in threading.enumerate()}
    assert (github.directory.exists(), {"github-http", "blobs-http"} & names) == (False, set())


def wait_until(holds: Callable[[], bool], timeout: float) -> bool:
    """Whether it holds in time; what another process does cannot be waited for otherwise."""
    deadline = time.monotonic() + timeout
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def _granted(github: SandboxGitHub) -> str:
    github.tokens.grant("runner", permissions={"actions": "write"})
    return "runner"


def test_one_job_is_run_again(github_sandbox: SandboxGitHub) -> None:
    """Re-running a job repeats it and what needs it, although nothing had failed."""
    run = _run(github_sandbox, """
  one:
    steps: [{run: "true"}]
  other:
    steps: [{run: "true"}]
  last:
    needs: one
    steps: [{run: "true"}]
""")  # fmt: skip
    job = next(job for job in run.jobs if job.name == "one")
    with rest(github_sandbox, _granted(github_sandbox)) as client:
        assert client.post(f"/repos/octo/app/actions/jobs/{job.id}/rerun").status_code == 201
    github_sandbox.wait_idle()
    assert [job.name for job in run.jobs_of(2)] == ["one", "last"]


def test_a_broken_file_fails_every_push(github_sandbox: SandboxGitHub) -> None:
    """A file that is not YAML cannot say when to run, so each push has a run that says so."""
    repository = github_sandbox.create_repository("octo/app", {CI_PATH: "on: [push"}, start=True)
    github_sandbox.wait_idle()
    run = repository.runs[0]
    assert (run.conclusion, run.workflow.name) == ("startup_failure", CI_PATH)
    assert "is not YAML" in run.problem


def test_a_step_in_a_missing_directory_fails(github_sandbox: SandboxGitHub) -> None:
    """The runner's own words stand in the log."""
    run = _run(github_sandbox, """
  a:
    steps: [{run: "true", working-directory: nowhere}]
""")  # fmt: skip
    assert run.conclusion == "failure"
    assert any("no directory nowhere" in message for message in _messages(run))
