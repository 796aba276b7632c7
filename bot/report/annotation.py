"""The one annotation of a run that ended in an error: the cause, then the remedy."""

from __future__ import annotations

from bot.model import Outcome
from bot.report.words import ERRORS, OUTCOMES
from bot.sanitize import NO_SECRETS, Secrets, to_prompt
from bot.untrusted import Untrusted

_LIMIT = 1000


def annotation(outcome: Outcome, secrets: Secrets = NO_SECRETS) -> str:
    """One line of plain text: what happened, and what to do about it."""
    kind = outcome.error_kind
    remedy = outcome.remedy or (ERRORS[kind][1] if kind else OUTCOMES[outcome.kind].next_step)
    remedy = remedy.replace("{session}", "the session")
    reason = outcome.reason or OUTCOMES[outcome.kind].headline
    # The reason may quote a server, so it takes the path of everything from outside.
    return to_prompt(Untrusted(f"{reason.rstrip('.')}. {remedy}"), secrets, limit=_LIMIT)
