"""Make the pictures of the documentation anew, from one run of the demo.

    python scripts/pictures.py [OUTDIR]

Development only, as `scripts/render_markdown.py`, by which they are made. Without OUTDIR they go to
`.github/images`.
"""

from __future__ import annotations

import html
import os
import pty
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.render_markdown import find_browser, page, screenshot

ROOT = Path(__file__).resolve().parent.parent
PICTURES = {"comment": 920, "summary": 920, "demo": 800}
"""Name → width: two are what the demo writes with `--write`, one is what it says."""

_LINES = 52
_COLUMNS = 116
_TERMINAL = """<!doctype html><meta charset="utf-8"><style>
body { background:#0d1117; color:#f0f6fc; margin:0; padding:10px; }
pre { font:11px/1.12 "DejaVu Sans Mono","Liberation Mono",monospace; margin:0; }
</style><body><pre>%s</pre></body>"""


def played(folder: Path) -> str:
    """The demo on a terminal: what it says. Raises `CalledProcessError` if it ended badly."""
    ours, its = pty.openpty()
    command = [sys.executable, "-m", "bot", "demo", "--write", str(folder)]
    with subprocess.Popen(command, stdin=its, stdout=its, stderr=its, cwd=ROOT) as process:
        os.close(its)
        said = b""
        try:
            while part := os.read(ours, 65536):
                said += part
        except OSError:
            pass  # Linux: the other end is closed
        os.close(ours)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return said.decode().replace("\r\n", "\n")


def terminal(said: str) -> str:
    """The page of a terminal with the beginning of that; bold is all that the demo asks for."""
    lines = ["$ make demo", *said.splitlines()][:_LINES]
    shown = "\n".join(_line(line) for line in lines)
    return _TERMINAL % shown


def _line(line: str) -> str:
    plain = re.sub(r"\x1b\[\d*m", "", line)
    cut = html.escape(plain[:_COLUMNS])
    return f"<b>{cut}</b>" if line.startswith("\x1b[1m") else cut


def main() -> int:
    """Play, picture, say where."""
    browser = find_browser()
    if browser is None:
        sys.stderr.write("No browser found; install chromium.\n")
        return 2
    out = Path(sys.argv[1] if sys.argv[1:] else ROOT / ".github" / "images").resolve()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        pages = {"demo": terminal(played(folder))}
        for name in PICTURES.keys() - pages.keys():
            pages[name] = page({name: (folder / f"{name}.md").read_text(encoding="utf-8")})
        for name, width in PICTURES.items():
            source = folder / f"{name}.html"
            source.write_text(pages[name], encoding="utf-8")
            screenshot(browser, source, out / f"{name}.png", width)
            sys.stdout.write(f"{out / name}.png\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
