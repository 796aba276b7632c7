"""Evidence → text for the agent: pure, bounded in bytes, trusted words last.

Everything from outside stands as data inside a fence that only this run knows. `build` makes the
first prompt, `follow_up` the later ones, which repeat everything: a resumed agent may have
forgotten.
"""

import re
from collections.abc import Callable
from types import ModuleType

from bot.errors import ConfigurationError
from bot.model import Hint
from bot.prompt import assigned, rounds, wording
from bot.prompt.data import evidence_block, size
from bot.prompt.facts import DEFAULT_BUDGET, HARD_LIMIT, PreviousRound, PromptFacts, Wanted
from bot.prompt.template import fill, names_in
from bot.sanitize import Secrets, redact

__all__ = [
    "DEFAULT_BUDGET",
    "HARD_LIMIT",
    "PLACEHOLDERS",
    "PreviousRound",
    "PromptFacts",
    "Wanted",
    "build",
    "check_template",
    "follow_up",
    "message",
]

_LEAST_EVIDENCE = 4096
"""Bytes of evidence that long instructions may not push out while the hard limit allows them."""


def _words(facts: PromptFacts) -> ModuleType:
    """What is said of the task itself: a red run to repair, or an assignment."""
    return assigned if facts.wanted else wording


_VALUES: dict[str, Callable[[PromptFacts], str]] = {
    "task": lambda facts: _words(facts).task(facts),
    "start": wording.start,
    "about_data": lambda facts: _words(facts).about_data(facts),
    "previous": rounds.previous,
    "hint": rounds.hint,
    "heading": lambda facts: _words(facts).HEADING,
    "evidence": lambda _: "",
    "extra": wording.extra,
    "done": lambda facts: _words(facts).done(facts),
    "limits": wording.limits,
    "report": lambda facts: _words(facts).report(),
    "repository": lambda facts: facts.repository,
    "clone_url": lambda facts: facts.clone_url,
    "branch": lambda facts: facts.branch,
    "base": lambda facts: facts.base_branch,
    "sha": lambda facts: facts.head_sha,
    "run_url": lambda facts: facts.run_url,
    "pull_request": lambda facts: str(facts.pull_request.number) if facts.pull_request else "",
    "attempt": lambda facts: str(facts.attempt),
    "max_attempts": lambda facts: str(facts.max_attempts),
    "protected_paths": lambda facts: ", ".join(facts.protected_paths),
}

PLACEHOLDERS = tuple(sorted(_VALUES))
"""What the inputs `prompt` and `prompt-file` may name."""

_FENCE_BYTES = 256
"""Room for the two lines of a fence and a word between them."""

_BLANK_LINES = re.compile(r"\n{3,}")


def build(facts: PromptFacts) -> str:
    """The prompt: at most `budget_bytes`, or 90 KiB where long instructions need more.

    Raises `ConfigurationError` for an unknown placeholder in the template, and when the trusted
    text alone exceeds the hard limit.
    """
    template = facts.template.strip() or wording.DEFAULT_TEMPLATE
    if (facts.previous or facts.objections) and "previous" not in names_in(template):
        template = "{previous}\n\n" + template
    values = {name: value(facts) for name, value in _VALUES.items()}
    frame = _assemble(template, values, facts)
    uses = template.count("{evidence}")
    if size(frame) + _FENCE_BYTES * uses > HARD_LIMIT:
        raise ConfigurationError(
            f"The prompt's own text is {size(frame):,} bytes, the limit is {HARD_LIMIT:,}.",
            remedy="Shorten the inputs `prompt`, `prompt-file` or `extra-instructions`.",
        )
    if not uses:
        return frame
    wanted = max(facts.budget_bytes - size(frame), _LEAST_EVIDENCE)
    room = min(wanted, HARD_LIMIT - size(frame)) // uses
    return _assemble(template, {**values, "evidence": evidence_block(facts, room)}, facts)


def follow_up(facts: PromptFacts) -> str:
    """The next message to the same session; `previous`, `objections` or `hint` say why.

    Self-contained, and bounded as `build` is.
    """
    return build(facts)


def message(said: Hint, branch: str, fence: str, secrets: Secrets) -> str:
    """What `/coder tell` sends: a person's words, and what still holds for an agent that forgot."""
    told = rounds.hint_section(said, fence, secrets)
    closing = wording.go_on(branch)
    return redact(f"{told}\n\n{closing}\n", secrets)


def check_template(template: str) -> None:
    """Raises `ConfigurationError` for an unknown placeholder, before anything is spent."""
    fill(template, dict.fromkeys(PLACEHOLDERS, ""))


def _assemble(template: str, values: dict[str, str], facts: PromptFacts) -> str:
    closing = f"{_words(facts).done(facts)}\n\n{wording.limits(facts)}\n"
    text = f"{fill(template, values).strip()}\n\n{closing}"
    return redact(_BLANK_LINES.sub("\n\n", text), facts.secrets)
