"""What the inputs add to the prompt, and how much evidence it may hold."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sanitize import NO_SECRETS, Secrets


@dataclass(frozen=True, slots=True)
class Brief:
    """`template` is the text of `prompt` or `prompt-file`; `fence` a word that nobody can guess."""

    fence: str
    template: str = ""
    extra_instructions: str = ""
    log_budget_chars: int = 12_000
    secrets: Secrets = NO_SECRETS
