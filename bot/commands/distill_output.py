"""What `coder-fix distill` prints: text, markdown, JSON. Every outside text passes bot.sanitize."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bot.evidence import numbered
from bot.evidence.distiller import Distillation
from bot.model.evidence import Diagnostic, Evidence, Excerpt
from bot.sanitize import markdown_block, prompt_block, to_markdown, to_prompt
from bot.untrusted import Untrusted

_DIAGNOSTICS_SHOWN = 20


def text(read: Distillation, budget: int, explain: bool) -> str:  # noqa: FBT001 - a flag of the verb
    """For people and agents: class and reason, then numbered lines, all within the budget."""
    first = read.evidence(budget)
    heads = [f"{first.failure_class.value}: {_inline(first.class_reason, 100)}"]
    heads += [head for excerpt in first.excerpts for head in _heading(excerpt)]
    evidence = read.evidence(max(budget * 3 // 4, budget - sum(len(head) + 1 for head in heads)))
    lines = heads[:1]
    for excerpt in evidence.excerpts:
        lines += _heading(excerpt)
        texts = prompt_block([line.text for line in excerpt.lines])
        shown = numbered([line.number for line in excerpt.lines], texts)
        lines += _explained(read, excerpt, shown) if explain else shown
    return _within("\n".join(lines) + "\n", budget) if not explain else "\n".join(lines) + "\n"


def _heading(excerpt: Excerpt) -> list[str]:
    named = [excerpt.job.raw, excerpt.step_name.raw]
    first = excerpt.command.raw.partition("\n")[0]
    named += [f"$ {first}"] if first and first not in excerpt.step_name.raw else []
    heading = _inline(" > ".join(filter(None, named)), 60) if any(named) else ""
    legs = f" (and {len(excerpt.legs) - 1} more jobs)" if len(excerpt.legs) > 1 else ""
    return [f"== {heading}{legs}"] if heading or legs else []


def _explained(read: Distillation, excerpt: Excerpt, shown: list[str]) -> Iterator[str]:
    reasons: dict[str, str] = {}
    for job in read.jobs:
        if job.name == excerpt.job.raw:
            for index, why in job.weighed.why.items():
                worth = job.weighed.worth.get(index, 0.0)
                reasons[str(job.cut.lines[index].number)] = f"{worth:.1f} {_inline(why, 60)}"
    for line in shown:
        yield line
        if reason := reasons.get(line.partition("|")[0]):
            yield f"      ^ {reason}"


def _within(text: str, budget: int) -> str:
    """Whole lines within the budget: what made the text safe may have made it longer."""
    while len(text) > budget and "\n" in text[:-1]:
        text = text[: text[:-1].rindex("\n") + 1]
    return text[:budget]


def _inline(text: str, limit: int) -> str:
    return to_prompt(Untrusted(text), limit=limit) if text else ""


def markdown(read: Distillation, budget: int, explain: bool) -> str:  # noqa: ARG001, FBT001 - one signature
    """For comments and summaries: the findings as a list, the lines in fenced blocks."""
    evidence = read.evidence(max(1, budget * 3 // 4))
    out = [f"**{evidence.failure_class.value}**: {_inline(evidence.class_reason, 100)}", ""]
    out += [f"- {_finding(diagnostic)}" for diagnostic in evidence.diagnostics[:_DIAGNOSTICS_SHOWN]]
    for excerpt in evidence.excerpts:
        link = f" ([log]({excerpt.url}))" if excerpt.url.startswith("https://") else ""
        out += ["", f"{to_markdown(Untrusted(_heading_text(excerpt)))}{link}", ""]
        numbers = [line.number for line in excerpt.lines]
        out.append(markdown_block([line.text for line in excerpt.lines], numbers=numbers))
    return "\n".join(out) + "\n"


def _heading_text(excerpt: Excerpt) -> str:
    return " > ".join(filter(None, (excerpt.job.raw, excerpt.step_name.raw))) or "log"


def _finding(diagnostic: Diagnostic) -> str:
    place = f"{diagnostic.path}:{diagnostic.line}" if diagnostic.line else diagnostic.path
    said = ": ".join(filter(None, (place, diagnostic.test, diagnostic.message.raw)))
    times = f" ({diagnostic.count} times)" if diagnostic.count > 1 else ""
    return to_markdown(Untrusted(said)) + times


def as_json(read: Distillation, budget: int, explain: bool) -> str:  # noqa: FBT001 - one signature
    """For programs: everything that was found."""
    evidence = read.evidence(budget)
    return json.dumps(_plain(read, evidence, explain=explain), indent=1, ensure_ascii=False) + "\n"


def _plain(read: Distillation, evidence: Evidence, *, explain: bool) -> dict[str, Any]:
    """The evidence as JSON; its texts cleaned and redacted like everywhere."""
    excerpts: list[dict[str, Any]] = []
    for excerpt in evidence.excerpts:
        texts = prompt_block([line.text for line in excerpt.lines])
        lines: list[dict[str, Any]] = [
            {"number": line.number, "text": text}
            for line, text in zip(excerpt.lines, texts, strict=True)
        ]
        if explain:
            reasons = _reasons(read, excerpt)
            lines = [line | {"why": reasons.get(line["number"], "")} for line in lines]
        excerpts.append(
            {
                "job": _inline(excerpt.job.raw, 200),
                "step": excerpt.step,
                "step_name": _inline(excerpt.step_name.raw, 200),
                "command": "\n".join(
                    prompt_block([Untrusted(c) for c in excerpt.command.raw.split("\n")])
                ),
                "url": excerpt.url,
                "legs": [_inline(leg, 200) for leg in excerpt.legs],
                "total_lines": excerpt.total_lines,
                "lines": lines,
            }
        )
    return {
        "found": read.found,
        "class": evidence.failure_class.value,
        "reason": _inline(evidence.class_reason, 200),
        "fingerprint": list(evidence.fingerprint),
        "diagnostics": [_plain_diagnostic(diagnostic) for diagnostic in evidence.diagnostics],
        "summary": prompt_block(evidence.summary),
        "excerpts": excerpts,
        "chars_in": evidence.chars_in,
        "chars_out": evidence.chars_out,
    }


def _reasons(read: Distillation, excerpt: Excerpt) -> dict[int, str]:
    return {
        job.cut.lines[index].number: why
        for job in read.jobs
        if job.name == excerpt.job.raw
        for index, why in job.weighed.why.items()
    }


def _plain_diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "tool": diagnostic.tool,
        "class": diagnostic.failure_class.value,
        "message": _inline(diagnostic.message.raw, 500),
        "path": _inline(diagnostic.path, 300),
        "line": diagnostic.line,
        "column": diagnostic.column,
        "rule": _inline(diagnostic.rule, 100),
        "test": _inline(diagnostic.test, 300),
        "frame": _inline(diagnostic.frame, 300),
        "first_line": diagnostic.span.first,
        "last_line": diagnostic.span.last,
        "legs": [_inline(leg, 200) for leg in diagnostic.legs],
        "count": diagnostic.count,
    }
