"""An outcome, or an error, in one line of plain text: for annotations, logs and terminals."""

from __future__ import annotations

from bot.errors import BotError
from bot.model import Outcome
from bot.report.words import ERRORS, OUTCOMES
from bot.sanitize import NO_SECRETS, Secrets, to_prompt
from bot.untrusted import Untrusted

_LIMIT = 1000
_DETAIL_LIMIT = 300


def annotation(outcome: Outcome, secrets: Secrets = NO_SECRETS) -> str:
    """What happened, and what to do about it."""
    kind = outcome.error_kind
    remedy = outcome.remedy or (ERRORS[kind][1] if kind else OUTCOMES[outcome.kind].next_step)
    remedy = remedy.replace("{session}", "the session")
    reason = _reason(outcome, secrets) or OUTCOMES[outcome.kind].headline
    return _plain(f"{reason.rstrip('.')}. {remedy}", secrets)


def last_line(outcome: Outcome, secrets: Secrets = NO_SECRETS) -> str:
    """How it ended and why, for whoever reads the job's log."""
    word = outcome.kind.value
    if outcome.skip_reason is not None:
        word += f" / {outcome.skip_reason.value}"
    reason = _reason(outcome, secrets)
    return _plain(f"outcome: {word}{f'. {reason}' if reason else ''}", secrets)


def complaint(failure: BotError, secrets: Secrets = NO_SECRETS) -> str:
    """What a command says of an error that ends it, with the remedy where there is one."""
    reason = _reason(Outcome.of(failure), secrets)
    stopped = f"{reason.rstrip('.')}." if failure.detail else reason
    return _plain(f"{stopped} {failure.remedy}".strip(), secrets)


def _reason(outcome: Outcome, secrets: Secrets) -> str:
    if not outcome.detail:
        return outcome.reason
    detail = to_prompt(outcome.detail, secrets, limit=_DETAIL_LIMIT)
    return f"{outcome.reason.rstrip('.')}: {detail}"


def _plain(text: str, secrets: Secrets) -> str:
    """Our own sentence may quote a server too, so it takes the path of everything from outside."""
    return to_prompt(Untrusted(text), secrets, limit=_LIMIT)
