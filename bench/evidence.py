"""Figures of the evidence engine, each as a ratio to a baseline measured in the same run.

    python -m bench.evidence [--corpus DIR] [--large] [--only NAME]

DIR (or the variable CODER_FIX_CORPUS) holds `score_logs.py` and `logs/`; without it the figures
that need real logs are skipped. `--large` adds the log of 1 GB.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench.table import row

MB = 1_000_000
DOWNLOADS = 8
"""Times that all logs are fetched, each way in turn; the best counts."""
PLAIN_PIECE = 64 * 1024
"""Bytes that httpcore reads at once where nobody told it otherwise."""
RUN = """
import resource, sys, time
begin = time.perf_counter()
from bot.commands.distill import main
main([sys.argv[1], "--budget-tokens", "2000"])
wall = time.perf_counter() - begin
sys.stderr.write(f"{wall} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}")
"""
SPLIT = """
import sys, time
data = open(sys.argv[1], "rb").read()
begin = time.perf_counter()
len(data.split(b"\\n"))
sys.stderr.write(f"{time.perf_counter() - begin} 0")
"""


def synthetic(path: Path, size: int) -> None:
    """A job log of `size` bytes: a build that says a lot, a few hundred complaints, a failure."""
    rng = random.Random(7)  # noqa: S311 - the same text each time
    usual = [
        f"2026-03-01T12:00:00.{i:07d}Z [{i % 97:3d}%] Building CXX object src/CMakeFiles/"
        f"core.dir/{rng.choice('abcdef') * 5}/module_{rng.randrange(9999)}.cpp.o\n"
        for i in range(4000)
    ]
    usual[1234] = "2026-03-01T12:00:00.0000000Z src/a.cpp:10:2: warning: unused variable 'error'\n"
    part = "".join(usual).encode()
    end = (
        b"2026-03-01T13:00:00.0000000Z src/core/parse.cpp:42:10: error: expected ';' after 'x'\n"
        b"2026-03-01T13:00:00.0000000Z ##[error]Process completed with exit code 2.\n"
    )
    with path.open("wb") as file:
        file.write(b"2026-03-01T12:00:00.0000000Z ##[group]Run make\n")
        file.write(b"2026-03-01T12:00:00.0000000Z ##[endgroup]\n")
        for _ in range(max(0, (size - len(end)) // len(part))):
            file.write(part)
        file.write(end)


def measured(script: str, path: Path, tries: int = 3) -> tuple[float, float]:
    """Best wall seconds and the largest resident set (MiB) of a process that runs `script`."""
    walls, sizes = [], []
    for _ in range(tries):
        done = subprocess.run(
            [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False
        )
        wall, size = done.stderr.split()[-2:]
        walls.append(float(wall))
        sizes.append(float(size))
    return min(walls), max(sizes)


def speed(folder: Path) -> None:
    """One log of 200 MB, import and everything included, against the simplest pass over it."""
    path = folder / "200.log"
    synthetic(path, 200 * MB)
    size = path.stat().st_size / MB
    wall, peak = measured(RUN, path)
    split, _ = measured(SPLIT, path)
    base = f"`bytes.split` {size / split:.0f} MB/s"
    if grep := shutil.which("rg"):
        begin = time.perf_counter()
        subprocess.run([grep, "-c", "-i", "error", str(path)], capture_output=True, check=False)
        base += f", `rg -c -i error` {size / (time.perf_counter() - begin):.0f} MB/s"
    row(
        "200 MB log, file → evidence",
        base,
        f"{size / wall:.0f} MB/s, {wall / split:.2f} × split",
        "≥ 400 MB/s",
    )
    row("peak resident, whole process", "–", f"{peak:.0f} MiB", "< 96 MiB")


def hostile(folder: Path) -> None:
    """Logs that say much: every third line an error, nothing but errors, short lines, one line."""
    rng = random.Random(5)  # noqa: S311 - the same text each time
    stamp = "2026-03-01T12:00:00.0000000Z "
    kinds = (
        "src/core/file_{0}.cpp:{1}:{2}: error: 'value{0}' was not declared in this scope",
        "src/core/file_{0}.cpp:{1}:{2}: warning: unused variable 'x{1}' [-Wunused-variable]",
        "##[error]src/file_{0}.ts({1},{2}): error TS2304: Cannot find name 'name{0}'.",
        "FAILED tests/test_{0}.py::test_{1} - AssertionError: assert {1} == {2}",
        "error[E0425]: cannot find value `value{0}` in this scope",
        "ERROR: connection to host-{0} refused: timed out after {2}s",
    )
    usual = "[{2:3d}%] Building CXX object src/CMakeFiles/core.dir/module_{0}.cpp.o"
    dense = "".join(
        f"{stamp}{text.format(rng.randrange(9999), rng.randrange(900), rng.randrange(99))}\n"
        for n in range(30_000)
        for text in (kinds[n // 3 % len(kinds)] if n % 3 == 0 else usual,)
    )
    errors = "".join(f"{stamp}##[error]thing {n} went wrong\n" for n in range(10_000))
    logs = {
        "200 MB, 1 line of 3 an error or a warning": (dense, 200 * MB // len(dense)),
        "10⁶ `##[error]` lines": (errors, 100),
        "200 MB in lines of 9 bytes": ("error: a\n" * 10_000, 200 * MB // 90_000),
        "one line of 200 MB": ("error word " * 10_000, 200 * MB // 110_000),
    }
    path = folder / "hostile.log"
    for what, (part, times) in logs.items():
        with path.open("w", encoding="utf-8") as file:  # in parts: a child's peak is its parent's
            file.writelines(part for _ in range(times))
        size = path.stat().st_size / MB
        wall, peak = measured(RUN, path)
        split, _ = measured(SPLIT, path)
        reached = f"{size / wall:.0f} MB/s, {wall:.2f} s, {peak:.0f} MiB"
        row(what, f"`bytes.split` {size / split:.0f} MB/s", reached, "bounded, < 96 MiB")


def linear(folder: Path, *, large: bool) -> None:
    """Cost by size: seconds for each MB beyond the fixed part, and memory."""
    sizes = [1, 10, 100, *([1000] if large else [])]
    costs: dict[int, tuple[float, float]] = {}
    for size in sizes:
        path = folder / f"{size}.log"
        synthetic(path, size * MB)
        costs[size] = measured(RUN, path)
        path.unlink()
    fixed = costs[10][0]
    rates = {s: (costs[s][0] - fixed) / (s - 10) * 1000 for s in sizes if s > 10}
    walls = ", ".join(f"{s} MB {costs[s][0] * 1000:.0f} ms" for s in sizes)
    peaks = ", ".join(f"{costs[s][1]:.0f}" for s in sizes)
    slopes = ", ".join(f"{r:.2f} ms/MB to {s} MB" for s, r in rates.items())
    row("cost by size", "10 MB", f"{walls}; beyond 10 MB {slopes}; {peaks} MiB", "linear, flat")


class _Server(BaseHTTPRequestHandler):
    data = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.data)))
        self.end_headers()
        self.wfile.write(self.data)

    def log_message(self, *_: object) -> None:
        return


def plain_download(address: str, folder: Path, count: int) -> None:
    """The simplest download with the same client: as many at once, each to a file of its own."""
    import httpcore
    import httpx

    from bot.adapters.job_logs import PARALLEL

    def one(number: int) -> None:
        with client.stream("GET", address) as answer, (folder / str(number)).open("wb") as file:
            for piece in answer.iter_bytes():
                file.write(piece)

    connection = httpcore.HTTP11Connection
    ours, connection.READ_NUM_BYTES = connection.READ_NUM_BYTES, PLAIN_PIECE
    with httpx.Client() as client, ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(one, range(count)))
    connection.READ_NUM_BYTES = ours


def download(folder: Path) -> None:
    """12 logs of 20 MB from a loopback server, distilled as they come, against a plain download.

    Also beside our own download alone, which costs less than the plain one.
    """
    from bot.adapters.job_logs import LogDownloads
    from bot.evidence import distill
    from bot.model import Job
    from bot.untrusted import Untrusted

    source = folder / "20.log"
    synthetic(source, 20 * MB)
    server = subprocess.Popen(
        [sys.executable, "-c", f"from bench.evidence import serve; serve({str(source)!r})"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout
    address = f"http://127.0.0.1:{int(server.stdout.readline())}/"
    jobs = [Job(n, Untrusted(f"leg {n}"), "completed", "failure") for n in range(12)]

    def fetched() -> None:
        with LogDownloads(lambda _: (302, address)).fetch(jobs) as (logs, _):
            list(logs)

    def distilled() -> None:
        with LogDownloads(lambda _: (302, address)).fetch(jobs) as (logs, _):
            distill(logs, budget_chars=16_000)

    ways = {
        "plain": lambda: plain_download(address, folder, len(jobs)),
        "fetched": fetched,
        "distilled": distilled,
    }
    walls: dict[str, float] = {}
    costs: dict[str, float] = {}
    try:
        for _ in range(DOWNLOADS):
            for way, run in ways.items():
                begin, cost = time.perf_counter(), time.process_time()
                run()
                wall, cost = time.perf_counter() - begin, time.process_time() - cost
                walls[way] = min(wall, walls.get(way, wall))
                costs[way] = min(cost, costs.get(way, cost))
    finally:
        server.kill()
        server.wait()
    said = {way: f"{walls[way]:.2f} s ({costs[way]:.2f} s of CPU)" for way in ways}
    row(
        "12 logs of 20 MB, download and distil",
        f"plain download {said['plain']}; ours alone {said['fetched']}",
        f"{said['distilled']}, {walls['distilled'] / walls['plain']:.2f} × plain, "
        f"{walls['distilled'] / walls['fetched']:.2f} × ours",
        "≤ 1.3 ×",
    )


def serve(path: str) -> None:
    """Serve one file on a loopback port, which is printed."""
    _Server.data = Path(path).read_bytes()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


def main(argv: Sequence[str]) -> None:
    """Measure and print the rows."""
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--corpus", type=Path, default=os.environ.get("CODER_FIX_CORPUS"))
    flags.add_argument("--large", action="store_true")
    flags.add_argument("--only", default="")
    options = flags.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="coder-fix-bench-") as name:
        folder = Path(name)
        figures: dict[str, Callable[[], None]] = {
            "speed": lambda: speed(folder),
            "linear": lambda: linear(folder, large=options.large),
            "hostile": lambda: hostile(folder),
            "download": lambda: download(folder),
        }
        if options.corpus and (Path(options.corpus) / "score_logs.py").is_file():
            from bench import evidence_corpus

            figures |= evidence_corpus.figures(Path(options.corpus))
        for figure, run in figures.items():
            if options.only in figure:
                run()


if __name__ == "__main__":
    row("What", "Baseline", "Reached", "Aim")
    row("---", "---", "---", "---")
    main(sys.argv[1:])
