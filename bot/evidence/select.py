"""The lines that fit: best first, under the budget, each cut round what matters.

The budget counts what people see of an excerpt: line numbers, lines, and a mark for each gap.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence

from bot.model.evidence import ExcerptLine

ELLIPSIS = "…"


def numbered(numbers: Sequence[int], texts: Sequence[str]) -> list[str]:
    """`41| text` for each line, and `… 12 lines` for each gap.

    As terse as it gets: every character spent on it is missing in the excerpt.
    """
    shown: list[str] = []
    previous = 0
    for number, text in zip(numbers, texts, strict=True):
        if previous and number > previous + 1:
            shown.append(_omission(number - previous - 1))
        shown.append(f"{number}| {text}")
        previous = number
    return shown


def rendered_size(lines: Sequence[ExcerptLine]) -> int:
    """Characters of `lines` as `numbered` shows them, each with LF."""
    shown = numbered([line.number for line in lines], [line.text.raw for line in lines])
    return sum(len(line) + 1 for line in shown)


def _omission(count: int) -> str:
    return f"{ELLIPSIS} {count} line{'s' if count > 1 else ''}"


def _gap_size(count: int) -> int:
    return len(_omission(count)) + 1 if count > 0 else 0


class Selection:
    """The kept lines of one excerpt, in order, and their size as shown."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.texts: dict[int, str] = {}
        self.size = 0

    def cost(self, number: int, length: int) -> int:
        """How much larger the excerpt gets with this line; never negative for a new line's text."""
        at = bisect_left(self.numbers, number)
        before = self.numbers[at - 1] if at else 0
        after = self.numbers[at] if at < len(self.numbers) else 0
        old = _gap_size(after - before - 1) if before and after else 0
        new = _gap_size(number - before - 1) if before else 0
        new += _gap_size(after - number - 1) if after else 0
        return len(f"{number}| \n") + length + new - old

    def add(self, number: int, text: str) -> None:
        """Keep a line that is not kept yet."""
        self.size += self.cost(number, len(text))
        insort(self.numbers, number)
        self.texts[number] = text

    def remove(self, number: int) -> None:
        """Give a line up again."""
        text = self.texts.pop(number)
        self.numbers.remove(number)
        self.size -= self.cost(number, len(text))


def fill(
    candidates: Iterable[tuple[float, int, int, str]], selections: Sequence[Selection], budget: int
) -> None:
    """Keep the best of `(worth, excerpt, line number, text)` while the budget lasts.

    A line that does not fit is passed over; smaller ones may still fit.
    """
    left = budget - sum(selection.size for selection in selections)
    for _, excerpt, number, text in sorted(candidates, key=lambda c: (-c[0], c[1], c[2])):
        selection = selections[excerpt]
        if number in selection.texts:
            continue
        cost = selection.cost(number, len(text))
        if cost <= left:
            selection.add(number, text)
            left -= cost
        if left < 12:
            break


def cut(text: str, limit: int, focus: int = 0) -> str:
    """`text` within `limit` characters, round `focus`, the cut ends marked."""
    if len(text) <= limit:
        return text
    room = limit - 2 * len(ELLIPSIS)
    start = max(0, min(focus - room // 3, len(text) - room))
    if start == 0:
        return text[: limit - len(ELLIPSIS)] + ELLIPSIS
    head = ELLIPSIS + text[start : start + room]
    return head if start + room >= len(text) else head + ELLIPSIS
