"""What an App's token is asked for: no more than the door and the mode need.

Source of which call needs what: GitHub's list of permissions required for Apps; names as in
`app-permissions` of its description.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.errors import UpstreamError
from bot.model import TriggerName
from bot.outcomes import ErrorKind
from bot.policy import Commenting, Flaky, Mode, Policy, Verify

_RANK = {"read": 1, "write": 2, "admin": 3}


@dataclass(frozen=True, slots=True)
class Permissions:
    """Without what is `needed` nothing starts; what is `welcome` is taken where it is granted."""

    needed: Mapping[str, str]
    welcome: Mapping[str, str] = field(default_factory=dict)

    def narrowed(self, granted: Mapping[str, str], app: str) -> dict[str, str]:
        """What to ask for, of all that the installation has.

        Raises `UpstreamError` of kind `github-permission` that names what is missing.
        """
        missing = lacking(granted, self.needed)
        if missing:
            names = " and ".join(f"`{permission}`" for permission in missing)
            raise UpstreamError(
                ErrorKind.GITHUB_PERMISSION,
                f"The GitHub App {app} is not granted {names}, which this mode needs.",
                remedy="Grant it in the App's settings, Permissions & events, and have the change "
                "accepted where the App is installed.",
            )
        more = {n: level for n, level in self.welcome.items() if _covers(granted, n, level)}
        return dict(self.needed) | more


_READS: Final = dict.fromkeys(
    ("actions", "checks", "contents", "issues", "pull_requests", "statuses"), "read"
)
COUNTING: Final = Permissions({"metadata": "read", "pull_requests": "read"}, _READS)
"""For `report`, which tells what it could not read."""

LOOKING: Final = Permissions(
    {"metadata": "read"},
    _READS | dict.fromkeys(("administration", "secrets", "dependabot_secrets"), "read"),
)
"""For `doctor`, which wants to see as much as there is, and to change nothing."""


def lacking(granted: Mapping[str, str], wanted: Mapping[str, str]) -> tuple[str, ...]:
    """What of the wanted is not granted, as a workflow would write it: `pull-requests: write`."""
    return tuple(
        f"{name.replace('_', '-')}: {level}"
        for name, level in wanted.items()
        if not _covers(granted, name, level)
    )


def permissions(policy: Policy, door: TriggerName) -> Permissions:
    """For one run: reading what failed, and of the writes those that may come."""
    needed = dict.fromkeys(("metadata", "actions", "contents", "pull_requests"), "read")
    verdict = dict.fromkeys(("checks", "statuses"), "read")
    talks = not policy.dry_run and (
        policy.comment is not Commenting.NONE or door is TriggerName.COMMENT
    )
    if policy.mode is Mode.REPORT:
        # Comments and reactions on a pull request need one of the two only.
        needed |= {"pull_requests": "write"} if talks else {}
        return Permissions(needed, verdict | {"issues": "write" if talks else "read"})
    needed |= verdict | {"issues": "read"}
    # A policy file, read later, may ask for alerts.
    welcome = {"vulnerability_alerts": "read"} if door is TriggerName.UPGRADE else {}
    if policy.dry_run:
        return Permissions(needed, welcome)
    needed |= {"pull_requests": "write", "issues": "write"}
    if policy.verify is Verify.WORKFLOW:
        return Permissions(needed | {"actions": "write"}, welcome)
    starts_runs = policy.flaky is Flaky.RERUN or policy.verify is Verify.AUTO
    return Permissions(needed, welcome | ({"actions": "write"} if starts_runs else {}))


def _covers(granted: Mapping[str, str], name: str, level: str) -> bool:
    held = granted.get(name, "read" if name == "metadata" else "")
    return _RANK.get(held, 0) >= _RANK[level]
