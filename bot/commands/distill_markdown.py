"""`coder-fix distill --format markdown`: for comments and summaries."""

from __future__ import annotations

from collections.abc import Iterable

from bot.commands.distill_words import (
    EMPTY,
    NOTHING_FOUND,
    Order,
    finding,
    inline,
    legs,
    more,
    telling,
    times,
)
from bot.model.evidence import Evidence, Excerpt
from bot.report.blocks import link
from bot.sanitize import markdown_block, to_markdown
from bot.untrusted import Untrusted

_FINDINGS = 20
_NAME = 60


def markdown(order: Order) -> str:
    """The findings as a list, the lines in fenced blocks."""
    if order.is_empty:
        return f"{EMPTY}\n"
    room, findings = order.budget * 3 // 4, _FINDINGS
    text = _markdown(order, room, findings)
    while len(text) > order.budget and room > 1:
        # A fence cannot be cut: less is put into it.
        room, findings = room * 2 // 3, max(1, findings * 2 // 3)
        text = _markdown(order, room, findings)
    return text


def _markdown(order: Order, room: int, findings: int) -> str:
    evidence = order.read.evidence(max(1, room))
    out = [_verdict(order, evidence), ""]
    told = telling(evidence.diagnostics)
    out += [f"- {to_markdown(finding(d))}{times(d)}" for d in told[:findings]]
    out += [f"- {line}" for line in more(len(told) - findings)]
    for excerpt in evidence.excerpts:
        out += ["", _heading(order, excerpt), ""]
        if order.green is not None:
            out += [_new(order.new(excerpt)), ""]
        numbers = [line.number for line in excerpt.lines]
        out.append(markdown_block([line.text for line in excerpt.lines], numbers=numbers))
    return "\n".join(out) + "\n"


def _verdict(order: Order, evidence: Evidence) -> str:
    if not order.read.found:
        return NOTHING_FOUND
    return f"**{evidence.failure_class.value}**: {inline(evidence.class_reason, 100)}"


def _heading(order: Order, excerpt: Excerpt) -> str:
    name = " > ".join(filter(None, (excerpt.job.raw, excerpt.step_name.raw))) or "log"
    where = f" ({link('log', order.link(excerpt))})" if excerpt.url else ""
    same = legs(excerpt, lambda leg: to_markdown(leg, limit=_NAME))
    return f"{to_markdown(Untrusted(name))}{where}{f', {same}' if same else ''}"


def _new(numbers: Iterable[int]) -> str:
    """As in `New since the green log: lines 3, 7–9.`."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    if not runs:
        return "No line here is new since the green log."
    plural = "" if len(runs) == 1 and runs[0][0] == runs[0][1] else "s"
    said = ", ".join(f"{a}–{b}" if a != b else f"{a}" for a, b in runs)
    return f"New since the green log: line{plural} {said}."
