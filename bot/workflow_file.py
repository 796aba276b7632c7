"""A workflow file: its YAML, and what it listens to. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from bot.untrusted import Untrusted

LARGEST: Final = 256 * 1024
"""Characters of a workflow file that is read at all: PyYAML takes seconds for more."""

DEEPEST: Final = 200
"""Open brackets; PyYAML's time grows with their square."""


class UnreadableError(Exception):
    """A text that is no workflow's file, or too much of one; says why, in words of ours."""


def loaded(text: Untrusted) -> Mapping[Any, Any]:
    """The mapping that the file holds. Raises `UnreadableError` for anything else."""
    if len(text.raw) > LARGEST:
        raise UnreadableError("it is larger than 256 KiB")
    if _depth(text.raw) > DEEPEST:
        raise UnreadableError("it is nested too deeply")
    import yaml  # here: most requests never need it

    try:
        told = yaml.safe_load(text.raw)
    except yaml.MarkedYAMLError as broken:
        where = broken.problem_mark
        at = f" in line {where.line + 1}" if where else ""
        raise UnreadableError(f"it is not YAML{at}") from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise UnreadableError("it is not YAML") from None
    if not isinstance(told, Mapping):
        raise UnreadableError("it has no jobs")
    return told


def _depth(text: str) -> int:
    """The most brackets that are open at once; those in strings and scripts count as well."""
    deepest = depth = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        depth = max(0, depth + (1 if bracket in "[{" else -1))
        deepest = max(deepest, depth)
    return deepest


def events(told: Mapping[Any, Any]) -> dict[str, Any]:
    """`on` by event, with what stands below it; None for an event that is only named."""
    on = told.get("on", told.get(True))  # YAML 1.1 takes a bare `on` for a truth value
    if isinstance(on, str):
        return {on: None}
    if isinstance(on, list):
        return {str(event): None for event in on}
    return {str(event): value for event, value in on.items()} if isinstance(on, Mapping) else {}
