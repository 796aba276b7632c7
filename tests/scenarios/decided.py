"""Which rows of the decision table a scenario decided, and the mark that promises some of them.

`@pytest.mark.row("outage")` says what a scenario is about; the fixture `stage` holds it to that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest

import bot.decide
from bot.decide.case import Case, NotReadYet
from bot.decide.row import Row
from bot.decide.steps import Step


@contextmanager
def recorded(decided: list[str]) -> Iterator[None]:
    """Note the row that fits, each time; `not-finished` counts too, though it raises."""

    def listened(row: Row) -> Row:
        def rule(case: Case) -> Step | None:
            try:
                step = row.rule(case)
            except NotReadYet:
                raise
            except Exception:
                decided.append(row.name)
                raise
            if step is not None:
                decided.append(row.name)
            return step

        return replace(row, rule=rule)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bot.decide, "ROWS", tuple(map(listened, bot.decide.ROWS)))
        yield


def held_to_its_mark(item: pytest.Item, decided: Sequence[str]) -> None:
    """Fail the test where a row that its marks name was not decided."""
    promised = {str(name) for mark in item.iter_markers("row") for name in mark.args}
    missed = sorted(promised.difference(decided))
    if missed:
        found = ", ".join(dict.fromkeys(decided)) or "none"
        pytest.fail(f"never decided: {', '.join(missed)}; but: {found}", pytrace=False)
