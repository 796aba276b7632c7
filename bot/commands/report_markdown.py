"""The numbers for a job summary or an issue, with a chart that GitHub draws (mermaid)."""

from __future__ import annotations

from bot.commands.report_words import COLUMNS, Report, cells, facts, span
from bot.report.blocks import fold, seconds
from bot.sanitize import Secrets, redact, to_markdown
from bot.tally import Counted, Note, median
from bot.untrusted import Untrusted


def as_markdown(report: Report, secrets: Secrets) -> str:
    """Headline, table, chart, facts and notes; names are shown as code."""
    parts = [
        f"## Repairs by coder-fix\n\n{span(report.window)}",
        _headline(report.total),
        _table(report, secrets),
        _chart(report.total),
        "\n".join(
            f"- {fact.replace('/coder stop', '`/coder stop`')}" for fact in facts(report.total)
        ),
        fold(
            "What these numbers cannot tell",
            "\n".join(f"- {_note(note, secrets)}" for note in report.notes),
        ),
    ]
    return redact("\n\n".join(part for part in parts if part), secrets) + "\n"


def _headline(total: Counted) -> str:
    if not total.started:
        return "No repair began in that time."
    share = f" ({total.fixed / total.started:.0%})" if total.fixed else ""
    green = median(total.seconds)
    told = f", {seconds(green)} to green (median)" if green is not None else ""
    return (
        f"**{total.started:,} started, {total.fixed:,} fixed{share}, "
        f"{total.merged:,} merged{told}.**"
    )


def _table(report: Report, secrets: Secrets) -> str:
    lines = [
        f"| Repository | {' | '.join(COLUMNS)} |",
        f"| --- |{' ---: |' * len(COLUMNS)}",
    ]
    for row in report.lines:
        name = to_markdown(Untrusted(row.repository), secrets) if row.repository else "**All**"
        lines.append(f"| {name} | {' | '.join(cells(row))} |")
    return "\n".join(lines)


def _chart(total: Counted) -> str:
    """A pie of our own words: nothing from outside stands in it."""
    if not total.outcomes:
        return ""
    parts = "\n".join(f'    "{word}" : {count}' for word, count in total.outcomes.items())
    return f"```mermaid\npie showData\n    title How they ended\n{parts}\n```"


def _note(note: Note, secrets: Secrets) -> str:
    names = ", ".join(to_markdown(Untrusted(name), secrets) for name in note.names)
    return f"{note.text} ({names})" if names else note.text
