"""Secrets go, everything else stays."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sanitize import Secrets, clean, redact
from tests.security import planted
from tests.security.encodings import ENCODINGS

SEEDS = range(8)
BY_SURROUNDINGS = {"secret", "password", "authorization", "bearer-token", "cookie"}
VALUES = {
    "installation": planted.fill("ghs_|a:36", random.Random(1)),  # noqa: S311 - test data
    "long installation": planted.fill("ghs_|d:7|_eyJ|a:60|.eyJ|w:90|.|w:200", random.Random(2)),  # noqa: S311 - test data
    "coder": planted.fill("a:10|-|a:22", random.Random(3)),  # noqa: S311 - test data
    "password": planted.fill("n:24", random.Random(4)),  # noqa: S311 - test data
}


def test_planted_secrets_are_hidden_and_named() -> None:
    """Of the project's own kinds of secrets at least 97 % go, under the name of what they are."""
    total, leaked, unnamed = 0, [], []
    for seed in SEEDS:
        for text, value, name in planted.secrets(seed):
            total += 1
            shown = redact(clean(text))
            if planted.survivor(value, shown) > planted.allowed(value):
                leaked.append(text)
            elif f"[{name}]" not in shown and name not in BY_SURROUNDINGS:
                unnamed.append((name, shown))
    assert len(leaked) <= 0.03 * total, leaked
    assert unnamed == []


def test_lookalikes_come_back_unchanged() -> None:
    """Hashes, ids, digests, masks, placeholders, code and prose stay; at most 2 % may change."""
    records = [record for seed in SEEDS for record in planted.lookalikes(seed)]
    changed = [record.text for record in records if redact(clean(record.text)) != record.text]
    assert len(changed) <= 0.02 * len(records), changed


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("kind", VALUES)
def test_own_tokens_are_hidden_in_every_form(kind: str, encoding: str) -> None:
    """Our own tokens never stay, however they are written down, and what is around them does."""
    value = VALUES[kind]
    secrets = Secrets({"own-token": value})
    written = ENCODINGS[encoding](value)
    shown = redact(clean(f"before {written} after"), secrets)
    assert planted.survivor(clean(written), shown) <= planted.allowed(value)
    assert (True, True) == (shown.startswith("before "), shown.endswith(" after"))
    assert "[own-token]" in shown


def test_own_key_of_several_lines_is_known_by_each_line() -> None:
    """A line of our private key is hidden also where the rest of it is missing."""
    line = planted.fill("b:64", random.Random(5))  # noqa: S311 - test data
    other = planted.fill("b:64", random.Random(6))  # noqa: S311 - test data
    secrets = Secrets({"app-key": f"-----BEGIN KEY-----\n{line}\n{other}\n-----END KEY-----\n"})
    assert redact(f"x {other} y", secrets) == "x [app-key] y"


def test_secrets_tell_names_only() -> None:
    """`repr` of secrets, as in a traceback, shows what they are called and nothing else."""
    secrets = Secrets({"coder-token": VALUES["coder"]}).including(
        "github-token", VALUES["password"]
    )
    assert repr(secrets) == "Secrets(coder-token, github-token)"


def test_masks_cover_the_forms_a_runner_would_print() -> None:
    """The runner masks exact text, so each form is one mask, without empty or short ones."""
    value = VALUES["coder"]
    masks = Secrets({"coder-token": value}).masks()
    for form in (value, value.encode().hex(), value[::-1]):
        assert form in masks
    assert min(map(len, masks)) >= 6


def test_a_body_with_a_secret_is_recognized() -> None:
    """The last gate finds our token in an assembled body, and nothing in a clean one."""
    secrets = Secrets({"coder-token": VALUES["coder"]})
    assert secrets.occur_in(f"see {VALUES['coder'].encode().hex()}")
    assert not secrets.occur_in("see aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ=")


def test_redaction_keeps_line_numbers() -> None:
    """Every line end stays, in a private key as well."""
    for text, _, _ in planted.secrets(1):
        assert redact(text).count("\n") == text.count("\n")


@given(
    st.lists(
        st.sampled_from(
            [
                "token=",
                "password: ",
                '"',
                "'",
                "a1B2",
                "[x]",
                "://",
                "@",
                ":",
                "\n",
                "-----BEGIN PRIVATE KEY-----",
                "AKIA",
                "basic ",
                "=",
                "Zz9" * 9,
            ]
        ),
        max_size=14,
    )
)
def test_redacting_again_changes_nothing(parts: list[str]) -> None:
    """What was hidden once is not taken for a secret the second time."""
    once = redact("".join(parts))
    assert redact(once) == once


def test_values_beyond_ascii_are_read():
    """What stands beside a telling name may be any text; it once ended the run."""
    assert redact("authorization: Basic dXNlcjpw…d29yZA") is not None
    assert redact('password = "pässwörter…"') is not None
    assert redact("auth: …") == "auth: …"
