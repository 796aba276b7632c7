"""What `coder-fix distill` reads: logs plain, packed or on stdin, archives, reports."""

from __future__ import annotations

import gzip
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, cast

from bot.errors import ConfigurationError
from bot.evidence.archive import MOST_BYTES, archived_logs, plain_log
from bot.evidence.reports import Report
from bot.model.evidence import JobLog

_CHUNK = 1024 * 1024


def inputs(names: Sequence[str], stack: ExitStack) -> tuple[list[JobLog], list[Report]]:
    """The logs and reports in these files; `-` is stdin, which is spooled until `stack` closes.

    Raises `ConfigurationError` for what cannot be read.
    """
    logs: list[JobLog] = []
    reports: list[Report] = []
    for name in names:
        path = _spooled(sys.stdin.buffer, stack) if name == "-" else Path(name)
        try:
            if path.suffix in {".xml", ".sarif"}:
                reports.append(Report(path.name, path.read_bytes()))
            else:
                logs += _logs(name, path, stack, several=len(names) > 1)
        except OSError as error:
            msg = f"The file {name} cannot be read: {error.strerror or error}."
            raise ConfigurationError(msg, remedy="Check its path.") from error
    return logs, reports


def _logs(name: str, path: Path, stack: ExitStack, *, several: bool) -> list[JobLog]:
    with path.open("rb") as file:
        head = file.read(4)
    if head[:2] == b"\x1f\x8b":
        with gzip.open(path) as packed:
            path = _spooled(cast("BinaryIO", packed), stack)
        with path.open("rb") as file:
            head = file.read(4)
    if head == b"PK\x03\x04" and zipfile.is_zipfile(path):
        return archived_logs(lambda: path.open("rb"))
    label = Path(name).name if several else ""
    return [plain_log(label, lambda: path.open("rb"), path.stat().st_size)]


def _spooled(stream: BinaryIO, stack: ExitStack) -> Path:
    """A file with all that the stream gives: logs are read twice."""
    file = stack.enter_context(
        tempfile.NamedTemporaryFile(prefix="coder-fix-")  # noqa: SIM115 - the stack closes it
    )
    size = 0
    try:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > MOST_BYTES:
                msg = f"The log is longer than {MOST_BYTES // 1024**3} GiB."
                raise ConfigurationError(msg, remedy="Give the part that failed.")
            file.write(chunk)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        if not size:
            msg = "The compressed log cannot be read."
            raise ConfigurationError(msg, remedy="Download it again.") from error
    file.flush()
    return Path(file.name)
