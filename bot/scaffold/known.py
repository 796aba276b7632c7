"""What a repository has already: its workflows, and what an earlier `init` wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.errors import ConfigurationError
from bot.policy_file import PATH
from bot.policy_file.reading import read
from bot.scaffold.answers import Door
from bot.untrusted import Untrusted
from bot.workflow_file import UnreadableError, events, loaded

_USES = re.compile(r"uses:[ ]+(\S+@[0-9a-f]{40}(?:[ ]+#[^\r\n]*[^\s])?)")
_OURS_USED = re.compile(r"uses:[ ]+(\S*coder-fix@[0-9a-f]{40}(?:[ ]+#[^\r\n]*[^\s])?)")
_GIVEN = r"^[ ]+{}:[ ]+\$\{{\{{ *{}\.(\w+) *\}}\}}"
"""An input of a step, and the store that it comes from."""

_TOKEN = re.compile(_GIVEN.format("github-token", "secrets"), re.MULTILINE)
_APP_ID = re.compile(_GIVEN.format("github-app-id", "vars"), re.MULTILINE)
_APP_KEY = re.compile(_GIVEN.format("github-app-private-key", "secrets"), re.MULTILINE)


@dataclass(frozen=True)
class Known:
    """`files` are texts by path: those in `.github/workflows/`, and the policy file."""

    files: Mapping[str, str]

    @cached_property
    def workflows(self) -> dict[str, str]:
        """Path of each workflow that is not ours, by its name; GitHub calls a nameless one so."""
        found: dict[str, str] = {}
        for path, told in self._parsed.items():
            if path not in _OURS and "jobs" in told:
                found.setdefault(_whole(str(told.get("name") or path)), path)
        return found

    @cached_property
    def unreadable(self) -> tuple[str, ...]:
        """Paths in the workflows' folder that hold no workflow."""
        others = [path for path in self.files if path != PATH]
        return tuple(path for path in others if "jobs" not in self._parsed.get(path, {}))

    def suggested(self) -> tuple[str, ...]:
        """The names of those that run for pushes or pull requests."""
        return tuple(
            name
            for name, path in self.workflows.items()
            if {"push", "pull_request", "merge_group"} & set(events(self._parsed[path]))
        )

    @cached_property
    def doors(self) -> tuple[Door, ...]:
        """Those that are open already."""
        files = [door for door in Door if door.path in self.files]
        inside = [Door.FOLLOW_UP_JOB] if self.with_job else []
        return (*files, *inside)

    @cached_property
    def with_job(self) -> tuple[str, ...]:
        """The names of other workflows that hold a job of ours."""
        return tuple(n for n, path in self.workflows.items() if _OURS_USED.search(self.files[path]))

    @cached_property
    def listened_to(self) -> tuple[str, ...]:
        """The workflows whose runs an earlier `init`, or a person, chose."""
        told = self._parsed.get(Door.FAILURE.path, {})
        run = events(told).get("workflow_run")
        names = run.get("workflows") if isinstance(run, Mapping) else None
        chosen = tuple(map(str, names)) if isinstance(names, list) else ()
        return chosen or self.with_job

    @cached_property
    def uses(self) -> str:
        """The pinned version that is in use, with its comment; empty where there is none."""
        asked = [(_USES if path in _OURS else _OURS_USED, path) for path in sorted(self.files)]
        found = (pattern.search(self.files[path]) for pattern, path in asked)
        return next((match[1] for match in found if match), "")

    @cached_property
    def github_token_secret(self) -> str:
        """The secret that our workflows take a bot's token from; empty where they do not."""
        return self._given(_TOKEN)

    @cached_property
    def github_app_id_variable(self) -> str:
        """The variable that they take an App's id from; likewise."""
        return self._given(_APP_ID)

    @cached_property
    def github_app_key_secret(self) -> str:
        """The secret that they take its private key from; likewise."""
        return self._given(_APP_KEY)

    def _given(self, pattern: re.Pattern[str]) -> str:
        ours = [path for path in sorted(self.files) if path in _OURS or self._has_job(path)]
        found = (pattern.search(self.files[path]) for path in ours)
        return next((match[1] for match in found if match), "")

    def _has_job(self, path: str) -> bool:
        return any(self.workflows.get(name) == path for name in self.with_job)

    @cached_property
    def policy(self) -> dict[str, Any]:
        """What the policy file says, by field name; nothing where it is wrong."""
        try:
            return read(PATH, Untrusted(self.files.get(PATH, "")))
        except ConfigurationError:
            return {}

    @cached_property
    def policy_complaint(self) -> str:
        """What is wrong with the policy file."""
        try:
            read(PATH, Untrusted(self.files.get(PATH, "")))
        except ConfigurationError as failure:
            return failure.message
        return ""

    @cached_property
    def _parsed(self) -> dict[str, Mapping[Any, Any]]:
        found = {path: parsed(text) for path, text in self.files.items() if path != PATH}
        return {path: told for path, told in found.items() if told is not None}


_OURS = frozenset(door.path for door in Door)


def parsed(text: str) -> Mapping[Any, Any] | None:
    """The mapping that the text holds; None where it is none."""
    try:
        return loaded(Untrusted(text))
    except UnreadableError:
        return None


def _whole(name: str) -> str:
    """PyYAML leaves a character above U+FFFF that was written as two escapes in halves."""
    return name.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
