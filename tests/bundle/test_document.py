"""The file: bounded, redacted, and refused with a clear word where it is none of ours."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import __version__
from bot.bundle.bundle import Bundle, Decided, Raised, Record, Ruled, Told
from bot.bundle.codec import encode
from bot.bundle.document import LARGEST, MOST, read, write
from bot.bundle.event import parts
from bot.bundle.replay import Again, Mark, again, answer, ruled_again, vouches
from bot.commands.replay_words import account
from bot.decide import Decision, decide
from bot.decide.commands import Admission, Following, Response, Standing
from bot.decide.run_facts import RunFacts
from bot.decide.silence import Silence
from bot.decide.steps import Start
from bot.errors import ConfigurationError
from bot.model import Command, CommentRef, Event, Outcome, SessionState, Verb
from bot.outcomes import OutcomeKind
from bot.policy import Policy
from bot.sanitize import NO_SECRETS, Secrets
from bot.triggers import Surroundings, recognize
from bot.untrusted import Untrusted
from tests.builders import (
    NOW,
    REPOSITORY,
    a_job,
    a_pull,
    a_pushed_fix,
    a_request,
    a_run,
    a_session,
    a_snapshot,
    an_evidence,
)
from tests.scenarios.replaying import replayed


def a_record(*snapshots: Any, **changes: Any) -> Record:
    """What the product decides of each of them, one second after the other."""
    policy = Policy()
    made = [
        Decided(float(n), facts, answer(a_request(), facts, policy))
        for n, facts in enumerate(snapshots)
    ]
    return replace(Record(a_request(), policy, tuple(made)), **changes)


def a_bundle(*records: Record, **changes: Any) -> Bundle:
    """Of this version."""
    outcome = Outcome(OutcomeKind.FIXED)
    bundle = Bundle(__version__, NOW, "workflow_run", (), records, (), (), outcome)
    return replace(bundle, **changes)


def polls(count: int, **changes: Any) -> list[Any]:
    """Looks at a session that works."""
    first = a_pushed_fix(**changes)
    return [replace(first, now=NOW + timedelta(seconds=n)) for n in range(count)]


def test_comes_back_as_it_was():
    """Facts that change, are forgotten and are read again, with all that was decided of them."""
    whole = a_pushed_fix()
    facts = [a_snapshot(), whole, replace(whole, session=a_session(note="x")), a_snapshot(tip="")]
    told = Told(1.5, 0, 2, "cf-1", Untrusted("Do\nthis"))
    bundle = a_bundle(a_record(*facts), a_record(*polls(3)), told=(told,))

    assert read(write(bundle, NO_SECRETS), "x.json") == bundle


def admission(*, permission: str, refused: Outcome | None) -> Admission:
    """Of a comment of alice's."""
    ref = CommentRef(7, 1, "alice", on_pull_request=True)
    now = Standing("alice", edited=False, permission=permission)
    return Admission(ref, now, Policy(), refused)


ALLOWED = admission(permission="write", refused=None)
FIX = Command(Verb.FIX, 0, text=Untrusted("look at the rounding"))
TOLD = Following(FIX, None, a_session(), started=False, response=Response.TELL)


def test_what_was_made_of_a_comment_comes_back():
    """And comes to the same."""
    bundle = a_bundle(rulings=(Ruled(0.5, ALLOWED), Ruled(0.7, TOLD)))
    back = read(write(bundle, NO_SECRETS), "x.json")

    assert back == bundle
    assert vouches(back)


@pytest.mark.parametrize(
    "changed",
    [admission(permission="read", refused=None), replace(TOLD, response=Response.STATUS)],
)
def test_another_end_of_a_comment_is_told(changed):
    """In a file that was changed by hand."""
    told = json.loads(write(a_bundle(), NO_SECRETS))
    told["rulings"] = encode((Ruled(0.5, changed),), tuple[Ruled, ...])
    back = read(json.dumps(told).encode(), "x.json")

    assert not vouches(back)
    assert any(line.lstrip().startswith("✗") for line in account(back))


def test_what_was_redacted_of_a_comment_is_not_vouched_for():
    """A secret stands in the one name and not in the other: as written they are two."""
    ref = CommentRef(7, 1, "token-alice", on_pull_request=True)
    now = Standing("token-alice", edited=False, permission="write")
    ruled = Ruled(0.0, Admission(ref, now, Policy(allow_users=("TOKEN-alice",)), None))
    assert ruled_again(ruled).mark is Mark.SAME
    back = read(write(a_bundle(rulings=(ruled,)), Secrets({"it": "token-alice"})), "x.json")

    assert ruled_again(back.rulings[0]).mark is Mark.HIDDEN
    assert not vouches(back)


def test_only_what_changed_is_written():
    """A second look costs a few lines."""
    one = write(a_bundle(a_record(*polls(1))), NO_SECRETS)
    many = write(a_bundle(a_record(*polls(101))), NO_SECRETS)
    changes = json.loads(many)["records"][0]["decisions"][1]["facts"]

    assert list(changes) == ["now"]
    assert len(many) - len(one) < 100 * 2000


def test_the_size_is_bounded():
    """Of too many decisions those in the middle are left out, and said to be."""
    bodies = [Untrusted(f"{n} " + "lorem ipsum " * 4000) for n in range(200)]
    silences = [Silence("main", workflow=body) for body in bodies]
    facts = [a_snapshot(silence=silence) for silence in silences]
    told = (Told(0.0, 0, 1, "first", Untrusted("p")), Told(9.0, 0, 200, "last", Untrusted("p")))
    data = write(a_bundle(a_record(*facts), told=told), NO_SECRETS)
    back = read(data, "x.json")
    (record,) = back.records

    assert len(data) <= LARGEST
    assert record.left_out + len(record.decisions) == 200
    assert record.left_out > 0
    assert [record.decisions[n].at for n in (0, -1)] == [0.0, 199.0]
    assert [(t.session, t.after) for t in back.told] == [
        ("first", 1),
        ("last", len(record.decisions)),
    ]
    assert vouches(back)


def test_prompts_that_are_too_large_alone():
    """The end is still told."""
    huge = tuple(Told(0.0, 0, 0, "s", Untrusted("lorem " * 400_000)) for _ in range(3))
    back = read(write(a_bundle(told=huge), NO_SECRETS), "x.json")

    assert (back.told, back.outcome.kind) == ((), OutcomeKind.FIXED)


SECRETS = Secrets({"coder-token": "fq7RZk29XbLw83vTn5Yd60mPc41"})
KEY = "\n".join(
    ["-----BEGIN RSA PRIVATE KEY-----", *("Zk29XbLw83vTn5Yd" * 4 for _ in range(4)), "-----END"]
)


def test_a_key_of_several_lines_is_seen_whole():
    """Each line is a text of its own, and none of them looks like a secret alone."""
    facts, found = a_snapshot(), an_evidence()
    (excerpt,) = found.excerpts
    lines = tuple(
        replace(excerpt.lines[0], number=n, text=Untrusted(line))
        for n, line in enumerate(KEY.splitlines(), start=1)
    )
    evidence = replace(found, excerpts=(replace(excerpt, lines=lines),))
    data = write(a_bundle(a_record(replace(facts, evidence=evidence))), SECRETS)

    assert b"Zk29XbLw83vTn5Yd" not in data
    assert data.count(b"[private-key]") == 4


def test_our_own_tokens_are_hidden_wherever_they_stand():
    """In names, addresses, reasons and prompts; what hides in invisible characters too."""
    token = "fq7RZk29XbLw83vTn5Yd60mPc41"
    split = token[:9] + "\u200b" + token[9:]
    facts = a_snapshot(
        session=a_session(url=f"https://coder.example/?t={token}", message=Untrusted(split))
    )
    raised = Raised("ConfigurationError", Untrusted(f"{token} is wrong"))
    record = a_record(facts)
    record = replace(record, decisions=(*record.decisions, Decided(2.0, facts, raised)))
    told = Told(0.0, 0, 1, f"cf-{token}", Untrusted(f"Use {token}"))
    data = write(a_bundle(record, told=(told,)), SECRETS)

    assert token.encode() not in data
    assert split.encode() not in data
    assert data.count(b"[coder-token]") == 5


HIDDEN = {
    "the word that opts out": a_snapshot(
        pull=a_pull(body=Untrusted('DB_PASSWORD="x9[skip coder-fix]Zk29XbLw83vTn5"'))
    ),
    "the branch of ours": a_snapshot(
        run=RunFacts(
            a_run(head_branch="coder-fix/pr/7/fq7RZk29XbLw83vTn5Yd60mPc41/5d41402abc4b-1"),
            (a_job(),),
        )
    ),
}


def _row(one: Again) -> str:
    assert isinstance(one.decided.answer, Decision)
    return one.decided.answer.row


def test_a_word_that_is_hidden_may_decide():
    """The bundle says so at the decision, and does not vouch for it."""
    record = a_record(HIDDEN["the word that opts out"])
    back = read(write(a_bundle(record), NO_SECRETS), "x.json")
    (one,) = again(back.records[0])

    assert (_row(one), one.mark) == ("opted-out", Mark.HIDDEN)
    assert not vouches(back)


def test_a_name_that_is_hidden_still_decides():
    """What is left of a branch of ours is one still."""
    record = a_record(HIDDEN["the branch of ours"])
    data = write(a_bundle(record), SECRETS)
    back = read(data, "x.json")
    (one,) = again(back.records[0])

    assert b"[coder-token]" in data
    assert (_row(one), one.mark) == ("our-branch", Mark.SAME)


def test_a_decision_that_differs_is_told():
    """As after a change of a rule: another row is `✗`, the same one in other words is not."""
    record = a_record(a_snapshot())
    (one,) = record.decisions
    assert isinstance(one.answer, Decision)
    worded = replace(one.answer, step=Start("Why not."))
    other = replace(one.answer, row="limits")
    for made, mark in ((worded, Mark.REWORDED), (other, Mark.DIFFERS)):
        told = replace(record, decisions=(replace(one, answer=made),))
        assert [a.mark for a in again(told)] == [mark]


def test_what_decide_raises_is_replayed():
    """Bugs too: which exception it was, is the answer."""
    facts = a_snapshot(run=None)
    made = answer(a_request(), facts, Policy())

    assert isinstance(made, Raised)
    assert (made.error, made.message) == ("AssertionError", Untrusted(""))
    with pytest.raises(AssertionError):
        decide(a_request(), facts, Policy())
    assert vouches(read(write(a_bundle(a_record(facts)), NO_SECRETS), "x.json"))


# --- what is refused -------------------------------------------------------------------------

WHOLE = write(a_bundle(a_record(*polls(2))), NO_SECRETS)
SECRET = "hunter2-Zk29XbLw83vTn5"


def _changed(change: Callable[[Any], object]) -> bytes:
    told = json.loads(WHOLE)
    change(told)
    return json.dumps(told).encode()


def _first(told: Any) -> Any:
    return told["records"][0]["decisions"][0]


REFUSED = {
    # what it is: (the bytes, words of the complaint)
    "empty": (b"", "is no whole JSON text (line 1, column 1)"),
    "cut": (WHOLE[: len(WHOLE) // 2], "it was cut, or changed"),
    "cut in a letter": ('{"a": "é'.encode()[:-1], "is no JSON text in UTF-8"),
    "an archive": (b"PK\x03\x04" + bytes(90), "is an archive. Unpack it"),
    "a log": (b"12:00 boom\n" * 9, "is no whole JSON text"),
    "a list": (b"[]", "holds no bundle of coder-fix"),
    "foreign": (b'{"name": "left-pad"}', "holds no bundle of coder-fix"),
    "another form": (_changed(lambda t: t.update(v=2)), "of another form than 1"),
    "a form that is true": (_changed(lambda t: t.update(v=True)), "of another form than 1"),
    "too large": (b" " * (LARGEST + 1), "is larger than 5,000,000 bytes"),
    "nested": (b'{"bundle": ' + b"[" * 200_000, "is nested too deeply"),
    "a number of many digits": (b'{"bundle": ' + b"9" * 5000 + b"}", "is no JSON text"),
    "no number": (b'{"bundle": NaN}', "is no JSON text"),
    "no records": (_changed(lambda t: t.pop("records")), "`records` is no list"),
    "records of something else": (_changed(lambda t: t.update(records=[1])), "records[0]"),
    "too many decisions": (
        _changed(lambda t: t["records"][0].update(decisions=[{}] * (MOST + 1))),
        "`records[0].decisions` holds more than 5,000",
    ),
    "no first snapshot": (_changed(lambda t: _first(t).update(facts={})), "facts.now` is missing"),
    "a fact of another version": (
        _changed(lambda t: _first(t)["facts"].update({SECRET: 1})), "facts` has 1 unknown field"),
    "a later fact of another version": (
        _changed(lambda t: t["records"][0]["decisions"][1]["facts"].update({SECRET: 1})),
        "decisions[1].facts` has 1 unknown field"),
    "an unknown step": (
        _changed(lambda t: _first(t)["answer"]["step"].update({"is": SECRET})),
        "answer.step.is` is none of"),
    "an answer of something else": (
        _changed(lambda t: _first(t).update(answer=SECRET)), "answer` is no object"),
    "no answer": (_changed(lambda t: _first(t).pop("answer")), "answer` is missing"),
    "an unknown state": (
        _changed(lambda t: _first(t)["facts"]["session"].update(state=SECRET)),
        "facts.session.state` is no `SessionState` of this version"),
    "a version that is none": (
        _changed(lambda t: t.update(v=2, version=f"1\n::error::{SECRET}")),
        "It was written by coder-fix of a version that it does not tell"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "words"), REFUSED.values(), ids=REFUSED)
def test_is_refused_with_a_clear_word(data, words):
    """What is wrong, where, and what to do; nothing of what the file holds."""
    with pytest.raises(ConfigurationError) as refused:
        read(data, "x.json")

    assert words in str(refused.value)
    assert str(refused.value).startswith("x.json ")
    assert refused.value.remedy
    assert SECRET not in str(refused.value)


def test_another_version_is_named():
    """Where only that one can read it."""
    told = json.loads(WHOLE) | {"version": "9.8.7"}
    told["records"][0]["policy"]["mode"] = "conquer"

    with pytest.raises(ConfigurationError) as refused:
        read(json.dumps(told).encode(), "x.json")
    assert f"written by coder-fix 9.8.7, this is {__version__}" in str(refused.value)


def test_an_older_bundle_is_read():
    """Fields that have joined since have their defaults."""
    told = json.loads(WHOLE)
    for one in told["records"][0]["decisions"]:
        del one["glance"], one["hidden"]
    del told["records"][0]["left_out"], told["items"]

    assert read(json.dumps(told).encode(), "x.json") == read(WHOLE, "x.json")


# --- the verb --------------------------------------------------------------------------------


def test_hostile_text_is_inert(tmp_path):
    """Commands for a runner and escape sequences of a foreign bundle are not printed as such."""
    evil = "\x1b[31m\n::error::boom ##[add-mask]x \ud800"
    told = json.loads(WHOLE)
    told["event"] = told["outcome"]["reason"] = evil
    told["told"] = [
        {"at": 0, "record": 7, "after": 1, "session": evil, "text": {"untrusted": evil}}
    ]
    (tmp_path / "evil.json").write_text(json.dumps(told))
    for flags in ((), ("--prompt",)):
        shown = replayed(tmp_path / "evil.json", *flags)
        assert (shown.code, shown.stderr) == (0, "")
        assert "\x1b" not in shown.stdout
        assert "##[" not in shown.stdout
        assert not any(line.lstrip().startswith("::error::") for line in shown.stdout.splitlines())


def test_a_difference_is_an_exit_code(tmp_path):
    """4, with both decisions in the account."""
    (tmp_path / "x.json").write_bytes(_changed(lambda t: _first(t)["answer"].update(row="limits")))
    shown = replayed(tmp_path / "x.json")

    assert (shown.code, shown.stderr) == (4, "")
    assert "   1 ✗ " in shown.stdout
    assert "\n       now: row `" in shown.stdout
    assert "2 decisions: 1 the same, 1 different." in shown.stdout


@pytest.mark.parametrize("name", ["missing.json", "folder", "pipe", "cut.json"])
def test_a_file_that_is_none(tmp_path, name):
    """Exit code 2 and one line, at once: a pipe is not waited for."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "cut.json").write_bytes(WHOLE[:-100])
    shown = replayed(tmp_path / name)

    assert (shown.code, shown.stdout) == (2, "")
    assert len(shown.stderr.splitlines()) == 1
    assert name in shown.stderr


GOLDEN = Path(__file__).resolve().parent.parent / "data" / "golden" / "replay-account.txt"


def test_the_account_is_as_it_was_read(tmp_path):
    """A prompt, a look that is repeated, and three of the marks, as people see them."""
    waits = polls(4, session=a_session(state=SessionState.WORKING))
    record = a_record(a_snapshot(), *waits, HIDDEN["the word that opts out"], a_pushed_fix())
    bundle = a_bundle(
        record,
        parts=parts(Event("workflow_run", {"action": "completed", "workflow_run": {"id": 9001}})),
        told=(Told(0.4, 0, 1, "cf-1-1-1", Untrusted("Repair it.")),),
        version="0.1.0",
    )
    told = json.loads(write(bundle, NO_SECRETS))
    told["records"][0]["decisions"][-1]["answer"]["row"] = "limits"
    (tmp_path / "x.json").write_text(json.dumps(told))
    shown = replayed(tmp_path / "x.json").stdout.replace(__version__, "0.1.0")
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(shown, encoding="utf-8")

    assert shown == GOLDEN.read_text(encoding="utf-8")


# --- the event -------------------------------------------------------------------------------


def _payload(event: Event) -> dict[str, Any]:
    """A payload of nothing but what was kept."""
    made: dict[str, Any] = {}
    for part in parts(event):
        *folders, last = part.path.split(".")
        inner = made
        for name in folders:
            inner = inner.setdefault(name, {})
        inner[last] = part.value.raw or {}
    return made


COMMENT = {
    "action": "created",
    "comment": {
        "id": 5,
        "user": {"login": "alice", "type": "User"},
        "body": "/coder fix it",
        "created_at": "2026-11-21T12:00:00Z",
        "path": "a.py",
        "line": 3,
        "diff_hunk": "@@ secret @@",
    },
    "sender": {"login": "alice"},
}
RUN = {"id": 9, "run_attempt": 2, "conclusion": "failure", "head_commit": {"message": "x"}}
PAYLOADS: dict[str, tuple[str, Any]] = {
    "run": ("workflow_run", {"action": "completed", "workflow_run": RUN}),
    "issue": ("issue_comment", COMMENT | {"issue": {"number": 3, "title": "x"}}),
    "pull request": (
        "issue_comment",
        COMMENT | {"issue": {"number": 3, "pull_request": {"url": "x"}}},
    ),
    "review": ("pull_request_review_comment", COMMENT | {"pull_request": {"number": 4}}),
    "edited": ("issue_comment", COMMENT | {"action": "edited", "issue": {"number": 3}}),
}


@pytest.mark.parametrize(("name", "payload"), PAYLOADS.values(), ids=PAYLOADS)
def test_what_is_kept_makes_the_same_request(name, payload):
    """All that a trigger reads, and nothing else: no text beside the comment's own."""
    event, around = Event(name, payload), Surroundings(REPOSITORY)
    kept = _payload(event)

    assert recognize(Event(name, kept), around) == recognize(event, around)
    assert "diff_hunk" not in json.dumps(kept)
    assert "head_commit" not in json.dumps(kept)
