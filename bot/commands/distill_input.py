"""What `coder-fix distill` reads: logs plain, packed or on stdin, archives, reports."""

from __future__ import annotations

import gzip
import re
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from bot.errors import ConfigurationError
from bot.evidence.archive import MOST_BYTES, archived_logs, plain_log
from bot.evidence.reports import Report
from bot.model.evidence import JobLog

_CHUNK = 1024 * 1024
_STEP_FILE = re.compile(r"([^/]+)/(\d{1,4})_([^/]*)\.txt")
_NOT_IN_FILES = re.compile(r'[<>:"/\\|?*]')
_SAMPLE = 64 * 1024
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# No log holds these, but here and there one; BS, CR, ESC and the like are in any.
_NEVER_TEXT = bytes({*range(0x20)} - {*b"\b\t\n\v\f\r\x1b"})
_BINARY_SHARE = 0.05


@dataclass(slots=True)
class Given:
    """All that the files hold. `steps` has the numbers of steps by job and name, as far as told."""

    logs: list[JobLog] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    steps: dict[tuple[str, str], int] = field(default_factory=dict)


def inputs(names: Sequence[str], stack: ExitStack) -> Given:
    """The logs and reports in these files; `-` is stdin, which is spooled until `stack` closes.

    Raises `ConfigurationError` for what cannot be read.
    """
    given = Given()
    for name in names:
        path = _spooled(sys.stdin.buffer, stack) if name == "-" else Path(name)
        try:
            if path.suffix in {".xml", ".sarif"}:
                given.reports.append(Report(path.name, path.read_bytes()))
            else:
                _add_logs(given, name, path, stack, several=len(names) > 1)
        except OSError as error:
            msg = f"The file {name} cannot be read: {error.strerror or error}."
            raise ConfigurationError(msg, remedy="Check its path.") from error
    return given


def _add_logs(given: Given, name: str, path: Path, stack: ExitStack, *, several: bool) -> None:
    with path.open("rb") as file:
        head = file.read(4)
    if head[:2] == b"\x1f\x8b":
        with gzip.open(path) as packed:
            path = _spooled(cast("BinaryIO", packed), stack)
        with path.open("rb") as file:
            head = file.read(4)
    if head == b"PK\x03\x04" and zipfile.is_zipfile(path):
        given.logs += archived_logs(lambda: path.open("rb"))
        given.steps |= _step_numbers(path)
        return
    label = Path(name).name if several else ""
    given.logs.append(plain_log(label, lambda: path.open("rb"), path.stat().st_size))


def _step_numbers(path: Path) -> dict[tuple[str, str], int]:
    """From the names of an archive's step files, such as `test (ubuntu)/3_Run pytest.txt`."""
    with zipfile.ZipFile(path) as archive:
        found = (_STEP_FILE.fullmatch(name) for name in archive.namelist())
    return {(match[1], match[3]): int(match[2]) for match in found if match}


def file_name(step: str) -> str:
    """A step's name as its file has it: without what file names cannot hold."""
    return _NOT_IN_FILES.sub("", step)


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


def is_binary(log: JobLog) -> bool:
    """Whether its beginning is no text in any encoding: too many control characters.

    Undecodable bytes say nothing: logs in code pages are full of them.
    """
    try:
        with log.open() as file:
            head = file.read(_SAMPLE)
    except (OSError, zipfile.BadZipFile):
        return False  # whoever reads it says so
    if head.startswith(_UTF_16):
        return False
    return len(head) - len(head.translate(None, _NEVER_TEXT)) > _BINARY_SHARE * len(head)
