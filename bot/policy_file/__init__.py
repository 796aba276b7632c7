"""`.github/coder-fix.yml`: what a repository, or its owner for all of them, has settled.

Defaults < the owner's file < the repository's file < what an input gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.settings import Settings
from bot.untrusted import Untrusted

PATH: Final = ".github/coder-fix.yml"
"""In the repository, and in its owner's repository `.github`; always of the default branch."""

OWNERS_REPOSITORY: Final = ".github"
LARGEST: Final = 64 * 1024
"""Bytes of a policy file that is read at all."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the files say together: values by field name, and who said that nothing is to be done.

    `files` names those that there are, for people.
    """

    values: Mapping[str, Any]
    files: tuple[str, ...] = ()
    disabled_by: str = ""

    def under(self, settings: Settings) -> Settings:
        """The settings, with these values wherever no input gives one."""
        free = {k: v for k, v in self.values.items() if k not in settings.model_fields_set}
        if settings.prompt_file:
            free.pop("prompt", None)
        return settings.model_copy(update=free)


NO_RULES: Final = Rules({})


def sources(full_name: str) -> tuple[str, ...]:
    """The repositories whose files count for that one, the weaker first."""
    owner = f"{full_name.partition('/')[0]}/{OWNERS_REPOSITORY}"
    return (full_name,) if owner.lower() == full_name.lower() else (owner, full_name)


def rules(files: Mapping[str, Untrusted]) -> Rules:
    """What the files say, by repository, the weaker first. Raises `ConfigurationError`."""
    if not files:
        return NO_RULES
    # Only where there is a file: building the model takes a while.
    from bot.policy_file.reading import read

    values: dict[str, Any] = {}
    named = {repository: f"{repository}: {PATH}" for repository in files}
    disabled_by = ""
    for repository, content in files.items():
        given = read(named[repository], content)
        enabled = given.pop("enabled", None)
        if enabled is not None:
            disabled_by = "" if enabled else named[repository]
        values |= given
    return Rules(values, tuple(named.values()), disabled_by)
