"""Logs made in memory, as a runner would write them."""

import io
from datetime import UTC, datetime, timedelta

from bot.model.evidence import JobLog
from bot.model.github import Job, JobStep
from bot.untrusted import Untrusted

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def job(name="test", number=1, steps=()):
    """A failed job."""
    return Job(number, Untrusted(name), "completed", "failure", steps=tuple(steps))


def step(number, name, conclusion, second):
    """A step of one second, `second` seconds after the start."""
    begin = START + timedelta(seconds=second)
    return JobStep(number, Untrusted(name), "completed", conclusion, begin, begin)


def job_log(data, *, name="test", number=1, steps=(), opened=io.BytesIO):
    """The log of a job from bytes or text."""
    raw = data.encode() if isinstance(data, str) else data
    return JobLog(job(name, number, steps), lambda: opened(raw), len(raw))


def stamped(lines, start=START):
    """Lines as the runner stamps them, one each second."""
    times = (start + timedelta(seconds=i) for i in range(len(lines)))
    return "".join(
        f"{t:%Y-%m-%dT%H:%M:%S.0000000Z} {x}\n" for t, x in zip(times, lines, strict=True)
    )


def failed_step(command, output, code=1):
    """The lines of a step that ran `command`, printed `output` and failed."""
    return [
        f"##[group]Run {command}",
        f"\x1b[36;1m{command}\x1b[0m",
        "shell: /usr/bin/bash -e {0}",
        "##[endgroup]",
        *output,
        f"##[error]Process completed with exit code {code}.",
    ]


def shown(evidence):
    """The texts of all excerpts."""
    return [line.text.raw for excerpt in evidence.excerpts for line in excerpt.lines]
