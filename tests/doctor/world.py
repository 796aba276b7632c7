"""A set-up in which everything is in order, to be broken in one place and mended again."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import app
from bot.adapters import tls
from bot.adapters.clock import SystemClock
from bot.commands import doctor
from bot.sandbox.coder import SandboxCoder
from bot.sandbox.coder_world import Template, Token, User
from bot.sandbox.github import SandboxGitHub
from bot.sandbox.github_apps import App
from bot.sandbox.github_handle import SandboxRepository
from bot.sandbox.github_tokens import Grant
from bot.sandbox.http import HttpSandbox
from tests.app_keys import APP_ID, key, registered

EXAMPLES = Path(__file__).parents[2] / ".github" / "examples"
BOT = "coder-fix-bot"
TOKEN = "github_pat_" + "b0t" * 20
COMMIT = "3d3c42e5aac5ba805825da76410c181273ba90b1"
PERMISSIONS = {
    "actions": "read",
    "checks": "read",
    "contents": "read",
    "issues": "write",
    "pull_requests": "write",
    "statuses": "read",
    "administration": "read",
    "secrets": "read",
    "dependabot_secrets": "read",
}
CI = """\
name: CI
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: make test
"""


class HurriedClock(SystemClock):
    """Real time, but nothing waits for it."""

    def sleep(self, seconds: float) -> None:
        """Not at all."""


def example(name: str, *edits: tuple[str, str], token: bool = True) -> str:
    """A workflow of the examples, pinned and with a bot's token, and each edit made."""
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    text = text.replace("coder-fix/coder-fix@v0", f"coder-fix/coder-fix@{COMMIT}")
    if token:
        coder = "coder-url: ${{ vars.CODER_URL }}\n"
        assert coder in text
        text = text.replace(coder, f"github-token: ${{{{ secrets.BOT_TOKEN }}}}\n          {coder}")
    for old, new in edits:
        assert old in text, f"{name} has no {old!r} any more"
        text = text.replace(old, new)
    return text


@dataclass(frozen=True, slots=True)
class Report:
    """What one run of the doctor said."""

    code: int
    findings: Mapping[str, Mapping[str, str]]
    text: str

    @property
    def bad(self) -> dict[str, str]:
        """Id → status of whatever is broken or to look at."""
        wrong = {"broken", "warning"}
        return {name: f["status"] for name, f in self.findings.items() if f["status"] in wrong}


@dataclass(slots=True)
class World:
    """Both servers, the repository, and what the doctor is given."""

    github: SandboxGitHub
    coder: SandboxCoder
    repository: SandboxRepository
    grant: Grant
    user: User
    token: Token
    template: Template
    folder: Path
    capture: Any
    authority: Mapping[str, Path]
    env: dict[str, str] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    keep: list[HttpSandbox] = field(default_factory=list)

    @property
    def settings(self) -> Any:
        """What an administrator of the repository has set."""
        return self.repository.state.settings

    def write(self, name: str, text: str | None) -> None:
        """Put a workflow on the default branch; None takes it away."""
        path = f".github/workflows/{name}"
        self.repository.commit("main", {path: text}, "Change a workflow", start=False)

    def state(self, name: str, state: str) -> None:
        """What GitHub's Actions tab has made of a workflow."""
        self.repository.state.workflows[f".github/workflows/{name}"].state = state

    def as_app(self, **of_app: Any) -> App:
        """Act as a GitHub App from now on, granted all that the doctor can look at."""
        permissions = {**PERMISSIONS, "actions": "write", **of_app.pop("permissions", {})}
        granted = {name: level for name, level in permissions.items() if level != "none"}
        made = registered(self.github, granted, **of_app)
        self.env["INPUT_GITHUB-APP-ID"] = str(made.id)
        self.env["INPUT_GITHUB-APP-PRIVATE-KEY"] = key().private
        return made

    @property
    def app(self) -> App:
        """The one that acts."""
        return self.github.tokens.apps[APP_ID]

    @property
    def living(self) -> list[str]:
        """The App's tokens that GitHub would still take."""
        return [g.token for g in self.github.tokens._grants.values() if g.kind == "app"]

    def encrypt(self, server: HttpSandbox) -> str:
        """Serve by TLS from now on; the address to be used then."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.authority["server"], self.authority["key"])
        server._server.socket = context.wrap_socket(server._server.socket, server_side=True)
        return f"https://127.0.0.1:{server.port}"

    def variables(self) -> dict[str, str]:
        """What a person's terminal, or a runner, has set."""
        env = self.github.runner_env(self.repository, token=TOKEN)
        if "GITHUB_API_URL" in self.env:
            del env["GITHUB_GRAPHQL_URL"]  # it is the other server's
        env |= self.coder.runner_env(self.token)
        env |= {"INPUT_CODER-TEMPLATE-NAME": "ci-repair", "GITHUB_WORKSPACE": str(self.folder)}
        return {k: v for k, v in (env | self.env).items() if v}

    def run(self, *flags: str) -> tuple[int, str]:
        """`python -m bot doctor …`, in this process: exit code and output."""
        tls.context.cache_clear()
        self.capture.readouterr()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(doctor, "ImpatientClock", HurriedClock)
            for name, value in self.variables().items():
                patch.setenv(name, value)
            code = app.main(["doctor", *self.flags, *flags])
        out = self.capture.readouterr()
        assert [x for x in out.err.splitlines() if not x.startswith("::add-mask::")] == []
        return code, out.out

    def doctor(self, *flags: str) -> Report:
        """The same with `--format json`."""
        code, out = self.run("--format", "json", *flags)
        told = json.loads(out)
        assert told["exit_code"] == code
        return Report(code, {f["id"]: f for f in told["findings"]}, out)


@pytest.fixture
def world(strict_github, coder_sandbox, tmp_path, capfd, authority):
    """Everything in order: the doctor has nothing to complain of."""
    github: SandboxGitHub = strict_github()
    coder: SandboxCoder = coder_sandbox(now=lambda: datetime.now(UTC))
    user, token = coder.add_user(BOT)
    template = coder.add_template("ci-repair", presets=["Small"], default_preset="Small")
    template.active.parameters["region"] = "eu"
    repository = github.create_repository(
        "acme/widgets",
        {
            ".github/workflows/ci.yml": CI,
            ".github/workflows/coder-fix.yml": example("workflow-run.yml"),
            ".github/workflows/comment.yml": example("comment.yml"),
            ".github/workflows/reconcile.yml": example("reconcile.yml"),
        },
    )
    repository.state.secrets |= {"CODER_TOKEN", "BOT_TOKEN"}
    grant = github.tokens.grant(TOKEN, login=BOT, permissions=PERMISSIONS)
    grant.expires_at = datetime.now(UTC) + timedelta(days=90)
    folder = tmp_path / "checkout"
    folder.mkdir()
    made = World(github, coder, repository, grant, user, token, template, folder, capfd, authority)
    yield made
    for server in made.keep:
        server.stop()
    tls.context.cache_clear()
