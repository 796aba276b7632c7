"""What a fix may not do: a diff in, findings out. Pure; one rule a file in `rules/`.

The rules read text. They cannot know what a program does, so they look for the few shapes by which
a red check is made green without a repair, and leave the rest to the person who reviews.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bot.diff_policy.diff import Comparison, FileDiff, Hunk, Line, read_files
from bot.diff_policy.finding import Finding, Rule, Severity, is_flagged

if TYPE_CHECKING:
    from bot.diff_policy.change import Context
    from bot.diff_policy.inspection import inspect
    from bot.diff_policy.rules import RULES

__all__ = [
    "RULES",
    "Comparison",
    "Context",
    "FileDiff",
    "Finding",
    "Hunk",
    "Line",
    "Rule",
    "Severity",
    "inspect",
    "is_flagged",
    "read_files",
]


_LATER = {"Context": "change", "inspect": "inspection", "RULES": "rules"}


def __getattr__(name: str) -> Any:
    """The rules compile hundreds of patterns, and only a run that has a diff needs them."""
    if name not in _LATER:
        raise AttributeError(name)
    return getattr(import_module(f"bot.diff_policy.{_LATER[name]}"), name)
