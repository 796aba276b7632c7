"""Inputs as the steps of the workflows give them: they go before the policy files, as in a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from bot.doctor.workflow_file import Repair, Workflow
from bot.policy import Mode

_BACKENDS: Final = frozenset({"auto", "tasks", "chats"})
_TEXTS: Final = (
    "coder_organization",
    "coder_template_name",
    "coder_template_preset",
    "coder_username",
)


def given_by_steps(workflows: Iterable[Workflow]) -> dict[str, Any]:
    """By field name: what all steps that give it agree on, as far as it is written out.

    An expression is not evaluated, and a value that no run would take is left to the run. The mode
    counts only where every step gives the same: one that only reports needs less than the others.
    """
    repairs = [repair for workflow in workflows for repair in workflow.repairs]
    found: dict[str, Any] = {name: _agreed(repairs, name) for name in _TEXTS}
    backend, mode = _agreed(repairs, "coder_backend"), _agreed(repairs, "mode")
    found["coder_backend"] = backend if backend in _BACKENDS else ""
    every = all(_inputs(repair).get("mode") for repair in repairs)
    found["mode"] = Mode(mode) if every and mode in list(Mode) else ""
    return {name: value for name, value in found.items() if value}


def _agreed(repairs: Iterable[Repair], name: str) -> str:
    told = {_inputs(repair).get(name.replace("_", "-"), "").strip() for repair in repairs} - {""}
    (value,) = told if len(told) == 1 else ("",)
    return "" if "${{" in value else value


def _inputs(repair: Repair) -> Mapping[str, str]:
    """GitHub does not tell capitals in the names of inputs."""
    return {name.lower(): value for name, value in repair.inputs.items()}
