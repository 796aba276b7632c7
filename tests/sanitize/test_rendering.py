"""Outside text is inert wherever it lands."""

import pytest

from bot.sanitize import markdown_block, prompt_block, to_markdown, to_prompt
from bot.untrusted import Untrusted
from tests.security.inertness import (
    CANARY,
    TEXTS,
    commands,
    escape_remains,
    invisible,
    outside_code,
)


def _lines(name: str) -> list[Untrusted]:
    return [Untrusted(line) for line in TEXTS[name].split("\n")]


@pytest.mark.parametrize("name", TEXTS)
def test_inline_code_is_inert(name: str) -> None:
    """Inline code of hostile text is one code span, and nothing for a runner or a terminal."""
    shown = to_markdown(Untrusted(TEXTS[name]))
    assert outside_code(shown) == "CODE"
    _is_inert(shown)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("numbered", [True, False])
def test_block_is_inert(name: str, numbered: bool) -> None:
    """A block of hostile lines cannot end its fence, and no line of it begins with a slash."""
    lines = _lines(name)
    numbers = range(7, 7 + len(lines)) if numbered else ()
    shown = markdown_block(lines, numbers=numbers)
    assert outside_code(shown) == ""
    assert [] == [line for line in shown.splitlines() if line.startswith("/")]
    _is_inert(shown)


@pytest.mark.parametrize("name", TEXTS)
def test_prompt_forms_are_inert(name: str) -> None:
    """For an agent, hostile text is one line for each line, without anything hidden."""
    _is_inert(to_prompt(Untrusted(TEXTS[name])))
    lines = _lines(name)
    shown = prompt_block(lines)
    assert len(lines) == len(shown)
    for line in shown:
        assert "\n" not in line
        _is_inert(line)


def _is_inert(shown: str) -> None:
    assert commands(shown) == []
    assert invisible(shown) == set()
    assert escape_remains(shown) == []
    assert "<!--" not in shown


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("plain", "`plain`"),
        ("a `b` c", "``a `b` c``"),
        ("`x`", "`` `x` ``"),
        ("", "`(empty)`"),
        ("two\nlines", "`two lines`"),
        ("std::error::Error", "`std::error::Error`"),
    ],
)
def test_inline_code_reads_as_written(text: str, code: str) -> None:
    """Ordinary text is shown as it is, with as many backticks as it takes."""
    assert code == to_markdown(Untrusted(text))


def test_long_lines_show_both_ends() -> None:
    """Of a line of a megabyte both ends are shown, and how much is missing between them."""
    shown = to_prompt(Untrusted("head " + "x" * 1_000_000 + " tail"), limit=40)
    assert "head " == shown[:5]
    assert " tail" == shown[-5:]
    assert "…(999,970 characters)…" in shown


def test_a_secret_at_the_cut_is_hidden_first() -> None:
    """Truncation cannot leave a piece of a token: redaction comes before it."""
    token = "ghp_" + "a1B2c3" * 6
    shown = to_prompt(Untrusted("x" * 25 + " " + token), limit=50)
    assert "a1B2" not in shown


def test_blocks_redact_across_lines() -> None:
    """A private key is recognized although each of its lines is shown on its own."""
    key = ["-----BEGIN PRIVATE KEY-----", "Qk1" * 20, "-----END PRIVATE KEY-----", "after"]
    shown = prompt_block([Untrusted(line) for line in key])
    assert [
        "-----BEGIN PRIVATE KEY-----",
        "[private-key]",
        "-----END PRIVATE KEY-----",
        "after",
    ] == shown


def test_numbers_say_what_is_missing() -> None:
    """A gap in the numbers is said in the block."""
    shown = markdown_block([Untrusted("a"), Untrusted("b"), Untrusted("c")], numbers=[8, 9, 12])
    expected = "```text\n 8 | a\n 9 | b\n … | (2 lines omitted)\n12 | c\n```"
    assert expected == shown


def test_canary_survives() -> None:
    """The checks of this file look at real content: visible text is not dropped."""
    kept = [name for name, text in TEXTS.items() if CANARY in to_prompt(Untrusted(text))]
    swallowed = {"title", "device control", "hyperlink", "broken escape"}
    assert set(TEXTS) - set(kept) <= swallowed
