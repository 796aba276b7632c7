"""What `coder-fix distill` prints. Every outside text passes bot.sanitize."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from bot.commands.distill_json import as_json
from bot.commands.distill_markdown import markdown
from bot.commands.distill_words import (
    EMPTY,
    Order,
    finding,
    inline,
    legs,
    more,
    telling,
    times,
    verdict,
)
from bot.evidence import numbered
from bot.model.evidence import Evidence, Excerpt
from bot.sanitize import prompt_block, to_prompt

_TRIES = 8
_HEADING = 60
_MARGIN = 8
_FINDING = 160
_FINDINGS_SHARE = 5
"""The list of findings takes at most a fifth of the budget."""
_COMMAND = 60
"""Characters of a command that are shown whatever the budget: less says nothing."""
_MARKED = "Lines marked + are not in the green log."
_NUMBER = re.compile(r"(\d+)\| ")


def text(order: Order) -> str:
    """For people and agents: class and reason, findings, then numbered lines, all in the budget."""
    if order.is_empty:
        return f"{EMPTY}\n"
    budget, room = order.budget, order.budget
    shown = _lines(order, order.read.evidence(room))
    for _ in range(_TRIES):
        over = sum(len(line) + 1 for line in shown) - budget
        if order.explain or over <= 0:
            break
        room -= over + _MARGIN  # headings, and what made the lines safe: all but the log itself
        shown = _lines(order, order.read.evidence(max(1, room)))
    whole = "\n".join(shown) + "\n"
    return whole if order.explain else _within(whole, budget)


def _lines(order: Order, evidence: Evidence) -> list[str]:
    limit = min(_HEADING, order.budget // 50)
    lines = [verdict(order, evidence), *_findings(order, evidence)]
    if order.green is not None:
        lines.append(_MARKED)
    for excerpt in evidence.excerpts:
        lines += _heading(order, excerpt, limit)
        texts = prompt_block([line.text for line in excerpt.lines])
        shown = numbered([line.number for line in excerpt.lines], texts)
        why = _reasons(order, excerpt) if order.explain else {}
        lines += _annotated(shown, order.new(excerpt), why)
    return lines


def _findings(order: Order, evidence: Evidence) -> list[str]:
    """`- tests/test_cart.py:41: test_total: assert 84 == 90`, as many as have room.

    A finding without a place is a line of the log and no more: the excerpt shows it.
    """
    lines: list[str] = []
    room = order.budget // _FINDINGS_SHARE
    told = [d for d in telling(evidence.diagnostics) if d.path or d.test]
    for diagnostic in told:
        line = f"- {inline(finding(diagnostic).raw, _FINDING)}{times(diagnostic)}"
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
    return [*lines, *more(len(told) - len(lines))] if lines else []


def _heading(order: Order, excerpt: Excerpt, limit: int) -> list[str]:
    """Job and step, the legs that say the same, and what the step ran: a repair begins there."""
    command = excerpt.command.raw.strip().partition("\n")[0]
    step = excerpt.step_name.raw
    named = [excerpt.job.raw, "" if step in {f"Run {command}", f"$ {command}"} else step]
    name = inline(" > ".join(filter(None, named)), limit) if any(named) else ""
    same = legs(excerpt, lambda leg: to_prompt(leg, limit=max(limit, 1)))
    heading = " ".join(filter(None, (name, f"({same})" if same else "")))
    lines = [f"== {heading}"] if heading else []
    lines += [inline(order.link(excerpt), 300)] if excerpt.url else []
    return [*lines, f"$ {inline(command, max(_COMMAND, 2 * limit))}"] if command else lines


def _annotated(shown: list[str], new: frozenset[int], why: Mapping[int, str]) -> Iterator[str]:
    """With `+` before what is new, and below each line why it was kept."""
    for line in shown:
        found = _NUMBER.match(line)  # an omission has no number
        number = int(found[1]) if found else 0
        yield f"{number}|+{line[found.end() - 1 :]}" if found and number in new else line
        if number in why:
            yield f"      ^ {why[number]}"


def _reasons(order: Order, excerpt: Excerpt) -> dict[int, str]:
    job = order.job(excerpt)
    if job is None:
        return {}
    worth = job.weighed.worth
    return {
        job.cut.lines[index].number: f"{worth.get(index, 0.0):.1f} {inline(why, 60)}"
        for index, why in job.weighed.why.items()
    }


def _within(text: str, budget: int) -> str:
    """Whole lines within the budget: what made the text safe may have made it longer."""
    while len(text) > budget and "\n" in text[:-1]:
        text = text[: text[:-1].rindex("\n") + 1]
    return text[:budget]


FORMS: Mapping[str, Callable[[Order], str]] = {"text": text, "json": as_json, "markdown": markdown}
"""By the word of `--format`."""
