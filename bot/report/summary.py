"""The job summary: what failed, what was decided and why, what happened, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model import Job, Outcome
from bot.outcomes import OutcomeKind
from bot.report import blocks, story
from bot.report.facts import ReportFacts, SweptItem
from bot.report.objections import notes
from bot.report.words import OUTCOMES, SKIPPED
from bot.sanitize import markdown_block, redact, to_markdown
from bot.untrusted import Untrusted

LIMIT = 1024 * 1024
"""UTF-8 bytes; the runner refuses a larger summary of a step."""

_EVIDENCE_LINES = (400, 100, 20, 0)
_LOG_LINES = 20
_MAX_ITEMS = 200
_MAX_TIMELINE = 100
_MAX_JOBS = 5
_RECIPE = """To have it read next time, keep the step's output in a file:

```yaml
- run: make test 2>&1 | tee ci.log
  shell: bash # its `pipefail` keeps the step red
  # and in the `with:` of coder-fix: `log-file: ci.log`
```"""
_FIXED = frozenset({OutcomeKind.FIXED, OutcomeKind.ANSWERED, OutcomeKind.SWEPT})


def summary(facts: ReportFacts) -> str:
    """Markdown for `GITHUB_STEP_SUMMARY`, at most `LIMIT` bytes."""
    text = ""
    for lines in _EVIDENCE_LINES:
        text = redact(_summary(facts, lines), facts.secrets)
        if len(text.encode()) <= LIMIT:
            return text
    return text.encode()[:LIMIT].decode(errors="ignore")


def _summary(facts: ReportFacts, lines: int) -> str:
    parts = (
        f"## {story.glyph(facts)} {story.headline(facts)}",
        *story.lead(facts),
        _decision(facts),
        _unseen(facts),
        _caution(facts),
        _table(facts),
        _items(facts),
        story.attempts(facts),
        notes(facts),
        _timeline(facts),
        blocks.evidence_fold(facts, lines),
        *_session_folds(facts),
        _prompt(facts),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _decision(facts: ReportFacts) -> str:
    decision = blocks.sentence(facts.decision, facts.secrets)
    if not decision:
        return ""
    dry = facts.dry_run or facts.outcome.kind is OutcomeKind.REPORTED
    return f"**{'Would have been decided' if dry else 'Decided'}.** {decision}"


def _unseen(facts: ReportFacts) -> str:
    """A job that has not ended shows nobody its log: what that means, and how it would be read."""
    evidence = facts.evidence
    unseen = [m for m in evidence.missing if m.unended] if evidence else []
    if not unseen:
        return ""
    names = ", ".join(to_markdown(m.job, facts.secrets, limit=60) for m in unseen[:_MAX_JOBS])
    why = blocks.sentence(unseen[0].reason, facts.secrets)
    return f"**Not seen.** The log of {names}: {why}. {_RECIPE}"


def _caution(facts: ReportFacts) -> str:
    """What the token cannot do matters where something was begun, or would be."""
    begun = facts.session or facts.dry_run or any(item.session_url for item in facts.items)
    return f"**The token.** {facts.caution}" if facts.caution and begun else ""


def _table(facts: ReportFacts) -> str:
    rows = [(name, value) for name, value in _rows(facts) if value]
    if not rows:
        return ""
    # A bar would end the cell and open the code that it stands in; escapes differ by renderer.
    cells = (f"| {name} | {value.replace('|', '¦')} |" for name, value in rows)
    return "\n".join(("| | |", "| --- | --- |", *cells))


def _rows(facts: ReportFacts) -> list[tuple[str, str]]:
    return [*_input_rows(facts), *_result_rows(facts)]


def _input_rows(facts: ReportFacts) -> list[tuple[str, str]]:
    run, failing, secrets = facts.run, facts.failing_pull_request, facts.secrets
    rows = []
    if run:
        name = to_markdown(run.name, secrets, limit=80)
        at = f"attempt {run.attempt}, at {blocks.sha(run.head_sha)}"
        rows.append(("Failed run", f"{name} {blocks.link(f'#{run.id}', run.url)}, {at}"))
        rows.append(("Branch", to_markdown(Untrusted(run.head_branch), secrets, limit=100)))
    rows.append(("Failed jobs", _named(facts.failing_jobs, facts)))
    rows.append(("Still running, not waited for", _named(facts.unfinished_jobs, facts)))
    if failing:
        rows.append(("Pull request", blocks.link(f"#{failing.number}", failing.url)))
    if run:
        dry = ", dry run: nothing was written" if facts.dry_run else ""
        rows.append(("Mode", facts.mode + dry))
    return rows


def _named(jobs: Sequence[Job], facts: ReportFacts) -> str:
    names = [to_markdown(job.name, facts.secrets, limit=60) for job in jobs[:_MAX_JOBS]]
    left = len(jobs) - len(names)
    return ", ".join(names) + (f" and {left} more" if left > 0 else "")


def _result_rows(facts: ReportFacts) -> list[tuple[str, str]]:
    session, verdict, ours = facts.session, facts.verdict, facts.pull_request
    rows = []
    if ours:
        how = f" ({facts.operation.value})" if facts.operation.value != "none" else ""
        rows.append(
            (
                "Pull request" if story.is_assigned(facts) else "Repair",
                blocks.link(f"#{ours.number}", ours.url) + how,
            )
        )
    if facts.compare_url:
        rows.append(("Comparison", blocks.link("open", facts.compare_url)))
    if session:
        name = to_markdown(Untrusted(session.name or session.id), facts.secrets, limit=80)
        rows.append(("Session", f"{blocks.link('open', session.url)} {name}, {session.backend}"))
    if verdict and verdict.sha:
        counted = f", {blocks.plural(verdict.counted, 'check')}" if verdict.counted else ""
        rows.append(("Verdict", f"{verdict.kind.value} at {blocks.sha(verdict.sha)}{counted}"))
    if facts.attempt:
        rows.append(("Attempt", f"{facts.attempt} of {facts.max_attempts}"))
    if facts.duration:
        rows.append(("Duration", blocks.seconds(facts.duration)))
    return rows


def _items(facts: ReportFacts) -> str:
    """One line for each item of a sweep, one row for each of an upgrade's plan."""
    shown = facts.items[:_MAX_ITEMS]
    left = len(facts.items) - len(shown)
    if any(item.planned for item in shown):
        rows = [_plan_row(item, facts) for item in shown]
        more = f"\n\n… and {left} more." if left else ""
        return (
            "\n".join(("| Item | What | Severity | Plan |", "| --- | --- | --- | --- |", *rows))
            + more
        )
    lines = [f"- {_end(item, facts)}" for item in shown]
    return "\n".join([*lines, f"- … and {left} more"] if left > 0 else lines)


def _end(item: SweptItem, facts: ReportFacts) -> str:
    name = to_markdown(Untrusted(item.outcome.item), facts.secrets, limit=100)
    return f"{OUTCOMES[item.outcome.kind].glyph} {name} {_how(item.outcome, facts)}"


def _how(outcome: Outcome, facts: ReportFacts) -> str:
    skipped = SKIPPED[outcome.skip_reason][0] if outcome.skip_reason else ""
    why = blocks.reason(outcome, facts.secrets) or skipped
    remedy = blocks.sentence(outcome.remedy, facts.secrets)
    return " ".join(filter(None, (f"{outcome.kind.value}{f': {why}' if why else ''}", remedy)))


def _plan_row(item: SweptItem, facts: ReportFacts) -> str:
    outcome, planned = item.outcome, item.planned
    session = f" ({blocks.link('session', item.session_url)})" if item.session_url else ""
    cells = (
        to_markdown(Untrusted(outcome.item), facts.secrets, limit=60),
        to_markdown(planned.what, facts.secrets, limit=80) if planned else "",
        planned.severity.value if planned and planned.severity else "",
        f"{OUTCOMES[outcome.kind].glyph} {_how(outcome, facts)}{session}",
    )
    return f"| {' | '.join(cell.replace('|', '¦') for cell in cells)} |"


def _timeline(facts: ReportFacts) -> str:
    entries = facts.timeline[-_MAX_TIMELINE:]
    if not entries:
        return ""
    lines = (
        f"- `{int(e.at) // 60:>2}:{int(e.at) % 60:02}` {blocks.sentence(e.text, facts.secrets)}"
        for e in entries
    )
    return blocks.fold("Timeline (minutes:seconds)", "\n".join(lines))


def _session_folds(facts: ReportFacts) -> list[str]:
    """Where there is no fix: what the build said, what the agent said, its last lines."""
    session, secrets = facts.session, facts.secrets
    if facts.outcome.kind in _FIXED or session is None:
        return []
    folds = []
    if session.error:
        folds.append(
            blocks.fold("Error of the session", blocks.quote(session.error, secrets, max_lines=60))
        )
    if facts.session_log:
        shown = blocks.tail(facts.session_log, secrets, max_lines=_LOG_LINES)
        count = min(len(facts.session_log), _LOG_LINES)
        folds.append(blocks.fold(f"Last {blocks.plural(count, 'log line')} of the session", shown))
    return folds


def _prompt(facts: ReportFacts) -> str:
    if not facts.prompt:
        return ""
    lines = [Untrusted(line) for line in facts.prompt.splitlines()]
    return blocks.fold("The prompt", markdown_block(lines, facts.secrets, limit=4000))
