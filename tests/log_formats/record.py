"""Record what a real tool prints, wrapped as the runner wraps it.

    python -m tests.log_formats.record MODULE CASE [--cwd DIR] [--version TEXT] -- COMMAND...

runs COMMAND by `bash -e` in DIR (default: `tests/data/logs/MODULE/CASE`, the kept example, copied
aside first) with color on, and writes `tests/data/logs/MODULE/CASE.log`. Paths of this machine
become the runner's. The time stamps are made up and regular, so a log can be made again.
"""

from __future__ import annotations

import argparse
import getpass
import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

DATA = Path(__file__).parents[1] / "data" / "logs"
WORKSPACE = "/home/runner/work/example/example"
_START = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
_COMMAND = re.compile(
    r"^::(error|warning|notice|debug|group|endgroup)(?: .*?)?::(.*)$", re.MULTILINE
)
_INNER_NEWLINE = "\0"


def wrapped(output: str, command: str, code: int) -> str:
    """`output` as the log of a job whose step ran `command` and ended with `code`."""
    body = [
        "Current runner version: '2.330.0'",
        "##[group]Runner Image",
        "Image: ubuntu-24.04",
        "##[endgroup]",
        "Complete job name: test",
        f"##[group]Run {command.splitlines()[0]}",
        *(f"\x1b[36;1m{line}\x1b[0m" for line in command.splitlines()),
        "shell: /usr/bin/bash -e {0}",
        "##[endgroup]",
        *output.removesuffix("\n").split("\n"),
        *([f"##[error]Process completed with exit code {code}."] if code else []),
        "Post job cleanup.",
        "Cleaning up orphan processes",
    ]
    stamps = (_START + timedelta(milliseconds=37 * i) for i in range(len(body)))
    lines = (f"{t:%Y-%m-%dT%H:%M:%S.%f}0Z {text}\n" for t, text in zip(stamps, body, strict=True))
    return "\ufeff" + "".join(lines)


def _commands_done(output: str) -> str:
    """Workflow commands as the runner logs them: `##[error]` and the message, without the file and
    the line. A message of several lines gets one time stamp, so its newlines are set apart.
    """

    def logged(found: re.Match[str]) -> str:
        text = found[2].replace("%0A", _INNER_NEWLINE).replace("%0D", "").replace("%25", "%")
        return f"##[{found[1]}]{text}"

    return _COMMAND.sub(logged, output)


def record(module: str, case: str, command: str, cwd: Path | None) -> int:
    """Run, wrap, write; returns the command's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        place = cwd
        if place is None:
            place = Path(folder) / "example"
            example = DATA / module / case
            if example.is_dir():
                shutil.copytree(example, place)
            else:
                place.mkdir()
        environment = {**os.environ, "CI": "true", "GITHUB_ACTIONS": "true", "FORCE_COLOR": "1"}
        done = subprocess.run(
            ["bash", "-e", "-c", command],
            cwd=place,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        output = done.stdout.decode("utf-8", "replace")
        home = str(Path.home())
        for here, there in ((str(place.resolve()), WORKSPACE), (str(place), WORKSPACE)):
            output = output.replace(here, there)
        output = output.replace(home + "/", "/home/runner/")
        if getpass.getuser() not in {"root", "runner"}:
            output = output.replace(getpass.getuser(), "runner")
    (DATA / module).mkdir(parents=True, exist_ok=True)
    (DATA / module / f"{case}.log").write_text(
        wrapped(_commands_done(output), command, done.returncode).replace(_INNER_NEWLINE, "\n"),
        encoding="utf-8",
    )
    return done.returncode


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module")
    parser.add_argument("case")
    parser.add_argument("--cwd", type=Path)
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    ended = record(options.module, options.case, " ".join(options.command), options.cwd)
    sys.stdout.write(f"exit code {ended}\n")
