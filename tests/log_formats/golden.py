"""Golden files of the formats: what each reads from a log, as JSON.

    python -m tests.log_formats.golden [MODULE…]     print what is read
    python -m tests.log_formats.golden --write [MODULE…]     write `reading` of the golden files

A golden file `tests/data/logs/MODULE/CASE.json` holds `origin` (`run`: made by the tool itself;
`documentation`: composed from what is documented), `must_show` (texts that the 500-token excerpt
holds, written by hand) and `reading` (written by this program, read by a person).
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

from bot.evidence.distiller import read_log
from bot.evidence.scan import Scanner
from bot.log_formats import Finding, Format, Line
from bot.model.evidence import JobLog
from bot.model.github import Job
from bot.untrusted import Untrusted

DATA = Path(__file__).parents[1] / "data" / "logs"


def cases() -> list[Path]:
    """Every recorded log."""
    return sorted(DATA.glob("*/*.log"))


def job_log(path: Path) -> JobLog:
    """The log at `path` as that of a job of which nothing is known."""
    job = Job(id=1, name=Untrusted("test"), status="completed", conclusion="failure")
    return JobLog(job=job, open=lambda: path.open("rb"), size=path.stat().st_size)


def reading(path: Path) -> dict[str, Any]:
    """What the format of that folder alone reads from the log."""
    format_: Format = importlib.import_module(f"bot.log_formats.{path.parent.name}").FORMAT
    jobs = read_log(job_log(path), Scanner([format_]))
    return {
        "diagnostics": [_shown(f, job.cut.lines) for job in jobs for f in job.weighed.findings],
        "marks": {
            str(job.cut.lines[i].number): role.value
            for job in jobs
            for i, role in sorted(job.weighed.marks.items())
        },
    }


def _shown(finding: Finding, lines: list[Line]) -> dict[str, Any]:
    found = finding.diagnostic
    values: dict[str, Any] = {
        "tool": found.tool,
        "class": found.failure_class.value,
        "message": found.message.raw,
        "path": found.path,
        "line": found.line,
        "column": found.column,
        "rule": found.rule,
        "test": found.test,
        "frame": found.frame,
        "span": [found.span.first, found.span.last],
    }
    roles = {str(lines[i].number): role.value for i, role in sorted(finding.roles.items())}
    return {k: v for k, v in values.items() if v} | {"roles": roles}


def main(names: list[str]) -> None:
    """Print or write the readings of the named modules, of all without names."""
    write = "--write" in names
    wanted = {name for name in names if not name.startswith("-")}
    for path in cases():
        if wanted and path.parent.name not in wanted:
            continue
        target = path.with_suffix(".json")
        old = json.loads(target.read_text("utf-8")) if target.exists() else {}
        golden = {
            "origin": old.get("origin", "run"),
            "must_show": old.get("must_show", []),
            "reading": reading(path),
        }
        text = json.dumps(golden, indent=1, ensure_ascii=False) + "\n"
        if write:
            target.write_text(text, "utf-8")
        else:
            sys.stdout.write(f"{path.parent.name}/{path.name}\n{text}")


if __name__ == "__main__":
    main(sys.argv[1:])
