"""What `coder-fix report` shows, and what each number means: for --help, docs and all formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.report.blocks import seconds
from bot.tally import Counted, Note, Repair, Window, median

NUMBERS: Mapping[str, str] = {
    "Red runs": "workflow runs created in that time whose newest attempt ended as `failure`: of "
    "all workflows and branches, also of the agent's",
    "Started": "repairs that began in that time: a session in Coder for a failure, an issue or an "
    "upgrade; what follows, up to the skipped ones, is of these, as they stand now",
    "Fixed": "ended as `fixed`: the checks of the recorded commit were green",
    "Merged": "the change is merged, whatever the outcome: our pull request or, where a fix was "
    "pushed to the failing one (`mode: fix`), that one",
    "Attempts": "turns of the agent, the first prompt included; the mean",
    "To green": "from the session's start to the end of the last check of the fixed commit; the "
    "median",
    "How they ended": "the outcome on record; `pending` has none yet, of `no-record` only the "
    "pull request is left",
    "Skipped": "after the start, by reason",
    "Diagnosed": "comments written in that time that are a diagnosis only",
    "Held": "comments written in that time that only note a `/coder stop`",
}


@dataclass(frozen=True, slots=True)
class Report:
    """All that a format shows."""

    window: Window
    rows: tuple[Counted, ...]
    total: Counted
    repairs: tuple[Repair, ...]
    notes: tuple[Note, ...]

    @property
    def lines(self) -> tuple[Counted, ...]:
        """The lines of the table: each repository, and the sum of several."""
        return (*self.rows, self.total) if len(self.rows) > 1 else self.rows


def span(window: Window) -> str:
    """`30 days to 2026-11-21 21:00 UTC`."""
    length = window.until - window.since
    if length % timedelta(days=1) == timedelta():
        told = _count(length.days, "day")
    elif length % timedelta(hours=1) == timedelta():
        told = _count(int(length / timedelta(hours=1)), "hour")
    else:
        told = f"{window.since:%Y-%m-%d %H:%M}"
    return f"{told} to {window.until:%Y-%m-%d %H:%M} UTC"


def cells(row: Counted) -> tuple[str, ...]:
    """The numbers of a line, in the order of `NUMBERS`; `?` is unknown, `-` is none."""
    green = median(row.seconds)
    mean = sum(row.attempts) / len(row.attempts) if row.attempts else None
    return (
        "?" if row.red_runs is None else f"{row.red_runs:,}",
        f"{row.started:,}",
        f"{row.fixed:,}",
        f"{row.merged:,}",
        "-" if mean is None else f"{mean:.1f}",
        "-" if green is None else seconds(green),
    )


COLUMNS = tuple(NUMBERS)[:6]


def listed(counts: Mapping[str, int]) -> str:
    """`superseded 2, stopped 1`."""
    return ", ".join(f"{word} {count:,}" for word, count in counts.items())


def facts(total: Counted) -> list[str]:
    """Lines beside the table: only those with something to say."""
    told = []
    opened = sum(total.pulls.values())
    if opened:
        told.append(f"Pull requests of ours: {opened:,} ({listed(total.pulls)})")
    if total.skipped:
        told.append(f"Skipped after the start: {listed(total.skipped)}")
    if total.diagnosed:
        told.append(f"Diagnosed only: {total.diagnosed:,}")
    if total.held:
        told.append(f"Held by /coder stop before any start: {total.held:,}")
    return told


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
