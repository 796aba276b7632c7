"""What a prompt is made of."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model import Check, Diagnostic, Evidence, Hint, PullRequest
from bot.sanitize import NO_SECRETS, Secrets
from bot.untrusted import Untrusted

DEFAULT_BUDGET = 24 * 1024
"""UTF-8 bytes of a prompt, unless a fact says otherwise."""

HARD_LIMIT = 90 * 1024
"""UTF-8 bytes that no prompt exceeds.

A task prompt travels to the workspace as one environment variable: a server accepts 131,053 bytes,
98,244 where a module embeds it in a script. Above that the create call still says 201 and the
workspace build fails.
"""


@dataclass(frozen=True, slots=True)
class PreviousRound:
    """What became of the agent's last push: `sha` was checked, and these findings moved.

    `sha` is empty when nothing was pushed; `green` says that every check of it passed.
    """

    sha: str = ""
    fixed: tuple[Diagnostic, ...] = ()
    remaining: tuple[Diagnostic, ...] = ()
    new: tuple[Diagnostic, ...] = ()
    failing_checks: tuple[Check, ...] = ()
    green: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for where no run is red: the issue of that number, or an upgrade.

    An `edited` issue is not shown: nobody who may command has read what it says now.
    An upgrade is of `packages`, each with its version if one is asked for, or of those that fit the
    `patterns`; `where` has a line for each place of use. Releases must be `release_age_days` old.
    """

    issue: int = 0
    title: Untrusted = Untrusted("")
    text: Untrusted = Untrusted("")
    author: str = ""
    edited: bool = False
    packages: tuple[Untrusted, ...] = ()
    patterns: tuple[Untrusted, ...] = ()
    advisories: tuple[Untrusted, ...] = ()
    where: tuple[Untrusted, ...] = ()
    release_age_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFacts:
    """Everything that `build` and `follow_up` say.

    `fence` is a word that nobody outside can guess, new for each run. `head_sha` is the commit to
    build on; `event` tells how GitHub tested it (`pull_request` and `merge_group` test a merge).
    `branch` is the only branch to push to, `mode` is `propose` or `fix`. `template` is the text of
    the inputs `prompt` or `prompt-file`. `objections` are the diff policy's findings, one each.
    `updater` opened the pull request, for the `upgrades`, one each; empty for a person's. Where
    something is `wanted` no run was red, and `evidence` holds what is red since.
    """

    fence: str
    repository: str
    clone_url: str
    branch: str
    base_branch: str
    head_sha: str
    evidence: Evidence
    event: str = ""
    wanted: Wanted | None = None
    mode: str = "propose"
    workflow: Untrusted = Untrusted("")
    run_url: str = ""
    run_attempt: int = 1
    pull_request: PullRequest | None = None
    protected_paths: tuple[str, ...] = ()
    extra_instructions: str = ""
    hint: Hint | None = None
    updater: str = ""
    upgrades: tuple[Untrusted, ...] = ()
    release_notes: Untrusted = Untrusted("")
    template: str = ""
    attempt: int = 1
    max_attempts: int = 1
    previous: PreviousRound | None = None
    objections: tuple[Untrusted, ...] = ()
    budget_bytes: int = DEFAULT_BUDGET
    secrets: Secrets = NO_SECRETS
