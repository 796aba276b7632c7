"""`python -m bench`: every figure as a row. It judges nothing: machines differ, ratios tell."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import evidence, image, start, sweep, text_path, verbs
from bench.diff_policy import diff_policy
from bench.table import row


def main() -> None:
    """Print the tables."""
    flags = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    names = "start, sweep, verbs, image, diff-policy, text-path or evidence"
    flags.add_argument("--only", default="", help=names)
    only = flags.parse_args().only
    with tempfile.TemporaryDirectory(prefix="coder-fix-bench-") as name:
        figures: dict[str, Callable[[], None]] = {
            # First: a process begins with the peak memory of the one that made it.
            "evidence": lambda: evidence.main([]),
            "start": lambda: start.start(Path(name)),
            "sweep": lambda: sweep.sweep(Path(name)),
            "verbs": verbs.verbs,
            "image": image.image,
            "diff-policy": diff_policy,
            "text-path": text_path.text_path,
        }
        row("What", "Baseline", "Reached", "Aim")
        row("---", "---", "---", "---")
        for figure, measure in figures.items():
            if only in figure:
                measure()


if __name__ == "__main__":
    main()
