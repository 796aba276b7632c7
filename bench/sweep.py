"""`coder-fix reconcile` with 1,000 open items: half of them with an agent, half with checks."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.table import row
from bot.adapters.backends import CoderOptions, connect
from bot.adapters.clock import SystemClock
from bot.adapters.github_api import FixedToken, GitHubApi, Server
from bot.decide import memory
from bot.decide.snapshot import ItemState
from bot.engine import Brief, Engine
from bot.engine.open_work import open_work
from bot.identity import branch_name, marker, session_key, title
from bot.model import BackendName, Item, Request, TargetKind, TriggerName
from bot.policy import Waiting
from bot.ports import AgentBackend, Ports
from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.coder import SandboxCoder
from bot.sandbox.coder_agents import Report, Step, Work
from bot.sandbox.github import SandboxGitHub
from bot.sandbox.github_handle import SandboxRepository
from bot.sandbox.world import BOT, PERMISSIONS, TEMPLATE
from bot.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "ghp_" + "0" * 36
ITEMS = 1000
BUDGET = 200
SWEEPS = 6


def _agent(prompt: str, _work: Path) -> Iterator[Step]:
    if "is done" in prompt:
        yield Report("complete", "Pushed a repair")
    else:
        yield Work(1e6)


@dataclass(frozen=True, slots=True)
class World:
    """Both servers with their open items."""

    github: SandboxGitHub
    coder: SandboxCoder
    repository: SandboxRepository
    coder_token: str
    folder: Path

    def options(self) -> CoderOptions:
        """How to reach Coder."""
        return CoderOptions(
            url=self.coder.url,
            token=self.coder_token,
            template=TEMPLATE,
            backend=BackendName.TASKS,
            allow_http=True,
        )

    def env(self) -> dict[str, str]:
        """A runner's variables for a sweep."""
        return self.github.runner_env(self.repository, token=TOKEN) | {
            "GITHUB_EVENT_NAME": "schedule",
            "GITHUB_RUN_ID": "1",
            "INPUT_TRIGGER": "reconcile",
            "INPUT_CODER-URL": self.coder.url,
            "INPUT_CODER-TOKEN": self.coder_token,
            "INPUT_CODER-TEMPLATE-NAME": TEMPLATE,
            "INPUT_CODER-BACKEND": "tasks",
        }


@contextmanager
def world(folder: Path, items: int) -> Iterator[World]:
    """The servers, with so many items that an earlier run began."""
    github = SandboxGitHub()
    coder = SandboxCoder(folder / "coder", version="v2.36.0", agent=_agent)
    with github, coder:
        _, token = coder.add_user(BOT)
        coder.add_template(TEMPLATE, presets=["Small"], default_preset="Small")
        github.tokens.grant(TOKEN, login=BOT, permissions=PERMISSIONS)
        repository = github.create_repository("acme/widgets", {"prices.py": "whole\n"})
        made = World(github, coder, repository, token.text, folder)
        agent = connect(made.options(), clock=SystemClock())
        for number in range(1, items + 1):
            _begin(made, agent, number)
        yield made


def _begin(world: World, agent: AgentBackend, number: int) -> None:
    """A red pull request, its session, and our comment; for every second one a push of ours."""
    home, branch, pushed = world.repository, f"feature-{number}", number % 2 == 0
    home.commit(branch, {"prices.py": f"broken {number}\n"}, "Break", start=False)
    pull = home.open_pull_request(branch, author="alice")
    seed = JobSeed("test", "failure", log="boom\n")
    run = world.github.add_run(home, [seed], event="pull_request", pull_number=pull.number)
    item = Item(home.state.id, TargetKind.PULL_REQUEST, str(pull.number))
    prompt = "This one is done." if pushed else "This one takes long."
    key = session_key(item, 1)
    session = agent.start(key, prompt=prompt, title=title(item, home.full_name))
    now = datetime.now(UTC)
    state = ItemState(
        item.name,
        1,
        run.head_sha,
        run.id,
        session.id,
        ("f00d",),
        turn_started=now,
        head=run.head_sha,
        head_seen=now,
    )
    if pushed:
        ours = branch_name(item, 1, "coder-fix/")
        head = home.commit(
            ours, {"prices.py": "whole\n"}, "Repair", from_branch=branch, start=False
        )
        repair = home.open_pull_request(ours, branch, author=BOT)
        waits = JobSeed("test", None, status="in_progress")
        world.github.add_run(home, [waits], event="pull_request", pull_number=repair.number)
        state = dataclasses.replace(state, head=head, head_seen=now)
    home.comment(
        pull.number, f"An agent works on it.\n\n{memory.write(marker(item), state)}", author=BOT
    )


def sweep(folder: Path, items: int = ITEMS) -> None:
    """One row: six sweeps in processes of their own, against the same items one by one."""
    with world(folder, items) as made:
        asked: list[Any] = []
        made.github.observers.append(asked.append)
        each, seconds = _one_by_one(made)
        requests: list[int] = []
        took: list[float] = []
        seen: list[int] = []
        for number in range(1, SWEEPS + 1):
            asked.clear()
            began = time.perf_counter()
            seen.append(_swept(made, number))
            took.append(time.perf_counter() - began)
            requests.append(len(asked))
    row(
        f"`reconcile`, {items} open items",
        f"{each} items with {BUDGET} requests, {seconds:.1f} s: one by one",
        f"{min(seen)} items, {max(requests)} requests, {max(took):.1f} s, each of {SWEEPS} sweeps",
        f"{BUDGET} requests, 60 s, all in {SWEEPS} sweeps",
    )


def _one_by_one(made: World) -> tuple[int, float]:
    """How many items 200 requests do for, each read by itself."""
    clock = SystemClock()
    api = GitHubApi(
        Server(made.env()["GITHUB_API_URL"]),
        FixedToken(TOKEN),
        full_name=made.repository.full_name,
        clock=clock,
    )
    began, done = time.perf_counter(), 0
    with closing(api) as github:
        agent = connect(made.options(), clock=clock)
        ports = Ports(github, agent, clock, _Silent())
        policy = dataclasses.replace(Settings().policy(), wait=Waiting.NONE)
        home = github.repository()
        for work in open_work(home.id, policy.branch_prefix, ports):
            if github.requests >= BUDGET:
                break
            request = Request(
                TriggerName.RECONCILE, home, item=work.item, generation=work.generation
            )
            Engine(request, policy, ports, Brief("f" * 16)).run()
            done += 1
    return done, time.perf_counter() - began


class _Silent:
    def tell(self, text: str) -> None:
        """Nobody listens."""


def _swept(made: World, number: int) -> int:
    folder = made.folder / f"sweep-{number}"
    folder.mkdir()
    env = made.env() | {
        "GITHUB_RUN_NUMBER": str(number),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "PYTHONPATH": str(ROOT),
        "PATH": os.environ.get("PATH", os.defpath),
    }
    (folder / "output").touch()
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bot"],
        env=env,
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    text = (folder / "output").read_text(encoding="utf-8")
    items = json.loads(text.partition("items<<")[2].split("\n")[1])
    return len(items)
