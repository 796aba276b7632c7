"""Every row of the decision table has a scenario on both agent APIs, and no mark is idle."""

from __future__ import annotations

import importlib
import inspect
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import bot.decide
from bot.decide import ROWS, decide
from bot.decide.run_facts import RunFacts
from bot.decide.snapshot import Snapshot
from bot.errors import ConfigurationError
from bot.policy import Policy
from tests.builders import NOW, a_request, a_run
from tests.scenarios.decided import held_to_its_mark, recorded
from tests.scenarios.stage import Stage

BACKENDS = {"tasks", "chats"}
_PASSED_OVER = {"skip", "skipif", "xfail"}
Test = Callable[..., Any]


def marked() -> Iterator[Test]:
    """Every scenario that carries the mark."""
    for file in sorted(Path(__file__).parent.glob("test_*.py")):
        module = importlib.import_module(f"tests.scenarios.{file.stem}")
        for name, test in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("test_") and rows_of(test):
                yield test


def rows_of(test: Test) -> list[str]:
    """The rows that its marks name."""
    return [row for mark in _marks(test) if mark.name == "row" for row in mark.args]


def reached(tests: Iterator[Test]) -> dict[str, set[str]]:
    """The backends on which each row has a scenario that is held to it."""
    found: dict[str, set[str]] = defaultdict(set)
    for test in tests:
        is_held = "stage" in inspect.signature(test).parameters
        if is_held and _PASSED_OVER.isdisjoint(mark.name for mark in _marks(test)):
            for row in rows_of(test):
                found[row] |= _backends(test)
    return dict(found)


def _marks(test: Test) -> list[pytest.Mark]:
    return list(getattr(test, "pytestmark", ()))


def _backends(test: Test) -> set[str]:
    chosen = [m.args[1] for m in _marks(test) if m.name == "parametrize" and m.args[0] == "backend"]
    return BACKENDS.intersection(*chosen)


def test_every_row_has_its_scenarios():
    """One more row needs a scenario that is marked with it, for Tasks and for Chats."""
    assert reached(marked()) == {row.name: BACKENDS for row in ROWS}


def test_only_a_scenario_that_is_held_to_its_mark_counts():
    """No stage, passed over, or one backend: that row is not shown."""

    @pytest.mark.row("a", "b")
    def test_both(stage: Stage): ...

    @pytest.mark.row("c")
    def test_nowhere(): ...

    @pytest.mark.row("d")
    @pytest.mark.skip
    def test_never(stage: Stage): ...

    @pytest.mark.row("e")
    @pytest.mark.parametrize("backend", ["chats"], indirect=True)
    def test_one(stage: Stage): ...

    found = reached(iter([test_both, test_nowhere, test_never, test_one]))

    assert found == {"a": BACKENDS, "b": BACKENDS, "e": {"chats"}}


def test_a_row_that_raises_is_recorded():
    """`not-finished` has no decision; it is noted all the same, and only while recorded."""
    decided: list[str] = []
    run = RunFacts(a_run(status="in_progress", conclusion=None), ())
    facts = Snapshot(now=NOW, run=run)
    with recorded(decided), pytest.raises(ConfigurationError):
        decide(a_request(by_hand=True), facts, Policy())

    assert decided == ["not-finished"]
    assert bot.decide.ROWS is ROWS


def test_a_mark_that_is_not_kept_fails(request: pytest.FixtureRequest):
    """A row that a scenario promises and never decides is named, with those it decided."""
    request.node.add_marker(pytest.mark.row("outage", "flaky"))

    with pytest.raises(pytest.fail.Exception, match="never decided: outage; but: flaky, start"):
        held_to_its_mark(request.node, ["flaky", "start", "flaky"])
