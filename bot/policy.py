"""What the inputs allow, for the pure core: limits, modes and times, no secrets, no environment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.model import Cleanup, Group, Package, Severity


class Mode(StrEnum):
    """The rollout ladder: how far the bot may go."""

    REPORT = "report"
    PROPOSE = "propose"
    FIX = "fix"


class Waiting(StrEnum):
    """Whether the run stays until the end or returns at the first wait."""

    COMPLETE = "complete"
    NONE = "none"


class Verify(StrEnum):
    """What may vouch for a change."""

    AUTO = "auto"
    CHECKS = "checks"
    WORKFLOW = "workflow"
    NONE = "none"


class Flaky(StrEnum):
    """What a failure that is not the code's gets."""

    RERUN = "rerun"
    SKIP = "skip"
    IGNORE = "ignore"


class Commenting(StrEnum):
    """Whether the failing pull request gets our one comment."""

    STICKY = "sticky"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Policy:
    """Defaults are the inputs' own; times are seconds, a limit of 0 is none.

    `alerts` is the lowest severity of the vulnerability alerts that count, None for no alert.
    """

    mode: Mode = Mode.PROPOSE
    wait: Waiting = Waiting.COMPLETE
    wait_timeout: float = 1800.0
    poll_interval: float = 10.0
    idle: float = 30.0
    verify: Verify = Verify.AUTO
    verify_checks: tuple[str, ...] = ()
    verify_timeout: float = 3600.0
    checks_grace: float = 120.0
    max_attempts: int = 2
    max_sessions_per_day: int = 20
    max_open_pull_requests: int = 10
    outage_threshold: int = 10
    flaky: Flaky = Flaky.RERUN
    draft: bool = True
    base: str = ""
    protected_paths: tuple[str, ...] = (".github/**",)
    max_diff_lines: int = 400
    branch_prefix: str = "coder-fix/"
    opt_out_label: str = "no-coder-fix"
    allow_users: tuple[str, ...] = ()
    updaters: tuple[str, ...] = ()
    packages: tuple[Package, ...] = ()
    groups: tuple[Group, ...] = ()
    alerts: Severity | None = None
    minimum_release_age_days: int = 0
    comment: Commenting = Commenting.STICKY
    cleanup: Cleanup = Cleanup.PAUSE
    dry_run: bool = False
