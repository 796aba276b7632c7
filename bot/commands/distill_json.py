"""`coder-fix distill --format json`: for programs, everything that was found."""

from __future__ import annotations

import json
from typing import Any

from bot.commands.distill_words import Order, inline
from bot.model.evidence import Diagnostic, Excerpt
from bot.sanitize import prompt_block
from bot.untrusted import Untrusted


def as_json(order: Order) -> str:
    """One object; its texts cleaned and redacted like everywhere."""
    evidence = order.read.evidence(order.budget)
    plain = {
        "found": order.read.found,
        "class": evidence.failure_class.value,
        "reason": inline(evidence.class_reason, 200),
        "fingerprint": list(evidence.fingerprint),
        "diagnostics": [_diagnostic(diagnostic) for diagnostic in evidence.diagnostics],
        "summary": prompt_block(evidence.summary),
        "excerpts": [_excerpt(order, excerpt) for excerpt in evidence.excerpts],
        "chars_in": evidence.chars_in,
        "chars_out": evidence.chars_out,
    }
    return json.dumps(plain, indent=1, ensure_ascii=False) + "\n"


def _excerpt(order: Order, excerpt: Excerpt) -> dict[str, Any]:
    command = [Untrusted(line) for line in excerpt.command.raw.split("\n")]
    return {
        "job": inline(excerpt.job.raw, 200),
        "step": excerpt.step,
        "step_name": inline(excerpt.step_name.raw, 200),
        "command": "\n".join(prompt_block(command)),
        "url": excerpt.url,
        "link": order.link(excerpt),
        "legs": [inline(leg, 200) for leg in excerpt.legs],
        "total_lines": excerpt.total_lines,
        "lines": _lines(order, excerpt),
    }


def _lines(order: Order, excerpt: Excerpt) -> list[dict[str, Any]]:
    texts = prompt_block([line.text for line in excerpt.lines])
    lines: list[dict[str, Any]] = [
        {"number": line.number, "text": text}
        for line, text in zip(excerpt.lines, texts, strict=True)
    ]
    job = order.job(excerpt)
    if order.explain and job:
        why = {job.cut.lines[index].number: said for index, said in job.weighed.why.items()}
        lines = [line | {"why": why.get(line["number"], "")} for line in lines]
    if order.green is not None:
        new = order.new(excerpt)
        lines = [line | {"new": line["number"] in new} for line in lines]
    return lines


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "tool": diagnostic.tool,
        "class": diagnostic.failure_class.value,
        "message": inline(diagnostic.message.raw, 500),
        "path": inline(diagnostic.path, 300),
        "line": diagnostic.line,
        "column": diagnostic.column,
        "rule": inline(diagnostic.rule, 100),
        "test": inline(diagnostic.test, 300),
        "frame": inline(diagnostic.frame, 300),
        "first_line": diagnostic.span.first,
        "last_line": diagnostic.span.last,
        "legs": [inline(leg, 200) for leg in diagnostic.legs],
        "count": diagnostic.count,
    }
