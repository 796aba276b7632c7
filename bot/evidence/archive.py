"""The logs of a run as GitHub packs them: `0_test (ubuntu).txt`, `test (ubuntu)/3_Run tests.txt`.

Nothing is unpacked to disk and nothing is believed: members whose names leave the archive, links
and encrypted ones are left out, and sizes out of proportion end the reading. Job names in an
archive lack `/` and `:` and are cut at 90 UTF-16 units; only the latest attempt is in it
(cli/cli#10853), step files may be missing.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

from bot.errors import ConfigurationError
from bot.model.evidence import JobLog
from bot.model.github import Job
from bot.untrusted import Untrusted

MOST_BYTES = 4 * 1024**3
MOST_MEMBERS = 20_000
MOST_RATIO = 400
_FREE = 256 * 1024**2
"""Bytes that a member may have whatever its ratio: a log of one repeated line packs very well."""
_JOB_FILE = re.compile(r"-?\d+_([^/]+)\.txt$")
_STEP_FILE = re.compile(r"([^/]+)/(\d+)_[^/]+\.txt$")
_TEXT = re.compile(r".+\.(?:txt|log)$", re.IGNORECASE)


def plain_log(name: str, open_file: Callable[[], BinaryIO], size: int) -> JobLog:
    """A log of which nothing but a name is known."""
    job = Job(id=0, name=Untrusted(name), status="completed", conclusion="failure")
    return JobLog(job=job, open=open_file, size=size)


def archived_logs(open_file: Callable[[], BinaryIO]) -> list[JobLog]:
    """The job logs of a zip archive, in order.

    The steps of a job that has no log of its own stand for it; of any other archive, the text
    files. Raises `ConfigurationError` for what is not a sound archive.
    """
    members = sound_members(open_file)
    jobs = {found[1]: m for m in members if (found := _JOB_FILE.match(m.filename))}
    chosen = list(jobs.items())
    for member in sorted(members, key=_step_order):
        found = _STEP_FILE.match(member.filename)
        if found and not any(name.startswith(found[1]) for name in jobs):
            chosen.append((found[1], member))
    if not chosen:
        chosen = [(m.filename, m) for m in members if _TEXT.match(m.filename)]
    return [plain_log(name, _opener(open_file, m), m.file_size) for name, m in chosen]


def _step_order(member: zipfile.ZipInfo) -> tuple[str, int]:
    found = _STEP_FILE.match(member.filename)
    return (found[1], int(found[2][:9])) if found else (member.filename, 0)


def sound_members(open_file: Callable[[], BinaryIO]) -> list[zipfile.ZipInfo]:
    """The files of a zip archive that are plain files inside it.

    A name is a label here and nothing is unpacked, so one bad member does not spoil the others.
    Raises `ConfigurationError` for an archive of which nothing is left, or that is not sound.
    """
    try:
        with open_file() as file, zipfile.ZipFile(file) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        msg = "The archive cannot be read."
        raise ConfigurationError(msg, remedy="Download it again.") from error
    sound = [member for member in members if not _trick(member)]
    for complaint in _complaints(members, sound):
        msg = f"The archive is refused: {complaint}."
        raise ConfigurationError(msg, remedy="Give the log files themselves.")
    return sound


def _complaints(members: list[zipfile.ZipInfo], sound: list[zipfile.ZipInfo]) -> Iterator[str]:
    if len(members) > MOST_MEMBERS:
        yield f"it has more than {MOST_MEMBERS} members"
    if sum(m.file_size for m in sound) > MOST_BYTES:
        yield f"it unpacks to more than {MOST_BYTES // 1024**3} GiB"
    if any(m.file_size > _FREE + MOST_RATIO * max(1, m.compress_size) for m in sound):
        yield "a member unpacks to far more than it weighs"
    if members and not sound:
        yield _trick(members[0])


def _trick(member: zipfile.ZipInfo) -> str:
    """Why the member is left out; empty for a plain file."""
    parts = member.filename.replace("\\", "/").split("/")
    if ".." in parts or not parts[0] or ":" in parts[0][:2]:
        return "a member's name leaves the archive"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "a member is a link"
    return "a member is encrypted" if member.flag_bits & 1 else ""


class _Member(io.BufferedIOBase):
    """A member of an archive as a file of its own, which closes the archive with itself."""

    def __init__(self, file: BinaryIO, name: zipfile.ZipInfo) -> None:
        self._file = file
        self._archive = zipfile.ZipFile(file)
        self._member = self._archive.open(name)

    def read(self, size: int | None = -1, /) -> bytes:
        return self._member.read(-1 if size is None else size)

    def readline(self, size: int | None = -1, /) -> bytes:
        return self._member.readline(-1 if size is None else size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._member.seek(offset, whence)

    def close(self) -> None:
        self._member.close()
        self._archive.close()
        self._file.close()
        super().close()


def _opener(open_file: Callable[[], BinaryIO], member: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    return lambda: cast("BinaryIO", _Member(open_file(), member))
