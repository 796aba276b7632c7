"""Workflow files: what the sandbox runs of them, and a word for every key that it does not."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml

# `permissions` says what a token may do; steps get none here, so it changes nothing.
TOP_KEYS = frozenset({"name", "on", "env", "jobs", "permissions", "defaults"})
JOB_KEYS = frozenset(
    {
        "name",
        "needs",
        "if",
        "runs-on",
        "strategy",
        "env",
        "steps",
        "permissions",
        "defaults",
        "timeout-minutes",
    }
)
STEP_KEYS = frozenset(
    {
        "name",
        "id",
        "if",
        "run",
        "uses",
        "with",
        "env",
        "shell",
        "working-directory",
        "continue-on-error",
        "timeout-minutes",
    }
)
CHECKOUT_INPUTS = frozenset({"fetch-depth", "persist-credentials"})
SHELLS: Mapping[str, Sequence[str]] = {
    # The runner's own templates; without `shell:` there is no pipefail.
    "": ("bash", "-e", "{0}"),
    "bash": ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "{0}"),
    "sh": ("sh", "-e", "{0}"),
}


class WorkflowFileError(ValueError):
    """The file is broken, or asks for what the sandbox does not do; the message names the key."""


@dataclass(frozen=True, slots=True)
class StepSpec:
    """One step as written. `run` or `uses` is set, never both."""

    name: str
    run: str = ""
    uses: str = ""
    id: str = ""
    condition: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    shell: str = ""
    directory: str = ""
    continue_on_error: str = "false"
    timeout_minutes: float | None = None


@dataclass(frozen=True, slots=True)
class JobSpec:
    """One job as written; `legs` are its matrix combinations, one empty one without a matrix."""

    key: str
    name: str
    steps: tuple[StepSpec, ...]
    needs: tuple[str, ...] = ()
    condition: str | None = None
    labels: tuple[str, ...] = ("ubuntu-latest",)
    env: Mapping[str, str] = field(default_factory=dict)
    legs: tuple[Mapping[str, Any], ...] = ({},)
    fail_fast: bool = True
    timeout_minutes: float = 360


@dataclass(frozen=True, slots=True)
class WorkflowFile:
    """A workflow; `on` maps each event to its filters."""

    path: str
    name: str
    on: Mapping[str, Mapping[str, Any]]
    env: Mapping[str, str]
    jobs: tuple[JobSpec, ...]


@lru_cache(maxsize=64)  # every push and pull request asks it of every workflow there is
def read_triggers(path: str, text: str) -> tuple[str, dict[str, Mapping[str, Any]]]:
    """Name and `on` of a workflow, leniently: whether it starts comes before how it is written."""
    loaded = _load(path, text)
    # YAML 1.1 reads the key `on` as the boolean true.
    return str(loaded.get("name") or path), _triggers(loaded.get("on", loaded.get(True)))


def read_workflow(path: str, text: str) -> WorkflowFile:
    """The whole workflow. Raises `WorkflowFileError` for anything that would not be honoured."""
    loaded = _load(path, text)
    name, on = read_triggers(path, text)
    loaded = {("on" if key is True else key): value for key, value in loaded.items()}
    _known(loaded, TOP_KEYS, "")
    jobs = _mapping(loaded.get("jobs"), "jobs")
    defaults = _run_defaults(loaded, "")
    specs = tuple(_job(key, value, defaults) for key, value in jobs.items())
    if not specs:
        raise WorkflowFileError("jobs: there is none")
    for spec in specs:
        for need in spec.needs:
            if need not in jobs:
                raise WorkflowFileError(f"jobs.{spec.key}.needs: there is no job {need!r}")
    return WorkflowFile(path, name, on, _environment(loaded, ""), specs)


def _load(path: str, text: str) -> dict[Any, Any]:
    try:
        loaded = yaml.safe_load(text)
    except yaml.YAMLError as broken:
        raise WorkflowFileError(f"{path} is not YAML: {broken}") from broken
    if not isinstance(loaded, dict):
        raise WorkflowFileError(f"{path} is not a mapping")
    return loaded


def _triggers(on: Any) -> dict[str, Mapping[str, Any]]:
    if isinstance(on, str):
        return {on: {}}
    if isinstance(on, list):
        return {str(event): {} for event in on}
    if isinstance(on, dict):
        filters = on.items()
        return {str(event): value if isinstance(value, dict) else {} for event, value in filters}
    raise WorkflowFileError("on: missing")


def _job(key: str, value: Any, defaults: Mapping[str, str]) -> JobSpec:
    where = f"jobs.{key}"
    job = _mapping(value, where)
    _known(job, JOB_KEYS, where)
    defaults = {**defaults, **_run_defaults(job, where)}
    steps = job.get("steps")
    if not isinstance(steps, list) or not steps:
        raise WorkflowFileError(f"{where}.steps: missing")
    strategy = _mapping(job.get("strategy") or {}, f"{where}.strategy")
    _known(strategy, {"matrix", "fail-fast", "max-parallel"}, f"{where}.strategy")
    return JobSpec(
        key=key,
        name=str(job.get("name") or ""),
        steps=tuple(_step(s, f"{where}.steps[{i}]", defaults) for i, s in enumerate(steps)),
        needs=tuple(_list(job.get("needs"))),
        condition=None if job.get("if") is None else _scalar(job["if"]),
        labels=tuple(_list(job.get("runs-on"))) or ("ubuntu-latest",),
        env=_environment(job, where),
        legs=_legs(_mapping(strategy.get("matrix") or {}, f"{where}.strategy.matrix")),
        fail_fast=strategy.get("fail-fast", True) is not False,
        timeout_minutes=float(job.get("timeout-minutes", 360)),
    )


def _step(value: Any, where: str, defaults: Mapping[str, str]) -> StepSpec:
    step = _mapping(value, where)
    _known(step, STEP_KEYS, where)
    run, uses = step.get("run"), str(step.get("uses") or "")
    if (run is None) == (not uses):
        raise WorkflowFileError(f"{where}: needs either run or uses")
    if uses and not uses.startswith("actions/checkout@"):
        raise WorkflowFileError(f"{where}.uses: only actions/checkout runs here, not {uses!r}")
    if uses:
        _known(_mapping(step.get("with") or {}, where), CHECKOUT_INPUTS, f"{where}.with")
    elif "with" in step:
        raise WorkflowFileError(f"{where}.with: only a step that uses an action has inputs")
    shell = str(step.get("shell") or defaults.get("shell", ""))
    if shell not in SHELLS:
        raise WorkflowFileError(f"{where}.shell: only bash and sh run here, not {shell!r}")
    first_line = str(run or "").strip().split("\n")[0]
    timeout = step.get("timeout-minutes")
    return StepSpec(
        name=str(step.get("name") or f"Run {uses or first_line}"),
        run=str(run or ""),
        uses=uses,
        id=str(step.get("id") or ""),
        condition=None if step.get("if") is None else _scalar(step["if"]),
        env=_environment(step, where),
        shell=shell,
        directory=str(step.get("working-directory") or defaults.get("working-directory", "")),
        continue_on_error=_scalar(step.get("continue-on-error", False)),
        timeout_minutes=None if timeout is None else float(timeout),
    )


def _legs(matrix: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Every combination, without `exclude`, with `include` merged in or added, as documented."""
    axes = {k: v for k, v in matrix.items() if k not in {"include", "exclude"}}
    for axis, values in axes.items():
        if not isinstance(values, list):
            raise WorkflowFileError(f"strategy.matrix.{axis}: only a list runs here")
    legs: list[dict[str, Any]] = []
    if axes:
        combos = itertools.product(*axes.values())
        legs = [dict(zip(axes, combo, strict=True)) for combo in combos]
    for unwanted in matrix.get("exclude") or []:
        legs = [leg for leg in legs if any(leg.get(k) != v for k, v in unwanted.items())]
    originals = list(legs)
    for extra in matrix.get("include") or []:
        fits = [leg for leg in originals if all(leg[k] == extra[k] for k in axes if k in extra)]
        if fits and axes:
            for leg in fits:
                leg.update(extra)
        else:
            legs.append(dict(extra))
    return tuple(legs) or ({},)


def _run_defaults(level: Mapping[str, Any], where: str) -> dict[str, str]:
    run = _mapping(_mapping(level.get("defaults") or {}, where).get("run") or {}, where)
    _known(run, {"shell", "working-directory"}, f"{where}.defaults.run")
    return {key: str(value) for key, value in run.items()}


def _environment(level: Mapping[str, Any], where: str) -> dict[str, str]:
    env = _mapping(level.get("env") or {}, f"{where}.env")
    return {str(key): _scalar(value) for key, value in env.items()}


def _known(mapping: Mapping[str, Any], known: Collection[str], where: str) -> None:
    for key in mapping:
        if key not in known:
            at = f"{where}.{key}" if where else str(key)
            raise WorkflowFileError(f"{at}: the sandbox does not run this key")


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise WorkflowFileError(f"{where}: must be a mapping")
    return value


def _list(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
