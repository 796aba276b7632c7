"""`coder-fix reconcile`: the same as `run` with `trigger: reconcile`."""

from __future__ import annotations

from bot.commands import run


def main(argv: list[str]) -> int:
    """Every open work item gets its next step."""
    return run.main(
        argv,
        verb="reconcile",
        does="Give every open work item its next step, then return; a schedule calls it.",
        example="coder-fix reconcile --repository octo/shop --dry-run",
        fixed={"trigger": "reconcile"},
    )
