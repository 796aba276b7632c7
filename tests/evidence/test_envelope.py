"""What the runner wraps round a line is taken off; the line stays what it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evidence.envelope import LINE_LIMIT, Form, entries, form_of, plain
from bot.evidence.source import Source
from tests.evidence.logs import job_log

STAMP = "2026-03-01T12:00:00.1234567Z "


@pytest.mark.parametrize(
    ("raw", "text", "marker"),
    [
        (STAMP + "hello", "hello", ""),
        ("\ufeff" + STAMP + "first of a page", "first of a page", ""),
        ("no stamp: second line of a message", "no stamp: second line of a message", ""),
        (STAMP + "##[error]boom", "boom", "error"),
        (STAMP + "[command]/usr/bin/git version", "/usr/bin/git version", "command"),
        (STAMP + "error\x1b[0m\x1b[1m[E0308]: mismatched", "error[E0308]: mismatched", ""),
        (STAMP + "^[[31mred^[[0m", "red", ""),
        (STAMP + "10%\r50%\r100% done\r", "100% done", ""),
        (STAMP + "\x1b]8;;https://x.y\x07link\x1b]8;;\x07", "link", ""),
        (STAMP + "a\x00b\u202ec", "abc", ""),
        (STAMP + "tab\tstays", "tab\tstays", ""),
        (STAMP + "token=***, 'x': ***}", "token=***, 'x': ***}", ""),
    ],
)
def test_line_is_unwrapped(raw, text, marker):
    """Stamps, marks of order, markers, control sequences and progress go; all else stays."""
    entry = entries(raw.encode(), 7, Form.STAMPED)[0]
    assert (7, text, marker) == (entry.number, entry.text, entry.marker)


def test_tabbed_lines_name_job_and_step():
    """The output of `gh run view --log` gives job and step of each line, also of unstamped ones."""
    data = f"build\tRun make\t{STAMP}##[error]x\nbuild\tRun make\tsecond line\n".encode()
    found = entries(data, 1, form_of(data))
    expected = [("build\tRun make", "x"), ("build\tRun make", "second line")]
    assert expected == [(e.label, e.text) for e in found]


@pytest.mark.parametrize(
    ("head", "form"),
    [
        (f"\ufeff{STAMP}Current runner version\n", Form.STAMPED),
        (f"job\tUNKNOWN STEP\t\ufeff{STAMP}x\n", Form.TABBED),
        ("travis_fold:start:worker_info\r\x1b[0K\n", Form.TRAVIS),
        ("make: *** [all] Error 1\n", Form.PLAIN),
        ("", Form.PLAIN),
    ],
)
def test_form_is_recognized(head, form):
    """The first lines tell in which form a log comes."""
    assert form == form_of(head.encode())


@given(st.text())
def test_cleaning_is_idempotent(text):
    """Cleaning a clean line changes nothing."""
    assert plain(plain(text)) == plain(text)


@given(st.text(alphabet="\x1b^[]31;m\x9b\x07\\K\ra"))
def test_cleaning_sequences_inside_of_sequences(text):
    """What is left after taking sequences apart is taken apart too."""
    assert plain(plain(text)) == plain(text)


@given(
    st.lists(
        st.text(
            alphabet=st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]),
            max_size=30,
        )
    )
)
def test_plain_log_is_idempotent(lines):
    """A log without wrapping, read and written again, reads the same."""
    once = [e.text for e in entries("\n".join(lines).encode(), 1, Form.PLAIN)]
    again = [e.text for e in entries("\n".join(once).encode(), 1, Form.PLAIN)]
    kept = min(len(once), len(again))
    assert once[:kept] == again[:kept]
    assert not any(once[kept:])


def test_long_line_keeps_its_error():
    """Of a line that is too long the part round its first word of failure is read."""
    text = "x" * 9000 + " fatal error: here " + "y" * 9000
    entry = entries(text.encode(), 1, Form.PLAIN)[0]
    assert "fatal error: here" in entry.text
    assert len(entry.text) <= LINE_LIMIT + 2


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_read(encoding):
    """What PowerShell redirects to a file is read, with mark of order or without."""
    text = "first\nsecond: Fehler äöü\n" * 40_000
    blocks = list(Source(job_log(text.encode(encoding))).blocks())
    assert text == b"".join(b.data for b in blocks).decode().removeprefix("\ufeff")
    assert all(b.whole for b in blocks)


@pytest.mark.parametrize(
    ("misread", "meant"),
    [
        ("Γ£û 63 problems", "✖ 63 problems"),
        ("ΓùÅ suite ΓÇ║ test", "● suite › test"),
        ("ÔØî build", "❌ build"),
        ("âœ– failed", "✖ failed"),
        ("größer als Γ", "größer als Γ"),
    ],
)
def test_code_page_damage_is_undone_for_matching(misread, meant):
    """What a shell read in a DOS code page is matched as meant and shown as it stands."""
    entry = entries(misread.encode(), 1, Form.PLAIN)[0]
    assert (meant, misread) == (entry.text, entry.shown)
