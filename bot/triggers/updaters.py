"""Is this pull request an updater's, and what does it upgrade? Pure.

By its author first: a branch is named by whoever pushes it, so a name alone proves nothing. For the
authors that the input `updaters` adds (a self-hosted Renovate has any login), the branch and the
texts tell which updater it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.model import PullRequest
from bot.triggers.updater_texts import (
    Upgrade,
    dependabot_upgrades,
    group_in_title,
    renovate_upgrades,
)
from bot.untrusted import Untrusted

NOTES_LIMIT: Final = 20_000
"""Characters of release notes that are kept."""


class Updater(StrEnum):
    """Who opened the pull request."""

    DEPENDABOT = "Dependabot"
    RENOVATE = "Renovate"
    OTHER = "another updater"


_LOGINS: Final = {
    "dependabot[bot]": Updater.DEPENDABOT,
    "dependabot-preview[bot]": Updater.DEPENDABOT,
    "renovate[bot]": Updater.RENOVATE,
    "renovate-bot": Updater.RENOVATE,
}
# Dependabot's word in its branches → our family of package managers.
_FAMILIES: Final = {
    "bun": "node",
    "bundler": "bundler",
    "cargo": "cargo",
    "composer": "composer",
    "docker_compose": "docker",
    "docker": "docker",
    "dotnet_sdk": "nuget",
    "github_actions": "actions",
    "go_modules": "go",
    "gradle": "gradle",
    "maven": "maven",
    "npm_and_yarn": "node",
    "nuget": "nuget",
    "pip": "python",
    "uv": "python",
}
_NOTES: Final = {
    Updater.DEPENDABOT: ("<details>", ("Dependabot will resolve", "[![Dependabot")),
    Updater.RENOVATE: ("### Release Notes", ("### Configuration",)),
}


@dataclass(frozen=True, slots=True)
class UpdaterPullRequest:
    """An updater's pull request.

    `upgrades` may be empty: a group whose members nobody tells, or lock files alone.
    `family` is that of `ecosystems`, empty where the branch does not tell. `notes` are the release
    notes in the body, as far as they go.
    """

    number: int
    updater: Updater
    upgrades: tuple[Upgrade, ...] = ()
    group: str = ""
    family: str = ""
    notes: Untrusted = Untrusted("")


def recognize(
    pull: PullRequest, message: Untrusted = Untrusted(""), updaters: Iterable[str] = ()
) -> UpdaterPullRequest | None:
    """None where the author is no updater.

    `message` is that of the updater's own commit (the first one of the branch), not of one that
    somebody pushed on top.
    """
    updater = _updater(pull, message.raw, updaters)
    if updater is None:
        return None
    title, body = pull.title.raw, pull.body.raw
    if updater is Updater.DEPENDABOT:
        upgrades = dependabot_upgrades(title, body, message.raw)
        group = next((one.group for one in upgrades if one.group), group_in_title(title))
    else:
        upgrades = renovate_upgrades(title, body)
        group = ""
    return UpdaterPullRequest(
        pull.number,
        updater,
        upgrades,
        group,
        _family(pull.head_ref),
        notes=_notes(updater, body),
    )


def _updater(pull: PullRequest, message: str, updaters: Iterable[str]) -> Updater | None:
    author = pull.author.lower()
    if known := _LOGINS.get(author):
        return known
    if author not in {login.strip().lower() for login in updaters} - {""}:
        return None
    branch = pull.head_ref.lower()
    if branch.startswith("dependabot") or "\nupdated-dependencies:" in message:
        return Updater.DEPENDABOT
    return Updater.RENOVATE if branch.startswith("renovate") else Updater.OTHER


def _family(branch: str) -> str:
    """`dependabot/npm_and_yarn/…`; the separator may be `/`, `-`, `_` or `|`."""
    if not branch.startswith("dependabot") or len(branch) < 12:
        return ""
    separator, rest = branch[10], branch[11:]
    return next(
        (family for word, family in _FAMILIES.items() if rest.startswith(word + separator)), ""
    )


def _notes(updater: Updater, body: str) -> Untrusted:
    start, ends = _NOTES.get(updater, _NOTES[Updater.RENOVATE])
    _, found, notes = body.partition(start)
    for end in ends:
        notes = notes.partition(end)[0]
    return Untrusted((found + notes)[:NOTES_LIMIT].strip())
