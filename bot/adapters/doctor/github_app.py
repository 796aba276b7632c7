"""What a GitHub App tells of itself: whether it is one, where it is installed, what it lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.adapters.doctor.attempts import trouble_of
from bot.adapters.github_api import AppKey, Server
from bot.adapters.github_api.app_auth import AppIdentity, Conceal, InstallationToken
from bot.adapters.github_api.client import Client
from bot.adapters.github_api.permissions import LOOKING, lacking, permissions
from bot.adapters.github_api.replies import Reply
from bot.doctor.check import Unseen
from bot.doctor.facts import AppFacts, Lack, Trouble, TroubleKind
from bot.doctor.workflow_file import Repair, Workflow
from bot.errors import BotError, ConfigurationError, UpstreamError
from bot.model import TriggerName
from bot.outcomes import ErrorKind
from bot.policy import Mode, Policy
from bot.ports import Clock
from bot.sanitize import to_markdown
from bot.triggers import door_of
from bot.untrusted import Untrusted

_NO_APP: Final = "Integration not found"
"""GitHub's words for an id that no App has."""

_ABOUT_TIME: Final = ("('iat')", "('exp')")
"""In its words where a claim of the JSON web token is not of its time."""


@dataclass(frozen=True, slots=True)
class App:
    """An App that was found in order; `token` is for reading this repository."""

    token: InstallationToken
    facts: AppFacts


def read_app(
    server: Server, key: AppKey, name: str, clock: Clock, conceal: Conceal
) -> App | Trouble:
    """The first thing in the way, or the App. Never raises a `BotError`."""
    identity = AppIdentity(key, clock, conceal)
    client = Client(server, identity, clock)
    token = InstallationToken(key, client, name, LOOKING, clock, conceal)
    try:
        told = client.reply("GET", "/app", none_on=(401, 404))
        if told.status != 200:
            return _refused(told, key)
        found = token.installation()
        token.header()
    except ConfigurationError:
        # Not that there is no such App: it has told of itself by now.
        says = f"The GitHub App {key.id} is not installed for {name}."
        return Trouble(TroubleKind.APP_INSTALLED, says)
    except BotError as failure:
        if isinstance(failure, UpstreamError) and failure.kind is ErrorKind.GITHUB_AUTH:
            return Trouble(TroubleKind.APP_INSTALLED, failure.message)
        return trouble_of(failure)
    granted = found.get("permissions", {})
    return App(
        token,
        AppFacts(
            slug=Untrusted(str(found.get("app_slug") or key.id)),
            granted={str(k): str(v) for k, v in granted.items()},
            clock_refused=bool(identity.corrected),
        ),
    )


def _refused(told: Reply, key: AppKey) -> Trouble:
    message = str(told.data.get("message", "")) if isinstance(told.data, dict) else ""
    if told.status == 404:
        if message == _NO_APP:
            return Trouble(TroubleKind.APP_ID, f"GitHub has no App with the id {key.id}.")
        return Trouble(TroubleKind.ADDRESS, "What answers is not GitHub's API.")
    words = to_markdown(Untrusted(message), limit=160)
    if any(claim in message for claim in _ABOUT_TIME):
        says = f"GitHub does not take this machine's time: {words}."
        return Trouble(TroubleKind.APP_CLOCK, says)
    says = f"GitHub does not take the key for the App {key.id}: {words}."
    return Trouble(TroubleKind.APP_KEY, says)


def lacks(
    facts: AppFacts, workflows: Sequence[Workflow] | Unseen, policy: Policy
) -> tuple[Lack, ...]:
    """What the App was not granted, of all that the doors of the workflows need.

    Where none of them names an App, all of them are looked at: it may be theirs to come.
    """
    needed: dict[str, set[str]] = {}
    welcome: dict[str, set[str]] = {}
    for door, own in _doors(workflows, policy):
        asked = permissions(own, door)
        wished = dict(asked.welcome)
        if own.alerts is None:
            wished.pop("vulnerability_alerts", None)
        for permission in lacking(facts.granted, asked.needed):
            needed.setdefault(permission, set()).add(door.value)
        for permission in lacking(facts.granted, wished):
            welcome.setdefault(permission, set()).add(door.value)
    return (
        *(Lack(p, tuple(sorted(doors)), vital=True) for p, doors in needed.items()),
        *(Lack(p, tuple(sorted(d)), vital=False) for p, d in welcome.items() if p not in needed),
    )


def _doors(
    workflows: Sequence[Workflow] | Unseen, policy: Policy
) -> Iterator[tuple[TriggerName, Policy]]:
    """Each door once for each way in which a step opens it."""
    ours = [] if isinstance(workflows, Unseen) else [w for w in workflows if w.ours]
    steps = [(repair, event) for w in ours for repair in w.repairs for event in w.triggers]
    by_app = [step for step in steps if "github-app-id" in step[0].inputs]
    for repair, event in by_app or steps:
        yield _door(repair, event), replace(policy, mode=_mode(repair, policy))
    if not steps:
        yield TriggerName.FAILURE, policy


def _door(repair: Repair, event: str) -> TriggerName:
    asked = repair.inputs.get("trigger", "")
    return door_of(asked if asked in list(TriggerName) else "auto", event)


def _mode(repair: Repair, policy: Policy) -> Mode:
    given = repair.inputs.get("mode", "")
    return Mode(given) if given in list(Mode) else policy.mode
