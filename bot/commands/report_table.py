"""The numbers for a terminal of eighty columns."""

from __future__ import annotations

import textwrap

from bot.commands.report_words import COLUMNS, Report, cells, facts, span
from bot.sanitize import Secrets, redact, to_prompt
from bot.tally import Note
from bot.untrusted import Untrusted

WIDTH = 80
_BAR = 30
_GAP = "  "


def as_table(report: Report, secrets: Secrets) -> str:
    """Table, bars, facts and notes."""
    parts = [
        f"Repairs by coder-fix, {span(report.window)}",
        _table(report),
        _bars(report),
        "\n".join(line for fact in facts(report.total) for line in textwrap.wrap(fact, WIDTH)),
        "\n".join(_note(number, note) for number, note in enumerate(report.notes, 1)),
    ]
    return redact("\n\n".join(part for part in parts if part), secrets) + "\n"


def _table(report: Report) -> str:
    body = [cells(row) for row in report.lines]
    widths = [max(map(len, column)) for column in zip(COLUMNS, *body, strict=True)]
    room = WIDTH - sum(widths) - len(_GAP) * len(widths)
    names = [_cut(to_prompt(Untrusted(row.repository or "All")), room) for row in report.lines]
    first = max(map(len, ("Repository", *names)))
    lines = [_line("Repository", COLUMNS, first, widths)]
    lines += [_line(name, row, first, widths) for name, row in zip(names, body, strict=True)]
    return "\n".join(lines)


def _line(name: str, numbers: tuple[str, ...], first: int, widths: list[int]) -> str:
    shown = (f"{number:>{width}}" for number, width in zip(numbers, widths, strict=True))
    return _GAP.join((f"{name:<{first}}", *shown))


def _bars(report: Report) -> str:
    outcomes = report.total.outcomes
    if not outcomes:
        return "No repair began in that time."
    widest, most = max(map(len, outcomes)), max(outcomes.values())
    digits = len(f"{most:,}")
    lines = [
        f"  {word:<{widest}}  {count:>{digits},}  {'█' * max(1, round(_BAR * count / most))}"
        for word, count in outcomes.items()
    ]
    return "\n".join(("How they ended", *lines))


def _note(number: int, note: Note) -> str:
    names = ", ".join(to_prompt(Untrusted(name)) for name in note.names)
    text = f"{note.text} ({names})" if names else note.text
    return textwrap.fill(
        text, WIDTH, initial_indent=f"[{number}] ", subsequent_indent="    ",
        break_on_hyphens=False,
    )  # fmt: skip


def _cut(name: str, room: int) -> str:
    """Both ends of a name that is too long."""
    if len(name) <= room:
        return name
    tail = (room - 1) // 2
    return f"{name[: room - 1 - tail]}…{name[-tail:]}"
