"""The invariants by their numbers; each is a function over what a scenario let be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from tests.invariants import door, ends, made, prose, texts, traffic
from tests.invariants.capture import Capture

Invariant = Callable[[Capture], Iterator[str]]

IN_EVERY_SCENARIO: Mapping[int, Invariant] = {
    1: made.one_session_for_a_key,
    2: made.one_comment_and_one_pull,
    3: traffic.looks_before_it_creates_again,
    4: traffic.tokens_stay_at_their_origin,
    5: traffic.no_token_for_another,
    6: texts.no_secret_leaves,
    7: texts.no_command_from_outside,
    8: ends.outputs_are_as_declared,
    9: texts.markdown_is_inert,
    10: texts.no_forged_marker,
    11: texts.prompts_keep_data_apart,
    12: texts.texts_are_settled,
    13: door.readers_see_nothing,
    14: door.doubt_is_refusal,
    15: door.only_new_words_of_people,
    16: made.attempts_are_bounded,
    17: made.the_commit_of_the_event,
    18: ends.writes_only_where_it_may,
    19: texts.prompts_hold_the_failure,
    20: made.reports_only_its_own,
    21: traffic.never_more_than_its_part,
    22: ends.one_outcome_and_one_summary,
    23: ends.deadlines_hold,
    24: ends.waits_only_by_the_clock,
    25: traffic.limits_are_kept,
    26: prose.prose_moves_nothing,
    27: ends.talks_to_nobody_else,
}


def violations(capture: Capture) -> dict[int, list[str]]:
    """What is wrong, by the number of the invariant; empty when nothing is."""
    found = {number: list(check(capture)) for number, check in IN_EVERY_SCENARIO.items()}
    return {number: said for number, said in found.items() if said}


def held_to_the_invariants(capture: Capture) -> None:
    """Fail the test whose scenario this is, with each violation and its number."""
    found = violations(capture)
    if found:
        said = [f"{number}: {line}" for number, lines in found.items() for line in lines]
        pytest.fail("invariants broken:\n" + "\n".join(said), pytrace=False)
