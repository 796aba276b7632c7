"""The size of the image as it is pulled: compressed layers."""

from __future__ import annotations

import shutil
import subprocess
import zlib
from pathlib import Path

from bench.table import row

ROOT = Path(__file__).resolve().parent.parent
BASE = "python:3.13-slim"
TAG = "coder-fix:bench"
MEGABYTE = 1_000_000


def image() -> None:
    """One row, where a Docker engine answers."""
    if not engine():
        row("image, compressed", "-", "not measured: no Docker engine answers", "75 MB")
        return
    subprocess.run(["docker", "build", "--quiet", "--tag", TAG, str(ROOT)], check=True)
    base, ours = compressed(BASE) / MEGABYTE, compressed(TAG) / MEGABYTE
    said = f"{ours:.0f} MB, × {ours / base:.2f}"
    row("image, compressed", f"{base:.0f} MB: {BASE}", said, "75 MB")


def engine() -> bool:
    """Whether there is a `docker` whose engine answers."""
    if shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0


def compressed(name: str) -> int:
    """Bytes of the saved image when it is compressed as a registry does (gzip, level 6)."""
    packer, size = zlib.compressobj(6), 0
    with subprocess.Popen(["docker", "save", name], stdout=subprocess.PIPE) as saved:
        assert saved.stdout
        while chunk := saved.stdout.read(1 << 20):
            size += len(packer.compress(chunk))
    assert saved.returncode == 0, f"docker save {name} failed"
    return size + len(packer.flush())
