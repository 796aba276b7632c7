"""One multi-pattern engine over the raw bytes: which block holds which anchor.

Every anchor is a literal, so the database is built in milliseconds and needs no cache. Each is
reported once for a block, however often it stands there. The same database then says which of the
lines that are read hold which anchor.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import hyperscan

from bot.evidence.source import Source
from bot.evidence.vocabulary import FAILURE_WORDS, RUNNER_ANCHORS
from bot.log_formats import FORMATS, Format


@dataclass(frozen=True, slots=True)
class IndexedBlock:
    """Where a block lies, the number of its first line, its newlines and its anchors.

    `held` has the anchors' numbers, two bytes each: a set of them would take as much as the block,
    and a log of nothing but anchors has as many sets as blocks.
    """

    offset: int
    size: int
    first_line: int
    newlines: int
    held: bytes

    @property
    def end(self) -> int:
        """The offset behind it."""
        return self.offset + self.size


@dataclass(slots=True)
class Index:
    """The blocks of a log in order, its lines and its bytes."""

    blocks: list[IndexedBlock] = field(default_factory=list)
    lines: int = 0
    size: int = 0
    head: bytes = b""


def numbers(held: bytes) -> memoryview:
    """The numbers of the anchors that a block holds."""
    return memoryview(held).cast("H")


class Scanner:
    """The database of all anchors. For one thread."""

    def __init__(self, formats: Sequence[Format]) -> None:
        self.formats = formats
        exact: dict[str, int] = {}
        self.readers: dict[int, list[int]] = {}
        for anchor in RUNNER_ANCHORS:
            exact.setdefault(anchor, len(FAILURE_WORDS) + len(exact))
        self.runner = frozenset(exact.values())
        for position, format_ in enumerate(formats):
            for anchor in format_.anchors:
                number = exact.setdefault(anchor, len(FAILURE_WORDS) + len(exact))
                self.readers.setdefault(number, []).append(position)
        self.word_count = len(FAILURE_WORDS)
        self.names = [*FAILURE_WORDS, *exact]
        self._database = _database(tuple(FAILURE_WORDS), tuple(exact))

    def index(self, source: Source) -> Index:
        """Read the whole log once."""
        result, whole = Index(), True
        known: dict[bytes, bytes] = {}
        found: set[int] = set()
        for block in source.blocks():
            if not result.blocks:
                result.head = block.data[:16384]
            newlines = block.data.count(b"\n")
            found.clear()
            self._scan(block.data, found)
            held = array("H", sorted(found)).tobytes()
            held = known.setdefault(held, held)
            result.blocks.append(
                IndexedBlock(block.offset, block.size, result.lines + 1, newlines, held)
            )
            result.lines += newlines
            result.size += block.size
            whole = block.whole
        if not whole:
            result.lines += 1
        return result

    def lines(self, texts: Iterable[str]) -> list[set[int] | None]:
        """For each line the anchors it holds, None where there is none."""
        found: list[set[int] | None] = []
        hits: set[int] = set()
        for text in texts:
            if text:
                self._scan(text.encode("utf-8", "replace"), hits)
            if hits:
                found.append(hits)
                hits = set()
            else:
                found.append(None)
        return found

    def _scan(self, data: bytes, found: set[int]) -> None:
        self._database.scan(data, match_event_handler=_note, context=found)


def _note(number: int, _start: int, _end: int, _flags: int, found: object) -> None:
    found.add(number)  # type: ignore[attr-defined]


def _database(words: Sequence[str], exact: Sequence[str]) -> hyperscan.Database:
    texts = [*words, *exact]
    once = hyperscan.HS_FLAG_SINGLEMATCH
    # Caseless only for ASCII words: without UTF-8 mode, folding would touch single bytes.
    flags = [once | (hyperscan.HS_FLAG_CASELESS if w.isascii() else 0) for w in words]
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[_literal(text) for text in texts],
        ids=list(range(len(texts))),
        elements=len(texts),
        flags=flags + [once] * len(exact),
    )
    return database


def _literal(text: str) -> bytes:
    return re.escape(text).encode()


@lru_cache(maxsize=1)
def scanner() -> Scanner:
    """The scanner for all registered formats."""
    return Scanner(FORMATS)
