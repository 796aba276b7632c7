"""A handful of true kills: the product as a process, real time, a signal at one of its calls."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox.http import HttpResponse
from faults.attempt import Attempt, Told
from faults.gate import Asked, Serve
from faults.verdicts import findings
from faults.world import World

PATIENCE = 120.0
_QUICK: dict[str, Any] = {"poll_interval_seconds": "0.1", "idle_seconds": "1"}
_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Process:
    """A process gets a signal at that call, then others carry on to an end."""

    backend: str
    number: int
    signal_name: str

    def play(self, world: World) -> tuple[list[Told], dict[str, int]]:
        """The signalled process, then at most three more."""
        with _time(world):
            runs = [self._run(world, self.number)]
            for _ in range(3):
                runs.append(self._run(world, 0))
                if runs[-1].outcome not in {"error", "pending"}:
                    break
        # An agent that a cancelled run has stopped in its turn is told to go on.
        return runs, findings(world, runs, stopped=self.signal_name == "SIGTERM")

    def _run(self, world: World, number: int) -> Told:
        attempt = world.begin(**_QUICK)
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "bot", "run"],
            env=_environment(attempt),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

        def strike(asked: Asked, serve: Serve) -> HttpResponse | None:
            answer = serve()
            if asked.number == number:
                process.send_signal(signal.Signals[self.signal_name])
            return answer

        attempt.passage.rule = strike
        said, _ = process.communicate(timeout=PATIENCE)
        attempt.passage.is_dead = process.returncode == -signal.SIGKILL
        return attempt.left(max(process.returncode, 0), "", said)


def _environment(attempt: Attempt) -> dict[str, str]:
    inputs = {f"INPUT_{k.upper().replace('_', '-')}": str(v) for k, v in attempt.given.items()}
    machine = {"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(_ROOT)}
    return attempt.variables() | inputs | machine


@contextmanager
def _time(world: World) -> Iterator[None]:
    """The world's time runs five times as fast as ours."""
    over = threading.Event()

    def tick() -> None:
        while not over.wait(0.1):
            world.let_pass(0.5)

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
