"""What a job that still runs has left in files, where GitHub shows no log of it yet. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from bot.evidence.reports import Report
from bot.model.evidence import JobLog, MissingLog
from bot.model.github import Job


@dataclass(frozen=True, slots=True)
class RecordedLog:
    """One file of plain output, `size` bytes; `open` as in `JobLog`."""

    open: Callable[[], BinaryIO]
    size: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the files of the input `log-file` hold.

    `reports` are JUnit XML and SARIF, `logs` all others; `refused` is what was asked for and not
    read, or not wholly, with the reason.
    """

    logs: tuple[RecordedLog, ...] = ()
    reports: tuple[Report, ...] = ()
    refused: tuple[MissingLog, ...] = ()

    def logs_of(self, running: Sequence[Job], others: Sequence[Job]) -> tuple[JobLog, ...]:
        """The files as logs of the first job, and an empty log for each `running` one without.

        An empty log stands for one that could not be had: the job's failed steps are known.
        """
        first = [*running, *others][:1]
        files = [JobLog(job, file.open, file.size) for file in self.logs for job in first]
        return (*files, *(JobLog(job, BytesIO, 0) for job in running[1 if files else 0 :]))
