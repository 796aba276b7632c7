"""Bad input: one sentence that names the input and the remedy, the right words, nothing created."""

from __future__ import annotations

import pytest

from bot.sandbox.actions_seeds import JobSeed
from faults.attempt import summaries_in
from tests.scenarios.stage import Stage


def _nothing(_stage):
    pass


def _expired(stage):
    stage.coder.world.tokens[0].expires_at = stage.clock.now()


def _suspended(stage):
    stage.coder.world.tokens[0].user.status = "suspended"


def _not_task_capable(stage):
    stage.coder.add_template("plain", task=False)


def _deprecated(stage):
    stage.coder.templates.named("ci-repair").deprecation = "use another"


def _unfinished(stage):
    stage.github.add_run(stage.repository, [JobSeed("slow", None, status="in_progress")])


def _green(stage):
    stage.github.add_run(stage.repository, [JobSeed("fine")])


def _newest(stage) -> str:
    return str(max(run.id for run in stage.repository.runs))


CASES = {
    # what is wrong: (world, inputs, variables, event), (outcome, error-kind, exit code, words)
    "no coder-url": (
        _nothing, {"coder_url": ""}, "error", "configuration", 2, "coder-url is empty"),
    "coder-url is no URL": (
        _nothing, {"coder_url": "coder"}, "error", "configuration", 2, "coder-url is not an http"),
    "coder-url without TLS": (
        _nothing, {"coder_url": "http://coder.example.com"}, "error", "configuration", 2,
        "coder-url is not encrypted"),
    "no coder-token": (
        _nothing, {"coder_token": ""}, "error", "configuration", 2, "coder-token is empty"),
    "wrong coder-token": (
        _nothing, {"coder_token": "aaaaaaaaaa-bbbbbbbbbbbbbbbbbbbbbb"}, "error", "coder-auth", 3,
        "coder-token"),
    "expired coder-token": (_expired, {}, "error", "coder-auth", 3, "coder-token"),
    "no github-token": (
        _nothing, {"github_token": ""}, "error", "configuration", 2, "`github-token` is empty"),
    "wrong github-token": (
        _nothing, {"github_token": "ghp_wrong"}, "error", "github-auth", 3, "`github-token`"),
    "template missing": (
        _nothing, {"coder_template_name": "nope"}, "error", "template", 3, "coder-template-name"),
    "preset missing": (
        _nothing, {"coder_template_preset": "Huge"}, "error", "configuration", 2, "Small"),
    "mode unknown": (_nothing, {"mode": "yolo"}, "error", "configuration", 2, "`mode`"),
    "number expected": (
        _nothing, {"wait_timeout_seconds": "soon"}, "error", "configuration", 2,
        "`wait-timeout-seconds`"),
    "fail-on unknown": (_nothing, {"fail_on": "sadness"}, "error", "configuration", 2, "`fail-on`"),
    "two prompts": (
        _nothing, {"prompt": "x {evidence}", "prompt_file": "y"}, "error", "configuration", 2,
        "`prompt-file`"),
    "prompt file missing": (
        _nothing, {"prompt_file": "no/such"}, "error", "configuration", 2, "no/such"),
    "placeholder unknown": (
        _nothing, {"prompt": "{evidense}"}, "error", "configuration", 2, "evidence"),
    "run-id unknown": (
        _nothing, {"run_id": "123456"}, "error", "configuration", 2, "`run-id` 123456"),
    "run-id unfinished": (
        _unfinished, {"run_id": _newest}, "error", "configuration", 2, "is not finished"),
    "run-id did not fail": (_green, {"run_id": _newest}, "skipped/not-failed", "", 0, ""),
    "chats: workspace-id is no UUID": (
        _nothing, {"workspace_id": "mine"}, "error", "configuration", 2, "workspace-id"),
}  # fmt: skip


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
@pytest.mark.parametrize("name", ["", "acme", "acme/..", "acme/a b", "acme/widgets/x", "/widgets"])
def test_what_is_no_repository_is_not_asked_for(stage: Stage, name):
    """It would become part of every path; nothing is sent."""
    stage.red_pull_request()
    before = len(stage.github.exchanges)
    told = stage.run(env={"GITHUB_REPOSITORY": name})

    assert (told.outputs["error-kind"], told.code) == ("configuration", 2)
    assert "not owner/name. A runner sets it" in told.outputs["error-message"]
    assert len(stage.github.exchanges) == before


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_bad_input(stage: Stage, case):
    """The outcome, the kind, the exit code and the words are right, and nothing was created."""
    world, inputs, outcome, kind, code, words = case
    stage.red_pull_request()
    world(stage)
    told = stage.run(**{k: v(stage) if callable(v) else v for k, v in inputs.items()})

    assert (told.outcome, told.outputs["error-kind"], told.code) == (outcome, kind, code)
    assert words in told.outputs["error-message"]
    assert summaries_in(told.summary) == 1
    assert (stage.sessions(), len(stage.repository.state.pulls)) == (0, 1)
    assert stage.comments(1) == []


@pytest.mark.parametrize("backend", ["chats"], indirect=True)
def test_no_rights_to_chats(stage: Stage, coder_sandbox):
    """Tasks off and no chat rights: `coder-permission`, naming the role."""
    stage.red_pull_request()
    other = coder_sandbox(version="v2.36.0", tasks="off", chats="experimental", now=stage.clock.now)
    _, token = other.add_user("bot", roles=())
    told = stage.run(
        coder_url=other.url, coder_token=token.text, coder_template_name="", coder_backend="auto"
    )

    assert (told.outcome, told.outputs["error-kind"], told.code) == ("error", "coder-permission", 3)
    assert "agents-access" in told.outputs["error-message"]


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
@pytest.mark.parametrize(
    ("event", "payload", "words"),
    [
        ("workflow_run", {"action": "completed"}, "`workflow_run`"),
        ("workflow_run", {"action": "completed", "workflow_run": {"id": "x"}}, "workflow_run.id"),
        ("repository_dispatch", {"action": "x"}, "`repository_dispatch` tells no failed run"),
        ("", {}, "run-id"),
    ],
)
def test_events_without_what_we_need(stage: Stage, event, payload, words):
    """An event that tells no failed run is a configuration error that says what to do."""
    stage.red_pull_request()
    told = stage.run(payload, event=event)

    assert (told.outputs["error-kind"], told.code) == ("configuration", 2)
    assert words in told.outputs["error-message"]


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_event_file_that_is_no_json(stage: Stage, tmp_path):
    """A broken event file is named."""
    stage.red_pull_request()
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    told = stage.run(env={"GITHUB_EVENT_PATH": str(broken)})

    assert (told.outputs["error-kind"], told.code) == ("configuration", 2)
    assert "GITHUB_EVENT_PATH" in told.outputs["error-message"]


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_html_behind_coder_url(stage: Stage, coder_sandbox):
    """A web page where Coder should be is a wrong `coder-url`."""
    stage.red_pull_request()
    page = coder_sandbox(strict=False)
    page.html = True
    told = stage.run(coder_url=page.url)

    assert (told.outputs["error-kind"], told.code) == ("configuration", 2)
    assert "coder-url" in told.outputs["error-message"]


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_no_secrets_for_forks(stage: Stage):
    """A fork's `pull_request` event carries no secrets: skipped, exit 0, nothing asked of Coder."""
    fork = stage.github.fork(stage.repository, "eve")
    fork.commit("evil", {"prices.py": "broken\n"}, "Innocent", start=False)
    stage.repository.open_pull_request("eve:evil", author="eve")
    stage.github.wait_idle()
    payload = next(p for n, p in stage.events if n == "pull_request")
    told = stage.run(payload, event="pull_request", coder_token="")

    assert (told.outcome, told.code, stage.coder.exchanges) == ("skipped/no-secrets", 0, [])


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
@pytest.mark.parametrize(
    ("version", "tasks"), [("v2.27.0", "off"), ("v2.37.0", "off")], ids=["too old", "tasks off"]
)
def test_coder_without_tasks(stage: Stage, coder_sandbox, version, tasks):
    """A Coder that serves no tasks is named as such, with what to do."""
    stage.red_pull_request()
    other = coder_sandbox(version=version, tasks=tasks, chats="off", now=stage.clock.now)
    _, token = other.add_user("bot")
    told = stage.run(coder_url=other.url, coder_token=token.text)

    assert (told.outputs["error-kind"], told.code) == ("coder-unsupported", 3)
    assert told.outputs["error-message"]
