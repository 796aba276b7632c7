"""The command of a step from its workflow file, while no log shows it. Pure.

The jobs API tells names only: a job's as the workflow names it, with its matrix leg; a step's, or
`Run` and the first line of its script. What is not found for certain is not found: steps of
composite actions and of called workflows stand in other files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.model.github import Job, JobStep
from bot.untrusted import Untrusted
from bot.workflow_file import UnreadableError, loaded

_LEG = re.compile(r" \(")
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)


def command_of(workflow: Untrusted, job: Job) -> Untrusted:
    """The script of the job's first failed step; empty where it cannot be told."""
    failed = next(iter(job.failing_steps), None)
    if failed is None:
        return Untrusted("")
    try:
        told = loaded(workflow)
    except UnreadableError:
        return Untrusted("")
    scripts = {_script(steps, job, failed) for steps in _jobs(told, job.name.raw)}
    return Untrusted(scripts.pop() if len(scripts) == 1 else "")


def _jobs(told: Mapping[Any, Any], name: str) -> Iterator[list[Any]]:
    """The steps of each job that may bear that name."""
    jobs = told.get("jobs")
    for key, job in jobs.items() if isinstance(jobs, Mapping) else ():
        if not isinstance(job, Mapping) or not isinstance(job.get("steps"), list):
            continue
        own = str(job.get("name") or key)
        # A leg of a matrix is `key (3.12, ubuntu)` where its name says nothing of it.
        ends = [found.start() for found in _LEG.finditer(name)] if name.endswith(")") else []
        legs = [name[:end] for end in ends] if "strategy" in job else []
        if any(_fits(own, text) for text in (name, *legs)):
            yield job["steps"]


def _script(steps: list[Any], job: Job, failed: JobStep) -> str:
    """Of equally named steps the one that stands where the failed one stands among them."""
    told = [s for s in steps if isinstance(s, Mapping) and _bears(s, failed.name.raw)]
    ran = [s.number for s in job.steps if s.name.raw == failed.name.raw]
    if len(told) != len(ran):
        return ""
    script = told[ran.index(failed.number)].get("run")
    return script if isinstance(script, str) else ""


def _bears(step: Mapping[Any, Any], name: str) -> bool:
    script, action = step.get("run"), step.get("uses")
    first = str(script).strip().partition("\n")[0] if isinstance(script, str) else action
    own = step.get("name") or f"Run {first}"
    return _fits(str(own), name)


def _fits(template: str, text: str) -> bool:
    """Whether the template may read so once its expressions are filled in. Takes linear time."""
    first, *others = _EXPRESSION.split(template)
    if not others:
        return text == first
    last = others.pop()
    if not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in others:
        at = text.find(part, at, max(at, end))
        if at < 0:
            return False
        at += len(part)
    return at <= end
