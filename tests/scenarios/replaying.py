"""`coder-fix replay` as a process of its own, in which whatever reaches a network is forbidden."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FORBIDDEN = (
    "_socket",
    "_ssl",
    "asyncio",
    "github",
    "http.client",
    "httpx",
    "requests",
    "socket",
    "ssl",
    "urllib.request",
    "urllib3",
)
_GUARDED = """
import sys

class Guard:
    def find_spec(self, name, path=None, target=None):
        if name in FORBIDDEN:
            raise ImportError(f"a network module is imported: {name}")
        return None

sys.meta_path.insert(0, Guard())
assert not set(FORBIDDEN) & set(sys.modules), "loaded before we begin"
sys.path.insert(0, ROOT)
from bot.app import main
code = main(["replay", *sys.argv[1:]])
loaded = sorted(set(FORBIDDEN) & set(sys.modules))
assert not loaded, loaded
sys.exit(code)
"""


@dataclass(frozen=True, slots=True)
class Replayed:
    """How the process ended, and what it printed."""

    code: int
    stdout: str
    stderr: str


def replayed(file: Path, *flags: str) -> Replayed:
    """Offline by construction: an import of a network module ends it with a traceback."""
    program = f"FORBIDDEN = {FORBIDDEN!r}\nROOT = {str(ROOT)!r}\n{_GUARDED}"
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", program, *flags, str(file)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"PATH": "/usr/bin:/bin"},
    )
    return Replayed(done.returncode, done.stdout, done.stderr)
