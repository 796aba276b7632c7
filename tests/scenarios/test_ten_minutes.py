"""A new user's ten minutes: from a repository with CI and a bare Coder to a repaired failure."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.outcomes import ExitCode
from bot.sandbox.coder import SandboxCoder
from bot.sandbox.git_command import git
from bot.sandbox.github import SandboxGitHub
from bot.sandbox.github_handle import SandboxRepository
from bot.sandbox.github_state import PullRequest
from bot.sandbox.stories import FAILING_TEST
from bot.scaffold import Door
from tests.coder_fixtures import SERVED, CoderFactory
from tests.scenarios.first_steps import ROOT, Job, Runner, Shell, normalized

GOLDEN = ROOT / "docs" / "ten-minutes.md"
PERSON, BOT = "alice", "widgets-bot"
PERSONS_TOKEN = "github_pat_" + "al1ce" * 12
BOTS_TOKEN = "github_pat_" + "b0t" * 20
PUSH_TOKEN = "github_pat_" + "pu5h" * 15
_WORK = ("actions", "checks", "contents", "issues", "pull_requests", "statuses", "workflows")
_SETTINGS = ("administration", "secrets", "dependabot_secrets")
ADMINISTRATOR = dict.fromkeys(_WORK, "write") | dict.fromkeys(_SETTINGS, "read")
HURRY = {"CODER_FIX_POLL_INTERVAL_SECONDS": "0.5", "CODER_FIX_IDLE_SECONDS": "1"}
RIGHT, WRONG = "max(0, sum(prices) - voucher)", "sum(prices) - voucher"
WORDS = {
    "start": """\
# Ten minutes with coder-fix

From a repository with CI and a Coder without anything for coder-fix to a first failure that is
repaired. Each command below really ran, against the two servers of `coder-fix sandbox`; what it
printed stands under it, but that addresses, hashes and dates are made the same for every run.
`tests/scenarios/test_ten_minutes.py` runs them anew and keeps this page.

Set beforehand: `CODER_URL`; `CODER_SESSION_TOKEN`, of an Owner of Coder; `TF_VAR_github_token`, by
which the bot's GitHub account pushes; `GITHUB_TOKEN`, of a person who administers the repository.

## In a checkout of the repository""",
    "setup": """\
## As an administrator of Coder

The token is the only line on standard output.""",
    "doctor": """\
## What is missing?

From here on as the bot: what is asked is whether *its* token can do the work.""",
    "remedies": """\
## The remedies

In GitHub's settings, under Secrets and variables → Actions: the secret `CODER_TOKEN` gets the
line of `../coder-token`, the secret `BOT_TOKEN` a fine-grained token of the bot's GitHub account
with the permissions that the jobs name, and the variable `CODER_URL` the address of Coder. With a
token of its own the bot needs no leave for Actions to open pull requests, and checks start on what
it opens.""",
    "failure": """\
## The first failure

A push that breaks a test turns CI on `main` red.""",
    "job": "GitHub starts `coder-fix.yml`. The log of its job:",
    "end": """\
## The pull request""",
}


@dataclass
class Start:
    """Both servers, empty of coder-fix, and the terminal of somebody who owns both."""

    github: SandboxGitHub
    coder: SandboxCoder
    repository: SandboxRepository
    shell: Shell
    runner: Runner
    events: list[tuple[str, Any]] = field(default_factory=list)

    def furnish_workspaces(self) -> None:
        """Git's identity and token in them, as the pushed template's variables say."""
        (template,) = self.coder.world.templates
        token = template.active.values["github_token"]
        self.coder.environment.update(_workspace(self.github, token))

    def addresses(self) -> dict[str, str]:
        """What stands for the addresses of both servers."""
        servers = ((self.github.server_url, "github"), (self.coder.url, "coder"))
        urls = {url: f"https://{name}.example.com" for url, name in servers}
        return urls | {u.partition("://")[2]: b.partition("://")[2] for u, b in urls.items()}

    def red_run(self) -> Any:
        """The newest `workflow_run` that ended red."""
        self.github.wait_idle()
        return next(
            payload
            for name, payload in reversed(self.events)
            if name == "workflow_run"
            and payload["action"] == "completed"
            and payload["workflow_run"]["conclusion"] == "failure"
        )


@pytest.fixture
def start(
    strict_github: Callable[..., SandboxGitHub],
    coder_sandbox: CoderFactory,
    tmp_path: Path,
    backend: str,
) -> Iterator[Start]:
    """A repository with CI, as GitHub makes them; a Coder that has nobody but its owner."""
    github = strict_github()
    command = [sys.executable, "-P", "-m", "bot.sandbox.workspace_agent", *FAILING_TEST.repair]
    coder = coder_sandbox(now=None, agent_command=command, **SERVED[backend])
    _, admin = coder.add_user("root", roles=("owner",))
    _release(github)
    repository = github.create_repository("acme/widgets", FAILING_TEST.files)
    repository.state.settings.actions_may_open_pull_requests = False
    repository.collaborator(PERSON, "admin")
    repository.collaborator(BOT, "write")
    github.tokens.grant(PERSONS_TOKEN, login=PERSON, permissions=ADMINISTRATOR)
    github.tokens.grant(PUSH_TOKEN, login=BOT, permissions={"contents": "write"})
    home = tmp_path / "home"
    home.mkdir()
    shell = Shell.open(
        home,
        {
            "CODER_URL": coder.url,
            "CODER_SESSION_TOKEN": admin.text,
            "TF_VAR_github_token": PUSH_TOKEN,
            "GITHUB_TOKEN": PERSONS_TOKEN,
            "GITHUB_API_URL": github.url,
            "GITHUB_SERVER_URL": github.server_url,
            **_git(github, PERSON, PERSONS_TOKEN),
        },
    )
    made = Start(github, coder, repository, shell, Runner(github, repository, tmp_path / "runner"))
    github.on_event(lambda name, payload: made.events.append((name, payload)))
    yield made
    shell.close()


def test_ten_minutes(start: Start, backend: str):
    """`init`, `setup`, `doctor` and its remedies; then the first red run ends `fixed`."""
    shell, runner = start.shell, start.runner

    def types(line: str, code: int = 0) -> str:
        ended, text = shell.types(line)
        assert ended == code, text
        return text

    shell.notes(WORDS["start"])
    types(f"git clone --quiet {start.repository.clone_url} && cd widgets")
    types("coder-fix init --yes")
    types("git add .github && git commit --quiet -m 'Add coder-fix' && git push --quiet")
    shell.notes(WORDS["setup"])
    types("coder-fix setup > ../coder-token")
    shell.notes(WORDS["doctor"])
    types("export CODER_SESSION_TOKEN=$(cat ../coder-token)")
    said = types("coder-fix doctor --quiet", ExitCode.CONFIGURATION)
    assert _named(said) == {"secrets", "actions-pull-requests", "job-token", "github-token-writes"}

    shell.notes(WORDS["remedies"])
    runner.store("CODER_TOKEN", shell.read("coder-token"))
    runner.store("BOT_TOKEN", BOTS_TOKEN)
    runner.variables["CODER_URL"] = start.coder.url
    types("coder-fix init --yes --force --github-token-secret BOT_TOKEN")
    types("git commit --quiet -a -m 'Let the bot open pull requests' && git push --quiet")
    said = types("coder-fix doctor --quiet")
    assert _named(said) == {"github-token-writes"}

    shell.notes(WORDS["failure"])
    types(f"sed -i 's/{RIGHT}/{WRONG}/' prices.py && git diff --unified=0 | tail -n 2")
    types("git commit --quiet -a -m 'Take vouchers off the total' && git push --quiet")
    shell.notes(WORDS["job"])
    job = Job.of(start.repository, Door.FAILURE.path, "repair")
    start.github.tokens.grant(BOTS_TOKEN, login=BOT, permissions=job.permissions)
    start.furnish_workspaces()
    ended = runner.runs(job, "workflow_run", start.red_run(), **HURRY)

    assert (ended.code, ended.outputs["outcome"]) == (0, "fixed"), ended.said
    assert ended.outputs["backend"] == backend
    start.github.wait_idle()
    (pull,) = start.repository.state.pulls.values()
    assert pull.head_sha == ended.outputs["verified-sha"]
    greens = [run for run in start.repository.runs if run.head_sha == pull.head_sha]
    assert [run.attempt.conclusion for run in greens] == ["success"]
    assert (pull.issue.user.login, pull.base_ref) == (BOT, "main")
    assert start.repository.read(pull.head_ref, "prices.py") == FAILING_TEST.files["prices.py"]
    shell.prints(ended.log)
    shell.notes(WORDS["end"])
    shell.notes(_shown(pull))
    if backend == "tasks":
        _is_golden(normalized(shell.transcript, start.addresses()))


@pytest.mark.parametrize("backend", ["tasks"], indirect=True)
def test_the_jobs_own_token_will_do(start: Start):
    """Without a bot's token too, where CI runs for pushes alone and Actions may open pull requests:
    what the written job grants is enough."""
    shell, runner = start.shell, start.runner
    start.repository.state.settings.actions_may_open_pull_requests = True
    every = FAILING_TEST.files[".github/workflows/ci.yml"].replace(
        "    branches: [main]\n  pull_request:\n", ""
    )
    start.repository.commit("main", {".github/workflows/ci.yml": every}, "Check every push")
    for line in (
        f"git clone --quiet {start.repository.clone_url} && cd widgets",
        "coder-fix init --yes --doors failure && coder-fix setup --no-template > ../coder-token",
        f"sed -i 's/{RIGHT}/{WRONG}/' prices.py && git add --all",
        "git commit --quiet -m 'Add coder-fix, and break a test' && git push --quiet",
    ):
        code, said = shell.types(line)
        assert code == 0, said
    runner.store("CODER_TOKEN", shell.read("coder-token"))
    runner.variables["CODER_URL"] = start.coder.url
    start.coder.add_template("ci-repair")
    start.coder.environment.update(_workspace(start.github, PUSH_TOKEN))
    job = Job.of(start.repository, Door.FAILURE.path, "repair")
    ended = runner.runs(job, "workflow_run", start.red_run(), **HURRY)

    assert (ended.code, ended.outputs["outcome"]) == (0, "fixed"), ended.said
    (pull,) = start.repository.state.pulls.values()
    assert pull.issue.user.login == "github-actions[bot]"


def _shown(pull: PullRequest) -> str:
    """A pull request as a quotation, without what is folded or hidden in it."""
    text = re.sub(r"<details>.*</details>|<!--.*?-->", "", pull.issue.body or "", flags=re.DOTALL)
    whole = f"**#{pull.number} {pull.issue.title}**{' (draft)' if pull.draft else ''}\n\n{text}"
    lines = re.sub(r"\n{3,}", "\n\n", whole).strip().split("\n")
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _is_golden(text: str) -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


def _named(said: str) -> set[str]:
    """The findings that are not fine."""
    return set(re.findall(r"\[([a-z-]+)\]$", said, re.MULTILINE))


def _release(github: SandboxGitHub) -> None:
    """Where coder-fix lives, with a release."""
    home = github.create_repository("coder-fix/coder-fix")
    git(home.state.git.path, "update-ref", "refs/tags/v1.0.0", home.head("main"))


def _workspace(github: SandboxGitHub, token: str) -> dict[str, str]:
    """What a workspace of the bot has, besides the agent."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **_git(github, BOT, token)}


def _git(github: SandboxGitHub, login: str, token: str) -> dict[str, str]:
    """Who commits, and by which token git reaches GitHub."""
    email = f"{login}@users.noreply.example.com"
    signed_in = github.server_url.replace("://", f"://{login}:{token}@")
    return {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": login,
        "GIT_AUTHOR_EMAIL": email,
        "GIT_COMMITTER_NAME": login,
        "GIT_COMMITTER_EMAIL": email,
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{signed_in}/.insteadOf",
        "GIT_CONFIG_VALUE_0": f"{github.server_url}/",
    }
