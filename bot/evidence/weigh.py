"""What every line of a job is worth: by the formats that know it, else by its wording and place."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from bot.evidence import generic
from bot.evidence.scan import Scanner
from bot.evidence.slices import Slice
from bot.log_formats import Finding, Reading, Region, Role

_HUNK = re.compile(r"@@ -\d{1,7}(?:,(\d{1,5}))? \+\d{1,7}(?:,(\d{1,5}))? @@")
ROLE_WORTH = {
    Role.CAUSE: 10.0,
    Role.TITLE: 8.0,
    Role.SUMMARY: 7.0,
    Role.FRAME: 5.0,
    Role.DETAIL: 3.0,
    Role.NOISE: 0.2,
}
TELLING = 2.5
SPREAD = 0.5
"""A line of a step that did not fail lends nothing to its neighbors if it is worth less."""
BESIDE = "beside a telling line"
_END_LINES = 30
_RANK = {Role.TITLE: 0.08, Role.CAUSE: 0.2, Role.FRAME: 0.4, Role.DETAIL: 0.4}
"""How much less each further finding is worth than the first: breadth before depth."""
_EARLIER, _LATER, _BEHIND = 0.3, 0.08, 0.1
"""What lines of a step before the failed one, after it, and behind its end are worth."""
TOLERATED = 0.4
"""What lines of a failed step are worth that the workflow went on after."""
_DIFF = 0.15
_ENDING = 4.5
_SHORT_STEP = 40
"""Output lines of a failed step that is so short that all of it is telling."""
_NEAR = ((1, 0.45), (2, 0.35), (3, 0.28), (4, 0.2), (5, 0.16), (-1, 0.4), (-2, 0.25), (-3, 0.18))
_WIDER = tuple((o, 0.1 - abs(o) * 0.004) for o in (*range(-12, -3), *range(6, 20)))


@dataclass(slots=True)
class Weighed:
    """One job's lines with what was found in them. Keys are indices into `cut.lines`."""

    cut: Slice
    findings: list[Finding] = field(default_factory=list)
    marks: dict[int, Role] = field(default_factory=dict)
    worth: dict[int, float] = field(default_factory=dict)
    why: dict[int, str] = field(default_factory=dict)
    mind_tolerated: bool = False
    _factors: list[tuple[int, float]] = field(default_factory=list)

    def place_factor(self, index: int) -> float:
        """1 in a failed step, less elsewhere, least behind its end."""
        line = self.cut.lines[index]
        if not self._factors:
            self._factors = self._by_step()
        end, factor = self._factors[line.step]
        return _BEHIND if end and line.number > end else factor

    def _by_step(self) -> list[tuple[int, float]]:
        """For each step the number of the line that ends it, 0 for none, and its factor."""
        first = self.cut.first_red
        factors: list[tuple[int, float]] = []
        for step in self.cut.steps:
            if first is None:
                factors.append((0, 1.0))
            elif step.red and step.tolerated and self.mind_tolerated:
                factors.append((step.exit_at, TOLERATED))
            elif step.red:
                factors.append((step.exit_at, 1.0))
            else:
                factors.append((0, _LATER if step.late or step.index > first.index else _EARLIER))
        return factors

    @property
    def is_final(self) -> bool:
        """Whether a step failed for good."""
        return any(step.red and not step.tolerated for step in self.cut.steps)

    @property
    def tells(self) -> bool:
        """Whether anything in it looks like a failure."""
        return self.cut.first_red is not None or any(w >= TELLING for w in self.worth.values())

    def raise_to(self, index: int, worth: float, why: str) -> None:
        """The line is worth at least that much."""
        if worth > self.worth.get(index, 0.0):
            self.worth[index] = worth
            self.why[index] = why


def weigh(cut: Slice, scan: Scanner, *, mind_tolerated: bool = False) -> Weighed:
    """Read with every format whose anchors are there, then value every line.

    `mind_tolerated`: some step failed for good, so that those that others failed behind did not.
    """
    job = Weighed(cut, mind_tolerated=mind_tolerated)
    words = _read(job, scan)
    _by_wording(job, words)
    _by_findings(job)
    _by_neighborhood(job)
    return job


def show_end(job: Weighed) -> None:
    """Nothing looks like a failure: the end of the log is what can be shown."""
    told = [i for i, line in enumerate(job.cut.lines) if line.text.strip()]
    for near, index in enumerate(reversed(told[-_END_LINES:])):
        job.raise_to(index, TELLING * 0.95**near, "the end of a log that tells of no failure")


def _read(job: Weighed, scan: Scanner) -> list[tuple[int, set[int]]]:
    """Let the formats read; returns the lines with words of failure, and the words."""
    lines = job.cut.lines
    hits: dict[int, list[int]] = {}
    words: list[tuple[int, set[int]]] = []
    for index, held in enumerate(scan.lines(line.text for line in lines)):
        if held:
            for reader in {r for a in held for r in scan.readers.get(a, ())}:
                hits.setdefault(reader, []).append(index)
            if min(held) < scan.word_count:
                words.append((index, held))
                continue
        if lines[index].marker == "error":
            words.append((index, set()))
    claimed: set[int] = set()
    for position in sorted(hits):
        format_ = scan.formats[position]
        reading = Reading(Region(lines, hits[position]), format_.name, format_.failure_class)
        format_.read(reading.region, reading)
        for finding in reading.findings:
            causes = {i for i, role in finding.roles.items() if role is Role.CAUSE}
            if not causes & claimed:
                claimed |= causes
                job.findings.append(finding)
        for index, role in reading.marks.items():
            job.marks.setdefault(index, role)
    return words


def _by_wording(job: Weighed, words: list[tuple[int, set[int]]]) -> None:
    lines = job.cut.lines
    scored: dict[int, tuple[float, str]] = {}
    for index, held in words:
        worth, why = generic.score(lines[index], held)
        if worth > 0.25:
            scored[index] = (worth * job.place_factor(index), why)
    for index in _in_diffs(job.cut):
        if index in scored:
            scored[index] = (scored[index][0] * _DIFF, "inside of a diff")
    telling = sorted(scored, key=lambda i: (-job.place_factor(i), i))
    factors = generic.novelty((i, lines[i].text, scored[i][1]) for i in telling)
    known = _is_known(job)
    for index, (worth, why) in scored.items():
        job.worth[index] = worth * factors[index] * (0.6 if known else 1.0)
        job.why[index] = why
    _by_place(job, 0.5 if known else 1.0)


def _in_diffs(cut: Slice) -> set[int]:
    """The lines of unified diffs: their words are those of a file, not of a tool."""
    inside: set[int] = set()
    old = new = 0
    for index, line in enumerate(cut.lines):
        text = line.text
        if text.startswith("@@ ") and (hunk := _HUNK.match(text)):
            old, new = int(hunk[1] or 1), int(hunk[2] or 1)
            continue
        if old <= 0 and new <= 0:
            continue
        sign = text[:1]
        old -= sign != "+"
        new -= sign != "-"
        inside.add(index)
    return inside


def _is_known(job: Weighed) -> bool:
    """Whether a format explains a failed step."""
    return any(job.place_factor(finding.first) == 1.0 for finding in job.findings)


def _by_place(job: Weighed, share: float) -> None:
    """The last lines before a failed step's end, and all of a failed step that said little."""
    lines = job.cut.lines
    position = {line.number: index for index, line in enumerate(lines)}
    for step in job.cut.steps:
        if not step.red:
            continue
        end = position.get(step.exit_at or step.last)
        if end is None:
            continue
        own = [i for i in range(max(0, end - 200), end) if lines[i].step == step.index]
        told = [i for i in own if lines[i].text.strip()]
        for near, index in enumerate(reversed(told[-14:])):
            extra = _ENDING * 0.82**near * share
            job.worth[index] = job.worth.get(index, 0.0) + extra
            job.why.setdefault(index, "one of the last lines before the end of the step")
        if len(told) <= _SHORT_STEP:
            for index in told:
                base = (3.0 - 2.0 * len(told) / _SHORT_STEP) * share
                job.worth[index] = max(job.worth.get(index, 0.0), base)
                job.why.setdefault(index, "a failed step that said little")


def _by_findings(job: Weighed) -> None:
    for index, role in job.marks.items():
        worth = ROLE_WORTH[role] * job.place_factor(index)
        if role is Role.SUMMARY and generic.none_failed(job.cut.lines[index].text):
            worth *= generic.NONE_FAILED
        job.worth[index] = worth
        job.why[index] = role.value
    said: dict[str, int] = {}
    places: dict[tuple[str, str], int] = {}
    for finding in sorted(job.findings, key=lambda f: (-job.place_factor(f.first), f.first)):
        found = finding.diagnostic
        message = generic.template(found.message.raw)
        here = places.get((message, found.path), 0)
        alike = said.get(message, 0)  # in so many files
        said[message], places[message, found.path] = alike + (here == 0), here + 1
        cause = min((i for i, r in finding.roles.items() if r is Role.CAUSE), default=finding.first)
        for index, role in finding.roles.items():
            worth = ROLE_WORTH[role] / (1 + _RANK[role] * (len(said) - 1))
            worth *= job.place_factor(index) * _repeated(role, alike, here)
            if role is Role.DETAIL:
                worth *= 0.85 ** abs(index - cause)
            job.raise_to(index, worth, f"{found.tool}: {role.value}")


def _repeated(role: Role, alike: int, here: int) -> float:
    """A factor for what was said of `alike` files before, `here` times of the same file.

    In which other files the same is wrong is worth knowing; a test's name more than its message.
    """
    if not here:
        return 0.6 / (1 + 0.1 * alike) if alike else 1.0
    return (0.5 if role is Role.TITLE else 0.3) / math.sqrt(here)


def _by_neighborhood(job: Weighed) -> None:
    """Lines beside telling ones, for what they say together."""
    lines = job.cut.lines
    best = sorted(job.worth, key=lambda i: (-job.worth[i], i))[:40]
    values = {i: job.worth[i] for i in best}
    for rank, index in enumerate(best):
        known = index in job.marks or ":" in job.why.get(index, "")
        if values[index] < SPREAD and job.place_factor(index) < 1.0:
            continue
        offsets = (*_NEAR, *_WIDER) if rank < 15 else _NEAR
        for offset, share in offsets:
            near = index + offset
            if not 0 <= near < len(lines) or not lines[near].text.strip():
                continue
            if lines[near].step != lines[index].step or near in job.marks:
                continue
            if abs(lines[near].number - lines[index].number) > abs(offset):
                continue
            worth = values[index] * share * (0.5 if known else 1.0)
            if job.why.get(near) != "a trailer":
                job.raise_to(near, worth, BESIDE)
