"""Findings where no format knows the tool: the most telling lines, as diagnostics of nobody."""

from __future__ import annotations

import re

from bot.evidence.generic import template
from bot.evidence.slices import Step
from bot.evidence.weigh import Weighed
from bot.log_formats import Line
from bot.log_formats.reading import MESSAGE_LIMIT
from bot.model.evidence import Diagnostic, LineSpan
from bot.outcomes import FailureClass
from bot.untrusted import Untrusted

_LEAST_WORTH = 4.0
_MOST = 3
_SAYS_NOTHING = {"a trailer", "how the step ended"}
_PLACE = re.compile(r"\s*((?:[A-Za-z]:)?[^\s:()]*\w\.\w+)[:(](\d+)(?:[:,](\d+))?\)?:?\s*(.*)")


def told(job: Weighed) -> list[Diagnostic]:
    """At most three diagnostics from wording alone, those of the failed steps first, in order."""
    lines = job.cut.lines
    ranked = sorted(job.worth, key=lambda i: (-job.worth[i], i))
    chosen: dict[str, int] = {}
    for index in ranked:
        if job.worth[index] < _LEAST_WORTH or len(chosen) == _MOST:
            break
        text = lines[index].text
        says = job.why.get(index) not in _SAYS_NOTHING and "operation was canceled" not in text
        if says and any(c.isalpha() for c in text):
            chosen.setdefault(template(text), index)
    found = [_diagnostic(lines[index]) for index in sorted(chosen.values())]
    return found or [_event(step) for step in job.cut.steps if step.event]


def _event(step: Step) -> Diagnostic:
    """What the runner said when it stopped a step; the step's name stands for the test's."""
    return Diagnostic(
        tool="runner",
        failure_class=FailureClass.UNKNOWN,
        message=Untrusted(step.event[:MESSAGE_LIMIT]),
        test=step.name,
        span=LineSpan(step.exit_at, step.exit_at),
    )


def _diagnostic(line: Line) -> Diagnostic:
    place = _PLACE.match(line.text)
    return Diagnostic(
        tool="",
        failure_class=FailureClass.UNKNOWN,
        message=Untrusted((place[4] if place and place[4] else line.text).strip()[:MESSAGE_LIMIT]),
        path=place[1] if place else "",
        line=int(place[2]) if place and len(place[2]) < 9 else 0,
        column=int(place[3] or 0) if place and len(place[3] or "") < 9 else 0,
        span=LineSpan(line.number, line.number),
    )
