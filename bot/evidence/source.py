"""One log file as line-aligned blocks of UTF-8, read once from front to back, then by block.

Memory is bounded by the block, not by the file: a line longer than a block arrives in pieces.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import BinaryIO

from bot.model.evidence import JobLog

BLOCK = 64 * 1024
"""Bytes of a block: small enough that a hit says where, large enough that calls cost nothing."""
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


@dataclass(frozen=True, slots=True)
class Block:
    """`size` bytes of the file at `offset`, `data` as UTF-8.

    `whole` is false for a block that ends inside of a line.
    """

    offset: int
    size: int
    data: bytes
    whole: bool = True


class Source:
    """The blocks of one job's log."""

    def __init__(self, log: JobLog) -> None:
        self._log = log
        with closing(log.open()) as file:
            head = _exactly(file, 4)
        self.encoding = next((e for bom, e in _UTF16.items() if head.startswith(bom)), "utf-8")
        if self.encoding == "utf-8" and len(head) == 4:  # PowerShell's `>` also writes it bare
            wide = {(0, 2): "utf-16-be", (1, 3): "utf-16-le"}
            zeros = tuple(i for i, byte in enumerate(head) if byte == 0)
            self.encoding = wide.get((zeros[0], zeros[1]), "utf-8") if len(zeros) == 2 else "utf-8"
        self._newline = "\n".encode(self.encoding)
        self._unit = len(self._newline)

    def blocks(self) -> Iterator[Block]:
        """Every block, in order; their bytes are the file's."""
        with closing(self._log.open()) as file:
            offset = 0
            while data := _exactly(file, BLOCK):
                data += self._line_end(file, data)
                yield Block(offset, len(data), self._decoded(data), self._ends_line(data))
                offset += len(data)

    def read(self, blocks: list[tuple[int, int]]) -> Iterator[bytes]:
        """The UTF-8 text of each `(offset, size)`."""
        with closing(self._log.open()) as file:
            for offset, size in blocks:
                file.seek(offset)
                yield self._decoded(_exactly(file, size))

    def _line_end(self, file: BinaryIO, data: bytes) -> bytes:
        """What is missing of the last line of `data`, at most a block of it."""
        end = b""
        while len(end) < BLOCK and not self._ends_line(data[-4:] + end):
            more = file.readline(BLOCK - len(end))
            if not more:
                break
            end += more
            if len(end) % self._unit:  # the other half of a UTF-16 unit
                end += file.read(1)
        return end

    def _ends_line(self, data: bytes) -> bool:
        return data.endswith(self._newline) and len(data) % self._unit == 0

    def _decoded(self, data: bytes) -> bytes:
        if self.encoding == "utf-8":
            return data
        return data.decode(self.encoding, "replace").encode("utf-8", "replace")


def _exactly(file: BinaryIO, size: int) -> bytes:
    """Up to `size` bytes, fewer only at the end: a short read must not move a boundary."""
    data = file.read(size)
    if len(data) == size or not data:
        return data
    parts = [data]
    missing = size - len(data)
    while missing and (more := file.read(missing)):
        parts.append(more)
        missing -= len(more)
    return b"".join(parts)
