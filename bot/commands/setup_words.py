"""What `coder-fix setup` says: the plan, the end, and what a check of a template found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from bot.adapters.gh_cli import SecretStore
from bot.doctor.check import Finding, Status, Unseen, named
from bot.doctor.template_fitness import TemplateFacts
from bot.model import BackendName
from bot.setup import Facts, Step, Wishes
from bot.setup.steps import MakeToken

_MARKS = {Status.OK: "✓", Status.UNSEEN: "?", Status.WARNING: "!", Status.BROKEN: "✗"}
_SOON = timedelta(days=14)


def planned(steps: Iterable[Step], store: SecretStore) -> str:
    """Each step with its calls; nothing of it was made."""
    return "\n".join([*_planned(tuple(steps), store), "Nothing was changed."]) + "\n"


def _planned(steps: tuple[Step, ...], store: SecretStore) -> Iterator[str]:
    if not steps:
        yield "Nothing is left to do."
    for number, step in enumerate(steps, 1):
        yield f"{number}. {step.says}"
        for call, body in step.calls:
            if isinstance(step, MakeToken) and call.startswith("GET"):
                yield from _handed_over(store)
            yield f"   {call}"
            if body:
                yield f"       {body}"


def _handed_over(store: SecretStore) -> Iterator[str]:
    for repository in store.repositories:
        yield f"   gh secret set {store.name} --repo {repository}"
        yield "       (the token, on standard input)"
    if not store.repositories:
        yield "   (the token is printed, once)"


def ended(
    facts: Facts, wishes: Wishes, store: SecretStore, backend: BackendName, taken: tuple[Step, ...]
) -> str:
    """What stands now, after the steps `taken`, and what goes where."""
    return "\n".join(_ended(facts, wishes, store, backend, taken))


def _ended(
    facts: Facts, wishes: Wishes, store: SecretStore, backend: BackendName, taken: tuple[Step, ...]
) -> Iterator[str]:
    yield "Done." if taken else "Nothing was left to do."
    user = facts.user
    what = "service account" if user and user.service_account else "user"
    roles = f", with {', '.join(sorted(user.roles))}" if user and user.roles else ""
    yield f"  {what:<16} {wishes.username}{roles}"
    if facts.template:
        yield f"  {'template':<16} {wishes.template}, version {facts.template.active.name}"
    for token in facts.tokens or ():
        left = token.expires_at - facts.now
        yield f"  {'token':<16} {wishes.token_name}, until {token.expires_at:%Y-%m-%d}"
        if left < _SOON:
            yield f"  It expires in {left.days} days: --renew-token replaces it."
    yield ""
    if store.repositories:
        yield f"The secret {store.name} stands in {', '.join(store.repositories)}."
    elif any(isinstance(step, MakeToken) for step in taken):
        yield f"Store the line on standard output as the secret {store.name}: it is shown once."
    yield "The inputs of the workflow:"
    yield "  coder-url: ${{ vars.CODER_URL }}"
    yield f"  coder-token: ${{{{ secrets.{store.name} }}}}"
    if wishes.template:
        yield f"  coder-template-name: {wishes.template}"
    if wishes.backend is not None:
        yield f"  coder-backend: {backend.value}"


def checked(facts: TemplateFacts, findings: Iterable[Finding]) -> str:
    """One line for each finding, with the remedy where something is the matter."""
    return "\n".join(_checked(facts, findings)) + "\n"


def _checked(facts: TemplateFacts, findings: Iterable[Finding]) -> Iterator[str]:
    yield f"The template {facts.name}"
    for finding in findings:
        yield f"  {_MARKS[finding.status]} {finding.title}: {finding.says}"
        if finding.remedy:
            yield f"      {finding.remedy}"
        elif finding.who:
            yield f"      Ask {finding.who}."
    if not isinstance(facts.presets, Unseen):
        names = [preset.name for preset in facts.presets]
        yield f"  Presets: {named(*names)}." if names else "  Presets: none."
