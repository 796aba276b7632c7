"""Numbers with their units, and lines that differ in nothing else."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass

from bot.diff_policy.change import Block, CodeLine

_UNIT = (
    r"(?:time\.|Duration\.|TimeUnit\.|ChronoUnit\.|std::chrono::|chrono::)?"
    r"(nanoseconds?|microseconds?|milliseconds?|millis|seconds?|secs?|minutes?|mins?|hours?|ms|us|ns|[smh])\b"
)
_NUMBER = re.compile(
    r"(?<![\w.])-?(?:0x[0-9a-fA-F]{1,16}|[0-9][0-9_']{0,18}(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,3})?)"
    rf"[fFLlud]?(?:\s?[*,.]?\s?{_UNIT})?",
    re.IGNORECASE,
)
_VALUE = re.compile(r"-?(?:0x[0-9a-f]{1,16}|[0-9.]{1,40}(?:e[+-]?[0-9]{1,3})?)", re.IGNORECASE)
_SECONDS = {
    "n": 1e-9, "u": 1e-6, "mic": 1e-6, "ms": 1e-3, "mil": 1e-3, "s": 1.0, "mi": 60.0, "m": 60.0, "h": 3600.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NumbersChanged:
    """A removed and an added line that are equal but for these numbers."""

    removed: CodeLine
    added: CodeLine
    old: tuple[float, ...]
    new: tuple[float, ...]

    @property
    def grew(self) -> bool:
        """One is larger and none is smaller."""
        pairs = list(zip(self.old, self.new, strict=True))
        return any(n > o for o, n in pairs) and all(n >= o for o, n in pairs)

    @property
    def shrank(self) -> bool:
        """One is smaller and none is larger."""
        pairs = list(zip(self.old, self.new, strict=True))
        return any(n < o for o, n in pairs) and all(n <= o for o, n in pairs)


def numbers_of(text: str) -> tuple[float, ...]:
    """All numbers of a line; durations in seconds where a unit stands beside them."""
    return tuple(_value(match) for match in _NUMBER.finditer(text))


def skeleton(text: str) -> str:
    """The line with a mark in place of each number and its unit."""
    return _NUMBER.sub("\0", text.strip())


def renumbered(block: Block) -> Iterator[NumbersChanged]:
    """The added lines of a block that stand for a removed one with other numbers."""
    if not (block.removed and block.added):
        return
    left: defaultdict[str, deque[CodeLine]] = defaultdict(deque)
    for line in block.removed:
        left[skeleton(line.text)].append(line)
    for added in block.added:
        candidates = left.get(skeleton(added.text))
        if not candidates:
            continue
        removed = candidates.popleft()
        old, new = numbers_of(removed.text), numbers_of(added.text)
        if old != new and len(old) == len(new):
            yield NumbersChanged(removed, added, old, new)


def _value(match: re.Match[str]) -> float:
    text = re.sub(r"(?<=[0-9])[_'](?=[0-9])", "", match[0])
    found = _VALUE.match(text)
    if not found:
        return 0.0
    word = found[0]
    try:
        value = float(int(word, 16)) if "0x" in word.lower() else float(word)
    except ValueError:
        return 0.0
    unit = (match[1] or "").lower()
    scale = next((_SECONDS[unit[:n]] for n in (3, 2, 1) if unit[:n] in _SECONDS), 1.0)
    return value * scale if unit else value
