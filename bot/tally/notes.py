"""What the numbers cannot tell, each a word for programs and a sentence for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.tally.count import UNRECORDED, Counted
from bot.tally.repairs import Findings
from bot.tally.traces import Gap


@dataclass(frozen=True, slots=True)
class Note:
    """`text` is our own words; `names` are logins, outside text for the renderer to show."""

    code: str
    text: str
    names: tuple[str, ...] = ()


_GAPS: Mapping[Gap, str] = {
    Gap.RUNS: "The red runs of {} could not be read: the token needs `actions: read`.",
    Gap.ISSUES: "The issues of {} could not be read: the token needs `issues: read`. Repairs that "
    "are recorded in issues alone are missing.",
    Gap.CHECKS: "Some checks of {} could not be read: times to green are missing.",
    Gap.THREADS: "More threads changed in {} than are read (5,000 pull requests, 5,000 issues): "
    "the oldest are missing. Take a shorter --since.",
    Gap.COMMENTS: "Comments after the 500th of a thread of {} were not read.",
}
_MOST_NAMES = 3


def notes(
    rows: Sequence[Counted], found: Sequence[Findings], gaps: Sequence[frozenset[Gap]]
) -> tuple[Note, ...]:
    """Those that apply; the first always does."""
    told = [
        Note(
            "skips-leave-no-trace",
            "A failure for which nothing was started leaves no trace on GitHub, so neither it nor "
            "its reason is counted here; the summaries of coder-fix's own runs tell them.",
        )
    ]
    for gap, text in _GAPS.items():
        count = sum(gap in those for those in gaps)
        if count:
            told.append(Note(f"unread-{gap}", text.format(_repositories(count, len(rows)))))
    told += _doubts(rows, found)
    return tuple(told)


def _doubts(rows: Sequence[Counted], found: Sequence[Findings]) -> list[Note]:
    told: list[Note] = []

    def tell(code: str, count: int, text: str, *names: str) -> None:
        if count:
            told.append(Note(code, text.format(count), names))

    untimed = sum(row.fixed - len(row.seconds) for row in rows)
    tell("untimed", untimed, "Fixed without a time, for no check of the commit can be found: {}.")
    tell(
        "unrecorded-reasons",
        sum(row.skipped.get(UNRECORDED, 0) for row in rows),
        "Skipped after the start by a version that did not record the reason: {}.",
    )
    tell(
        "unreadable",
        sum(one.unreadable for one in found),
        "Records of ours that cannot be read, for somebody edited them: {}. Not counted, save for "
        "the pull request where there is one.",
    )
    tell(
        "overwritten",
        sum(one.overwritten for one in found),
        "Repairs after an earlier one of which no trace is left, for the later one took over its "
        "comment: {}. The earlier ones are not counted.",
    )
    tell(
        "unclaimed",
        sum(one.unclaimed for one in found),
        "Pull requests from branches named like ours, of which nothing that we wrote tells: {}. "
        "Not counted.",
    )
    strangers = sum((Counter(one.strangers) for one in found), Counter[str]())
    names = [name for name, _ in strangers.most_common(_MOST_NAMES)]
    tell(
        "strangers",
        strangers.total(),
        "Records that other accounts wrote: {}. Not counted. If coder-fix writes as one of them, "
        "name it with --author.",
        *names,
    )
    return told


def _repositories(count: int, every: int) -> str:
    if every == 1:
        return "the repository"
    return f"{count} of {every} repositories"
