"""The follow-up job, added to the end of a workflow that people wrote."""

from __future__ import annotations

import json
from typing import Any

import yaml

from bot.errors import ConfigurationError
from bot.scaffold.known import parsed

ID = "coder-fix"


def appended(path: str, text: str, job: str) -> str:
    """The workflow with the job at its end and nothing else changed, which is checked by parsing.

    `job` needs all others. Raises `ConfigurationError` where it cannot simply be appended.
    """
    old = parsed(text) or {}
    jobs = old.get("jobs")
    if not isinstance(jobs, dict) or not jobs or ID in jobs:
        raise _refused(path, f"it has a job `{ID}` of its own" if jobs else "it has no jobs")
    indent = _indent(text)
    if not indent:
        raise _refused(path, "`jobs` is not the last key of the file, one job below the other")
    needs = ", ".join(json.dumps(str(name)) if " " in str(name) else str(name) for name in jobs)
    lines = job.replace("<<needs>>", f"[{needs}]").splitlines()
    block = "".join(f"{' ' * indent}{line}\n" for line in lines)
    made = f"{text.rstrip()}\n\n{block}"
    if "\r\n" in text:
        made = made.replace("\r\n", "\n").replace("\n", "\r\n")
    new = parsed(made) or {}
    added = new.get("jobs")
    added = dict(added) if isinstance(added, dict) else {}
    own = added.pop(ID, None)
    if not isinstance(own, dict) or {**new, "jobs": added} != old:
        raise _refused(path, "its end does not take another job")
    return made


def _indent(text: str) -> int:
    """Blanks before the name of each job; 0 where no job can follow the last line."""
    node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    key, jobs = node.value[-1]
    if key.value != "jobs" or jobs.flow_style or node.flow_style:
        return 0
    return int(jobs.value[0][0].start_mark.column)


def _refused(path: str, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"The follow-up job cannot be added to {path}: {why}.",
        remedy="Take the door `failure`, or copy the job from coder-fix's "
        ".github/examples/follow-up-job.yml.",
    )
