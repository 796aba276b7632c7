"""One run of the product: the real entry, a runner's variables, and what it leaves behind."""

from __future__ import annotations

import io
import json
import re
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.adapters.clock import SystemClock
from bot.adapters.runner import Runner
from bot.commands.demo import read_outputs
from bot.commands.run import Run
from faults.gate import KilledError, Passage

if TYPE_CHECKING:
    from faults.world import World


class RunClock(SystemClock):
    """One run's view of the world's time; a killed run sleeps no more."""

    def __init__(self, world: World, passage: Passage) -> None:
        super().__init__()
        self._world = world
        self._passage = passage

    def now(self) -> datetime:
        """The runner's wall clock, which may be wrong and may jump."""
        return self._world.now() + timedelta(seconds=self._passage.skew)

    def monotonic(self) -> float:
        """The world's time; it never jumps."""
        return self._world.passed

    def sleep(self, seconds: float) -> None:
        """Nothing waits; the world moves on by that much."""
        if self._passage.is_dead:
            raise KilledError
        super().sleep(0)
        self._world.let_pass(seconds)


def _can_be_ended() -> None:
    """At its end the product is deaf to signals, since its process is over; ours is not."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def outcomes_in(output: str) -> list[str]:
    """Every outcome that the runner's file of outputs holds."""
    return re.findall(r"^outcome<<.*\n(.*)$", output, re.MULTILINE)


def summaries_in(summary: str) -> int:
    """How many summaries were written to the runner's file."""
    return len(re.findall(r"^## (?!\[)", summary, re.MULTILINE))


@dataclass(frozen=True, slots=True)
class Told:
    """What one run left: its outputs, its summary, its exit code, and what escaped from it."""

    outputs: Mapping[str, str]
    outcomes_written: int
    summaries: int
    code: int = 0
    killed: bool = False
    escaped: str = ""

    @property
    def outcome(self) -> str:
        """The output `outcome`, with the reason of a skip; `killed` where nothing could be said."""
        if self.killed:
            return "killed"
        skip = self.outputs.get("skip-reason")
        word = self.outputs.get("outcome", "nothing")
        return f"{word}/{skip}" if skip else word


@dataclass(slots=True)
class Attempt:
    """One run of the action."""

    world: World
    passage: Passage
    folder: Path
    event: Mapping[str, Any]
    given: dict[str, Any]
    told: Told | None = None

    def variables(self) -> dict[str, str]:
        """A runner's variables."""
        self.folder.mkdir(exist_ok=True)
        event = self.folder / "event.json"
        event.write_text(json.dumps(self.event))
        return self.world.github.runner_env(self.world.repository) | {
            "GITHUB_EVENT_NAME": "workflow_run",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "GITHUB_RUN_ID": "1",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_WORKFLOW_REF": "acme/widgets/.github/workflows/coder-fix.yml@refs/heads/main",
            "GITHUB_WORKSPACE": str(self.folder),
        }

    def play(self) -> Told:
        """Run to the end, whatever that is."""
        variables = self.variables()
        run = Run(variables, clock=RunClock(self.world, self.passage))
        said = io.StringIO()
        run.runner = Runner(variables, said)
        code, escaped = 0, ""
        try:
            code = run.main(dict(self.given))
        except KilledError:
            pass
        except BaseException as other:  # noqa: BLE001 - the finding itself
            escaped = repr(other)
        finally:
            _can_be_ended()
        self.told = self.left(code, escaped, said.getvalue())
        return self.told

    def left(self, code: int, escaped: str, said: str) -> Told:
        """What the run left in the runner's files."""
        output, summary = self.folder / "output", self.folder / "summary.md"
        written = output.read_text() if output.exists() else ""
        if "Traceback" in said:
            escaped = escaped or said[said.index("Traceback") :]
        return Told(
            outputs=read_outputs(output),
            outcomes_written=len(outcomes_in(written)),
            summaries=summaries_in(summary.read_text() if summary.exists() else ""),
            code=code,
            killed=self.passage.is_dead,
            escaped=escaped,
        )
