"""Facts of a story for the tests of what is told about it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.report.facts import ReportFacts
from tests.report.story_facts import base_facts, with_repair

Make = Callable[..., ReportFacts]


@pytest.fixture
def make() -> Make:
    """Facts of the story, some of them changed; `repaired` adds pull request and verdict."""

    def build(*, repaired: bool = False, **changes: Any) -> ReportFacts:
        facts = base_facts()
        return replace(with_repair(facts) if repaired else facts, **changes)

    return build
