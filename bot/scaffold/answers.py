"""What is asked before the files of a repository are written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

FOLDER: Final = ".github/workflows"


class Door(StrEnum):
    """A way in; each is a workflow file of its own, but for the follow-up job."""

    FAILURE = "failure"
    FOLLOW_UP_JOB = "follow-up-job"
    COMMENT = "comment"
    UPGRADE = "upgrade"
    RECONCILE = "reconcile"
    BY_HAND = "by-hand"

    @property
    def about(self) -> str:
        """What it is for, in a few words."""
        return _ABOUT[self]

    @property
    def path(self) -> str:
        """The file in a repository; empty for the follow-up job, which goes into others."""
        return f"{FOLDER}/{_FILES[self]}" if self in _FILES else ""


_ABOUT: Final = {
    Door.FAILURE: "repair each failed run of the workflows that you name",
    Door.FOLLOW_UP_JOB: "repair from a last job of those workflows themselves",
    Door.COMMENT: "command it in comments on pull requests: /coder fix",
    Door.UPGRADE: "every night, repair red pull requests of Dependabot and Renovate",
    Door.RECONCILE: "every ten minutes, carry on what the other doors began",
    Door.BY_HAND: "repair a run that you name, from the Actions page",
}
_FILES: Final = {
    Door.FAILURE: "coder-fix.yml",
    Door.COMMENT: "coder-fix-comments.yml",
    Door.UPGRADE: "coder-fix-upgrades.yml",
    Door.RECONCILE: "coder-fix-reconcile.yml",
    Door.BY_HAND: "coder-fix-by-hand.yml",
}
DEFAULT_DOORS: Final = (Door.FAILURE, Door.COMMENT, Door.RECONCILE)


@dataclass(frozen=True, slots=True)
class Answers:
    """`uses` is the whole value, with its comment; `workflows` are names, as GitHub knows them.

    `coder_url` is for the guide: it goes into a variable, not into a file. `github_token_secret` is
    the name of a secret with a bot's token for GitHub; empty for the job's own token.
    """

    uses: str
    doors: tuple[Door, ...] = DEFAULT_DOORS
    workflows: tuple[str, ...] = ()
    coder_url: str = ""
    template: str = ""
    backend: str = "auto"
    mode: str = "propose"
    github_token_secret: str = ""
