"""What is remembered survives being written and read, and nothing else is believed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.decide import memory
from bot.decide.snapshot import Attempt, ItemState
from bot.outcomes import OutcomeKind, SkipReason
from tests.builders import NOW

MARK = "coder-fix:0123456789ab"
WHOLE = ItemState(
    item="pr:7",
    generation=2,
    evidence_sha="a" * 40,
    run_id=9001,
    session_id="s-1",
    began=NOW,
    fingerprint=("f1", "f2"),
    attempts=(Attempt("b" * 40, "red", ("f3",)), Attempt("c" * 40, "red", (), ("diff-size",))),
    turn_started=NOW,
    turn_after=NOW,
    head="c" * 40,
    head_seen=NOW,
    asking=True,
    allowed=("skipped-tests@123", "not-descended@review:7"),
    held=True,
    comment="review:77",
    asked_at=NOW,
    final=OutcomeKind.NOT_FIXED,
    skip_reason=SkipReason.SUPERSEDED,
)


@pytest.mark.parametrize("state", [WHOLE, ItemState("pr:7")])
def test_round_trip(state):
    """What was written is read back, amid other text."""
    body = f"### Title\n{memory.write(MARK, state)}\nmore <!-- other -->"

    assert memory.read(MARK, body) == state


LIVE = replace(WHOLE, final=None)
ONE_MORE = replace(LIVE, attempts=(*LIVE.attempts, Attempt("d" * 40, "red")))


@pytest.mark.parametrize(
    ("found", "holds"),
    [
        (None, LIVE),
        (replace(LIVE, generation=1, attempts=ONE_MORE.attempts), LIVE),
        (replace(LIVE, asking=False), LIVE),
        (replace(LIVE, attempts=()), LIVE),
        (ONE_MORE, ONE_MORE),
        (WHOLE, WHOLE),
        (replace(LIVE, generation=3, attempts=()), replace(LIVE, generation=3, attempts=())),
    ],
)
def test_whoever_went_further_counts(found, holds):
    """Of two records of an item the one with more done holds, ours when there is no difference."""
    assert memory.newer(LIVE, found) == holds


def test_only_ids_of_rules_are_rules():
    """Whatever else somebody wrote there is shown nowhere and accepts nothing."""
    attempt = '{"head":"c","verdict":"green","objections":["x y","diff-size",7]}'
    data = f'{{"v":1,"item":"pr:7","allowed":["<b>","a-b","a-b@7","a@x:7"],"attempts":[{attempt}]}}'
    state = memory.read(MARK, f"<!-- {MARK} {data} -->")

    assert state is not None
    assert (state.allowed, state.attempts[0].objections) == (("a-b@7",), ("diff-size",))


def test_any_marker():
    """The state of whichever item stands in the body."""
    assert memory.read_any(f"text\n{memory.write(MARK, WHOLE)}") == WHOLE
    assert memory.read_any("nothing") is None


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<!-- coder-fix:0123456789ab -->",
        "<!-- coder-fix:0123456789ab {} -->",
        '<!-- coder-fix:0123456789ab {"v":1} -->',
        '<!-- coder-fix:0123456789ab {"v":2,"item":"pr:7"} -->',
        '<!-- coder-fix:0123456789ab {"v":1,"item":"pr:7","attempts":[1]} -->',
        '<!-- coder-fix:0123456789ab {"v":1,"item":"pr:7","final":"great"} -->',
        '<!-- coder-fix:0123456789ab {"v":1,"item":"pr:7","head_seen":"2026-01-01"} -->',
        '<!-- coder-fix:ffffffffffff {"v":1,"item":"pr:7"} -->',
        '<!-- coder-fix:0123456789ab {"v":1,"item":"pr:7" -->',
    ],
)
def test_what_cannot_be_read_is_nothing(body):
    """A comment that somebody edited by hand is no memory, and no error."""
    assert memory.read(MARK, body) is None


def test_stays_one_hidden_comment():
    """Nothing in the state can end the HTML comment."""
    text = memory.write(MARK, ItemState("pr:--><b>"))

    assert text.count("-->") == 1


@pytest.mark.parametrize("told", ["x", "review:", "issue:7", "7x", "-7", "7"])
def test_a_comment_that_asked_has_a_number(told):
    """Whoever edits our comment by hand cannot have us react to another thing."""
    text = memory.write(MARK, replace(WHOLE, comment=told))
    read = memory.read(MARK, text)

    assert read is not None
    assert read.comment == (told if told == "7" else "")


def test_a_record_of_before_is_read():
    """One that was written before a member was thought of lacks it, and nothing else."""
    body = f'<!-- {MARK} {{"v":1,"item":"issue:7","s":"s-1","comment":"77"}} -->'

    assert memory.read(MARK, body) == ItemState("issue:7", session_id="s-1", comment="77")


def test_only_the_hidden_line_is_rewritten():
    """What people read stays, and so does the line of another item."""
    other = memory.write("coder-fix:aaaaaaaaaaaa", WHOLE)
    body = f"### Title\n{other}\n{memory.write(MARK, WHOLE)}\nend"
    text = memory.rewritten(MARK, body, LIVE)

    assert (memory.read(MARK, text), other in text) == (LIVE, True)
    assert text.replace(memory.write(MARK, LIVE), memory.write(MARK, WHOLE)) == body
    assert memory.rewritten(MARK, "nothing", LIVE) == "nothing"


def test_every_line_of_a_body():
    """Each with its marker; one that nobody can read has no state."""
    other = "coder-fix:ba9876543210"
    body = f'{memory.write(MARK, WHOLE)}\n<!-- {other} {{"v": 99}} -->\n'

    assert list(memory.every(body)) == [(MARK, WHOLE), (other, None)]
