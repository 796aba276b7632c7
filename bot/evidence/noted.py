"""What GitHub itself noted about a job: the stand-in for a log that cannot be had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.log_formats.reading import MESSAGE_LIMIT
from bot.model.evidence import Diagnostic
from bot.model.github import Annotation, Job
from bot.outcomes import FailureClass
from bot.untrusted import Untrusted

_FAILURE = "failure"
SAYS_NOTHING = ("Process completed with exit code", "The operation was canceled")
TOOL = "annotation"


def noted(annotations: Sequence[Annotation]) -> list[Diagnostic]:
    """The annotations that tell of a failure; those that tell nothing only if there are no others."""
    failures = [a for a in annotations if a.level == _FAILURE and a.message.raw.strip()]
    telling = [a for a in failures if not a.message.raw.startswith(SAYS_NOTHING)]
    return [
        Diagnostic(
            tool=TOOL,
            failure_class=FailureClass.UNKNOWN,
            message=Untrusted(a.message.raw.strip()[:MESSAGE_LIMIT]),
            path="" if a.path == ".github" else a.path,
            line=0 if a.path == ".github" else a.line,
            rule=a.title.raw[:100],
        )
        for a in telling or failures
    ]


def of_steps(job: Job) -> list[Diagnostic]:
    """A job of which nothing else is known: the names of its failed steps."""
    return [
        Diagnostic(
            tool="step",
            failure_class=FailureClass.UNKNOWN,
            message=Untrusted(f"step {step.number} failed: {step.name.raw}"[:MESSAGE_LIMIT]),
        )
        for step in job.failing_steps
    ]


def messages(annotations: Mapping[int, Sequence[Annotation]]) -> list[str]:
    """Every failure's text, for what only GitHub knows (a lost runner, a time limit)."""
    return [a.message.raw for notes in annotations.values() for a in notes if a.level == _FAILURE]
