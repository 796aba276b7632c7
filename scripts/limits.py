"""The rows of docs/limits.md: each figure is the constant that the code itself goes by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Bound:
    """One constant, `MODULE.NAME`, and what it bounds; `unit` is empty for a bare number."""

    what: str
    where: str
    unit: str = ""
    beyond: str = ""

    @property
    def figure(self) -> str:
        """The value as people read it."""
        module, _, name = self.where.rpartition(".")
        return told(getattr(import_module(f"bot.{module}"), name), self.unit)

    @property
    def source(self) -> str:
        """A link to where it stands, from a page in docs/."""
        module, _, name = self.where.rpartition(".")
        file = Path(str(import_module(f"bot.{module}").__file__)).relative_to(_ROOT)
        return f"[`{name}`](../{file.as_posix()})"


BOUNDS = {
    "reading": (
        Bound("Logs downloaded at once", "adapters.job_logs.PARALLEL"),
        Bound("One log", "adapters.job_logs.LARGEST", "bytes", "the rest is left out and said"),
        Bound("Time for one log", "adapters.job_logs.LONGEST", "s", "what came by then is read"),
        Bound(
            "Files of `log-file`",
            "adapters.workspace_files.MOST_FILES",
            "",
            "the rest is named, not read",
        ),
        Bound(
            "One such file of output",
            "adapters.workspace_files.LARGEST_LOG",
            "bytes",
            "its end is read",
        ),
        Bound(
            "One such report (JUnit XML, SARIF)",
            "adapters.workspace_files.LARGEST_REPORT",
            "bytes",
            "it is not read, and said",
        ),
        Bound(
            "Artifacts of test reports that are read",
            "adapters.github_api.artifacts.MOST_ARTIFACTS",
        ),
        Bound("One such artifact", "adapters.github_api.artifacts.LARGEST", "bytes", "not read"),
        Bound(
            "Lines of one comment that command",
            "triggers.coder_commands.grammar.MAX_COMMANDS",
            "",
            "counted, not read",
        ),
        Bound("Packages in `packages`", "triggers.package_names.MAX_PACKAGES", "", "an error"),
        Bound("Policy file", "policy_file.LARGEST", "bytes", "an error"),
    ),
    "writing": (
        Bound(
            "The prompt, all in all",
            "prompt.facts.HARD_LIMIT",
            "bytes",
            "less evidence; an error where your own text alone is longer",
        ),
        Bound("A comment", "report.comment.LIMIT", "characters", "less evidence is shown"),
        Bound("The job summary", "report.summary.LIMIT", "bytes", "less evidence is shown"),
        Bound("Items in the summary of a sweep", "report.summary._MAX_ITEMS", "", "counted"),
    ),
    "deciding": (
        Bound("Branches newly red count as an outage within", "decide.outage.OUTAGE_WINDOW"),
        Bound("The same failure elsewhere counts for", "decide.judgement.SAME_ELSEWHERE"),
        Bound(
            "A repair that a person closed is not tried again for",
            "decide.judgement.CLOSED_MEANS_NO",
        ),
        Bound("A lost agent may come back within", "decide.turn.LOST_AGENT_GRACE", "s"),
        Bound(
            "Without a push stillness must last `idle-seconds` times", "decide.case.SILENT_FACTOR"
        ),
        Bound("A busy agent is waited for, to be told something", "engine.messenger.PATIENCE", "s"),
        Bound("Failing reads that a wait survives", "engine.watch.OUTAGE", "s"),
        Bound("Beyond all deadlines together a run still waits", "engine.watch.LAST_WAIT", "s"),
        Bound("Requests to GitHub of one sweep", "engine.sweep.BUDGET", "", "the next sweep"),
        Bound("Items that a sweep glances at in one request", "engine.lookout.AT_ONCE"),
        Bound(
            "Longest pause for a rate limit", "adapters.restraint.LONGEST_PAUSE", "s", "an error"
        ),
    ),
    "change": (
        Bound("Lines of a diff that are read", "diff_policy.diff.MAX_LINES", "", "a finding"),
        Bound("Characters of a diff", "diff_policy.diff.MAX_CHARACTERS", "", "a finding"),
        Bound("Characters of one line", "diff_policy.code.MAX_TEXT", "", "a finding"),
        Bound(
            "Findings of one rule and severity",
            "diff_policy.inspection.MAX_FINDINGS",
            "",
            "left out",
        ),
        Bound(
            "Files that GitHub's comparison tells",
            "diff_policy.rules.not_inspected.FILES_LIMIT",
            "",
            "a finding",
        ),
    ),
}
"""Part of the page → its rows."""

_BINARY = ((1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB"))


def limits_table(part: str) -> str:
    """docs/limits.md: one part."""
    head = ("What", "Figure", "Beyond it", "Constant")
    rows = ((b.what, b.figure, b.beyond, b.source) for b in BOUNDS[part])
    return "\n".join(
        "| " + " | ".join(cells) + " |" for cells in (head, ("---",) * len(head), *rows)
    )


def told(value: object, unit: str) -> str:
    """A number with its unit: bytes by powers of 1,024, time by its largest whole one."""
    if isinstance(value, timedelta):
        return _time(int(value.total_seconds()))
    if not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no figure")
    if unit == "s":
        return _time(int(value))
    if unit == "bytes":
        size, name = next(((s, n) for s, n in _BINARY if value >= s), (1, "bytes"))
        return f"{value / size:g} {name}"
    return f"{value:,} {unit}".rstrip()


def _time(seconds: int) -> str:
    for size, name in ((86_400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size and seconds % size == 0:
            return f"{seconds // size} {name}"
    return f"{seconds} seconds"
