"""`coder-fix reconcile`: the same as `run` with `trigger: reconcile`."""

from __future__ import annotations

from bot.commands import run


def main(argv: list[str]) -> int:
    """Every open work item gets its next step."""
    return run.main([*argv, "--trigger", "reconcile"])
