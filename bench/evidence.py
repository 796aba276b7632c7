"""Figures of the evidence engine, each as a ratio to a baseline measured in the same run.

    python -m bench.evidence [--corpus DIR] [--large] [--only NAME]

DIR holds `score_logs.py` and `logs/` (see bot/log_formats/README.md); without it the figures that
need real logs are skipped. `--large` adds the log of 1 GB.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import io
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO

BUDGETS = (500, 1000, 2000, 4000)
MB = 1_000_000
HERE = Path(__file__).parent
LABELS = HERE / "evidence_classes.json"
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


def row(what: str, baseline: str, reached: str, aim: str) -> None:
    """One row of the table."""
    sys.stdout.write(f"| {what} | {baseline} | {reached} | {aim} |\n")
    sys.stdout.flush()


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


def download(folder: Path) -> None:
    """12 logs of 20 MB from a loopback server: fetched and distilled against only fetched."""
    from bot.evidence import distill
    from bot.evidence.archive import plain_log

    source = folder / "20.log"
    synthetic(source, 20 * MB)
    server = subprocess.Popen(
        [sys.executable, "-c", f"from bench.evidence import serve; serve({str(source)!r})"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout
    address = f"http://127.0.0.1:{int(server.stdout.readline())}/"
    try:
        walls: dict[bool, float] = {}
        for read in (False, True, False, True):
            begin = time.perf_counter()
            logs = (
                plain_log(path.stem, partial(_opened, path), path.stat().st_size)
                for path in _fetched(address, folder, 12)
            )
            distill(logs, budget_chars=16_000) if read else list(logs)
            wall = time.perf_counter() - begin
            walls[read] = min(wall, walls.get(read, wall))
    finally:
        server.kill()
        server.wait()
    ratio = walls[True] / walls[False]
    row(
        "12 logs of 20 MB, download and distil",
        f"download alone {walls[False]:.2f} s",
        f"{walls[True]:.2f} s, {ratio:.2f} ×",
        "≤ 1.3 ×",
    )


def serve(path: str) -> None:
    """Serve one file on a loopback port, which is printed."""
    _Server.data = Path(path).read_bytes()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


def _fetched(address: str, folder: Path, count: int) -> Iterator[Path]:
    import httpx

    def one(number: int) -> Path:
        path = folder / f"leg-{number}.log"
        with (
            httpx.Client(trust_env=False) as client,
            client.stream("GET", address) as answer,
            path.open("wb") as file,
        ):
            for chunk in answer.iter_raw(1 << 16):
                file.write(chunk)
        return path

    with ThreadPoolExecutor(4) as pool:
        yield from pool.map(one, range(count))


def _scorer(corpus: Path) -> Any:
    spec = importlib.util.spec_from_file_location("score_logs", corpus / "score_logs.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def in_training_half(identity: str) -> bool:
    """Whether rules may have been written with this log in view: the hash of its id is even."""
    return int(hashlib.sha256(identity.encode()).hexdigest()[0], 16) % 2 == 0


def _items(corpus: Path) -> list[Any]:
    scorer = _scorer(corpus)
    lines = (corpus / "logs" / "gold.jsonl").read_text("utf-8").splitlines()
    return [scorer.Item(json.loads(line), corpus / "logs") for line in lines if line.strip()]


def _distilled(text: str, budget: int) -> str:
    """What the command prints for a log."""
    import contextlib

    from bot.commands.distill import main

    with (
        tempfile.NamedTemporaryFile(suffix=".log") as file,
        contextlib.redirect_stdout(io.StringIO()) as out,
    ):
        file.write(text.encode("utf-8", "surrogateescape"))
        file.flush()
        main([file.name, "--budget-tokens", str(budget)])
    return out.getvalue()


def recall(corpus: Path) -> None:
    """The scorer's `all_keys`, both halves, against its simple methods."""
    scorer = _scorer(corpus)
    methods: dict[str, Callable[[str, int], str]] = {**scorer.BASELINES, "distill": _distilled}
    for training in (True, False):
        items = [item for item in _items(corpus) if in_training_half(item.id) == training]
        half = "training half" if training else "scored half"
        table = {
            name: [
                scorer.mean(i.score(run(i.text, b), b)["all_keys"] for i in items) for b in BUDGETS
            ]
            for name, run in methods.items()
        }
        ours = table.pop("distill")
        best = [max(values[n] for values in table.values()) for n in range(len(BUDGETS))]
        row(
            f"all key strings at {' / '.join(map(str, BUDGETS))}, {half}, {len(items)} logs",
            "best simple method " + " / ".join(f"{v:.2f}" for v in best),
            " / ".join(f"{v:.3f}" for v in ours),
            "" if training else "≥ .85 / .92 / .95 / one miss",
        )


def classes(corpus: Path) -> None:
    """Macro F1 of the class, precision and recall of `infrastructure`, against the majority."""
    from bot.evidence import distill
    from bot.evidence.archive import plain_log

    labels: dict[str, str] = json.loads(LABELS.read_text("utf-8"))
    for training in (True, False, None):
        rows = []
        for item in _items(corpus):
            if training is not None and in_training_half(item.id) != training:
                continue
            data = item.text.encode("utf-8", "replace")
            log = plain_log("", partial(_bytes, data), len(data))
            rows.append((labels[item.id], distill([log], budget_chars=100).failure_class.value))
        kinds = {truth for truth, _ in rows}
        major = max(kinds, key=lambda k: sum(truth == k for truth, _ in rows))
        half = {True: "training half", False: "scored half", None: "all"}[training]
        row(
            f"class, macro F1, {half}",
            f"majority class {_macro([(t, major) for t, _ in rows]):.2f}",
            f"{_macro(rows):.2f}",
            "≥ .90",
        )
    said = [truth for truth, told in rows if told == "infrastructure"]
    there = sum(truth == "infrastructure" for truth, _ in rows)
    right = said.count("infrastructure")
    row(
        "`infrastructure`",
        "–",
        f"said {len(said)} times, right {right}, of {there}",
        "precision ≥ .97, recall ≥ .6",
    )


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


def _bytes(data: bytes) -> io.BytesIO:
    return io.BytesIO(data)


def _macro(rows: list[tuple[str, str]]) -> float:
    scores = []
    for kind in {truth for truth, _ in rows}:
        hit = sum(truth == told == kind for truth, told in rows)
        wrong = sum((truth == kind) != (told == kind) for truth, told in rows)
        scores.append(2 * hit / (2 * hit + wrong) if hit or wrong else 0.0)
    return sum(scores) / len(scores)


def mutated(text: str, rng: random.Random) -> str:
    """The same failure in another leg, attempt, commit, runner, time zone and place."""
    shift = rng.randrange(3, 900)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", "2027-09-08T07:06:05", text)
    text = re.sub(r"(?<=:)(\d{1,4})(?=:\d{1,3}[: ])", lambda m: str(int(m[1]) + shift), text)
    text = re.sub(r"\b\d+\.\d+ ?(?=m?s\b)", lambda _: f"{rng.random() * 90:.2f}", text)
    port = str(rng.randrange(20000, 60000))
    text = re.sub(r"(?<=ocalhost:)\d{4,5}|(?<=\.0\.0\.1:)\d{4,5}", port, text)
    text = re.sub(r"\b[0-9a-f]{40}\b", "".join(rng.choices("0123456789abcdef", k=40)), text)
    text = re.sub(r"0x[0-9a-f]{6,16}", f"0x{rng.getrandbits(44):x}", text)
    return re.sub(r"/home/(?:runner/work|travis/build)/([\w.-]+)/([\w.-]+)", r"/__w/\2/\2", text)


def fingerprints(corpus: Path) -> None:
    """Pairs of a log and its mutation are the same failure, pairs of different logs are not."""
    from bot.evidence import distill, same_failure
    from bot.evidence.archive import plain_log

    def prints(text: str) -> tuple[str, ...]:
        data = text.encode("utf-8", "replace")
        return distill(
            [plain_log("", partial(_bytes, data), len(data))], budget_chars=100
        ).fingerprint

    def last_error(text: str) -> tuple[str, ...]:
        lines = [line for line in text.split("\n") if "error" in line.lower()]
        return (lines[-1],) if lines else ()

    items = _items(corpus)
    rng = random.Random(11)  # noqa: S311 - the same changes each time
    changed = [mutated(item.text, rng) for item in items]
    base = ""
    for take in (last_error, prints):
        before = [take(item.text) for item in items]
        after = [take(text) for text in changed]
        hits = sum(same_failure(a, b) for a, b in zip(before, after, strict=True))
        false = sum(same_failure(before[i], before[j]) for i in range(len(items)) for j in range(i))
        said = f"recall {hits / len(items):.3f}, precision {hits / max(1, hits + false):.3f}"
        if take is last_error:
            base = said
        else:
            row(
                "same failure, mutations and all cross pairs",
                base,
                said,
                "recall ≥ .95, precision ≥ .99",
            )


def main() -> None:
    """Print the table."""
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--corpus", type=Path)
    flags.add_argument("--large", action="store_true")
    flags.add_argument("--only", default="")
    options = flags.parse_args()
    row("What", "Baseline", "Reached", "Aim")
    row("---", "---", "---", "---")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures: dict[str, Callable[[], None]] = {
            "speed": lambda: speed(folder),
            "linear": lambda: linear(folder, large=options.large),
            "download": lambda: download(folder),
        }
        if options.corpus and (options.corpus / "score_logs.py").is_file():
            corpus: Path = options.corpus
            figures |= {
                "recall": lambda: recall(corpus),
                "classes": lambda: classes(corpus),
                "fingerprints": lambda: fingerprints(corpus),
            }
        for figure, run in figures.items():
            if options.only in figure:
                run()


if __name__ == "__main__":
    main()
