"""What an updater's pull request upgrades: the first thing to know of its failure."""

from __future__ import annotations

from dataclasses import replace

from bot.model import WorkflowRun
from bot.prompt import PromptFacts
from bot.triggers import updaters
from bot.triggers.updater_texts import Upgrade
from bot.untrusted import Untrusted


def with_upgrades(material: PromptFacts, run: WorkflowRun, logins: tuple[str, ...]) -> PromptFacts:
    """The same for a person's pull request, or for none.

    Dependabot tells in the message of its own commit; the run has that of the head, which is the
    same until somebody pushes on top.
    """
    pull = material.pull_request
    found = updaters.recognize(pull, run.head_message, logins) if pull else None
    if found is None:
        return material
    return replace(
        material,
        updater=found.updater.value,
        upgrades=tuple(Untrusted(_line(one)) for one in found.upgrades),
        release_notes=found.notes,
    )


def _line(one: Upgrade) -> str:
    to = f"→ {one.new.raw}" if one.new else ""
    kind = f"({one.kind})" if one.kind else ""
    return " ".join(filter(None, (one.package, one.old.raw, to, kind)))
