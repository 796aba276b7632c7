"""The numbers for programs, as `.github/coder-fix-report.schema.json` has it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.commands.report_words import Report
from bot.sanitize import Secrets, to_prompt
from bot.tally import Counted, Repair, median
from bot.untrusted import Untrusted

VERSION = 1
"""Members may join; none is renamed or removed without another number."""


def as_json(report: Report, secrets: Secrets) -> str:
    """One object; times are UTC, durations seconds, null is unknown."""
    plain = {
        "version": VERSION,
        "since": _time(report.window.since),
        "until": _time(report.window.until),
        "total": _numbers(report.total),
        "repositories": [
            {"repository": _inline(row.repository, secrets), **_numbers(row)} for row in report.rows
        ],
        "repairs": [_repair(repair, secrets) for repair in report.repairs],
        "notes": [
            {
                "code": note.code,
                "text": note.text,
                "accounts": [_inline(name, secrets) for name in note.names],
            }
            for note in report.notes
        ],
    }
    return json.dumps(plain, indent=1, ensure_ascii=False) + "\n"


def _numbers(row: Counted) -> dict[str, Any]:
    return {
        "red_runs": row.red_runs,
        "started": row.started,
        "fixed": row.fixed,
        "merged": row.merged,
        "outcomes": dict(row.outcomes),
        "skipped": dict(row.skipped),
        "pull_requests": dict(row.pulls),
        "attempts": {
            "repairs": len(row.attempts),
            "total": sum(row.attempts),
            "mean": round(sum(row.attempts) / len(row.attempts), 3) if row.attempts else None,
        },
        "time_to_green": _times(row.seconds),
        "diagnosed": row.diagnosed,
        "held": row.held,
    }


def _times(values: Sequence[float]) -> dict[str, Any]:
    return {
        "repairs": len(values),
        "median_seconds": median(values),
        "longest_seconds": values[-1] if values else None,
    }


def _repair(repair: Repair, secrets: Secrets) -> dict[str, Any]:
    return {
        "repository": _inline(repair.repository, secrets),
        "item": repair.item,
        "generation": repair.generation,
        "started": _time(repair.started),
        "outcome": repair.outcome.value if repair.outcome else None,
        "skip_reason": repair.skip_reason.value if repair.skip_reason else None,
        "attempts": repair.attempts or None,
        "fixed_sha": repair.sha or None,
        "seconds_to_green": repair.seconds,
        "thread": repair.thread or None,
        "pull_request": repair.pull or None,
        "change": repair.place.value,
    }


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _inline(text: str, secrets: Secrets) -> str:
    return to_prompt(Untrusted(text), secrets)
