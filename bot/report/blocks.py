"""The building blocks of every text for people."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.model import Diagnostic, Evidence, Excerpt, Outcome, PullRequest
from bot.report.facts import ReportFacts
from bot.report.words import FAILURES
from bot.sanitize import Secrets, clean, markdown_block, redact, to_markdown
from bot.untrusted import Untrusted

_MAX_FINDINGS = 10
_MAX_JOBS = 10
_MESSAGE_LIMIT = 160
_NAME_LIMIT = 80
_SENTENCE_LIMIT = 1000
_DETAIL_LIMIT = 300
# What Markdown or GitHub would act on: mentions, links, images, HTML. Our sentences have none.
_ACTIVE = re.compile(
    r"^[/#>|=+~-]|@\w|<|\]\(|!\[|\]:|https?:|www\.|(?<![\w`])[\w.-]+/[\w.-]+#\d|\bGH-\d"
)


def sentence(text: str, secrets: Secrets) -> str:
    """One of our own sentences. Should outside text have slipped in, it is shown as code."""
    if len(text) > _SENTENCE_LIMIT:
        return to_markdown(Untrusted(text), secrets, limit=_SENTENCE_LIMIT // 2)
    line = " ".join(redact(clean(text), secrets).split())
    if not line or (not _ACTIVE.search(line) and line.count("`") % 2 == 0):
        return line
    return to_markdown(Untrusted(line), secrets, limit=_SENTENCE_LIMIT // 2)


def reason(outcome: Outcome, secrets: Secrets) -> str:
    """The outcome's own sentence, with what a server said of it as code."""
    why = sentence(outcome.reason, secrets)
    if not outcome.detail:
        return why
    detail = to_markdown(outcome.detail, secrets, limit=_DETAIL_LIMIT)
    return f"{why.rstrip('.')}: {detail}."


def link(text: str, url: str) -> str:
    """A link to an address that an API gave us; what could end it early is escaped."""
    if not re.match(r"https?://[^\s]+$", url):
        return text
    safe = "".join(f"%{ord(c):02X}" if c in "()<>\"'`[]\\" else c for c in url)
    return f"[{text}]({safe})"


def sha(value: str) -> str:
    """Seven characters of a commit, as code, which keeps it from being linked elsewhere."""
    return f"`{value[:7]}`"


def number(pull: PullRequest) -> str:
    """A reference that GitHub turns into a link."""
    return f"#{pull.number}"


def plural(count: int, noun: str) -> str:
    """`1 finding`, `2 findings`, `1,234 lines`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def seconds(value: float) -> str:
    """`48 s`, `4 min 10 s`, `1 h 3 min`."""
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def fold(summary: str, *parts: str) -> str:
    """A closed section; `summary` is our own text, since Markdown is not read inside it."""
    body = "\n\n".join(part for part in parts if part)
    return f"<details>\n<summary>{summary}</summary>\n\n{body}\n\n</details>"


def cause(facts: ReportFacts) -> str:
    """What failed, in a line, and the tool's own message below; the first finding speaks."""
    evidence = facts.evidence
    if evidence is None:
        return ""
    if not evidence.diagnostics:
        why = sentence(evidence.class_reason, facts.secrets).rstrip(".")
        return f"**{FAILURES[evidence.failure_class]}{':** ' + why if why else '.**'}"
    first = evidence.diagnostics[0]
    others = len(evidence.diagnostics) - 1
    more = f" and {plural(others, 'more finding')}" if others else ""
    message = to_markdown(first.message, facts.secrets, limit=_MESSAGE_LIMIT)
    # Two blanks at the end of a line break it, in comments and in summaries alike.
    return f"**{FAILURES[first.failure_class]}:** {_place(first, facts.secrets)}{more}  \n{message}"


def _place(diagnostic: Diagnostic, secrets: Secrets) -> str:
    """`test_total` at `tests/test_cart.py:41`, as far as the tool told."""
    place = f"{diagnostic.path}:{diagnostic.line}" if diagnostic.line else diagnostic.path
    name = diagnostic.test or diagnostic.rule
    if diagnostic.path and name.startswith(f"{diagnostic.path}::"):
        name = name[len(diagnostic.path) + 2 :]
    shown = [
        to_markdown(Untrusted(part), secrets, limit=_NAME_LIMIT) for part in (name, place) if part
    ]
    return " at ".join(shown) or to_markdown(Untrusted(diagnostic.tool), secrets, limit=_NAME_LIMIT)


def diagnostic_line(diagnostic: Diagnostic, secrets: Secrets) -> str:
    """`test_total` at `tests/test_cart.py:41`: `assert 84 == 90`, what is outside as code."""
    message = to_markdown(diagnostic.message, secrets, limit=_MESSAGE_LIMIT)
    legs = f" (in {plural(len(diagnostic.legs), 'job')})" if len(diagnostic.legs) > 1 else ""
    return f"{_place(diagnostic, secrets)}: {message}{legs}"


def evidence_fold(facts: ReportFacts, max_lines: int) -> str:
    """Findings and log lines, folded; at most `max_lines` lines of logs in all."""
    evidence = facts.evidence
    if evidence is None or (evidence.is_empty and not evidence.missing):
        return ""
    secrets = facts.secrets
    listed = _findings(evidence, secrets)
    jobs: list[str] = []
    left = max_lines
    for excerpt in evidence.excerpts[:_MAX_JOBS]:
        share = max(left // max(1, len(evidence.excerpts) - len(jobs)), 0)
        jobs.append(_job(excerpt, share, secrets))
        left -= min(share, len(excerpt.lines))
    missing = [
        f"No log of {to_markdown(m.job, secrets, limit=_NAME_LIMIT)}: {sentence(m.reason, secrets)}"
        for m in evidence.missing[:_MAX_JOBS]
    ]
    return fold(_evidence_title(evidence), listed, *jobs, "\n\n".join(missing))


def _findings(evidence: Evidence, secrets: Secrets) -> str:
    """The list, where there is more to say than the cause has said."""
    findings = evidence.diagnostics
    if len(findings) < 2:
        return ""
    lines = [
        f"{n}. {diagnostic_line(d, secrets)}" for n, d in enumerate(findings[:_MAX_FINDINGS], 1)
    ]
    left = len(findings) - len(lines)
    return "\n".join([*lines, f"\n… and {plural(left, 'more finding')}."] if left > 0 else lines)


def _evidence_title(evidence: Evidence) -> str:
    lines = sum(len(excerpt.lines) for excerpt in evidence.excerpts)
    total = sum(excerpt.total_lines for excerpt in evidence.excerpts)
    found = plural(len(evidence.diagnostics), "finding")
    return f"Evidence: {found}, {lines:,} of {plural(total, 'log line')}"


def _job(excerpt: Excerpt, max_lines: int, secrets: Secrets) -> str:
    name = to_markdown(excerpt.job, secrets, limit=_NAME_LIMIT)
    step = to_markdown(excerpt.step_name, secrets, limit=_NAME_LIMIT)
    where = f", step {step}" if excerpt.step_name else ""
    same = f", the same in {plural(len(excerpt.legs), 'job')}" if len(excerpt.legs) > 1 else ""
    log = f" ({link('log', excerpt.link)})" if excerpt.url else ""
    head = f"**Job** {name}{where}{same}{log}"
    lines = excerpt.lines[-max_lines:] if max_lines else ()
    if not lines:
        return head
    block = markdown_block(
        [line.text for line in lines], secrets, numbers=[line.number for line in lines]
    )
    return f"{head}\n\n{block}"


def quote(text: Untrusted, secrets: Secrets, *, max_lines: int = 12) -> str:
    """What an agent or a server said, as a block of code: it is a quotation, not our word."""
    lines = [Untrusted(line) for line in clean(text.raw).strip().splitlines()]
    return markdown_block(lines[:max_lines], secrets) if lines else ""


def tail(lines: Sequence[Untrusted], secrets: Secrets, *, max_lines: int = 20) -> str:
    """The last lines of a session."""
    return markdown_block(lines[-max_lines:], secrets) if lines else ""


def within(limit: int, marker: str, write: Callable[[int], str], lines: Sequence[int]) -> str:
    """The first of `write(lines)` that fits into `limit` characters, with the marker as last line.

    The marker stands last so that no outside text ever follows `<!--`, and so that a mail about
    the comment begins with its headline.
    """
    end = f"\n{marker}\n" if marker else ""
    body = ""
    for count in lines:
        body = write(count)
        if len(body) + len(end) <= limit:
            break
    return body[: limit - len(end)] + end
