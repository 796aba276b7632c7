"""What a prompt is made of besides the evidence: the run that failed, an upgrade, an assignment."""

from __future__ import annotations

from dataclasses import replace

from bot.decide.snapshot import Snapshot
from bot.model import Package, WorkflowRun
from bot.policy import Policy
from bot.prompt import PromptFacts, Wanted
from bot.triggers import updaters
from bot.triggers.updater_texts import Upgrade
from bot.untrusted import Untrusted


def with_run(material: PromptFacts, run: WorkflowRun, logins: tuple[str, ...]) -> PromptFacts:
    """With the failed run, and with what an updater's pull request upgrades.

    Dependabot tells in the message of its own commit; the run has that of the head, which is the
    same until somebody pushes on top.
    """
    material = replace(
        material, event=run.event, workflow=run.name, run_url=run.url, run_attempt=run.attempt
    )
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


def wanted(facts: Snapshot, policy: Policy) -> Wanted | None:
    """What is asked for where no run is red; None where one is."""
    begun = facts.assignment
    if begun is None:
        return None
    asked = begun.assignment
    return Wanted(
        issue=asked.issue,
        title=begun.title,
        text=begun.text,
        author=begun.author,
        edited=begun.edited,
        packages=tuple(Untrusted(aim(package)) for package in asked.packages),
        patterns=tuple(map(Untrusted, asked.patterns)),
        advisories=tuple(map(Untrusted, asked.advisories)),
        where=begun.where,
        release_age_days=policy.minimum_release_age_days,
    )


def told_upgrade(facts: Snapshot) -> tuple[str, ...]:
    """The packages of an upgrade, as people are told of them; empty for everything else."""
    begun = facts.assignment
    if begun is None or begun.assignment.issue:
        return ()
    return tuple(map(aim, begun.assignment.packages)) or begun.assignment.patterns


def aim(package: Package) -> str:
    """A package with the version to which it is to go."""
    return f"{package.name} {package.version}".rstrip()


def in_short(one: Upgrade) -> str:
    """A package with the versions between which an updater moves it: outside text."""
    to = f"→ {one.new.raw}" if one.new else ""
    return " ".join(filter(None, (one.package, one.old.raw, to)))


def _line(one: Upgrade) -> str:
    return f"{in_short(one)} ({one.kind})" if one.kind else in_short(one)
