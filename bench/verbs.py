"""What a verb costs that needs no network: a user waits for `--help`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench.table import row

ROOT = Path(__file__).resolve().parent.parent
VERBS = (
    ("--help",),
    ("--version",),
    ("run", "--help"),
    ("distill", "--help"),
    ("sandbox", "--help"),
    ("demo", "--help"),
)
ROUNDS = 7


def verbs() -> None:
    """One row for each, all of them measured in turn."""
    python = [sys.executable, "-P"]
    commands = {"": [*python, "-c", "pass"]}
    commands |= {" ".join(v): [*python, "-m", "bot", *v] for v in VERBS}
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            seconds[name].append(_timed(command))
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    least = medians.pop("")
    for name, median in medians.items():
        row(
            f"`coder-fix {name}`",
            f"{least * 1000:.0f} ms: `python -c pass`",
            f"{median * 1000:.0f} ms, × {median / least:.1f}, {median - least:+.2f} s",
            "+0.25 s",
        )


def _timed(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - began
