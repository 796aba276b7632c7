"""What is new since the last green log of the same job: lines that it had as well explain little."""

from __future__ import annotations

from bot.evidence.fingerprint import normalized
from bot.evidence.weigh import Weighed

KNOWN = 0.2
"""What is left of the worth of a line that a green run printed as well."""
NEW = 1.0
"""The least worth of a line of a failed step that no green run printed."""


def compare(job: Weighed, green: frozenset[str]) -> None:
    """Change the worth of the lines of `job`, in place, by what the green log held."""
    fresh: set[str] = set()
    for index, line in enumerate(job.cut.lines):
        if not line.text.strip():
            continue
        key = normalized(line.text)
        if key in green:
            if index in job.worth:
                job.worth[index] *= KNOWN
        elif job.place_factor(index) == 1.0 and key not in fresh:
            fresh.add(key)
            job.raise_to(index, NEW, "new since the last green run")


def printed(jobs: list[Weighed]) -> frozenset[str]:
    """What a log said, without what differs between runs."""
    return frozenset(normalized(line.text) for job in jobs for line in job.cut.lines)
