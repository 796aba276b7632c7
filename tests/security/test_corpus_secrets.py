"""The score on the adversarial corpus's secrets, by its own checker."""

import pytest

from bot.sanitize import Secrets, clean, redact
from tests.security.corpus import CORPUS, checker, needs_corpus


@needs_corpus
# The corpus's tool leaves its file to the garbage collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_secrets_of_the_corpus() -> None:
    """At least 97 % of its secrets go, at most 2 % of its look-alikes change."""

    def hide(text: str, known: list[tuple[str, str]]) -> str:
        return redact(clean(text), Secrets({name.lower(): value for name, value in known}))

    score = checker("secretscore").score(str(CORPUS / "secrets.jsonl"), hide)
    assert score["recall"] >= 0.97, score["leaked"]
    assert score["false_positive_rate"] <= 0.02, score["false"]
    assert score["over"] == []
