"""A workflow file: its YAML, and what it listens to."""

from __future__ import annotations

import pytest

from bot.untrusted import Untrusted
from bot.workflow_file import events, loaded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on: push", {"push": None}),
        ("true: push", {"push": None}),
        ("'on': [push, 7]", {"push": None, "7": None}),
        (
            "on: {push: {branches: [main]}, schedule:}",
            {"push": {"branches": ["main"]}, "schedule": None},
        ),
        ("on: 7", {}),
        ("jobs: {}", {}),
    ],
)
def test_events(text, expected):
    """However `on` is written, and although YAML 1.1 takes it for a truth value."""
    assert events(loaded(Untrusted(text))) == expected
