"""A red pull request on both sandboxes, a clock that never waits, and the product's real entry."""

from __future__ import annotations

import re
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from bot.decide import memory
from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.coder import SandboxCoder
from bot.sandbox.coder_agents import Report, Say, Work
from bot.sandbox.github import SandboxGitHub
from bot.sandbox.github_runs import WorkflowRun
from faults.attempt import Attempt, Told
from faults.gate import Gate, Rule, plainly

BOT = "coder-fix-bot"
START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BACKENDS = ("tasks", "chats")
_TICK = timedelta(microseconds=1)
_WORKFLOW = """\
name: CI
on:
  push:
    branches: [main]
  pull_request:
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: pytest
"""
_RED = """\
=================================== FAILURES ===================================
_________________________________ test_{name} _________________________________

    def test_{name}():
>       assert total([250]) == 0
E       assert -250 == 0

tests/test_prices.py:8: AssertionError
----------------------------- Captured stdout call -----------------------------
{printed}
=========================== short test summary info ============================
FAILED tests/test_prices.py::test_{name} - assert -250 == 0
========================= 1 failed, 1 passed in 0.02s ==========================
"""
_TEST = "def test_voucher():\n    assert total([250]) == 0\n"
_SKIPPED = f"@pytest.mark.skip\n{_TEST}"
RIGHTS = {
    "actions": "read",
    "checks": "read",
    "contents": "read",
    "issues": "write",
    "pull_requests": "write",
    "statuses": "read",
}
_SERVED: dict[str, dict[str, Any]] = {
    "tasks": {"tasks": "v2+experimental", "chats": "experimental", "version": "v2.36.0"},
    "chats": {"tasks": "off", "chats": "v2+experimental", "version": "v2.37.0"},
}


@dataclass(frozen=True, slots=True)
class Made:
    """How many of each thing a story left behind."""

    sessions: int
    pull_requests: int
    comments: int
    messages: int


def _job(color: str, printed: str) -> JobSeed:
    """Green for no color at all, cancelled for that word, else red with a test of that name."""
    if color in {"", "cancelled"}:
        return JobSeed("test", color or "success")
    return JobSeed("test", "failure", log=_RED.format(name=color, printed=printed))


@dataclass(slots=True)
class World:
    """One red pull request. The agent's first push is red again, its second one is green.

    Where it `cheats`, the first one is green too, by a test that is skipped. `sockets` serves the
    world on loopback, for other processes and for what only a socket shows.
    """

    backend: str
    sockets: bool = False
    start: datetime = START
    passed: float = 0.0
    root: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="faults-")))
    prompts: list[str] = field(default_factory=list)
    prose: tuple[str, str] = ("Looking at it", "Pushed a repair")
    printed: str = "-250"
    cheats: bool = False
    _looks: int = 0
    _runs: int = 0
    _slow: list[WorkflowRun] = field(default_factory=list)
    colors: list[str] = field(default_factory=lambda: ["voucher", "rounding"])
    _time: threading.RLock = field(default_factory=threading.RLock)
    github: SandboxGitHub = field(init=False)
    coder: SandboxCoder = field(init=False)
    gate: Gate = field(init=False)
    user: Any = field(init=False)
    repository: Any = field(init=False)
    event: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.colors = self.colors[:1] if self.cheats else self.colors
        self.github = SandboxGitHub(directory=self.root / "github")
        self.github.clock.now = self.now  # type: ignore[method-assign]
        self.github.script_runs(self._told_jobs)
        served = _SERVED[self.backend]
        self.coder = SandboxCoder(self.root / "coder", agent=self._agent, now=self.now, **served)
        self.user, _ = self.coder.add_user(BOT)
        self.coder.add_template("ci-repair", presets=["Small"], default_preset="Small")
        self.coder.rate_limit.limit = None
        files = {".github/workflows/ci.yml": _WORKFLOW, "prices.py": "whole\n"}
        files["tests/test_prices.py"] = _TEST
        self.repository = self.github.create_repository("acme/widgets", files)
        self.gate = Gate(self.github, self.github.blobs, self.coder)
        if self.sockets:
            self.github.start()
            self.coder.start()
        self.repository.commit("feature", {"prices.py": "broken\n"}, "Vouchers", start=False)
        self.repository.open_pull_request("feature", author="alice")
        self.finish_runs()
        self.event = self.events("feature")[-1]

    # --- time ------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The wall clock of everything here; no moment comes twice, as chats need it."""
        with self._time:
            self._looks += 1
            return self.start + timedelta(seconds=self.passed) + self._looks * _TICK

    def let_pass(self, seconds: float) -> None:
        """Time passes: agents work and workflow runs end."""
        with self._time:
            self.passed += seconds
        self.finish_runs()
        self.coder.advance(0)

    def finish_runs(self) -> None:
        """Let the workflow runs that are under way end in their colors."""
        with self.github.lock:
            slow, self._slow = self._slow, []
        for run in slow:
            color = self.colors.pop(0) if self.colors else ""
            self.github.finish_run(self.repository, run, [_job(color, self.printed)])

    # --- the others ------------------------------------------------------------------------

    def _told_jobs(self, run: WorkflowRun) -> list[JobSeed]:
        self._slow.append(run)
        return [JobSeed("test", None, status="in_progress")]

    def _agent(self, prompt: str, work: Path) -> Iterator[Any]:
        del work
        self.prompts.append(prompt)
        found = re.search(r"push[^\n]*?`([\w./-]+)`", prompt, re.IGNORECASE)
        assert found, "the prompt names no branch"
        yield Say(self.prose[0])
        yield Work(2)
        there = self.repository.state.git.branch(found[1]) is not None
        self.repository.commit(
            found[1],
            self._change(),
            "Repair it",
            from_branch="" if there else "feature",
            author=BOT,
        )
        yield Report("complete", self.prose[1])

    def _change(self) -> dict[str, str]:
        """A repair; the first one of a cheat is a skip, which its second one takes back."""
        repair = {"prices.py": f"repair {len(self.prompts)}\n"}
        if not self.cheats:
            return repair
        if len(self.prompts) == 1:
            return {"tests/test_prices.py": _SKIPPED}
        return {"tests/test_prices.py": _TEST} | repair

    def events(self, branch: str) -> list[Mapping[str, Any]]:
        """Every `workflow_run` completed on that branch, oldest first."""
        return [
            payload
            for name, payload in self.github.events.sent
            if name == "workflow_run"
            and payload["action"] == "completed"
            and payload["workflow_run"]["head_branch"] == branch
        ]

    def made(self) -> Made:
        """What exists now that the bot or its agent made. Archived chats do not count."""
        state = self.repository.state
        if self.backend == "tasks":
            sessions = sum(1 for w in self.coder.world.workspaces.values())
            messages = len(self.prompts)
        else:
            chats = [chat for chat in self.coder.chats if not chat.archived]
            sessions = len(chats)
            # The prompt of a chat that lost and was put away at once is nobody's second message.
            messages = sum(m.role == "user" for chat in chats for m in chat.messages)
        return Made(sessions, len(state.pulls) - 1, len(self._comments()), messages)

    def remembered(self) -> str:
        """The end that our comment remembers; empty while there is none."""
        for body in self._comments():
            state = memory.read_any(body)
            if state is not None and state.final is not None:
                return state.final.value
        return ""

    def is_green(self, sha: str) -> bool:
        """Whether the newest run of that commit succeeded."""
        runs = [run for run in self.repository.runs if run.head_sha == sha]
        return bool(runs) and runs[-1].attempt.conclusion == "success"

    def _comments(self) -> list[str]:
        issues = self.repository.state.issues.values()
        return [c.body for issue in issues for c in issue.comments if c.user.login == BOT]

    # --- the product -----------------------------------------------------------------------

    def begin(
        self,
        rule: Rule = plainly,
        *,
        event: Mapping[str, Any] | None = None,
        rights: Mapping[str, str] = RIGHTS,
        **inputs: Any,
    ) -> Attempt:
        """A run of the action on the red event, with tokens of its own, not yet under way."""
        self._runs += 1
        github_token = f"ghp_{self._runs:036d}"
        self.github.tokens.grant(github_token, login=BOT, permissions=rights)
        with self.coder.lock:
            name, year = f"run-{self._runs}", timedelta(days=365)
            coder_token = self.coder.identity.add_token(self.user, name, year).text
        passage = self.gate.passage(github_token, coder_token)
        passage.rule = rule
        given = {
            "github_token": github_token,
            "coder_url": self.coder.url,
            "coder_token": coder_token,
            "coder_template_name": "ci-repair",
            "coder_backend": self.backend,
            # A longer interval would only repeat the same look at the same checks.
            "poll_interval_seconds": "1",
        }
        folder = self.root / f"run-{self._runs}"
        return Attempt(self, passage, folder, event or self.event, given | inputs)

    def run(self, rule: Rule = plainly, **inputs: Any) -> Told:
        """A run of the action on the red event, to its end."""
        return self.begin(rule, **inputs).play()

    def close(self) -> None:
        """Stop everything; nothing is left."""
        self.gate.close()
        self.coder.close()
        self.github.close()
        shutil.rmtree(self.root, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
