"""Findings as people read them in a terminal, and as programs do."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from bot.doctor.check import Finding, Status
from bot.doctor.examine import Section, worst

WIDTH: Final = 80
SCHEMA: Final = 1
"""Of the JSON form. Members may join; a change of one that is there makes it 2."""

MARKS: Final = {Status.OK: "✓", Status.WARNING: "!", Status.BROKEN: "✗", Status.UNSEEN: "?"}
_COLORS: Final = {Status.OK: 32, Status.WARNING: 33, Status.BROKEN: 31, Status.UNSEEN: 36}
_WORDS: Final = {
    Status.BROKEN: "broken",
    Status.WARNING: "to look at",
    Status.UNSEEN: "not visible",
    Status.OK: "fine",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """How it is shown: `colored` for terminals, `quiet` leaves out what is fine."""

    colored: bool = False
    quiet: bool = False


def as_text(subject: str, sections: Sequence[Section], paper: Paper) -> str:
    """At most `WIDTH` columns, but for addresses. Ends with a line that counts."""
    lines = [subject]
    for section in sections:
        shown = [f for f in section.findings if not (paper.quiet and f.status is Status.OK)]
        if shown:
            lines += ["", _bold(section.title, paper), *_findings(shown, paper)]
    lines += ["", *_ending(sections, paper)]
    return "\n".join(lines) + "\n"


def as_json(
    sections: Sequence[Section], *, version: str, repository: str, coder_url: str
) -> dict[str, Any]:
    """Plain values. Every member is always there; texts may be empty."""
    return {
        "schema": SCHEMA,
        "version": version,
        "repository": repository,
        "coder_url": coder_url,
        "exit_code": int(worst(sections)),
        "counts": {status.value: n for status, n in _counts(sections).items()},
        "findings": [
            {
                "id": finding.id,
                "area": section.id,
                "title": finding.title,
                "status": finding.status.value,
                "says": finding.says,
                "remedy": finding.remedy,
                "who": finding.who,
                "link": finding.link,
            }
            for section in sections
            for finding in section.findings
        ],
    }


def _findings(findings: Iterable[Finding], paper: Paper) -> Iterator[str]:
    for why, group in groupby(findings, key=_reason):
        several = list(group)
        if why and len(several) > 1:
            yield from _unseen(several, paper)
            continue
        for finding in several:
            yield from _one(finding, paper)


def _reason(finding: Finding) -> tuple[str, str] | None:
    """What is hidden for the same reason is told once."""
    return (finding.says, finding.who) if finding.status is Status.UNSEEN else None


def _one(finding: Finding, paper: Paper) -> Iterator[str]:
    if finding.status is Status.OK:
        says = f": {finding.says}" if finding.says else ""
        yield from _headed(finding, f"{finding.title}{says}", paper)
        return
    yield from _headed(finding, f"{finding.title} [{finding.id}]", paper)
    yield from _wrapped(finding.says)
    if finding.who:
        yield from _wrapped(f"Who can look: {finding.who}")
    if finding.remedy:
        yield from _wrapped(f"→ {finding.remedy}", hanging=2)
    if finding.status is not Status.UNSEEN:
        yield _dim(f"    {finding.link}", paper)


def _unseen(several: Sequence[Finding], paper: Paper) -> Iterator[str]:
    yield from _headed(several[0], f"{len(several)} questions: {several[0].says}", paper)
    if several[0].who:
        yield from _wrapped(f"Who can look: {several[0].who}")
    yield from _wrapped("; ".join(f.title for f in several) + ".")


def _headed(finding: Finding, text: str, paper: Paper) -> Iterator[str]:
    first, *rest = _lines(text, "  ", "    ")
    yield f"{_painted(MARKS[finding.status], _COLORS[finding.status], paper)} {first.lstrip()}"
    yield from rest


def _wrapped(text: str, hanging: int = 0) -> list[str]:
    return _lines(text, "    ", " " * (4 + hanging))


def _lines(text: str, first: str, rest: str) -> list[str]:
    # An address or a name is never broken: it could not be copied any more.
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first]


def _counts(sections: Iterable[Section]) -> Counter[Status]:
    found = Counter(f.status for s in sections for f in s.findings)
    return Counter({status: found[status] for status in _WORDS})


def _ending(sections: Iterable[Section], paper: Paper) -> Iterator[str]:
    """What is broken once more, since the last lines are the ones that stand on the screen."""
    sections = tuple(sections)
    yield ", ".join(f"{n} {_WORDS[status]}" for status, n in _counts(sections).items()) + "."
    broken = [f for s in sections for f in s.findings if f.status is Status.BROKEN]
    for finding in broken:
        yield from _headed(finding, f"{finding.title} [{finding.id}]", paper)


def _painted(text: str, color: int, paper: Paper) -> str:
    return f"\x1b[{color}m{text}\x1b[0m" if paper.colored else text


def _bold(text: str, paper: Paper) -> str:
    return _painted(text, 1, paper)


def _dim(text: str, paper: Paper) -> str:
    return _painted(text, 2, paper)
