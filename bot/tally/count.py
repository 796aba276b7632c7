"""Repairs → numbers, for one repository or for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median as _median

from bot.outcomes import OutcomeKind
from bot.tally.repairs import Findings, Place, Repair

NO_RECORD = "no-record"
"""A repair of which our pull request is there, and no record that can be read."""

UNRECORDED = "unrecorded"
"""The reason of a skip whose record does not tell it."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The numbers; each is defined in `coder-fix report --help`. `red_runs` is None if unknown.

    `outcomes` and `skipped` have no zeros. `seconds` are the times to green, ascending; `attempts`
    the turns of each repair whose record tells them.
    """

    repository: str
    red_runs: int | None
    started: int
    fixed: int
    merged: int
    outcomes: Mapping[str, int]
    skipped: Mapping[str, int]
    pulls: Mapping[str, int]
    attempts: tuple[int, ...]
    seconds: tuple[float, ...]
    diagnosed: int
    held: int


def counted(repository: str, red_runs: int | None, found: Findings) -> Counted:
    """The numbers of one repository."""
    ours = found.repairs
    return Counted(
        repository=repository,
        red_runs=red_runs,
        started=len(ours),
        fixed=sum(one.outcome is OutcomeKind.FIXED for one in ours),
        merged=sum(one.place is Place.MERGED for one in ours),
        outcomes=_by_count(Counter(_outcome(one) for one in ours)),
        skipped=_by_count(Counter(_reason(one) for one in ours if _is_skipped(one))),
        pulls={
            place.value: sum(one.is_own_pull and one.place is place for one in ours)
            for place in (Place.OPEN, Place.MERGED, Place.CLOSED)
        },
        attempts=tuple(one.attempts for one in ours if one.attempts),
        seconds=tuple(sorted(one.seconds for one in ours if one.seconds is not None)),
        diagnosed=found.diagnosed,
        held=found.held,
    )


def in_all(rows: Sequence[Counted]) -> Counted:
    """The sum; red runs are unknown where one repository's are."""
    red = [row.red_runs for row in rows]
    known = [count for count in red if count is not None]
    return Counted(
        repository="",
        red_runs=sum(known) if len(known) == len(red) else None,
        started=sum(row.started for row in rows),
        fixed=sum(row.fixed for row in rows),
        merged=sum(row.merged for row in rows),
        outcomes=_by_count(sum((Counter(row.outcomes) for row in rows), Counter())),
        skipped=_by_count(sum((Counter(row.skipped) for row in rows), Counter())),
        pulls={
            place: sum(row.pulls[place] for row in rows) for place in ("open", "merged", "closed")
        },
        attempts=tuple(count for row in rows for count in row.attempts),
        seconds=tuple(sorted(one for row in rows for one in row.seconds)),
        diagnosed=sum(row.diagnosed for row in rows),
        held=sum(row.held for row in rows),
    )


def median(values: Sequence[float]) -> float | None:
    """None of nothing."""
    return float(_median(values)) if values else None


def _outcome(one: Repair) -> str:
    return one.outcome.value if one.outcome else NO_RECORD


def _is_skipped(one: Repair) -> bool:
    return one.outcome is OutcomeKind.SKIPPED


def _reason(one: Repair) -> str:
    return one.skip_reason.value if one.skip_reason else UNRECORDED


def _by_count(counts: Counter[str]) -> dict[str, int]:
    """The most first, then by name."""
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
