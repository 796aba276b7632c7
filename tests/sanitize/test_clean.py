"""Text without anything that a terminal or an eye would not show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sanitize import clean, decode
from tests.security.inertness import TEXTS, invisible

_NASTY = st.text(
    alphabet=st.one_of(
        st.sampled_from("\x1b[]()PX^_;?0123456789mKHJ\x07\\\r\n\t\0\x18\x1a\x7f #:"),
        st.sampled_from(
            "\x85\x90\x98\x9b\x9c\x9d\x9e\x9f\u200b\u202e\ufeff\ufe0f\u3164\u2028\ud800"
        ),
        st.sampled_from("\U000e0041\U000e0101\ue000é日😀a"),
    ),
    max_size=60,
)


@given(_NASTY)
def test_cleaning_again_changes_nothing(text: str) -> None:
    """`clean` reaches its fixpoint at once, whatever controls and blanks are combined."""
    once = clean(text)
    assert clean(once) == once


@given(_NASTY)
def test_nothing_invisible_is_left(text: str) -> None:
    """Only line feeds and tabs remain of all that draws nothing."""
    assert invisible(clean(text)) == set()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain text\twith\n lines\n", "plain text\twith\n lines\n"),
        ("\x1b[36;1mpytest\x1b[0m", "pytest"),
        ("\x1b[?25l\x1b[2K\x1b[1Gdone", "done"),
        ("\x1b[3\x071mred", "red"),
        ("\x1b[38;2;10;20;30mred\x1b[K", "red"),
        ("\x1b]8;;https://x.example.test\x1b\\link\x1b]8;;\x07!", "link!"),
        ("\x1b]0;title\nnext line", "\nnext line"),
        ("\x1bPq#0;2;0;0;0\x1b\\after", "after"),
        ("\x1b(Btext\x1b=\x1b>", "text"),
        ("\x9b31mred\x9d8;;x\x9clink", "redlink"),
        ("a\x1b\u200b[31mb", "ab"),
        ("twice decoded â\x80\x9d stays", "twice decoded â stays"),
        ("1%\r50%\r100%\r\nnext", "1%\n50%\n100%\nnext"),
        ("a\x08\x7f\0b", "ab"),
        ("gh\u200bp\u2060_\ufeff", "ghp_"),
        ("a\u2028b\u0085c\x0cd", "a b c d"),
        ("\ud83d\ude00", "\ufffd\ufffd"),
        ("✔\ufe0f 👩\u200d💻", "✔ 👩💻"),
        ("é日本語 ✅ é", "é日本語 ✅ é"),
    ],
)
def test_cleaned_text(raw: str, shown: str) -> None:
    """Sequences go whole, broken ones as far as they went, and what people can read stays."""
    assert shown == clean(raw)


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_text_loses_what_is_hidden(name: str) -> None:
    """No text of the hostile set keeps a hidden character."""
    assert invisible(clean(TEXTS[name])) == set()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfhello", "hello"),
        ("héllo".encode("utf-16-le").join((b"\xff\xfe", b"")), "héllo"),
        ("héllo".encode("utf-16-be").join((b"\xfe\xff", b"")), "héllo"),
        (b"caf\xe9 ok", "caf\ufffd ok"),
    ],
)
def test_decoding_takes_any_bytes(data: bytes, text: str) -> None:
    """A byte order mark is obeyed, and broken bytes become replacement characters."""
    assert text == decode(data)
