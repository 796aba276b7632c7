"""From the start of the process to the session in Coder, with the servers in another process."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.table import row
from bench.world import ITEMS

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 9
MEGABYTE = 1024


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds until the line that tells of the session, and the peak of resident memory in MiB."""

    seconds: float
    memory: float


@dataclass
class World:
    """The servers' process."""

    process: subprocess.Popen[str]
    env: Mapping[str, str]
    folder: Path

    def requests(self) -> list[Any]:
        """What was asked since the last time, until the session was there."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        told: list[Any] = json.loads(self.process.stdout.readline())
        made = [n for n, r in enumerate(told) if r["status"] == 201 and r["server"] == "coder"]
        return told[: made[0] + 1] if made else told


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """Start it, wait until it serves, stop it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.world", str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    ready = folder / "ready.json"
    try:
        while not ready.exists() or not ready.read_text(encoding="utf-8"):
            assert process.poll() is None, "the servers did not start"
            time.sleep(0.05)
        yield World(process, json.loads(ready.read_text(encoding="utf-8")), folder)
    finally:
        assert process.stdin and process.stdout
        process.stdin.close()
        process.wait(20)
        process.stdout.close()


def start(folder: Path) -> None:
    """The rows about time, memory and requests; both processes in turn, the medians compared."""
    ours, base = [], []
    with world(folder) as servers:
        _ours(servers, 1)  # warms the file cache, and is not counted
        sent = servers.requests()
        for number in range(2, min(ROUNDS + 2, ITEMS)):
            ours.append(_ours(servers, number))
            base.append(_baseline(servers, _anew(servers.requests(), number)))
            servers.requests()
    wall = statistics.median(m.seconds for m in ours)
    least = statistics.median(m.seconds for m in base)
    row(
        "process start → session created",
        f"{least:.2f} s: four imports, the same requests",
        f"{wall:.2f} s, × {wall / least:.2f}",
        "× 1.3",
    )
    memory, other = max(m.memory for m in ours), max(m.memory for m in base)
    row("peak memory", f"{other:.0f} MiB", f"{memory:.0f} MiB, × {memory / other:.2f}", "90 MiB")
    logs = sum(r["server"] == "blobs" for r in sent)
    most = 14 + 2 * logs
    row("requests until then", f"12 + 2 policy files + 2 × {logs} logs", f"{len(sent)}", f"{most}")


def _anew(requests: list[Any], number: int) -> list[Any]:
    """The same requests; the last one makes a session of another name."""
    *others, create = requests
    body = json.loads(create["body"]) | {"name": f"bench-{number}"}
    return [*others, create | {"body": json.dumps(body)}]


def _ours(servers: World, number: int) -> Measured:
    event = servers.folder / f"event-{number}.json"
    env = dict(servers.env) | {"GITHUB_EVENT_PATH": str(event), "PYTHONPATH": str(ROOT)}
    return _run([sys.executable, "-P", "-m", "bot"], env, servers.folder)


def _baseline(servers: World, requests: list[Any]) -> Measured:
    file = servers.folder / "requests.json"
    file.write_text(json.dumps(requests), encoding="utf-8")
    env = {
        "GITHUB_API_URL": servers.env["GITHUB_API_URL"],
        "GITHUB_TOKEN": servers.env["INPUT_GITHUB-TOKEN"],
        "CODER_URL": servers.env["INPUT_CODER-URL"],
        "CODER_TOKEN": servers.env["INPUT_CODER-TOKEN"],
    }
    script = str(Path(__file__).with_name("baseline.py"))
    return _run([sys.executable, "-P", script, str(file)], env, servers.folder)


def _run(command: list[str], env: Mapping[str, str], folder: Path) -> Measured:
    """Until the line "Started session"; the process is then let go on to its end."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        env={"PATH": os.environ.get("PATH", os.defpath), **env},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    said: list[str] = []
    seconds = 0.0
    for line in process.stdout:
        said.append(line)
        if "Started session" in line and not seconds:
            seconds = time.perf_counter() - began
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    assert seconds, "no session was started:\n" + "".join(said)
    return Measured(seconds, usage.ru_maxrss / MEGABYTE)
