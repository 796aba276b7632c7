"""What a log format reader is given and what it gives back.

A reader sees a `Region`: the output lines of one job, cleaned, without the text of scripts. It
answers with a `Reading`: diagnostics, and the part that each line plays in them. How much a part
is worth is not the reader's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from bot.model.evidence import Diagnostic, LineSpan
from bot.outcomes import FailureClass
from bot.untrusted import Untrusted

MESSAGE_LIMIT = 500
"""Characters of a diagnostic's message that are kept."""


class Line(NamedTuple):
    """One log line.

    `number` is the original line number, 1-based, the log split on LF. `text` is for matching: no
    time stamp, no control sequences, no `##[error]`, no prefix of a tool that passes on another
    tool's lines (`#12 3.4 `, `web:build: `). `shown` is what people read: verbatim, with control
    sequences, time stamp and runner marker removed. `marker` is the word of a runner marker such as `error` in
    `##[error]`, else empty. `step` counts the steps of the job in the order of the log, from 0.
    """

    number: int
    text: str
    shown: str
    marker: str = ""
    step: int = 0


class Role(StrEnum):
    """The part that a line plays."""

    TITLE = "title"
    """Names the failing test, target, hook or file."""
    CAUSE = "cause"
    """Says what is wrong: the first exception, assertion or compiler message."""
    FRAME = "frame"
    """Says where: the first frame inside the project, the ` --> file:line` of a compiler."""
    DETAIL = "detail"
    """Belongs to the finding: expected and actual, code frame, further frames."""
    SUMMARY = "summary"
    """Counts: `2 failed, 150 passed`."""
    NOISE = "noise"
    """Looks like an error and is none: trailers, help texts, errors of passing tests."""


class Pattern:
    """A regular expression that is compiled when it is first used: imports stay cheap."""

    __slots__ = ("_compiled", "flags", "source")

    def __init__(self, source: str, flags: int = 0) -> None:
        self.source = source
        self.flags = flags
        self._compiled: re.Pattern[str] | None = None

    @property
    def compiled(self) -> re.Pattern[str]:
        """The compiled expression."""
        if self._compiled is None:
            self._compiled = re.compile(self.source, self.flags)
        return self._compiled

    def match(self, text: str) -> re.Match[str] | None:
        """Match at the start of `text`."""
        return (self._compiled or self.compiled).match(text)

    def search(self, text: str) -> re.Match[str] | None:
        """Match anywhere in `text`."""
        return (self._compiled or self.compiled).search(text)


@dataclass(frozen=True, slots=True)
class Region(Sequence[Line]):
    """The lines to read, and the indices of those that hold an anchor of the format."""

    lines: Sequence[Line]
    hits: Sequence[int]

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, index: int) -> Line:  # type: ignore[override]
        return self.lines[index]

    def matches(self, pattern: Pattern) -> Iterator[tuple[int, re.Match[str]]]:
        """Index and match of each anchored line whose start matches, in order."""
        lines = self.lines
        for index in self.hits:
            if found := pattern.match(lines[index].text):
                yield index, found

    def searches(self, pattern: Pattern) -> Iterator[tuple[int, re.Match[str]]]:
        """Index and match of each anchored line that holds a match anywhere, in order."""
        lines = self.lines
        for index in self.hits:
            if found := pattern.search(lines[index].text):
                yield index, found

    def after(self, index: int, *, stop: Pattern | None = None, limit: int = 40) -> range:
        """Indices of the lines behind `index`, at most `limit`.

        None at or behind a gap, another step or a line whose start matches `stop`.
        """
        lines = self.lines
        end = index + 1
        last = min(len(lines), index + 1 + limit)
        while end < last and self._follows(end) and not (stop and stop.match(lines[end].text)):
            end += 1
        return range(index + 1, end)

    def before(self, index: int, *, stop: Pattern | None = None, limit: int = 40) -> range:
        """Indices of the lines ahead of `index`, in log order, bounded like `after`."""
        lines = self.lines
        start = index
        first = max(0, index - limit)
        while start > first and self._follows(start):
            if stop and stop.match(lines[start - 1].text):
                break
            start -= 1
        return range(start, index)

    def find(self, pattern: Pattern, where: Iterable[int]) -> tuple[int, re.Match[str]] | None:
        """The first of the indices `where` whose line's start matches."""
        for index in where:
            if found := pattern.match(self.lines[index].text):
                return index, found
        return None

    def _follows(self, index: int) -> bool:
        line, previous = self.lines[index], self.lines[index - 1]
        return line.number == previous.number + 1 and line.step == previous.step


@dataclass(slots=True)
class Finding:
    """A diagnostic and the indices of its lines by the part they play."""

    diagnostic: Diagnostic
    roles: dict[int, Role]

    @property
    def first(self) -> int:
        """The index of its first line."""
        return min(self.roles)


@dataclass(slots=True)
class Reading:
    """What one format found in one region."""

    region: Region
    tool: str
    failure_class: FailureClass
    findings: list[Finding] = field(default_factory=list)
    marks: dict[int, Role] = field(default_factory=dict)

    def add(  # noqa: PLR0913 - the fields of a diagnostic, by keyword
        self,
        message: str,
        *,
        title: int | Iterable[int] = (),
        cause: int | Iterable[int] = (),
        frames: int | Iterable[int] = (),
        detail: Iterable[int] = (),
        path: str = "",
        line: int | str = 0,
        column: int | str = 0,
        rule: str = "",
        test: str = "",
        frame: str = "",
        tool: str = "",
        failure_class: FailureClass | None = None,
    ) -> Finding:
        """Record one diagnostic; at least one index is needed.

        `title`, `cause`, `frames` and `detail` are indices into the region; a line keeps the first
        part that it is given in this order: cause, title, frames, detail.
        """
        roles: dict[int, Role] = {}
        parts = ((Role.CAUSE, cause), (Role.TITLE, title), (Role.FRAME, frames))
        for role, indices in (*parts, (Role.DETAIL, detail)):
            for index in (indices,) if isinstance(indices, int) else indices:
                roles.setdefault(index, role)
        numbers = [self.region[index].number for index in roles]
        diagnostic = Diagnostic(
            tool=tool or self.tool,
            failure_class=failure_class or self.failure_class,
            message=Untrusted(message.strip()[:MESSAGE_LIMIT]),
            path=path,
            line=_whole(line),
            column=_whole(column),
            rule=rule,
            test=test,
            frame=frame,
            span=LineSpan(min(numbers), max(numbers)),
        )
        finding = Finding(diagnostic, roles)
        self.findings.append(finding)
        return finding

    def extend(self, finding: Finding, role: Role, indices: Iterable[int]) -> None:
        """Give further lines to a finding; lines that have a part keep it."""
        for index in indices:
            finding.roles.setdefault(index, role)
        numbers = [self.region[index].number for index in finding.roles]
        finding.diagnostic = replace(finding.diagnostic, span=LineSpan(min(numbers), max(numbers)))

    def retitle(self, finding: Finding, index: int, test: str) -> None:
        """The line at `index`, far from the finding's block, gives its test's full name.

        The title that the finding had becomes a detail.
        """
        for known, role in finding.roles.items():
            if role is Role.TITLE:
                finding.roles[known] = Role.DETAIL
        finding.roles.setdefault(index, Role.TITLE)
        finding.diagnostic = replace(finding.diagnostic, test=test)

    def summary(self, *indices: int) -> None:
        """These lines count results."""
        for index in indices:
            self.marks[index] = Role.SUMMARY

    def noise(self, indices: Iterable[int]) -> None:
        """These lines are not the failure, whatever words they hold."""
        for index in indices:
            self.marks.setdefault(index, Role.NOISE)


Reader: TypeAlias = Callable[[Region, Reading], None]


@dataclass(frozen=True, slots=True)
class Format:
    """One tool's way of printing failures.

    `anchors` are literal texts, matched exactly and case-sensitively; a log without any of them
    is never given to `read`. Each lies inside one color run and one line. `read` fills the reading.
    """

    name: str
    failure_class: FailureClass
    anchors: tuple[str, ...]
    read: Reader


def _whole(value: int | str) -> int:
    if isinstance(value, int):
        return value
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
