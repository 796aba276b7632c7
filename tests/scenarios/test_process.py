"""The real process: signals end it in time, and nothing that it prints is a command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.commands.demo import read_outputs
from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.coder import SandboxCoder
from bot.sandbox.github import SandboxGitHub
from bot.sandbox.http import HttpRequest
from faults.attempt import summaries_in
from tests.app_keys import APP_ID, key, registered
from tests.coder_fixtures import CoderFactory
from tests.scenarios.hostile import RED_LOG
from tests.scenarios.replaying import replayed
from tests.scenarios.runner_commands import commands
from tests.scenarios.stage import BOT, PERMISSIONS, WORKFLOW

TOKEN = "ghp_" + "b0t" * 12
ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 20.0
SOON = PATIENCE / 2
"""Seconds: whoever waited for a hanging server would take longer. The figure is `make bench`'s."""


@dataclass
class World:
    """Both servers by the real clock, with a red pull request, and what a runner would set."""

    github: SandboxGitHub
    coder: SandboxCoder
    env: dict[str, str]
    folder: Path
    waiting: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)

    def hang(self, server: Any, end: str) -> None:
        """Let that server take requests to paths with that end, and never answer in time."""

        def hook(request: HttpRequest) -> None:
            if request.path.endswith(end):
                self.waiting.set()
                self.release.wait(PATIENCE)

        server.fault_hooks.append(hook)

    def start(self, **more: str) -> subprocess.Popen[str]:
        """`python -m bot` as the action."""
        return subprocess.Popen(
            [sys.executable, "-m", "bot"],
            env=self.env | more,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def outputs(self) -> dict[str, str]:
        """What the step set."""
        return read_outputs(self.folder / "output")


@pytest.fixture
def world(
    strict_github: Callable[..., SandboxGitHub], coder_sandbox: CoderFactory, tmp_path: Path
) -> Iterator[World]:
    """An agent that never ends, and a folder of its own for temporary files."""
    github = strict_github()
    coder = coder_sandbox(now=None, version="v2.36.0", tasks="v2+experimental", chats="off")
    _, token = coder.add_user(BOT)
    coder.add_template("ci-repair")
    github.tokens.grant(TOKEN, login=BOT, permissions=PERMISSIONS)
    repository = github.create_repository("acme/widgets", {".github/workflows/ci.yml": WORKFLOW})
    github.script_runs(lambda run: [JobSeed("test", "failure", log=RED_LOG)])
    events: list[Any] = []
    github.on_event(lambda name, payload: events.append((name, payload)))
    repository.commit("feature", {"prices.py": "broken\n"}, "Vouchers", start=False)
    repository.open_pull_request("feature", author="alice")
    github.wait_idle()
    folder = tmp_path / "work"
    (folder / "temporary").mkdir(parents=True)
    done = [p for n, p in events if n == "workflow_run" and p["action"] == "completed"]
    (folder / "event.json").write_text(json.dumps(done[-1]))
    env = github.runner_env(repository, token=TOKEN) | {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "error",
        "TMPDIR": str(folder / "temporary"),
        "GITHUB_EVENT_NAME": "workflow_run",
        "GITHUB_EVENT_PATH": str(folder / "event.json"),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "INPUT_CODER-URL": coder.url,
        "INPUT_CODER-TOKEN": token.text,
        "INPUT_CODER-TEMPLATE-NAME": "ci-repair",
        "INPUT_CODER-BACKEND": "tasks",
        "INPUT_POLL-INTERVAL-SECONDS": "0.2",
    }
    made = World(github, coder, env, folder)
    yield made
    made.release.set()


@dataclass
class Ended:
    """How a process ended after a signal."""

    code: int
    seconds: float
    stdout: str


def interrupted(process: subprocess.Popen[str], number: int, when: Callable[[str], bool]) -> Ended:
    """Signal the process as soon as `when` is true of a line of its output, or of nothing."""
    said: list[str] = []
    assert process.stdout is not None
    try:
        while not when("".join(said)):
            said.append(process.stdout.readline())
            assert said[-1], "".join(said)
        began = time.monotonic()
        process.send_signal(number)
        rest, _ = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    return Ended(process.returncode, time.monotonic() - began, "".join(said) + rest)


SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]


@pytest.mark.parametrize(("number", "code"), SIGNALS, ids=["SIGINT", "SIGTERM"])
def test_a_signal_during_the_wait(world: World, number, code):
    """Under 5 s: outputs, one summary, the session's address; its workspace is paused."""
    ended = interrupted(world.start(), number, lambda said: "Started session" in said)
    outputs = world.outputs()

    assert (ended.code, ended.seconds < SOON) == (code, True)
    assert (outputs["outcome"], outputs["error-kind"]) == ("error", "cancelled")
    assert outputs["session-url"].startswith(world.coder.url)
    assert outputs["session-url"] in outputs["error-message"]
    summary = (world.folder / "summary.md").read_text()
    assert (summaries_in(summary), outputs["session-url"] in summary) == (1, True)
    assert "Traceback" not in ended.stdout
    assert commands(ended.stdout) == ["add-mask", "add-mask", "error"]
    paused = [x for x in world.coder.exchanges if x.request.path.endswith("/pause")]
    # While a build is active Coder refuses with 409; it is asked again while there is time.
    told = [x.response.status for x in paused]
    assert told in ([202], [409], [409, 202])
    assert list((world.folder / "temporary").iterdir()) == []


@pytest.mark.parametrize(("number", "code"), SIGNALS, ids=["SIGINT", "SIGTERM"])
def test_a_cancelled_run_leaves_its_bundle(world: World, number, code):
    """All that was decided until then, and the prompt; it replays."""
    process = world.start(INPUT_BUNDLE="bundle.json", GITHUB_WORKSPACE=str(world.folder))
    ended = interrupted(process, number, lambda said: "Started session" in said)
    again = replayed(world.folder / "bundle.json")

    assert (ended.code, ended.seconds < SOON) == (code, True)
    assert (world.outputs()["error-kind"], world.outputs()["bundle"]) == (
        "cancelled",
        "bundle.json",
    )
    assert (again.stderr, again.code) == ("", 0)
    assert "row `start`: start." in again.stdout
    assert "Outcome: error / cancelled. The run was cancelled." in again.stdout
    assert ", sent, " in again.stdout
    assert not list(world.folder.glob(".coder-fix-*"))


def as_app(world: World, **more: str) -> dict[str, str]:
    """The inputs of an App in place of the token, which is worth nothing any more."""
    registered(world.github)
    world.github.tokens.revoke(TOKEN)
    app = {"INPUT_GITHUB-APP-ID": str(APP_ID), "INPUT_GITHUB-APP-PRIVATE-KEY": key().private}
    return app | more


def tokens_of_apps(world: World) -> list[str]:
    """Those that GitHub would still take."""
    return [g.token for g in world.github.tokens._grants.values() if g.kind == "app"]


@pytest.mark.parametrize(("number", "code"), SIGNALS, ids=["SIGINT", "SIGTERM"])
def test_a_cancelled_run_revokes_its_token(world: World, number, code):
    """By its last request to GitHub: the clean-up needs the token."""
    process = world.start(**as_app(world))
    ended = interrupted(process, number, lambda said: "Started session" in said)
    sent = [f"{x.request.method} {x.request.path}" for x in world.github.exchanges]

    assert (ended.code, ended.seconds < SOON) == (code, True)
    assert world.outputs()["error-kind"] == "cancelled"
    assert (tokens_of_apps(world), sent[-1]) == ([], "DELETE /installation/token")
    assert [x for x in world.coder.exchanges if x.request.path.endswith("/pause")]
    assert "revoked" not in ended.stdout


@pytest.mark.parametrize("end", ["/jobs", ".txt"], ids=["a read", "a download"])
def test_a_cancelled_run_revokes_its_token_while_a_server_hangs(world: World, end):
    """What never ends is not waited for longer than a moment."""
    world.hang(world.github.blobs if end == ".txt" else world.github, end)
    process = world.start(**as_app(world))
    ended = interrupted(process, signal.SIGTERM, lambda _: world.waiting.wait(PATIENCE))

    assert (ended.code, ended.seconds < SOON) == (143, True)
    assert (tokens_of_apps(world), world.outputs()["error-kind"]) == ([], "cancelled")


def test_a_revocation_that_hangs_holds_up_no_end(world: World):
    """Outputs are written before, and the process ends all the same."""
    world.hang(world.github, "/installation/token")
    process = world.start(**as_app(world))
    ended = interrupted(process, signal.SIGTERM, lambda said: "Started session" in said)

    assert (ended.code, ended.seconds < SOON, world.waiting.is_set()) == (143, True, True)
    assert world.outputs()["error-kind"] == "cancelled"
    assert "The token of the GitHub App is not revoked" in ended.stdout


HANGS = {
    "GitHub, two reads at once": ("github", "/jobs", False),
    "a download": ("blobs", ".txt", False),
    "Coder, before the session": ("coder", "/tasks", False),
}


@pytest.mark.parametrize(("server", "end", "has_session"), HANGS.values(), ids=HANGS)
def test_a_signal_while_a_server_hangs(world: World, server, end, has_session):
    """Whoever is waited for, and in whatever thread: under 5 s, with outputs."""
    servers = {"github": world.github, "blobs": world.github.blobs, "coder": world.coder}
    world.hang(servers[server], end)
    process = world.start()
    ended = interrupted(process, signal.SIGTERM, lambda _: world.waiting.wait(PATIENCE))
    outputs = world.outputs()

    assert (ended.code, ended.seconds < SOON) == (143, True)
    assert (outputs["error-kind"], bool(outputs["session-url"])) == ("cancelled", has_session)
    assert "Traceback" not in ended.stdout
    assert list((world.folder / "temporary").iterdir()) == []


def test_a_signal_while_the_clean_up_hangs(world: World):
    """Coder does not answer the pause: the end does not wait for it."""
    world.hang(world.coder, "/pause")
    ended = interrupted(world.start(), signal.SIGTERM, lambda said: "Started session" in said)

    assert (ended.code, ended.seconds < SOON, world.waiting.is_set()) == (143, True, True)
    assert world.outputs()["error-kind"] == "cancelled"
