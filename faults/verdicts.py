"""What a story must have come to, whatever happened on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from faults.attempt import Told
from faults.world import World

COLUMNS = (
    "sessions twice",
    "PRs twice",
    "comments twice",
    "messages twice",
    "outcomes lost",
    "outcomes differ",
    "false greens",
    "outputs missing",
    "exceptions escaped",
    "limits mishandled",
    "promises broken",
)
EXCUSED = "messages excused"
"""Counted, and no finding: see `faults.turns`."""

_MESSAGES = 2
"""The prompt and one follow-up."""

_HANDLED = "skipped/already-handled"
_PASSING = frozenset({"error", "pending", _HANDLED, "skipped/no-evidence"})
"""Outcomes that leave the end to another run: each says what it could not do or read."""


def findings(
    world: World,
    runs: Sequence[Told],
    ends: Sequence[str] = ("fixed",),
    *,
    held_telling: int = 0,
    stopped: bool = False,
) -> Counter[str]:
    """What went wrong, by column; empty when nothing did. `ends` are the outcomes that may stand.

    Every run that was not killed must have said exactly one outcome in exactly one summary.
    `held_telling` runs excuse one message more each, see `faults.turns`; an agent that was
    `stopped` in its turn is owed one.
    """
    more = max(0, world.made().messages - _MESSAGES - stopped)
    made, spoke = world.made(), [told for told in runs if not told.killed]
    outcomes = [told.outcome for told in spoke]
    # A run that was killed after it wrote the end has told it all the same.
    reached = any(end in ends for end in (*outcomes, world.remembered()))
    settled = outcomes[-1] in {*ends, _HANDLED}
    greens = [told.outputs.get("verified-sha", "") for told in spoke if told.outcome == "fixed"]
    found = Counter(
        {
            "sessions twice": max(0, made.sessions - 1),
            "PRs twice": max(0, made.pull_requests - 1),
            "comments twice": max(0, made.comments - 1),
            "messages twice": max(0, more - held_telling),
            EXCUSED: min(more, held_telling),
            "outcomes lost": int(not (reached and settled)),
            "outcomes differ": sum(end not in _PASSING.union(ends) for end in outcomes),
            "false greens": sum(not world.is_green(sha) for sha in greens),
            "outputs missing": sum(
                (told.outcomes_written, told.summaries) != (1, 1) for told in spoke
            ),
            "exceptions escaped": sum(bool(told.escaped) for told in runs),
        }
    )
    return +found


def carry_on(world: World, runs: list[Told], *, at_most: int = 3) -> list[Told]:
    """The same event again, nothing spoiled any more, until an end is told; then once more."""
    for _ in range(at_most):
        if not {told.outcome for told in runs[-1:]} & {"error", "pending", "killed"}:
            break
        runs.append(world.run())
    runs.append(world.run())
    return runs
