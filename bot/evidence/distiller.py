"""The story: index a log, read what matters of it, weigh its lines, select what fits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.evidence.choose import choose
from bot.evidence.classify import classify
from bot.evidence.compare import compare, printed
from bot.evidence.envelope import Entry, entries, form_of
from bot.evidence.fingerprint import fingerprint
from bot.evidence.generic import hint
from bot.evidence.merge import legs_of, merged, relative
from bot.evidence.noted import messages, noted, of_steps
from bot.evidence.reports import Report, reported, unseen
from bot.evidence.scan import Scanner, scanner
from bot.evidence.select import Selection, cut, fill
from bot.evidence.slices import Slice, slices
from bot.evidence.source import Source
from bot.evidence.told import told
from bot.evidence.verdict import Verdict
from bot.evidence.weigh import Weighed, show_end, weigh
from bot.log_formats import Finding, Role
from bot.model.evidence import Diagnostic, Evidence, Excerpt, ExcerptLine, JobLog, MissingLog
from bot.model.github import Annotation, Job
from bot.outcomes import FailureClass
from bot.untrusted import Untrusted

LEAST_WORTH = 0.1
_SUMMARY_LINES = 12
_SHORTEST, _LONGEST = 200, 500
"""Characters shown of a line, by budget."""
_SET_UP = re.compile(
    r"\ufeff?(?:Current runner version: |Runner name: |Runner group name: |Machine name: |Secret source: "
    r"|Prepare (?:workflow directory|all required actions)|Getting action download info"
    r"|Download action repository |Complete job name: )"
)
"""What the runner says in every job: not worth a line where that went well."""
_DEAR = 400
"""A line of so many characters costs as much as two ordinary ones are worth."""


@dataclass(slots=True)
class JobReading:
    """One job of one log, read and weighed."""

    log: JobLog
    weighed: Weighed
    lines: int
    legs: tuple[str, ...] = ()

    @property
    def cut(self) -> Slice:
        """Its lines and steps."""
        return self.weighed.cut

    @property
    def name(self) -> str:
        """The job's name, from the log where it says so."""
        return self.cut.job or self.log.job.name.raw


def read_log(log: JobLog, scan: Scanner, position: int = 0) -> list[JobReading]:
    """Every job of one log file, its lines weighed; one job without lines for an empty log.

    `position` is that of the log among those of its run, from 0.
    """
    try:
        source = Source(log)
        index = scan.index(source)
        runs = choose(index, scan, position)
        places = [
            (index.blocks[a].offset, index.blocks[b].end - index.blocks[a].offset) for a, b in runs
        ]
        texts = list(source.read(places))
    except OSError:
        return [JobReading(log, Weighed(Slice("")), 0)]
    form = form_of(index.head)
    found: list[Entry] = []
    for (first, _), data in zip(runs, texts, strict=True):
        found += entries(data, index.blocks[first].first_line, form)
    parts = slices(found, form, log.job.steps) or [Slice("")]
    found.clear()  # before the next large thing is made of it
    texts.clear()
    final = any(step.red and not step.tolerated for part in parts for step in part.steps)
    return [JobReading(log, weigh(part, scan, mind_tolerated=final), index.lines) for part in parts]


class Distillation:
    """Logs read once, from which evidence of any size can be had."""

    def __init__(
        self,
        logs: Iterable[JobLog],
        *,
        missing: Sequence[MissingLog] = (),
        annotations: Mapping[int, Sequence[Annotation]] = {},
        reports: Sequence[Report] = (),
        job_url: Callable[[Job, int, int], str] | None = None,
    ) -> None:
        scan = scanner()
        had: list[JobLog] = []
        jobs: list[JobReading] = []
        for position, log in enumerate(logs):  # each is read while others may still be on their way
            had.append(log)
            jobs += read_log(log, scan, position)
        twins = legs_of([job.weighed for job in jobs])
        for position, first in twins.items():
            jobs[first].legs = (*jobs[first].legs, jobs[position].name)
        self.jobs = [job for position, job in enumerate(jobs) if position not in twins]
        self._missing, self._job_url = tuple(missing), job_url
        self._chars_in = sum(log.size for log in had)
        self._diagnosed = _found(jobs, had, annotations)
        self._verdict = classify([job.weighed for job in self.jobs], messages(annotations))
        self.add_reports(reports)
        self.found = bool(self._diagnosed) or any(job.weighed.tells for job in jobs)
        for job in self.jobs:
            # A file written beside a log has no last word of the runner's to stop at.
            silent = (
                job.weighed.is_final and max(job.weighed.worth.values(), default=0.0) <= LEAST_WORTH
            )
            if silent or not self.found:
                show_end(job.weighed)

    @property
    def guessed(self) -> tuple[Job, ...]:
        """The failed jobs in which no format found anything: their lines are chosen by wording."""
        by_job = [(job.log.job, _in_red_steps(job)) for job in self.jobs if job.weighed.is_final]
        return tuple(job for job, findings in by_job if not findings)

    def add_reports(self, reports: Sequence[Report]) -> None:
        """What reports say and the logs do not; a class that the logs do not tell follows it."""
        extra = unseen([relative(d) for d in reported(reports)], [d for _, d in self._diagnosed])
        self._diagnosed += [("", diagnostic) for diagnostic in extra]
        if extra and self._verdict.kind is FailureClass.UNKNOWN:
            first = extra[0]
            self._verdict = Verdict(first.failure_class, f"a report of {first.tool} says so")

    def compare_with(self, green: JobLog, *, job: str | None = None) -> frozenset[str]:
        """Weigh anew by the last green log of `job` (None: of every job); returns what it said.

        Only what is shown changes: class and fingerprint are the same without a green log.
        """
        known = printed([read.weighed for read in read_log(green, scanner())])
        for read in self.jobs:
            if job is None or read.log.job.name.raw == job:
                compare(read.weighed, known)
        return known

    def evidence(self, budget_chars: int) -> Evidence:
        """What failed, the excerpts together at most `budget_chars` characters."""
        selections = _select(self.jobs, budget_chars)
        return Evidence(
            failure_class=self._verdict.kind,
            class_reason=self._verdict.reason,
            diagnostics=merged(self._diagnosed),
            excerpts=tuple(
                self._excerpt(job, selection)
                for job, selection in zip(self.jobs, selections, strict=True)
                if selection.numbers or job.log.job.failing_steps
            ),
            fingerprint=fingerprint(d for _, d in self._diagnosed),
            summary=_summary(self.jobs),
            missing=self._missing,
            chars_in=self._chars_in,
            chars_out=sum(s.size for s in selections),
        )

    def _excerpt(self, job: JobReading, selection: Selection) -> Excerpt:
        red = job.cut.first_red
        failed = next(iter(job.log.job.failing_steps), None)
        step = red.number if red and red.number else failed.number if failed else 0
        name = red.name if red and red.name else failed.name.raw if failed else ""
        url = job.log.job.url
        if self._job_url:
            first = selection.numbers[0] if selection.numbers else 1
            url = self._job_url(job.log.job, step, first).partition("#")[0]
        return Excerpt(
            job=Untrusted(job.name),
            job_id=job.log.job.id,
            step=step,
            step_name=Untrusted(name),
            command=Untrusted(red.script if red else ""),
            lines=tuple(ExcerptLine(n, Untrusted(selection.texts[n])) for n in selection.numbers),
            total_lines=job.lines,
            url=url,
            legs=(job.name, *job.legs) if job.legs else (),
            step_first=red.first if red and red.first else 1,
        )


def distill(  # noqa: PLR0913 - each is another source of evidence
    logs: Iterable[JobLog],
    *,
    budget_chars: int,
    missing: Sequence[MissingLog] = (),
    annotations: Mapping[int, Sequence[Annotation]] = {},
    green: JobLog | None = None,
    reports: Sequence[Report] = (),
    job_url: Callable[[Job, int, int], str] | None = None,
) -> Evidence:
    """What failed, its excerpts together at most `budget_chars` characters as `numbered` shows them.

    `logs` may be a generator: each log is read when it arrives, while the next is downloaded;
    `missing` and `annotations` are looked at when it has ended. A log of 0 bytes, or one that cannot be
    opened, stands for one that could not be had: its job's annotations and failed steps are all
    there is. `annotations` are by job id. `green` is the last green log of the same job. Never raises
    for what a log, a report or an annotation holds.
    """
    read = Distillation(
        logs,
        missing=missing,
        annotations=annotations,
        reports=reports,
        job_url=job_url,
    )
    if green:
        read.compare_with(green)
    return read.evidence(budget_chars)


def _found(
    jobs: Sequence[JobReading],
    logs: Sequence[JobLog],
    annotations: Mapping[int, Sequence[Annotation]],
) -> list[tuple[str, Diagnostic]]:
    """Every diagnostic with its job's name; GitHub's notes where a log says nothing."""
    final = any(job.weighed.is_final for job in jobs)
    by_job = [(job, _diagnostics(job)) for job in jobs if job.weighed.is_final or not final]
    found = [(job.name, diagnostic) for job, own in by_job for diagnostic in own]
    told_ids = {job.log.job.id for job, own in by_job if own}
    names = {log.job.id: log.job.name.raw for log in logs}
    for job_id, notes in annotations.items():
        if job_id not in told_ids:
            found += [(names.get(job_id, ""), diagnostic) for diagnostic in noted(notes)]
    for log in logs:
        if log.job.id not in told_ids and not noted(annotations.get(log.job.id, ())):
            found += [(log.job.name.raw, diagnostic) for diagnostic in of_steps(log.job)]
    return found


def _diagnostics(job: JobReading) -> list[Diagnostic]:
    """What formats found in failed steps, or their wording; else whatever formats found."""
    found = [relative(f.diagnostic) for f in _in_red_steps(job)]
    found = found or [relative(d) for d in told(job.weighed)]
    return found or [relative(f.diagnostic) for f in job.weighed.findings]


def _in_red_steps(job: JobReading) -> list[Finding]:
    return [f for f in job.weighed.findings if job.weighed.place_factor(f.first) == 1.0]


def _select(jobs: Sequence[JobReading], budget: int) -> list[Selection]:
    limit = min(_LONGEST, max(_SHORTEST, budget // 10))
    selections = [Selection() for _ in jobs]
    candidates = []
    for number, job in enumerate(jobs):
        set_up = _was_set_up(job)
        for index, worth in job.weighed.worth.items():
            line = job.cut.lines[index]
            if worth > LEAST_WORTH and not (set_up and _SET_UP.match(line.text)):
                text = cut(line.shown, limit, hint(line.shown) if len(line.shown) > limit else 0)
                candidates.append((worth / (1 + len(text) / _DEAR), number, line.number, text))
    fill(candidates, selections, budget)
    return selections


def _was_set_up(job: JobReading) -> bool:
    """Whether the runner got the job ready: GitHub says so, or a step with a command failed later."""
    red = job.cut.first_red
    return (red is not None and bool(red.script)) or any(
        s.name.raw == "Set up job" and s.conclusion == "success" for s in job.log.job.steps
    )


def _summary(jobs: Sequence[JobReading]) -> tuple[Untrusted, ...]:
    """The lines that count results, those of failed steps."""
    lines = (
        job.cut.lines[index].text.strip()
        for job in jobs
        for index, role in sorted(job.weighed.marks.items())
        if role is Role.SUMMARY and job.weighed.place_factor(index) == 1.0
    )
    return tuple(Untrusted(text) for text in list(dict.fromkeys(lines))[:_SUMMARY_LINES])
