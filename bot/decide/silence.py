"""Why no check ran for a commit: what GitHub would have needed, by the workflow's file. Pure.

GitHub tells nobody why it started nothing. Its rules: docs, "Workflow syntax", `on`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.outcomes import UnverifiedCause
from bot.untrusted import Untrusted
from bot.workflow_file import UnreadableError, events, loaded

MOST_WILDCARDS = 4
"""Of a glob; `src/**/test_*.py` has two."""

_USUAL_TYPES = ("opened", "synchronize", "reopened")
_ASKS_FOR_DRAFT = re.compile(r"pull_request\.draft\b")
_PART = re.compile(r"(\*\*/?|\*|[?+]|\[[^\]\n]+\])")
_MEANING = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "?", "+": "+"}


@dataclass(frozen=True, slots=True)
class Silence:
    """What is known where no check vouches for a commit on `branch`.

    `workflow` is the failed workflow's file at that commit, None where it cannot be had. `base`
    and `draft` are of the pull request, if there is one. `changed` are the paths of the change.
    """

    branch: str
    conflict: bool = False
    disabled: bool = False
    default_token: bool = False
    workflow: Untrusted | None = None
    base: str = ""
    draft: bool = False
    changed: tuple[str, ...] = ()


def cause(silence: Silence, *, skipped: bool) -> UnverifiedCause:
    """The cause, as far as anything tells; `skipped`: checks were made, and all of them skipped."""
    if skipped:
        text = silence.workflow.raw if silence.workflow else ""
        asks = silence.draft and _ASKS_FOR_DRAFT.search(text)
        return UnverifiedCause.DRAFT_EXCLUDED if asks else UnverifiedCause.ONLY_SKIPPED
    told = (
        (silence.conflict, UnverifiedCause.CONFLICT),
        (silence.disabled, UnverifiedCause.WORKFLOW_DISABLED),
        (silence.default_token, UnverifiedCause.DEFAULT_TOKEN),
    )
    return next((cause for holds, cause in told if holds), None) or _by_filters(silence)


def _by_filters(silence: Silence) -> UnverifiedCause:
    """Branches first, then paths, then activities; what passes all of them is only late.

    So is, for all that is known, what a file that cannot be read may listen to.
    """
    on = _listened_to(silence.workflow)
    if on is None:
        return UnverifiedCause.CI_SLOW
    asked = [("push", silence.branch), *([("pull_request", silence.base)] if silence.base else [])]
    heard = [on[event] for event, name in asked if event in on and _listens(on[event], name)]
    if not heard:
        return UnverifiedCause.NO_CI_ON_BRANCH
    touched = [filters for filters in heard if _touched(filters, silence.changed)]
    if not touched:
        return UnverifiedCause.PATH_FILTER
    if silence.draft and not any(_starts(filters) for filters in touched):
        return UnverifiedCause.DRAFT_EXCLUDED
    return UnverifiedCause.CI_SLOW


def _listened_to(workflow: Untrusted | None) -> dict[str, Mapping[str, Any]] | None:
    """The events with their filters; None where nobody can tell."""
    if workflow is None:
        return None
    try:
        on = events(loaded(workflow))
    except UnreadableError:
        return None
    return {event: told if isinstance(told, Mapping) else {} for event, told in on.items()}


def _listens(filters: Mapping[str, Any], branch: str) -> bool:
    if "branches" in filters:
        return _matches(_list(filters["branches"]), branch)
    only_tags = "tags" in filters or "tags-ignore" in filters
    if only_tags and "branches-ignore" not in filters:
        return False
    return not _matches(_list(filters.get("branches-ignore")), branch)


def _touched(filters: Mapping[str, Any], changed: Sequence[str]) -> bool:
    if "paths" in filters:
        wanted = _list(filters["paths"])
        return any(_matches(wanted, path) for path in changed)
    ignored = _list(filters.get("paths-ignore"))
    return not changed or any(not _matches(ignored, path) for path in changed)


def _starts(filters: Mapping[str, Any]) -> bool:
    """Whether opening a draft, or a push to it, is among the activities."""
    types = _list(filters.get("types")) or list(_USUAL_TYPES)
    return not set(types).isdisjoint(_USUAL_TYPES)


def _list(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(part) for part in value] if isinstance(value, list) else [str(value)]


def _matches(patterns: Sequence[str], name: str) -> bool:
    """Whether the globs end up accepting the name: a later `!` takes back, a later one gives."""
    accepted = False
    for pattern in patterns:
        if _is_match(pattern.removeprefix("!"), name):
            accepted = not pattern.startswith("!")
    return accepted


def _is_match(glob: str, name: str) -> bool:
    """The workflow's file is that of the agent's branch: a glob that would take long fits nothing.

    Each wildcard multiplies what may be tried by the length of the name.
    """
    parts = [p for p in _PART.split(glob[:200]) if p]
    if sum(p in _MEANING for p in parts) > MOST_WILDCARDS:
        return False
    source = "".join(_MEANING.get(p) or (p if p.startswith("[") else re.escape(p)) for p in parts)
    try:
        return re.fullmatch(source, name[:200]) is not None
    except re.error:
        return False
