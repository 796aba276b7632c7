"""What the engine can be told to do next: one small value each, with its reason. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.decide.snapshot import Facet
from bot.model import Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Read:
    """Look at these facts, all at once."""

    facets: tuple[Facet, ...]


@dataclass(frozen=True, slots=True)
class Start:
    """Start the agent: find-before-create, then say so."""

    reason: str


@dataclass(frozen=True, slots=True)
class Rerun:
    """Rerun the failed jobs of the run, once; its own event carries on."""

    reason: str


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Run the failed workflow on our branch, since nothing else ran there."""

    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do now. `again` are the facts to read anew after the pause."""

    reason: str
    again: tuple[Facet, ...] = (Facet.SESSION,)


@dataclass(frozen=True, slots=True)
class OpenPullRequest:
    """Our branch is there and has no pull request."""

    reason: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Tell the same session what is still red, or what the change may not do."""

    reason: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Resume:
    """The first turn was cut off: start the workspace again and tell the agent to go on."""

    reason: str


@dataclass(frozen=True, slots=True)
class Finish:
    """The end: clean up, say it, write outputs."""

    outcome: Outcome
    verdict: Verdict | None = None


Step = Read | Start | Rerun | Dispatch | Wait | OpenPullRequest | FollowUp | Resume | Finish
