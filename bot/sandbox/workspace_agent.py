"""What runs in a sandbox workspace: clones, lets a command edit the checkout, commits and pushes.

    python -m bot.sandbox.workspace_agent COMMAND [ARGUMENT ...] < PROMPT

It reads the prompt as an agent would: where to clone from, what commit to build on, which branch to
push to. The command gets the prompt at its standard input and the checkout as its directory.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path("checkout")


def main(command: list[str], prompt: str) -> int:
    """Exit code 0 when a change was pushed, 1 when there was none."""
    where = re.search(r"https?://[^\s`'\"<>]+\.git\b", prompt)
    branch = re.search(r"push[^\n]*?`([\w./-]+)`", prompt, re.IGNORECASE)
    commit = re.search(r"\b[0-9a-f]{40}\b", prompt)
    if not (where and branch and commit):
        print("The prompt names no repository, branch or commit.")  # noqa: T201
        return 1
    if not CHECKOUT.exists():
        _git("clone", "--quiet", where[0], str(CHECKOUT), folder=Path())
        _git("switch", "--quiet", "--create", branch[1], commit[0])
    print(f"Working on {branch[1]} at {commit[0][:12]}", flush=True)  # noqa: T201
    done = subprocess.run(command, input=prompt, text=True, cwd=CHECKOUT, check=False)
    if done.returncode:
        print(f"The command ended with exit code {done.returncode}.")  # noqa: T201
        return 1
    _git("add", "--all")
    if not _git("status", "--porcelain"):
        print("The command changed nothing.")  # noqa: T201
        return 0
    _git("commit", "--quiet", "--message", "Repair the failing test")
    _git("push", "--quiet", "origin", f"HEAD:{branch[1]}")
    print(f"Pushed the repair to {branch[1]}")  # noqa: T201
    return 0


def _git(*arguments: str, folder: Path = CHECKOUT) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdin.read()))
