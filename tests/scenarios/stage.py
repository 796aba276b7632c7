"""The stage of a scenario: strict GitHub and Coder, a clock that never waits, the real entry.

`stage.run(...)` is the action: `Run` with a runner's variables, in process. Time passes only
when the product sleeps, and then the agent works and the told workflow runs end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.commands.demo import read_outputs
from bot.commands.run import Run
from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.coder import SandboxCoder
from bot.sandbox.coder_agents import Report, Say
from bot.sandbox.github import SandboxGitHub
from bot.sandbox.github_handle import SandboxRepository
from tests.coder_fixtures import SERVED, CoderFactory
from tests.invariants.registry import held_to_the_invariants
from tests.invariants.watch import Watch
from tests.scenarios.decided import held_to_its_mark, recorded
from tests.scenarios.hostile import HOSTILE_PROSE, RED_LOG
from tests.scenarios.story_clock import StoryClock

BOT = "coder-fix-bot"
TOKEN = "ghp_" + "b0t" * 12
WORKFLOW = """\
name: CI
on:
  push:
    branches: [main]
  pull_request:
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: pytest
"""
PERMISSIONS = {
    "actions": "read",
    "checks": "read",
    "contents": "read",
    "issues": "write",
    "pull_requests": "write",
    "statuses": "read",
}
"""Exactly what the workflow example grants."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a run of the action left behind."""

    code: int
    outputs: Mapping[str, str]
    summary: str
    stdout: str

    @property
    def outcome(self) -> str:
        """The output `outcome`, with the reason of a skip."""
        skip = self.outputs.get("skip-reason")
        return f"{self.outputs['outcome']}/{skip}" if skip else self.outputs["outcome"]


@dataclass(slots=True)
class Stage:
    """Both worlds, the repository, and the ways to run the product in them."""

    github: SandboxGitHub
    coder: SandboxCoder
    repository: SandboxRepository
    clock: StoryClock
    folder: Path
    capture: Any
    backend: str
    coder_token: str
    fixes: list[Mapping[str, str]] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    events: list[tuple[str, Any]] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)
    also_red: list[str] = field(default_factory=list)
    colors: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    runs: int = 0
    watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        secrets = {"github-token": TOKEN, "coder-token": self.coder_token}
        self.watch = Watch(self.github, self.coder, self.clock, BOT, secrets)

    def agent(self, prompt: str, work: Path) -> Iterator[Any]:
        """The scripted agent: pushes the next of `fixes` to the branch that the prompt names."""
        del work
        self.prompts.append(prompt)
        branch = branch_in(prompt)
        yield Say(HOSTILE_PROSE)
        if self.fixes:
            exists = self.repository.state.git.branch(branch) is not None
            self.repository.commit(
                branch,
                dict(self.fixes.pop(0)),
                "Repair it",
                from_branch="" if exists else "feature",
                author=BOT,
            )
        yield Report("complete", HOSTILE_PROSE)

    def behave(self, script: Any) -> None:
        """Have another script play the agent."""
        agent: Any = self.coder.world.agent
        agent._script = script

    def told_jobs(self, _run: Any) -> Sequence[JobSeed]:
        """What the workflow's runs come to: the next color, green when none is left."""
        color = self.colors.pop(0) if self.colors else "green"
        others = [JobSeed(name, "failure", log="Error: boom\n") for name in self.also_red]
        if color == "green":
            return [JobSeed("test"), *others]
        if color == "running":
            return [JobSeed("test", None, status="in_progress")]
        if self.logs:
            return [JobSeed("test", "failure", log=self.logs.pop(0))]
        log = RED_LOG.replace("test_voucher", f"test_{color}")
        return [JobSeed("test", "failure", log=log), *others]

    def red_pull_request(self, **pull: Any) -> int:
        """A pull request whose run is red; its event waits in `events`."""
        self.colors.insert(0, "voucher")
        self.repository.commit("feature", {"prices.py": "broken\n"}, "Vouchers", start=False)
        number = self.repository.open_pull_request("feature", author="alice", **pull).number
        self.github.wait_idle()
        return int(number)

    def grant(self, **more: str) -> None:
        """Give the bot's token more than the example's permissions."""
        self.github.tokens.grant(TOKEN, login=BOT, permissions=PERMISSIONS | more)

    def red_event_on(self, branch: str) -> Any:
        """The newest `workflow_run` completed on that branch, whatever its color."""
        return next(
            payload
            for name, payload in reversed(self.events)
            if name == "workflow_run"
            and payload["action"] == "completed"
            and payload["workflow_run"]["head_branch"] == branch
        )

    def red_event(self) -> Any:
        """The newest `workflow_run` completed."""
        return next(
            payload
            for name, payload in reversed(self.events)
            if name == "workflow_run" and payload["action"] == "completed"
        )

    def run(
        self,
        payload: Any = None,
        *,
        event: str = "workflow_run",
        env: Mapping[str, str] | None = None,
        **inputs: str,
    ) -> Told:
        """The action, once. Inputs by name with underscores; None of ours leaves it unset."""
        self.runs += 1
        number = self.runs
        folder = self.folder / f"run-{number}"
        folder.mkdir()
        event_file = folder / "event.json"
        payload = self.red_event() if payload is None else payload
        event_file.write_text(json.dumps(payload))
        variables = self.variables(folder, event, event_file) | dict(env or {})
        variables |= {f"INPUT_{k.upper().replace('_', '-')}": v for k, v in inputs.items()}
        run, began = Run(variables, clock=self.clock), self.clock.passed
        with pytest.MonkeyPatch.context() as patch, self.watch.run(number) as deeds:
            for name, value in variables.items():
                patch.setenv(name, value)
            code = run.main({})
        stdout, stderr = self.capture.readouterr()
        self.watch.ended(
            number, (event, payload), variables, (code, stdout, stderr), (began, deeds)
        )
        summary = folder / "summary.md"
        return Told(
            code,
            read_outputs(folder / "output"),
            summary.read_text() if summary.exists() else "",
            stdout,
        )

    def variables(self, folder: Path, event: str, event_file: Path) -> dict[str, str]:
        """A runner's variables and the usual inputs."""
        env = self.github.runner_env(self.repository, token=TOKEN)
        return env | {
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(event_file),
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
            "GITHUB_RUN_ID": "1",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_WORKFLOW_REF": "acme/widgets/.github/workflows/coder-fix.yml@refs/heads/main",
            "GITHUB_WORKSPACE": str(folder),
            "INPUT_CODER-URL": self.coder.url,
            "INPUT_CODER-TOKEN": self.coder_token,
            "INPUT_CODER-TEMPLATE-NAME": "ci-repair",
            "INPUT_CODER-BACKEND": self.backend,
            # One of the two backends tells all that it can tell.
            "RUNNER_DEBUG": "1" if self.backend == "chats" else "",
        }

    def comments(self, number: int) -> list[str]:
        """The bodies of the pull request's comments."""
        return [c.body for c in self.repository.state.pulls[number].issue.comments]

    def sessions(self) -> int:
        """How many sessions exist in Coder."""
        created = [
            x
            for x in self.coder.exchanges
            if x.request.method == "POST"
            and x.response.status == 201
            and ("/tasks/" in x.request.path or x.request.path.endswith("/chats"))
        ]
        return len(created)


def branch_in(prompt: str) -> str:
    """The branch that a prompt tells an agent to push to."""
    found = re.search(r"push[^\n]*?`([\w./-]+)`", prompt, re.IGNORECASE)
    assert found, "the prompt names no branch"
    return found[1]


@pytest.fixture(params=["tasks", "chats"])
def backend(request: pytest.FixtureRequest) -> str:
    """Both agent APIs."""
    return str(request.param)


@pytest.fixture
def stage(
    request: pytest.FixtureRequest,
    strict_github: Callable[..., SandboxGitHub],
    coder_sandbox: CoderFactory,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    backend: str,
) -> Iterator[Stage]:
    """A repository with CI, a bot user with a template, nothing red yet.

    `rows` fills with the rows that are decided; those of the test's mark `row` must be among them.
    When the test is over, what was seen of it is held to the invariants (tests/invariants).
    """
    clock = StoryClock()
    github = strict_github()
    made: list[Stage] = []
    coder = coder_sandbox(agent=lambda p, w: made[0].agent(p, w), now=clock.now, **SERVED[backend])
    _, token = coder.add_user(BOT)
    coder.add_template("ci-repair", presets=["Small"], default_preset="Small")
    github.tokens.grant(TOKEN, login=BOT, permissions=PERMISSIONS)
    repository = github.create_repository(
        "acme/widgets", {".github/workflows/ci.yml": WORKFLOW, "prices.py": "whole\n"}
    )
    stage = Stage(github, coder, repository, clock, tmp_path, capfd, backend, token.text)
    made.append(stage)
    github.script_runs(stage.told_jobs)
    github.on_event(lambda name, payload: stage.events.append((name, payload)))
    clock.on_sleep.append(lambda _: github.wait_idle())
    with recorded(stage.rows):
        yield stage
    held_to_its_mark(request.node, stage.rows)
    held_to_the_invariants(stage.watch.capture(repository))
