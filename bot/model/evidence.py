"""What reading logs yields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from bot.model.github import Job
from bot.outcomes import FailureClass
from bot.untrusted import Untrusted


@dataclass(frozen=True, slots=True)
class JobLog:
    """One job's raw log: `open()` gives a seekable binary file of `size` bytes, each time anew."""

    job: Job
    open: Callable[[], BinaryIO]
    size: int


@dataclass(frozen=True, slots=True)
class LineSpan:
    """Original line numbers of one log, 1-based and inclusive."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding of one tool. Empty strings and 0 stand for what the tool did not say."""

    tool: str
    failure_class: FailureClass
    message: Untrusted
    path: str = ""
    line: int = 0
    column: int = 0
    rule: str = ""
    test: str = ""
    frame: str = ""
    span: LineSpan = LineSpan(0, 0)
    legs: tuple[str, ...] = ()
    count: int = 1


@dataclass(frozen=True, slots=True)
class ExcerptLine:
    """A verbatim log line (control sequences removed) with its original number."""

    number: int
    text: Untrusted


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The lines kept of one job's log. A gap in the numbers is an omission, said when shown.

    `url` links to the job; `step` is the failing step's number, 0 when unknown; `command` is the
    failing step's own script.
    """

    job: Untrusted
    job_id: int
    step: int
    step_name: Untrusted
    command: Untrusted
    lines: tuple[ExcerptLine, ...]
    total_lines: int
    url: str = ""
    legs: tuple[str, ...] = ()
    step_first: int = 1

    @property
    def link(self) -> str:
        """`…/job/ID#step:N:LINE` of the first line shown that lies in the failing step.

        GitHub counts a step's lines from the step's beginning, which is line `step_first` here.
        """
        if not self.url or not self.step:
            return self.url
        inside = [line.number for line in self.lines if line.number >= self.step_first]
        line = inside[0] - self.step_first + 1 if inside else 1
        return f"{self.url}#step:{self.step}:{line}"


@dataclass(frozen=True, slots=True)
class MissingLog:
    """A log that could not be had, and what stood in for it.

    `unended`: nothing could, since its job still runs; a file with its output would have.
    """

    job: Untrusted
    reason: str
    unended: bool = False


@dataclass(frozen=True, slots=True)
class GreenRun:
    """The green run with which the logs were compared, and its commit."""

    url: str
    head_sha: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What failed, small and faithful. `fingerprint` holds one hash for each diagnostic.

    `green` is set where lines were chosen by what the last green run had not printed.
    """

    failure_class: FailureClass
    class_reason: str
    diagnostics: tuple[Diagnostic, ...]
    excerpts: tuple[Excerpt, ...]
    fingerprint: tuple[str, ...]
    summary: tuple[Untrusted, ...] = ()
    missing: tuple[MissingLog, ...] = ()
    green: GreenRun | None = None
    chars_in: int = 0
    chars_out: int = 0

    @property
    def is_empty(self) -> bool:
        """Neither a diagnostic nor a line: nothing to tell an agent."""
        return not self.diagnostics and not any(e.lines for e in self.excerpts)
