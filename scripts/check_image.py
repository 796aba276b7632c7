"""Build the image and do the main job in it, as the runner does, against the sandbox.

    python scripts/check_image.py [--backend tasks|chats]

Says so in one line, and ends with 0, where no Docker engine answers.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.image import MEGABYTE, compressed, engine  # noqa: E402 - after the path
from bot.commands.demo import read_outputs  # noqa: E402

TAG = "coder-fix:check"
PATIENCE = 30.0


def main() -> int:
    """0 when the container repaired the sandbox's pull request, or nothing could be built."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", choices=("tasks", "chats"), default="tasks")
    backend = parser.parse_args().backend
    if not engine():
        print("check-image: nothing was built, no Docker engine answers here.")
        return 0
    if subprocess.run(["docker", "build", "--tag", TAG, str(ROOT)], check=False).returncode:
        print("check-image: the image does not build.")
        return 1
    print(f"\nSize: {compressed(TAG) / MEGABYTE:.0f} MB compressed\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="coder-fix-image-") as name:
        folder = Path(name)
        with sandbox(folder, backend) as inputs:
            code = run(folder, inputs)
        outputs = read_outputs(folder / "files" / "output")
        print("\nOutputs\n" + "".join(f"  {k}: {v}\n" for k, v in outputs.items() if v))
        print((folder / "files" / "summary.md").read_text(encoding="utf-8"))
    good = code == 0 and outputs.get("outcome") == "fixed"
    print(f"check-image: exit code {code}, outcome {outputs.get('outcome', '(none)')}")
    return 0 if good else 1


@contextmanager
def sandbox(folder: Path, backend: str) -> Iterator[Mapping[str, str]]:
    """Both servers in a process of their own; the variables that lead to them."""
    command = [sys.executable, "-m", "bot", "sandbox", "--backend", backend, "--write", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None  # noqa: S101 - it was asked for
    try:
        if not any(line.startswith("Wrote") for line in process.stdout):
            sys.exit("check-image: the sandbox did not start")
        lines = (folder / "inputs.env").read_text(encoding="utf-8").splitlines()
        yield dict(line.split("=", 1) for line in lines)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)


def run(folder: Path, inputs: Mapping[str, str]) -> int:
    """`docker run` with a runner's folders and variables; the network is the machine's own."""
    files, workspace = folder / "files", folder / "workspace"
    files.mkdir()
    workspace.mkdir()
    shutil.copy(folder / "event.json", files / "event.json")
    variables = dict(inputs) | {
        "GITHUB_EVENT_PATH": "/github/files/event.json",
        "GITHUB_OUTPUT": "/github/files/output",
        "GITHUB_STEP_SUMMARY": "/github/files/summary.md",
        "GITHUB_WORKSPACE": "/github/workspace",
        "INPUT_IDLE-SECONDS": "1",
        "INPUT_POLL-INTERVAL-SECONDS": "0.5",
    }
    command = ["docker", "run", "--rm", "--network", "host", "--workdir", "/github/workspace"]
    for name in variables:
        command += ["--env", name]
    command += ["--volume", f"{files}:/github/files", "--volume", f"{workspace}:/github/workspace"]
    # The values travel in the environment, so that no token stands in a process list.
    env = dict(os.environ) | variables
    return subprocess.run([*command, TAG], env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
