"""The order of a run's jobs: what may start, what is skipped, what a re-run repeats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.actions_expressions import Context, as_text, condition, expand
from bot.sandbox.actions_workflow import JobSpec
from bot.sandbox.github_runs import FAILED, Job

_WORST = ("failure", "cancelled", "success", "skipped")


@dataclass(slots=True)
class Plan:
    """The jobs of one attempt. `kept` are conclusions of jobs that this attempt does not repeat."""

    specs: Sequence[JobSpec]
    kept: Mapping[str, str] = field(default_factory=dict)
    results: dict[str, str] = field(default_factory=dict)

    def ready(self, started: Iterable[str]) -> list[JobSpec]:
        """The jobs whose needs are met and that have not started yet."""
        begun = set(started)
        return [
            spec
            for spec in self.specs
            if spec.key not in begun and all(need in self.results for need in spec.needs)
        ]

    def wanted(self, spec: JobSpec, context: Mapping[str, Any], *, cancelled: bool) -> bool:
        """Whether the job's condition holds after its needs."""
        status = self._status(spec, cancelled=cancelled)
        return condition(spec.condition, Context({**context, "needs": self.needs(spec)}, status))

    def needs(self, spec: JobSpec) -> dict[str, Any]:
        """The `needs` context."""
        return {need: {"result": self.results[need], "outputs": {}} for need in spec.needs}

    def settle(self, spec: JobSpec, conclusions: Iterable[str | None]) -> None:
        """Note a job's result: the worst of its legs."""
        found = {"failure" if c in FAILED else c for c in conclusions}
        self.results[spec.key] = next((word for word in _WORST if word in found), "success")

    def _status(self, spec: JobSpec, *, cancelled: bool) -> str:
        if cancelled:
            return "cancelled"
        above = {self.results[key] for key in self._ancestors(spec)}
        direct = {self.results[need] for need in spec.needs}
        if "failure" in above:
            return "failure"
        return (
            "cancelled" if "cancelled" in above else "skipped" if "skipped" in direct else "success"
        )

    def _ancestors(self, spec: JobSpec) -> set[str]:
        by_key = {s.key: s for s in self.specs}
        found: set[str] = set()
        waiting = list(spec.needs)
        while waiting:
            key = waiting.pop()
            found.add(key)
            waiting += [need for need in by_key[key].needs if need not in found]
        return found


def job_name(spec: JobSpec, leg: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    """The name in the API: the written one, or the key; with the matrix values behind."""
    name = expand(spec.name, Context({**context, "matrix": leg})) if spec.name else spec.key
    if leg and "matrix." not in spec.name:
        return f"{name} ({', '.join(as_text(value) for value in leg.values())})"
    return name


def keep_for_rerun(
    specs: Sequence[JobSpec], latest: Sequence[Job], only: Job | None
) -> dict[str, str]:
    """Name and conclusion of the jobs that "re-run failed jobs" (or of one job) leaves alone.

    Repeated are the failed and cancelled ones, and every job that needs one of them.
    """
    red = (
        {only.key}
        if only
        else {j.key for j in latest if j.conclusion not in {"success", "skipped"}}
    )
    dependents = set(red)
    for _ in specs:
        dependents |= {s.key for s in specs if dependents & set(s.needs)}
    dependents -= red
    repeated = {
        job.name
        for job in latest
        if job.key in dependents
        or (job.key in red and (job is only or (only is None and job.conclusion != "success")))
    }
    return {job.name: job.conclusion or "" for job in latest if job.name not in repeated}


def conclude(conclusions: Iterable[str | None]) -> str:
    """The run's conclusion from those of its jobs."""
    found = set(conclusions)
    if found & FAILED:
        return "failure"
    if "cancelled" in found:
        return "cancelled"
    return "skipped" if found == {"skipped"} else "success"
