"""Evidence as data: lines that each begin with something of ours, between two fence lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.model import Diagnostic, Excerpt, LineSpan
from bot.prompt.facts import HARD_LIMIT, PromptFacts, Wanted
from bot.sanitize import Secrets, number_lines, prompt_block, to_prompt
from bot.untrusted import Untrusted

_MAX_FINDINGS = 40
_MAX_SUMMARY = 12
_MAX_COMMAND_LINES = 30
_MAX_UPGRADES = 30
_MAX_ISSUE_LINES = 200
_MAX_NOTES = 40
_FINDING_LIMIT = 400
_NAME_LIMIT = 120
_EDITED = "The issue was edited since the work began; its text is left out."
_CUT = "… (the rest is left out to fit)"


def size(text: str) -> int:
    """UTF-8 bytes, the unit of every budget here."""
    return len(text.encode())


def fenced(lines: Iterable[str], fence: str, room: int = HARD_LIMIT) -> str:
    """The lines between two lines that only this run can write; a copy of the word is broken.

    Whole lines are left out from the end where they exceed `room` bytes.
    """
    kept, left = [], room - 2 * size(f"</data-{fence}>\n") - size(_CUT)
    for line in lines:
        safe = line.replace(fence, f"{fence[:3]}…")
        left -= size(safe) + 1
        if left < 0:
            kept.append(_CUT)
            break
        kept.append(safe)
    return "\n".join((f"<data-{fence}>", *kept, f"</data-{fence}>"))


def evidence_block(facts: PromptFacts, room: int) -> str:
    """All that is known about the failure, in at most `room` bytes where that is possible.

    Whole lines go first from the excerpts, those farthest from a finding before others, then
    findings from the end of the list. What was left out is said.
    """
    parts = _Parts(facts)
    lines = _largest(len(parts.ranked), lambda n: size(parts.render(n)) <= room)
    if lines >= 0:
        return parts.render(lines)
    findings = _largest(len(parts.findings), lambda n: size(parts.render(0, n)) <= room)
    return parts.render(0, max(0, findings), room)


def finding_line(diagnostic: Diagnostic, secrets: Secrets) -> str:
    """`tests/test_cart.py:41: test_total: assert 84 == 90 (pytest, in 3 jobs)`, on one line."""
    place = f"{diagnostic.path}:{diagnostic.line}" if diagnostic.line else diagnostic.path
    rule = f"[{diagnostic.rule}]" if diagnostic.rule else ""
    test = diagnostic.test.removeprefix(f"{diagnostic.path}::")
    said = (place, test, rule, diagnostic.message.raw)
    text = to_prompt(Untrusted(": ".join(filter(None, said))), secrets, limit=_FINDING_LIMIT)
    legs = f", in {len(diagnostic.legs)} jobs" if len(diagnostic.legs) > 1 else ""
    times = f", {diagnostic.count} times" if diagnostic.count > 1 else ""
    return f"{text} ({to_prompt(Untrusted(diagnostic.tool), secrets, limit=40)}{legs}{times})"


def finding_lines(diagnostics: Sequence[Diagnostic], secrets: Secrets) -> list[str]:
    """A numbered list, with a word where it was cut."""
    shown = [
        f"{n}. {finding_line(diagnostic, secrets)}"
        for n, diagnostic in enumerate(diagnostics[:_MAX_FINDINGS], 1)
    ]
    return [*shown, *_more(len(diagnostics) - len(shown))]


@dataclass(frozen=True, slots=True)
class _Job:
    """One excerpt, ready to be shown: what introduces it, and its lines with their numbers."""

    head: list[str]
    numbers: list[int]
    texts: list[str]


class _Parts:
    """The evidence, made safe once and then shown in any size."""

    def __init__(self, facts: PromptFacts) -> None:
        evidence, secrets = facts.evidence, facts.secrets
        self._fence = facts.fence
        self._names = _names(facts)
        self.findings = [finding_line(d, secrets) for d in evidence.diagnostics]
        self._jobs = [_job(excerpt, secrets) for excerpt in evidence.excerpts]
        said = prompt_block(evidence.summary[:_MAX_SUMMARY], secrets)
        self._tail = ["", "What the tools said at the end:", *(f"  {line}" for line in said)]
        self._tail = self._tail if said else []
        notes = [Untrusted(t) for t in facts.release_notes.raw.splitlines() if t.strip()]
        if notes:
            said = prompt_block(notes[:_MAX_NOTES], secrets)
            self._tail += ["", "Release notes, as the pull request tells them:"]
            self._tail += [f"  {line}" for line in said]
            self._tail += _more(len(notes) - len(said), "line", "left out")
        if evidence.green:
            sha, url = evidence.green.head_sha, to_prompt(Untrusted(evidence.green.url), secrets)
            self._tail += ["", f"Chosen by what is new since it last passed, at {sha}: {url}"]
        for missing in evidence.missing:
            job = to_prompt(missing.job, secrets, limit=_NAME_LIMIT)
            why = to_prompt(Untrusted(missing.reason), secrets)
            self._tail.append(f"No log of the job {job}: {why}")
        self.ranked = _ranked(self._jobs, [d.span for d in evidence.diagnostics])

    def render(self, lines: int, findings: int = _MAX_FINDINGS, room: int = 1 << 30) -> str:
        """With the `lines` most telling lines and the first `findings` findings."""
        kept = set(self.ranked[:lines])
        shown = self.findings[: min(findings, _MAX_FINDINGS)]
        out = list(self._names)
        if self.findings:
            out += ["", f"Findings ({len(self.findings)}):"]
            out += [f"{n}. {line}" for n, line in enumerate(shown, 1)]
            out += _more(len(self.findings) - len(shown))
        for index, job in enumerate(self._jobs):
            chosen = [i for i in range(len(job.numbers)) if (index, i) in kept]
            out += ["", *job.head]
            out += number_lines([job.texts[i] for i in chosen], [job.numbers[i] for i in chosen])
            out += _more(len(job.numbers) - len(chosen), "line", "left out to fit")
        return fenced((*out, *self._tail), self._fence, room)


def _asked_for(wanted: Wanted, facts: PromptFacts) -> list[str]:
    """The issue's text, or what to upgrade and where; then, later, what is red since."""
    secrets = facts.secrets
    lines = _issue(wanted, secrets) if wanted.issue else []
    for title, parts in (
        ("Upgrade:", wanted.packages),
        ("Upgrade whatever fits:", wanted.patterns if not wanted.packages else ()),
        ("To mend the vulnerabilities:", wanted.advisories),
        ("Where they are used, and what renews the lock files:", wanted.where),
    ):
        lines += [title, *(f"  {line}" for line in prompt_block(parts, secrets))] if parts else []
    if not facts.evidence.is_empty:
        reason = to_prompt(Untrusted(facts.evidence.class_reason), secrets)
        kind = facts.evidence.failure_class.value
        lines += ["", f"What is red since your push: a {kind} failure ({reason})"]
    return lines


def _issue(wanted: Wanted, secrets: Secrets) -> list[str]:
    by = to_prompt(Untrusted(wanted.author), secrets, limit=_NAME_LIMIT)
    if wanted.edited:
        return [f"Issue #{wanted.issue} by {by}", _EDITED]
    text = [Untrusted(line) for line in wanted.text.raw.splitlines()]
    shown = prompt_block(text[:_MAX_ISSUE_LINES], secrets)
    lines = [f"Issue #{wanted.issue} by {by}: {to_prompt(wanted.title, secrets)}"]
    lines += [f"> {line}" for line in shown]
    return lines + _more(len(text) - len(shown), "line")


def _names(facts: PromptFacts) -> list[str]:
    secrets = facts.secrets
    if facts.wanted:
        return _asked_for(facts.wanted, facts)
    names = [f"Workflow: {to_prompt(facts.workflow, secrets, limit=_NAME_LIMIT)}"]
    pull = facts.pull_request
    if pull:
        names.append(f"Pull request #{pull.number}: {to_prompt(pull.title, secrets)}")
        names.append(f"Its branch: {to_prompt(Untrusted(pull.head_ref), secrets)}")
    if facts.updater:
        names.append(f"It is by {facts.updater} and upgrades:")
        upgrades = prompt_block(facts.upgrades[:_MAX_UPGRADES], secrets)
        names += [f"  {line}" for line in upgrades] or ["  (it does not tell what)"]
        names += _more(len(facts.upgrades) - len(upgrades), "upgrade", "not listed")
    reason = to_prompt(Untrusted(facts.evidence.class_reason), secrets)
    names.append(f"Kind of failure: {facts.evidence.failure_class.value} ({reason})")
    return names


def _job(excerpt: Excerpt, secrets: Secrets) -> _Job:
    name = to_prompt(excerpt.job, secrets, limit=_NAME_LIMIT)
    step = to_prompt(excerpt.step_name, secrets, limit=_NAME_LIMIT)
    where = f", step {excerpt.step}: {step}" if excerpt.step else ""
    head = [f"Job: {name}{where}"]
    if len(excerpt.legs) > 1:
        legs = to_prompt(Untrusted(", ".join(excerpt.legs)), secrets)
        head.append(f"The same in {len(excerpt.legs)} jobs: {legs}")
    command = [Untrusted(line) for line in excerpt.command.raw.strip().splitlines()]
    shown = prompt_block(command[:_MAX_COMMAND_LINES], secrets)
    if shown:
        head += ["Command of the step:", *(f"    {line}" for line in shown)]
        head += _more(len(command) - len(shown), "line")
    if excerpt.lines:
        link = f", {excerpt.link}" if excerpt.url else ""
        head.append(f"Log ({len(excerpt.lines)} of {excerpt.total_lines} lines{link}):")
    texts = prompt_block([line.text for line in excerpt.lines], secrets)
    return _Job(head, [line.number for line in excerpt.lines], texts)


def _ranked(jobs: Sequence[_Job], spans: Sequence[LineSpan]) -> list[tuple[int, int]]:
    """Every line as (job, index): near a finding first, then near the end of its excerpt."""

    def distance(place: tuple[int, int]) -> tuple[int, int]:
        job, index = jobs[place[0]], place[1]
        number = job.numbers[index]
        to_end = len(job.numbers) - index
        return min((max(s.first - number, number - s.last, 0) for s in known), default=0), to_end

    known = [span for span in spans if span.first]
    return sorted(
        ((j, i) for j, job in enumerate(jobs) for i in range(len(job.numbers))), key=distance
    )


def _more(count: int, noun: str = "finding", why: str = "omitted") -> list[str]:
    return [f"… ({count} more {noun}{'s' if count > 1 else ''} {why})"] if count > 0 else []


def _largest(count: int, fits: Callable[[int], bool]) -> int:
    """The largest n of 0…count that fits, −1 when not even 0 does."""
    low, high = -1, count
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle):
            low = middle
        else:
            high = middle - 1
    return low
