"""Job logs: several at once, each given when it and those before it have come."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from bot.adapters.blobs import Blobs, NoBlobError, anonymous
from bot.errors import UpstreamError
from bot.model import Job, JobLog, MissingLog

PARALLEL: Final = 4
"""Logs downloaded at once."""

LARGEST: Final = 512 * 1024 * 1024
"""Bytes kept of one log; what comes after is left out and said."""

LONGEST: Final = 120.0
"""Seconds that one log may take; what has not come by then is left out and said."""

TRIES: Final = 2
"""Addresses asked for: the first may have expired before its turn came."""

Address = Callable[[Job], tuple[int, str]]
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
    def fetch(self, jobs: Sequence[Job]) -> Iterator[tuple[Iterator[JobLog], Sequence[MissingLog]]]:
        """The logs that can be had, in the jobs' order, each as soon as it and those before it are.

        The second part is complete when the first has ended: what is missing, with the reason. A
        refusal that concerns more than one log is raised where its turn comes. The files are
        removed when the context ends.
        """
        pool = ThreadPoolExecutor(PARALLEL)
        with (
            tempfile.TemporaryDirectory(prefix="coder-fix-", ignore_cleanup_errors=True) as folder,
            anonymous() as client,
        ):
            blobs = Blobs(client, largest=self._largest, longest=self._longest)
            missing: list[MissingLog] = []
            try:
                tasks = [pool.submit(self._one, blobs, job, Path(folder)) for job in jobs]
                yield _arriving(tasks, missing), missing
            finally:
                # A cancelled run must not wait for downloads; closing the client ends them.
                pool.shutdown(wait=False, cancel_futures=True)

    def _one(self, blobs: Blobs, job: Job, folder: Path) -> Fetched:
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
                left_out = blobs.save(address, target)
            except NoBlobError as refused:
                reason = str(refused)
            else:
                log = _on_disk(job, target)
                return log, MissingLog(job.name, left_out) if left_out else None
        return None, MissingLog(job.name, reason)


def _arriving(tasks: Sequence[Future[Fetched]], missing: list[MissingLog]) -> Iterator[JobLog]:
    for task in tasks:
        log, gap = task.result()
        if gap is not None:
            missing.append(gap)
        if log is not None:
            yield log


def _on_disk(job: Job, path: Path) -> JobLog:
    def opened() -> BinaryIO:
        return path.open("rb")

    return JobLog(job=job, open=opened, size=path.stat().st_size)
