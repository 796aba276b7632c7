"""The project's own hostile texts and planted secrets against the whole product.

That nothing of them fires is what the fixture `stage` holds every scenario to (tests/invariants);
here they stand in every place at once, and what they carry must have arrived to prove anything.
"""

from __future__ import annotations

import random
import re

import pytest

from tests.scenarios.hostile import RED_LOG
from tests.scenarios.stage import PERMISSIONS, Stage
from tests.security import planted
from tests.security.encodings import ENCODINGS
from tests.security.hostile_run import Left, Surroundings, play
from tests.security.inertness import CANARY, TEXTS, commands, escape_remains, invisible

_EACH = 8
_NAMES = sorted(TEXTS)
GROUPS = [_NAMES[start : start + _EACH] for start in range(0, len(_NAMES), _EACH)]
SECRETS = list(planted.secrets(7))
_AT_ONCE = 30
_OURS = "\u200b"
"""What `bot.adapters.runner` puts between the signs of a command that it prints."""


@pytest.fixture(params=["tasks", "chats"])
def backend(request: pytest.FixtureRequest) -> str:
    """Both: each has ways of its own to tell what the agent said."""
    return str(request.param)


def printed(lines: list[str]) -> str:
    """The usual failure, and a test that prints these lines on its way."""
    head, mark, tail = RED_LOG.partition("=========================== short test summary")
    return head + "\n".join(lines) + "\n" + mark + tail


@pytest.mark.parametrize("names", GROUPS, ids=lambda names: names[0])
def test_hostile_texts_fire_nowhere(stage: Stage, names: list[str]) -> None:
    """In log, title, body, message and the agent's words: nothing fires, and the repair is made."""
    texts = [TEXTS[name] for name in names]
    writable = [text.encode(errors="replace").decode().replace("\0", "") for text in texts]
    around = Surroundings(
        log=printed(writable).encode(),
        title=" ".join(writable[0].split()),
        body="\n\n".join(writable),
        message="\n".join(writable),
        prose=writable,
    )
    left = play(stage, around)

    assert left.told.outcome == "fixed"
    assert any(CANARY in prompt for prompt in left.prompts)
    for text in _all(left):
        assert set(commands(text)) <= set(_given_by_us(text))
        assert invisible(text.replace(_OURS, "")) == set()
        assert escape_remains(text) == []


def _all(left: Left) -> list[str]:
    return [left.stdout, left.output, *left.markdown, *left.prompts]


def _given_by_us(text: str) -> list[str]:
    """Masks and debugging lines, whose values are words of ours and paths."""
    ours = re.compile(r"::add-mask::.*|::debug::(?:http|decided)(?: [a-z]+=[\w./,:-]*)+")
    return [line for line in text.splitlines() if ours.fullmatch(line) and CANARY not in line]


@pytest.mark.parametrize("start", range(0, len(SECRETS), _AT_ONCE))
def test_planted_secrets_reach_nobody(stage: Stage, start: int) -> None:
    """Other people's secrets in a log stand in no prompt, comment, summary or output."""
    chosen = SECRETS[start : start + _AT_ONCE]
    left = play(stage, Surroundings(log=printed([secret.text for secret in chosen])))

    shown = "\n".join(_all(left))
    leaked = [
        secret.text
        for secret in chosen
        if planted.survivor(secret.value, shown) > planted.allowed(secret.value)
    ]
    assert left.prompts
    assert leaked == []


def test_own_tokens_reach_nobody_in_any_form(stage: Stage) -> None:
    """Our tokens in a log, a title and the agent's words, in every encoding, leave nowhere.

    The fixture's invariant 6 looks for each form in everything that left.
    """
    luck = random.Random(11)  # noqa: S311 - test data
    github = planted.fill("ghs_|a:36", luck)
    stage.github.tokens.grant(github, login="coder-fix-bot", permissions=PERMISSIONS)
    forms = [encode(v) for v in (github, stage.coder_token) for encode in ENCODINGS.values()]
    around = Surroundings(
        log=printed([f"saw {form} here" for form in forms]),
        title=f"Use {stage.coder_token}",
        body="\n".join(forms),
        prose=forms,
    )
    left = play(stage, around, github_token=github)

    assert left.told.outcome == "fixed"
    assert any("-token]" in prompt for prompt in left.prompts)
