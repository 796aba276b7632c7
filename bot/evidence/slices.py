"""From unwrapped lines to steps: scripts set apart, failing steps found, what follows them known.

A step begins with `##[group]Run …`; its script ends with `##[endgroup]`. The jobs API says which
steps failed; without it the runner's own last words do: `##[error]Process completed with exit
code N.`, or any `##[error]` in a step that has no such line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.evidence.envelope import Entry, Form
from bot.log_formats import Line
from bot.model.github import RED_CONCLUSIONS, JobStep

_HEADER_LINES = 2000
"""Lines of a script in which the end of the runner's header is looked for."""
_EXIT = re.compile(r"Process completed with exit code (-?\d+)")
_SCRIPT_END = re.compile(r"(?:shell|env|with): ?")
_TRAVIS_EXIT = re.compile(r'The command "(.*)" (?:exited with (\d+)|failed and exited with (\d+))')
_TRAVIS_NOTE = re.compile(r"travis_(?:fold|time):\S*$")
_EVENT = re.compile(
    r"The operation was canceled|has timed out after \d+|exceeded the maximum execution time"
    r"|received a shutdown signal|lost communication with the server|Unable to resolve action"
)
_POST = re.compile(r"Post job cleanup\.|Cleaning up orphan processes|Post Run |Post \S+")
_LATE_ACTION = re.compile(
    r"actions/(?:upload-artifact|cache/save)|codecov/|test-reporter|upload-sarif"
    r"|publish-unit-test|github-script|action-slack|slackapi/|dorny/|sticky-pull-request-comment"
)
_PREFIX = re.compile(
    r"#\d+ (?:\d+\.\d+ )?"  # docker build: `#12 3.45 `
    r"|[\w@./-]+[:#][\w.:-]*[A-Za-z]: "  # turbo: `web:build: `
    r"|[\w@.-]*[/@][\w@./-]* [a-z][\w:.-]*: "  # pnpm -r: `packages/web lint: `
    r"|\[(?!(?i:error|info|warn|debug|fail|pass|ok|trace|notice|fatal|severe|success)\w*\])[A-Za-z0-9][\w:-]*\]:? "
    r"|[A-Za-z][\w.-]* +\| "  # docker compose: `web-1  | `
    r"|[A-Za-z][\w.+-]* *> "  # nix, stack: `hello> `
)
REPEATED_PREFIX = 5
"""A tool's prefix before another tool's lines is known by its repetition."""


@dataclass(slots=True)
class Step:
    """One step of one job as the log shows it.

    `exit_at` is the number of the line that ends a failed step, 0 when there is none; `event` is
    what the runner said when it stopped the step.
    `tolerated`: another step ran and failed behind it, as after `continue-on-error`.
    """

    index: int
    name: str = ""
    number: int = 0
    command: list[str] = field(default_factory=list)
    first: int = 0
    last: int = 0
    exit_at: int = 0
    exit_code: int = 0
    event: str = ""
    errors: int = 0
    red: bool = False
    late: bool = False
    tolerated: bool = False
    conclusion: str | None = None
    start: datetime | None = None

    @property
    def script(self) -> str:
        """What the step ran: its script without `shell:` and `env:`; for an action, its name."""
        end = next((i for i, line in enumerate(self.command) if _SCRIPT_END.match(line)), None)
        lines = self.command[:end]
        return "\n".join(lines[1:] if len(lines) > 1 else lines)


@dataclass(slots=True)
class Slice:
    """One job's part of a log: its output lines without scripts, and its steps."""

    job: str
    lines: list[Line] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @property
    def first_red(self) -> Step | None:
        """The first failed step."""
        return next((step for step in self.steps if step.red), None)


def slices(entries: Sequence[Entry], form: Form, steps: Sequence[JobStep] = ()) -> list[Slice]:
    """The jobs of a log, in order, each cut into its steps."""
    jobs: dict[str, list[Entry]] = {}
    for entry in entries:
        jobs.setdefault(entry.label.partition("\t")[0], []).append(entry)
    result = []
    for job, part in jobs.items():
        cut = Slice(job)
        if form in {Form.TRAVIS, Form.PLAIN}:
            _cut_plain(cut, part)
        else:
            _cut_stamped(cut, part)
        if len(jobs) == 1 and steps:
            _join(cut, steps)
            if form is Form.PLAIN:
                _attribute(cut, steps)
        _judge(cut)
        _peel(cut)
        result.append(cut)
    return result


def _cut_stamped(cut: Slice, part: Sequence[Entry]) -> None:
    step, label, in_script, post = Step(0), "", False, False
    cut.steps.append(step)
    for place, entry in enumerate(part):
        name = entry.label.partition("\t")[2]
        starts = _is_header(part, place)
        moved = name not in {label, "UNKNOWN STEP"}
        if starts or moved or (not post and entry.text.startswith("Post job cleanup.")):
            fresh = step.last == 0 or (
                starts
                and not moved
                and step.name
                and not step.command
                and name == label
                and step.first == step.last
            )
            if not fresh:
                step = Step(len(cut.steps))
                cut.steps.append(step)
            step.name = name if name and name != "UNKNOWN STEP" else step.name
            label = name
            in_script = False
        step.first = step.first or entry.number
        step.last = entry.number
        if starts:
            step.command = [entry.text.removeprefix("Run ")]
            step.name = step.name or entry.text
            step.start = _time(entry.stamp)
            in_script = True
            continue
        if in_script:
            in_script = entry.marker != "endgroup"
            if in_script and len(step.command) < 60:
                step.command.append(entry.text)
            continue
        if entry.marker == "endgroup":
            continue
        if entry.text.startswith("Post job cleanup."):
            step.late = True
        _note(step, entry)
        cut.lines.append(Line(entry.number, entry.text, entry.shown, entry.marker, step.index))


def _is_header(part: Sequence[Entry], place: int) -> bool:
    """Whether the runner's own words about a step begin here, as `##[group]Run pytest` does.

    A script may open a group of such a name as well, and what follows is its output. The runner
    closes its own with nothing in it, or after `shell:`, `with:` or `env:`.
    """
    entry = part[place]
    if entry.marker != "group" or not entry.text.startswith("Run "):
        return False
    for count, below in enumerate(part[place + 1 : place + 1 + _HEADER_LINES]):
        if below.marker == "endgroup":
            return count == 0
        if below.marker == "group":
            return False
        if below.text.startswith(("shell: ", "with:", "env:")):
            return True
    return False


def _note(step: Step, entry: Entry) -> None:
    """What the runner says about the step in this line."""
    if entry.marker != "error":
        return
    step.errors += 1
    if found := _EXIT.search(entry.text):  # the runner's own is the last: a test may print one
        step.exit_at, step.exit_code = entry.number, int(found[1])
    elif _EVENT.search(entry.text):
        if not step.event or "operation was canceled" in step.event:
            step.event = entry.text
        step.exit_at = step.exit_at or entry.number


def _cut_plain(cut: Slice, part: Sequence[Entry]) -> None:
    """Travis and plain text: a step for each `$ command`, its end said by Travis itself."""
    step = Step(0)
    cut.steps.append(step)
    done = False
    for entry in part:
        text = entry.text
        if _TRAVIS_NOTE.match(text):
            continue
        if text.startswith("$ ") and len(text) > 2:
            step = Step(len(cut.steps), name=text, command=[text[2:]])
            cut.steps.append(step)
        step.first = step.first or entry.number
        step.last = entry.number
        if (found := _TRAVIS_EXIT.match(text)) and not done:
            code = int(found[2] or found[3])
            if code:
                step.exit_at, step.exit_code, step.red, done = entry.number, code, True, True
        cut.lines.append(Line(entry.number, text, entry.shown, entry.marker, step.index))


_OF_THE_RUNNER = frozenset(
    {"Set up job", "Complete job", "Initialize containers", "Stop containers"}
)


def _join(cut: Slice, api: Sequence[JobStep]) -> None:
    """Names, numbers and conclusions from the jobs API, in its order and by the times of both.

    Its times are whole seconds, so short steps share one: then an equal name decides, and a step
    whose name the log does not show goes before one that another part of the log has.
    """
    shown = {step.name for step in cut.steps}
    last = 0
    for step in cut.steps:
        if step.start is None:
            continue
        second = step.start.replace(microsecond=0)
        fitting = [s for s in api if s.number > last and _covers(s, second)]
        same = [s for s in fitting if s.name.raw == step.name]
        unnamed = [s for s in fitting if s.name.raw not in shown]
        known = next(iter(same or unnamed or fitting), None)
        if known is not None:
            step.name, step.number = known.name.raw, known.number
            step.conclusion = known.conclusion
            last = known.number


def _attribute(cut: Slice, api: Sequence[JobStep]) -> None:
    """A file that a job has written beside its log is the output of the step that failed."""
    for failed in [step for step in api if step.conclusion in RED_CONCLUSIONS][:1]:
        for step in cut.steps[:1]:
            step.name, step.number = failed.name.raw, failed.number
            step.conclusion = failed.conclusion


def _covers(step: JobStep, second: datetime) -> bool:
    """Whether the step ran then; the runner's own first and last step print no group of a step."""
    if step.name.raw in _OF_THE_RUNNER or not step.started_at or not step.completed_at:
        return False
    return step.started_at <= second <= step.completed_at


def _judge(cut: Slice) -> None:
    """Which steps failed, and which only come after."""
    known = any(step.conclusion for step in cut.steps)
    for step in cut.steps:
        step.late = step.late or bool(_POST.match(step.name))
        if step.conclusion:
            step.red = step.conclusion in RED_CONCLUSIONS or bool(step.event)
        elif not known and not step.red:
            step.red = step.exit_code != 0 or bool(step.event)
    if not any(step.red for step in cut.steps):
        for step in cut.steps:
            step.red = step.errors > 0 and not step.late
    first = cut.first_red
    if first is None:
        return
    for step in cut.steps[first.index + 1 :]:
        script = step.command[0] if step.command else step.name
        step.late = step.late or bool(_LATE_ACTION.search(script))
    if not known:
        later = False
        for step in reversed(cut.steps):
            step.tolerated = step.red and later
            later = later or (step.red and not step.late)


def _peel(cut: Slice) -> None:
    """Take off the prefixes of tools that pass on the lines of others (docker, turbo, pnpm)."""
    counts: dict[str, int] = {}
    for line in cut.lines:
        if found := _PREFIX.match(line.text):
            key = found[0].split(" ")[0]
            counts[key] = counts.get(key, 0) + 1
    often = {key for key, count in counts.items() if count >= REPEATED_PREFIX}
    if not often:
        return
    for index, line in enumerate(cut.lines):
        if (found := _PREFIX.match(line.text)) and found[0].split(" ")[0] in often:
            cut.lines[index] = line._replace(text=line.text[found.end() :])


def _time(stamp: str) -> datetime | None:
    try:
        return datetime.fromisoformat(stamp.strip().lstrip("\ufeff")[:19] + "+00:00")
    except ValueError:
        return None
