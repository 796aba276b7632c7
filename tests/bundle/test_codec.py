"""Whatever a bundle holds comes back as it was; whatever is of another kind is refused."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.bundle.bundle import Answer, Bundle, Decided, EventPart, Raised, Record, Told
from bot.bundle.codec import MismatchError, decode, encode
from bot.decide import Decision
from bot.decide.snapshot import UNREAD, Snapshot
from bot.decide.steps import Step
from bot.model import Event, Item, Outcome, Request, Session, SessionKey, TargetKind, TimelineEntry
from bot.policy import Policy
from bot.untrusted import Untrusted
from tests.builders import a_request, a_session, a_snapshot
from tests.bundle.kinds import values

KINDS = (Request, Policy, Step, Decision, Raised, Told, EventPart, Outcome, TimelineEntry)
_SLOW = settings(
    max_examples=10, database=None, suppress_health_check=list(HealthCheck), deadline=None
)


@pytest.mark.parametrize("kind", [*KINDS, SessionKey], ids=lambda k: getattr(k, "__name__", "Step"))
@_SLOW
@given(data=st.data())
def test_comes_back_as_it_was(kind, data):
    """Through JSON text, and of the same types: a number that is whole stays a float."""
    value = data.draw(values(kind))
    back = decode(json.loads(json.dumps(encode(value, kind), allow_nan=False)), kind)

    assert back == value
    assert repr(back) == repr(value)


@pytest.mark.parametrize("field", [field.name for field in fields(Snapshot)])
@_SLOW
@given(data=st.data())
def test_each_fact_comes_back(field, data):
    """Every field of a snapshot, with everything that can stand in it."""
    from bot.bundle.codec import kinds

    facts = replace(a_snapshot(), **{field: data.draw(values(kinds(Snapshot)[field]))})
    back = decode(json.loads(json.dumps(encode(facts, Snapshot))), Snapshot)

    assert repr(back) == repr(facts)


def test_what_has_no_part_in_equality_comes_back():
    """`Item.wanted` is no part of what an item is, and still decides."""
    item = Item(1, TargetKind.UPGRADE, "httpx", wanted=">=0.28")

    assert decode(encode(item, Item), Item).wanted == ">=0.28"


def test_every_kind_can_be_told():
    """No field of any noun in a bundle is of a kind that the codec does not know."""
    for kind in (Bundle, Record, Decided, Decision, Snapshot, Request, Policy):
        with pytest.raises(MismatchError):
            decode({"no": "such field"}, kind)
        values(kind)


def test_a_kind_that_nobody_taught_it_is_our_bug():
    """An event's payload is anything, and stands in no bundle."""
    with pytest.raises(TypeError):
        decode({"name": "", "payload": {}}, Event)


BAD = {
    # what is wrong: (path of keys, what stands there instead, where it is told)
    "text for a number": (("repository", "id"), "7", "repository.id"),
    "a truth value for a number": (("repository", "id"), True, "repository.id"),
    "a number for a truth value": (("by_hand",), 1, "by_hand"),
    "an unknown word": (("trigger",), "magic", "trigger"),
    "a word that is a list": (("trigger",), ["failure"], "trigger"),
    "a field too many": (("repository", "more"), 1, "repository"),
    "no object": (("repository",), [], "repository"),
    "nothing where something is": (("repository",), None, "repository"),
    "a number out of bounds": (("generation",), 10**30, "generation"),
}


@pytest.mark.parametrize(("path", "value", "where"), BAD.values(), ids=BAD)
def test_another_kind_is_refused(path, value, where):
    """With its place, and without a word of its value."""
    told = encode(a_request(), Request)
    inner = told
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value

    with pytest.raises(MismatchError) as refused:
        decode(told, Request)
    assert f"`{where}" in str(refused.value)
    assert "magic" not in str(refused.value)


@pytest.mark.parametrize(
    "value", ["yesterday", "2026-11-21T12:00:00", 5, None, float("nan")], ids=repr
)
def test_what_is_no_time(value):
    """A time without an offset could not be compared with one that has it."""
    with pytest.raises(MismatchError):
        decode(value, datetime)


@pytest.mark.parametrize("value", [float("inf"), float("nan"), "1", True, 10**400], ids=str)
def test_what_is_no_number(value):
    """Finite numbers only: JSON of Python's own reads more."""
    with pytest.raises(MismatchError):
        decode(value, float)


def test_a_missing_field_has_its_default():
    """A bundle of an older version lacks what joined since; what has no default is told."""
    told = encode(a_session(note="x"), Session)
    del told["note"]
    assert decode(told, Session).note == ""
    del told["backend"]
    with pytest.raises(MismatchError, match="`backend` is missing"):
        decode(told, Session)


def test_untrusted_and_unread_are_told_apart_from_text():
    """Text that looks like either mark stays text."""
    facts = a_snapshot(head='{"unread": true}', tip='{"untrusted": "x"}')
    assert decode(encode(facts, Snapshot), Snapshot) == facts
    assert encode(a_snapshot(head=UNREAD), Snapshot)["head"] == {"unread": True}
    assert encode(Raised("E", Untrusted("x")), Answer)["is"] == "Raised"
    assert encode(Untrusted("x"), Untrusted) == {"untrusted": "x"}
