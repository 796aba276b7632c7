"""What cleaning and redaction cost on a log of 200 MB: the same verb with and without them.

Without them, `clean` and `redact` give back what they are given, wherever they are known by name.
Seconds are those of the processor, in all threads: what else the machine does counts less.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.evidence import MB, synthetic
from bench.table import row

SIZE = 200 * MB
HOSTILE = "colours and secrets"
ROUNDS = 9
"""Each way in turn so many times; the best of each counts."""
RUN = """
import sys, time
from bot.commands.distill import main
if sys.argv[2] == "without":
    import bot.commands.distill_output, bot.evidence.distiller, bot.sanitize
    ways = {bot.sanitize.clean, bot.sanitize.redact}
    for module in [m for name, m in sys.modules.items() if name.startswith("bot.")]:
        for name, value in list(vars(module).items()):
            if callable(value) and value in ways:
                setattr(module, name, lambda text, *_: text)
main([sys.argv[1], "--budget-tokens", "2000"])
sys.stdout.flush()
sys.stderr.write(f"{time.process_time()}")
"""


def text_path() -> None:
    """Two rows: a log as most are, and one whose every failing line is coloured and holds keys."""
    with tempfile.TemporaryDirectory(prefix="coder-fix-bench-") as folder:
        for name, write in (("a usual log", synthetic), (HOSTILE, _hostile)):
            path = Path(folder, name)
            write(path, SIZE)
            best = {"without": float("inf"), "with": float("inf")}
            for _ in range(ROUNDS):
                best = {way: min(least, _seconds(path, way)) for way, least in best.items()}
            row(
                f"200 MB, {name}: text path",
                f"{best['without']:.2f} s without it",
                f"{best['with']:.2f} s, {best['with'] / best['without']:.2f} ×",
                "≤ 1.25 ×",
            )


def _seconds(path: Path, way: str) -> float:
    command = [sys.executable, "-c", RUN, str(path), way]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    # Whether the other way is another one at all.
    assert ("ghp_" in done.stdout) == (way == "without" and path.name == HOSTILE)
    return float(done.stderr.split()[-1])


def _hostile(path: Path, size: int) -> None:
    """Every tenth line fails in colours, with a token, a key and hidden characters in it."""
    luck = random.Random(3)  # noqa: S311 - the same text each time
    letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    stamp = "2026-03-01T12:00:00.0000000Z "
    lines = []
    for number in range(20_000):
        token = "".join(luck.choice(letters) for _ in range(36))
        lines.append(
            f"{stamp}\x1b[31;1merror\x1b[0m: src/a{number}.c:{number}: password={token[:20]} "
            f"\u200bghp_{token} \x1b]8;;https://x.example.test\x1b\\link\x1b]8;;\x07\n"
            if number % 10 == 0
            else f"{stamp}[{number % 97:3d}%] \x1b[32mBuilding\x1b[0m object module_{number}.o\n"
        )
    part = "".join(lines).encode()
    end = f"{stamp}##[error]Process completed with exit code 2.\n".encode()
    with path.open("wb") as file:
        for _ in range(size // len(part)):
            file.write(part)
        file.write(end)
