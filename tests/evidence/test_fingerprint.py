"""The same cause is recognized wherever it strikes again; another cause is not."""

from dataclasses import replace

import pytest

from bot.evidence.fingerprint import fingerprint, fingerprint_of
from bot.identity import same_failure
from bot.model.evidence import Diagnostic
from bot.outcomes import FailureClass
from bot.untrusted import Untrusted

BASE = Diagnostic(
    tool="pytest",
    failure_class=FailureClass.TEST,
    message=Untrusted(
        "ConnectionError: http://127.0.0.1:5432/a refused after 1.52s at 2026-03-01T10:20:30Z in "
        "/home/runner/work/app/app/src/db.py, object 0x7f3a2c, commit 9fceb02, version 1.2.3"
    ),
    path="src/db.py",
    line=10,
    test="tests/test_db.py::test_open",
)


def _said(old, new):
    return replace(BASE, message=Untrusted(BASE.message.raw.replace(old, new)))


@pytest.mark.parametrize(
    "other",
    [
        replace(BASE, line=99, column=4),
        replace(BASE, path="/__w/app/app/src/db.py"),
        replace(BASE, path="D:\\a\\app\\app\\src\\db.py"),
        replace(BASE, legs=("windows",), count=3),
        _said("1.52s", "48 ms"),
        _said(":5432/", ":61001/"),
        _said("127.0.0.1", "localhost"),
        _said("0x7f3a2c", "0x55d0ffee1234"),
        _said("9fceb02", "1a2b3c4d5e6f"),
        _said("2026-03-01T10:20:30Z", "2027-11-30 01:02:03.004 +02:00"),
        _said("1.2.3", "1.10.0"),
        _said("/home/runner/work/app/app/src/", "/Users/runner/work/app/app/src/"),
        _said("/home/runner/work/app/app/src/", "C:\\a\\app\\src\\"),
    ],
    ids=range(13),
)
def test_what_differs_between_runs_does_not_count(other):
    """Places, times, addresses, hashes and versions leave the hash as it is."""
    assert fingerprint_of(BASE) == fingerprint_of(other)


@pytest.mark.parametrize(
    "other",
    [
        replace(BASE, test="tests/test_db.py::test_close"),
        replace(BASE, test="", path="src/cache.py"),
        replace(BASE, rule="E0308"),
        replace(BASE, tool="unittest"),
        replace(BASE, failure_class=FailureClass.TYPE),
        _said("refused", "reset"),
    ],
    ids=["test", "file", "rule", "tool", "class", "message"],
)
def test_another_cause_is_another_hash(other):
    """Test, file, rule, tool, class and wording each make a difference."""
    assert fingerprint_of(BASE) != fingerprint_of(other)


def test_order_and_repetition_do_not_count():
    """Tests that run in parallel fail in any order."""
    other = replace(BASE, test="x")
    assert fingerprint([BASE, other]) == fingerprint([other, BASE, BASE])


def test_what_names_nothing_counts_only_alone():
    """`make: Error 1` stands for a failure only where nothing names a test or a file."""
    general = replace(BASE, test="", path="")
    assert fingerprint([BASE, general]) == fingerprint([BASE])
    assert fingerprint([general])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("abcd", "ab", True), ("abcd", "cdxyz", True), ("abcd", "dxyz", False), ("", "a", False)],
)
def test_half_of_the_shorter_list_decides(one, other, same):
    """Two failures are the same when half of the shorter list is shared."""
    assert same == same_failure(one, other)
