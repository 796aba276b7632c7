"""Item 28: what runs in CI, and what users copy, satisfies zizmor, and all of it is pinned."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ZIZMOR = shutil.which("zizmor", path=str(Path(sys.executable).parent)) or "zizmor"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
GOOD = """\
name: CI
on:
  push:
    branches: [main]
concurrency:
  group: ci
  cancel-in-progress: true
permissions: {}
jobs:
  test:
    name: Test
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - name: Test
        run: make test
"""
BAD = {
    "unpinned": GOOD + "      - uses: actions/setup-python@v5\n",
    "template injection": GOOD + "      - run: echo ${{ github.head_ref }}\n",
    "too many rights": GOOD.replace("permissions: {}", "permissions: write-all"),
}


def _findings(*targets: Path) -> str:
    """What zizmor says at its strictest; empty where it is content."""
    command = [ZIZMOR, "--quiet", "--offline", "--pedantic", "--no-progress", "--format=plain"]
    done = subprocess.run(
        [*command, *map(str, targets)], capture_output=True, text=True, check=False
    )
    # 0: content; 11 to 14: findings, by severity (zizmor's manual, "Exit codes").
    assert done.returncode in {0, 11, 12, 13, 14}, done.stderr
    return done.stdout if done.returncode else ""


def test_ours_satisfy_zizmor() -> None:
    """No finding on our workflows, the examples and the action."""
    assert _findings(ROOT / "action.yml", ROOT / ".github", *_examples()) == ""


def _examples() -> list[Path]:
    return sorted((ROOT / ".github" / "examples").glob("*.yml"))


@pytest.mark.parametrize("planted", BAD)
def test_planted_findings_are_found(planted: str, tmp_path: Path) -> None:
    """A workflow like ours with one fault is not let pass, and without it is."""
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    workflow = folder / "ci.yml"
    workflow.write_text(GOOD)
    assert _findings(workflow) == ""
    workflow.write_text(BAD[planted])
    assert _findings(workflow)


def unpinned(text: str) -> list[str]:
    """Every `uses:` and every base image without a digest."""
    uses = re.findall(r"^\s*(?:- )?uses: *(\S+)", text, re.MULTILINE)
    images = re.findall(r"^FROM +(?:--\S+ +)*(\S+)", text, re.MULTILINE)
    stages = set(re.findall(r"^FROM .* AS (\S+)", text, re.MULTILINE | re.IGNORECASE))
    bad = [u for u in uses if not u.startswith("./") and not re.search(r"@[0-9a-f]{40}$", u)]
    return bad + [i for i in images if i not in stages and "@sha256:" not in i]


def test_everything_is_pinned_by_digest() -> None:
    """Actions by commit; a planted tag, of an action or of an image, is found."""
    for file in WORKFLOWS:
        assert unpinned(file.read_text()) == [], file.name
    assert unpinned("    - uses: actions/checkout@v5\nFROM python:3.13\n") == [
        "actions/checkout@v5",
        "python:3.13",
    ]
