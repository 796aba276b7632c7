"""Job logs: the signed address, then a download without any token, streamed to disk, with caps.

The address lives for one minute and on another host; GitHub's token must never reach it, so the
client here has no headers of ours at all and follows a few redirects by hand at most.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import BinaryIO, Final
from urllib.parse import urlsplit

import httpx

from bot.adapters import tls
from bot.errors import UpstreamError
from bot.model import Job, JobLog, MissingLog

PARALLEL: Final = 4
"""Logs downloaded at once."""

LARGEST: Final = 512 * 1024 * 1024
"""Bytes kept of one log; what comes after is left out and said."""

LONGEST: Final = 120.0
"""Seconds that one log may take; what has not come by then is left out and said."""

_PIECE: Final = 256 * 1024
"""Bytes read and written at once. What is there is taken: a slow sender is not waited for."""

REDIRECTS: Final = 3
TRIES: Final = 2
"""Addresses asked for: the first may have expired before its turn came."""

_ERROR_DOCUMENT: Final = (b"<?xml", b"\xef\xbb\xbf<?xml")
"""Azure's store sends one with a byte order mark; each line of a log begins with a time."""

Address = Callable[[Job], tuple[int, str]]
Arrived = Callable[[JobLog], None]
Fetched = tuple[JobLog | None, MissingLog | None]
"""A log; what is missing of it or in its place; or both."""


class LogDownloads:
    """Fetches logs by the address that GitHub gives for each job."""

    def __init__(
        self, address: Address, *, largest: int = LARGEST, longest: float = LONGEST
    ) -> None:
        self._address = address
        self._largest = largest
        self._longest = longest

    @contextmanager
    def fetch(
        self, jobs: Sequence[Job], arrived: Arrived | None = None
    ) -> Iterator[tuple[Iterator[JobLog], Sequence[MissingLog]]]:
        """The logs that can be had, in the jobs' order, each as soon as it and those before it are.

        The second part is complete when the first has ended: what is missing, with the reason. A
        refusal that concerns more than one log is raised where its turn comes. `arrived` gets each
        log in the thread that fetched it, while others are on their way. The files are removed when
        the context ends.
        """
        _read_large_pieces()
        pool = ThreadPoolExecutor(PARALLEL)
        with (
            tempfile.TemporaryDirectory(prefix="coder-fix-", ignore_cleanup_errors=True) as folder,
            httpx.Client(verify=tls.context(), timeout=30.0, follow_redirects=False) as client,
        ):
            missing: list[MissingLog] = []
            try:
                tasks = [pool.submit(self._one, client, job, Path(folder), arrived) for job in jobs]
                yield _arriving(tasks, missing), missing
            finally:
                # A cancelled run must not wait for downloads; closing the client ends them.
                pool.shutdown(wait=False, cancel_futures=True)

    def _one(
        self, client: httpx.Client, job: Job, folder: Path, arrived: Arrived | None
    ) -> Fetched:
        reason = ""
        target = folder / str(job.id)
        for _ in range(TRIES):
            try:
                status, address = self._address(job)
            except UpstreamError as failure:
                if failure.status < 500:
                    raise
                return None, MissingLog(job.name, failure.message)
            if status == 404:
                return None, MissingLog(job.name, "GitHub has no log for this job (404)")
            if status == 410:
                return None, MissingLog(job.name, "the log has expired or was removed (410)")
            try:
                left_out = self._download(client, address, target)
            except (httpx.HTTPError, httpx.InvalidURL) as failure:
                reason = f"the download failed ({type(failure).__name__})"
            except _NoLogError as refused:
                reason = str(refused)
            else:
                log = _on_disk(job, target)
                if arrived:
                    arrived(log)
                return log, MissingLog(job.name, left_out) if left_out else None
        return None, MissingLog(job.name, reason)

    def _download(self, client: httpx.Client, address: str, target: Path) -> str:
        """Write the log to `target`; what of it had to be left out, or nothing."""
        until = monotonic() + self._longest
        for _ in range(REDIRECTS):
            _check_target(address)
            with client.stream("GET", address) as answer:
                if answer.has_redirect_location:
                    address = str(answer.url.join(answer.headers["location"]))
                    continue
                if answer.status_code != 200:
                    raise _NoLogError(f"the log's store answered {answer.status_code}")
                return self._save(answer, target, until)
        raise _NoLogError("the log's address leads in circles")

    def _save(self, answer: httpx.Response, target: Path, until: float) -> str:
        size, left_out = 0, ""
        with target.open("w+b", _PIECE) as file:
            # As the pieces arrive: asking for larger ones would let a slow sender stop the clock.
            for piece in answer.iter_bytes():
                file.write(piece[: self._largest - size])
                size += len(piece)
                if size > self._largest:
                    left_out = f"what follows its first {self._largest} bytes was left out"
                elif monotonic() > until:
                    left_out = f"what came after {size} bytes in {self._longest:g} s was left out"
                if left_out:
                    break
            file.seek(0)
            if file.read(8).startswith(_ERROR_DOCUMENT):
                raise _NoLogError("the log's store sent an error document")
        if not size:
            raise _NoLogError("the log is empty")
        return left_out


def _read_large_pieces() -> None:
    """Let connections read `_PIECE` bytes at once.

    httpx has no setting for it, and httpcore's 64 KiB take twice the time: each piece goes through
    several Python calls, and every other thread gets its turn in between.
    """
    import httpcore  # as httpx does it: late, for a faster start

    httpcore.HTTP11Connection.READ_NUM_BYTES = _PIECE


def _arriving(tasks: Sequence[Future[Fetched]], missing: list[MissingLog]) -> Iterator[JobLog]:
    for task in tasks:
        log, gap = task.result()
        if gap is not None:
            missing.append(gap)
        if log is not None:
            yield log


class _NoLogError(Exception):
    """Why this address gave no log; another one may."""


def _on_disk(job: Job, path: Path) -> JobLog:
    def opened() -> BinaryIO:
        return path.open("rb")

    return JobLog(job=job, open=opened, size=path.stat().st_size)


def _check_target(address: str) -> None:
    """Only https, or loopback: a log's address is somebody else's word."""
    try:
        parts = urlsplit(address)
    except ValueError:
        raise _NoLogError("GitHub gave a log address that is no URL") from None
    loopback = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    if not (parts.scheme == "https" or (parts.scheme == "http" and loopback)):
        raise _NoLogError("GitHub gave a log address that is not https; it was not followed")
