"""The traps for a false green are tests (tests/faults); here they are a line of the table."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_TESTS = "tests/faults/test_false_green.py"


def traps() -> tuple[int, int]:
    """How many were sprung, and how many there are."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", _TESTS]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    said = {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed|error)", done.stdout)}
    if done.returncode:
        print(done.stdout)
    bad = sum(said.values()) - said.get("passed", 0)
    return max(bad, int(bool(done.returncode))), sum(said.values())
