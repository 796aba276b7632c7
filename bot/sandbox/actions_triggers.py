"""Which workflows an event starts: events, activity types, branch and path filters."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_DEFAULT_TYPES = ("opened", "synchronize", "reopened")


def starts_on_push(
    on: Mapping[str, Mapping[str, Any]], ref: str, changed: Callable[[], Sequence[str]]
) -> bool:
    """Whether a push to `ref` (`refs/heads/x` or `refs/tags/x`) starts it."""
    if "push" not in on:
        return False
    filters = on["push"]
    kind, _, name = ref.removeprefix("refs/").partition("/")
    if kind == "tags":
        only_branches = "branches" in filters or "branches-ignore" in filters
        return not only_branches and _named(filters, "tags", name)
    only_tags = ("tags" in filters or "tags-ignore" in filters) and "branches" not in filters
    return not only_tags and _named(filters, "branches", name) and _touched(filters, changed)


def starts_on_pull_request(
    on: Mapping[str, Mapping[str, Any]],
    action: str,
    base: str,
    changed: Callable[[], Sequence[str]],
) -> bool:
    """Whether an activity on a pull request onto `base` starts it."""
    if "pull_request" not in on:
        return False
    filters = on["pull_request"]
    types = filters.get("types") or _DEFAULT_TYPES
    wanted = action in ([types] if isinstance(types, str) else types)
    return wanted and _named(filters, "branches", base) and _touched(filters, changed)


def matches(patterns: Sequence[str], name: str) -> bool:
    """Whether the list of globs, `!` ones included, ends up accepting the name."""
    accepted = False
    for pattern in patterns:
        if _glob(pattern.removeprefix("!")).fullmatch(name):
            accepted = not pattern.startswith("!")
    return accepted


def _named(filters: Mapping[str, Any], kind: str, name: str) -> bool:
    if kind in filters:
        return matches(_list(filters[kind]), name)
    return not matches(_list(filters.get(f"{kind}-ignore") or []), name)


def _touched(filters: Mapping[str, Any], changed: Callable[[], Sequence[str]]) -> bool:
    if "paths" in filters:
        return any(matches(_list(filters["paths"]), path) for path in changed())
    if "paths-ignore" in filters:
        ignored = _list(filters["paths-ignore"])
        return any(not matches(ignored, path) for path in changed())
    return True


def _list(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _glob(pattern: str) -> re.Pattern[str]:
    """GitHub's filter patterns: `*` stops at a slash, `**` does not, `?` and `+` repeat."""
    parts = re.split(r"(\*\*/?|\*|[?+]|\[[^\]]+\])", pattern)
    pieces = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "?", "+": "+"}
    out = [pieces.get(p) or (p if p.startswith("[") else re.escape(p)) for p in parts if p]
    return re.compile("".join(out))
