"""`coder-fix demo`: the whole story on this machine, everything real but the two servers."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.outcomes import ExitCode
from bot.sandbox.stories import STORIES
from bot.sandbox.world import SandboxWorld, agent_argv

PATIENCE = 60.0


def main(argv: list[str]) -> int:
    """0 when the story ended as it should, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="coder-fix demo", description=__doc__)
    parser.add_argument("--story", choices=sorted(STORIES), default="failing-test")
    parser.add_argument("--backend", choices=("tasks", "chats"), default="tasks")
    parser.add_argument("--agent", metavar="COMMAND", help="edits a checkout, such as 'claude -p'")
    parser.add_argument("--write", metavar="DIR", help="write comment.md and summary.md there")
    parser.add_argument("--keep", action="store_true", help="leave the state to look at")
    given = parser.parse_args(argv)
    agent = agent_argv(given.agent) if given.agent else None
    world = SandboxWorld(STORIES[given.story], given.backend, agent, keep=given.keep)
    with world:
        told = Demo(world, Path(given.write) if given.write else None).play()
        if given.keep:
            print(f"\nKept in {world.root}")
    return ExitCode.DONE if told else ExitCode.BUG


@dataclass(slots=True)
class Demo:
    """Plays one story and shows each part of it."""

    world: SandboxWorld
    write: Path | None = None
    events: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    _number: int = 0
    _turns: int = 0

    def play(self) -> bool:
        """True when every outcome is the story's own."""
        self.world.github.on_event(lambda name, payload: self.events.append((name, payload)))
        self._headline("A pull request turns CI red")
        number = self.world.break_it()
        good = True
        for expected in self.world.story.outcomes:
            self.world.github.wait_idle()
            good &= self._answer(self._newest_run(), number) == expected
        return good

    def _answer(self, payload: Mapping[str, Any], number: int) -> str:
        """The bot hears of one run; its outcome, with the reason of a skip."""
        run = payload["workflow_run"]
        said = f"attempt {run['run_attempt']} ended as {run['conclusion']}"
        print(f"  #{number} “{run['display_title']}”: run {run['id']}, {said}")
        self._headline(f"coder-fix runs on the workflow_run event, backend {self.world.backend}")
        code, outputs, summary = self._run_action(payload)
        self._show("Outputs", [f"{k}: {v}" for k, v in outputs.items() if v])
        comment = self._comment(number)
        self._show(f"The comment on #{number}", comment)
        self._show("The job summary", summary)
        self._written({"comment.md": comment, "summary.md": summary})
        outcome = "/".join(filter(None, (outputs.get("outcome"), outputs.get("skip-reason"))))
        self._headline(f"Ended as `{outcome}`, exit code {code}")
        return outcome if code == 0 else f"exit code {code}"

    def _newest_run(self) -> Mapping[str, Any]:
        return next(
            payload
            for name, payload in reversed(self.events)
            if name == "workflow_run"
            and payload["action"] == "completed"
            and payload["workflow_run"]["head_branch"] == "feature"
        )

    def _run_action(self, payload: Mapping[str, Any]) -> tuple[int, dict[str, str], list[str]]:
        """`python -m bot` with a runner's variables, its lines shown as they come."""
        self._turns += 1
        folder = self.world.root / f"runner-{self._turns}"
        folder.mkdir()
        event, output, summary = (folder / n for n in ("event.json", "output", "summary.md"))
        event.write_text(json.dumps(payload), encoding="utf-8")
        env = {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(Path(__file__).resolve().parent.parent.parent),
            "GITHUB_EVENT_NAME": "workflow_run",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_RUN_ID": "1",
            "GITHUB_WORKFLOW_REF": "acme/widgets/.github/workflows/coder-fix.yml@refs/heads/main",
            "INPUT_IDLE-SECONDS": "1",
            "INPUT_POLL-INTERVAL-SECONDS": "0.5",
            **self.world.inputs(),
        }
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "bot"],
            env=env,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        timer = threading.Timer(PATIENCE, process.terminate)
        timer.start()
        began = time.monotonic()
        for line in process.stdout or ():
            if not line.startswith("::add-mask::"):
                print(f"  {time.monotonic() - began:5.1f} s  {line.rstrip()}", flush=True)
        code = process.wait()
        timer.cancel()
        return code, read_outputs(output), summary.read_text(encoding="utf-8").splitlines()

    def _comment(self, number: int) -> list[str]:
        comments = self.world.repository.state.pulls[number].issue.comments
        return [line for c in comments for line in c.body.splitlines()] or ["(none)"]

    def _written(self, files: Mapping[str, list[str]]) -> None:
        if self.write is not None:
            self.write.mkdir(parents=True, exist_ok=True)
            for name, lines in files.items():
                (self.write / name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _headline(self, text: str) -> None:
        self._number += 1
        print(f"\n{_bold(f'{self._number}. {text}')}", flush=True)

    def _show(self, title: str, lines: list[str]) -> None:
        self._headline(title)
        for line in lines:
            print(f"  {line}")


def read_outputs(path: Path) -> dict[str, str]:
    """What the step set, by the runner's own grammar: `NAME<<DELIMITER`, lines, DELIMITER."""
    values: dict[str, str] = {}
    lines = iter(path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else ())
    for line in lines:
        name, _, delimiter = line.partition("<<")
        held: list[str] = []
        for held_line in lines:
            if held_line == delimiter:
                break
            held.append(held_line)
        values[name] = "\n".join(held)
    return values


def _bold(text: str) -> str:
    colored = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    return f"\x1b[1m{text}\x1b[0m" if colored else text
