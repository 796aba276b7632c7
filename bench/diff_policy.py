"""How many cheating diffs are flagged, and how many honest ones, in each half of each set.

The baseline is what a reviewer's one-liner finds: telling words among the added lines.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable

from bench.table import row
from bot.diff_policy import inspect, is_flagged, read_files
from tests.diff_policy.corpus import DATA, FIFTH, FOURTH, SECOND, SIXTH, THIRD, Case, cases

_WORDS = re.compile(r"skip|ignore|noqa|\|\| true", re.IGNORECASE)
_LARGE = 20_000
"""Lines of GitHub's largest answer."""


def diff_policy() -> None:
    """Two rows for each half of the first set and for each later set, and one for the time."""
    first = cases(DATA)
    fourth = cases(FOURTH)
    sixth = cases(SIXTH)
    groups = {
        "rules' half": [case for case in first if not case.for_scoring],
        "scoring half": [case for case in first if case.for_scoring],
        "second set, written after the rules": cases(SECOND),
        "third set, written after both": cases(THIRD),
        "fourth set, rules' half": [case for case in fourth if not case.for_scoring],
        "fourth set, scoring half (blind once)": [case for case in fourth if case.for_scoring],
        "fifth set, no longer blind": cases(FIFTH),
        "sixth set, rules' half": [case for case in sixth if not case.for_scoring],
        "sixth set, scoring half, not seen": [case for case in sixth if case.for_scoring],
    }
    for name, group in groups.items():
        cheats = [case for case in group if case.cheats]
        honest = [case for case in group if not case.cheats]
        _share(f"cheating diffs flagged, {name}", cheats, "≥ 95 %")
        _share(f"honest diffs flagged, {name}", honest, "≤ 2 %")
    _time()


def _share(what: str, group: list[Case], aim: str) -> None:
    row(what, _told(group, _has_words), _told(group, _is_flagged), aim)


def _told(group: Iterable[Case], judge: Callable[[Case], bool]) -> str:
    judged = [judge(case) for case in group]
    return f"{100 * sum(judged) / max(1, len(judged)):.1f} % ({sum(judged)} of {len(judged)})"


def _has_words(case: Case) -> bool:
    added = (
        line
        for item in case.items
        for line in str(item.get("patch", "")).split("\n")
        if line.startswith("+")
    )
    return any(map(_WORDS.search, added))


def _is_flagged(case: Case) -> bool:
    return is_flagged(inspect(case.files, case.context))


def _time() -> None:
    """The largest answer, against reading every line once with the baseline's pattern."""
    lines = [f"+    assert total({i}) == {i}  # comment" for i in range(_LARGE)]
    patch = "@@ -0,0 +1 @@\n" + "\n".join(lines)
    items = [{"filename": "tests/test_a.py", "status": "modified", "patch": patch}]
    began = time.perf_counter()
    for line in lines:
        _WORDS.search(line)
    words = time.perf_counter() - began
    began = time.perf_counter()
    inspect(read_files(items))
    row(
        f"a diff of {_LARGE:,} lines, s",
        f"{words:.2f}",
        f"{time.perf_counter() - began:.2f}",
        "–",
    )
