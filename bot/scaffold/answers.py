"""What is asked before the files of a repository are written."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
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
APP_ID_VARIABLE: Final = "CODER_FIX_APP_ID"
APP_KEY_SECRET: Final = "CODER_FIX_APP_KEY"  # noqa: S105 - a name
TOKEN_SECRET: Final = "BOT_TOKEN"  # noqa: S105 - a name
DEFAULT_DOORS: Final = (Door.FAILURE, Door.COMMENT, Door.RECONCILE)


_STORE_NAME = re.compile(r"(?!GITHUB_)[A-Z_][A-Z0-9_]*", re.ASCII)


def is_store_name(name: str) -> bool:
    """Whether GitHub could call a secret or a variable so; in capitals, as it shows them."""
    return _STORE_NAME.fullmatch(name) is not None


class Acting(StrEnum):
    """As whom coder-fix acts on GitHub."""

    JOB = "job"
    TOKEN = "token"  # noqa: S105 - a word
    APP = "app"


@dataclass(frozen=True, slots=True)
class Answers:
    """`uses` is the whole value, with its comment; `workflows` are names, as GitHub knows them.

    `coder_url` is for the guide: it goes into a variable, not into a file. `github_token_secret` is
    the name of a secret with a bot's token for GitHub; `github_app_id_variable` and
    `github_app_key_secret` name where a GitHub App's id and private key are, in its place. All are
    empty for the job's own token.
    """

    uses: str
    doors: tuple[Door, ...] = DEFAULT_DOORS
    workflows: tuple[str, ...] = ()
    coder_url: str = ""
    template: str = ""
    backend: str = "auto"
    mode: str = "propose"
    github_token_secret: str = ""
    github_app_id_variable: str = ""
    github_app_key_secret: str = ""

    @property
    def acting(self) -> Acting:
        """By which of the names are there."""
        if self.github_app_key_secret:
            return Acting.APP
        return Acting.TOKEN if self.github_token_secret else Acting.JOB

    def acting_as(self, who: Acting) -> Answers:
        """With the names for that, the usual ones where there are none, and without the others."""
        token, app = who is Acting.TOKEN, who is Acting.APP
        return replace(
            self,
            github_token_secret=(self.github_token_secret or TOKEN_SECRET) if token else "",
            github_app_id_variable=(self.github_app_id_variable or APP_ID_VARIABLE) if app else "",
            github_app_key_secret=(self.github_app_key_secret or APP_KEY_SECRET) if app else "",
        )
