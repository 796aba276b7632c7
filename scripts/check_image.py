"""Build the image and do the main job in it, locked up, against the sandbox.

    python scripts/check_image.py [--backend tasks|chats] [--image IMAGE]

The folders and variables are a runner's. The locks are more than a runner has: a root file system
that is read-only, no capability, no new privilege, one temporary directory in memory. `--image`
takes an image that is there already, such as a released one by its digest. Says so in one line,
and ends with 0, where no Docker engine answers.
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
LOCKS = (
    "--read-only",
    *("--tmpfs", "/tmp:rw,noexec,nosuid,nodev,size=64m"),  # noqa: S108 - inside of the container
    *("--cap-drop", "ALL"),
    *("--security-opt", "no-new-privileges"),
)
"""All that the product needs is the network, its event, and the files that it hands back."""


def main() -> int:
    """0 when the container repaired the sandbox's pull request, or nothing could be built."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", choices=("tasks", "chats"), default="tasks")
    parser.add_argument("--image", help="check this one and build none")
    given = parser.parse_args()
    backend, image = given.backend, given.image or TAG
    if not engine():
        print("check-image: nothing was checked, no Docker engine answers here.")
        return 0
    if given.image is None and not built():
        print("check-image: the image does not build.")
        return 1
    with tempfile.TemporaryDirectory(prefix="coder-fix-image-") as name:
        folder = Path(name)
        with sandbox(folder, backend) as inputs:
            code = run(image, folder, inputs)
        outputs = read_outputs(folder / "files" / "output")
        print("\nOutputs\n" + "".join(f"  {k}: {v}\n" for k, v in outputs.items() if v))
        summary = folder / "files" / "summary.md"
        print(summary.read_text(encoding="utf-8") if summary.exists() else "No summary")
    good = code == 0 and outputs.get("outcome") == "fixed"
    print(f"check-image: exit code {code}, outcome {outputs.get('outcome', '(none)')}")
    return 0 if good else 1


def built() -> bool:
    """Whether the image builds; its size is told."""
    if subprocess.run(["docker", "build", "--tag", TAG, str(ROOT)], check=False).returncode:
        return False
    print(f"\nSize: {compressed(TAG) / MEGABYTE:.0f} MB compressed\n", flush=True)
    return True


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


def run(image: str, folder: Path, inputs: Mapping[str, str]) -> int:
    """`docker run` with a runner's folders and variables; the network is the machine's own.

    Without capabilities root is bound by the rights of files, so whoever owns them is the user.
    """
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
    command = ["docker", "run", "--rm", *LOCKS, "--user", f"{os.getuid()}:{os.getgid()}"]
    command += ["--network", "host", "--workdir", "/github/workspace"]
    for name in variables:
        command += ["--env", name]
    command += ["--volume", f"{files}:/github/files", "--volume", f"{workspace}:/github/workspace"]
    # The values travel in the environment, so that no token stands in a process list.
    env = dict(os.environ) | variables
    return subprocess.run([*command, image], env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
