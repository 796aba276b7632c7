"""Outside text is shown by the renderers of `bot.sanitize` alone: the rule, and what breaks it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.untrusted import Untrusted
from tests.security.outside_text import LOOK, PUT_TOGETHER, in_module, violations

BOT = Path(__file__).resolve().parent.parent.parent / "bot"
PLANTED = {
    "in a module that is not listed": ("report/words.py", "def f(x):\n    return x.raw\n"),
    "in an f-string": ("report/blocks.py", "def f(x):\n    return f'**{x.raw}**'\n"),
    "in a concatenation": ("evidence/merge.py", "def f(x):\n    return 'a ' + x.raw\n"),
    "by percent": ("evidence/merge.py", "def f(x):\n    return '%s' % x.raw\n"),
    "by format": ("decide/gate.py", "def f(x):\n    return '{}'.format(x.raw)\n"),
    "by join": ("decide/gate.py", "def f(x):\n    return ' '.join([x.raw.strip()])\n"),
    "in an exception": ("triggers/updaters.py", "def f(x):\n    raise ValueError(x.raw)\n"),
    "printed": ("adapters/runner.py", "def f(x):\n    print(x.raw)\n"),
    "told": ("engine/red_run.py", "def f(x, narrator):\n    narrator.tell(x.raw)\n"),
    "by its name": ("report/words.py", "def f(x):\n    return getattr(x, 'raw')\n"),
}
HONEST = {
    "compared": ("engine/publish.py", "def f(x, y):\n    return x.raw == y\n"),
    "outside text again": ("report/blocks.py", "def f(x):\n    return Untrusted(f'a {x.raw}')\n"),
    "searched": ("evidence/classify.py", "def f(x, p):\n    return p.search(f'a {x.raw}')\n"),
    "rendered": ("commands/distill_json.py", "def f(x):\n    return f'- {inline(x.raw, 9)}'\n"),
}


def test_the_product_keeps_to_the_rule() -> None:
    """No module looks at outside text without a reason, and none puts it into a sentence."""
    assert list(violations(BOT)) == []


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_use_is_found(planted: str) -> None:
    """Each way to show it past the renderers."""
    assert list(in_module(*PLANTED[planted]))


@pytest.mark.parametrize("honest", HONEST)
def test_what_shows_nothing_is_let_pass(honest: str) -> None:
    """Comparing, searching, rendering, and making `Untrusted` of it again."""
    assert list(in_module(*HONEST[honest])) == []


def test_no_exception_is_left_over() -> None:
    """Every module and function that is listed needs it."""
    uses = {name: (BOT / name).read_text(encoding="utf-8") for name in LOOK}
    assert [name for name, source in uses.items() if ".raw" not in source] == []
    for place in PUT_TOGETHER:
        name, _, function = place.partition(":")
        assert f"def {function}(" in uses[name], place


def test_outside_text_refuses_to_be_formatted() -> None:
    """What the rule cannot see, because it is no use of `raw`, raises when it happens."""
    text = Untrusted("x")
    for form in (lambda: str(text), lambda: f"{text}", lambda: f"{text:>9}"):
        with pytest.raises(TypeError):
            form()
