"""What `trigger: upgrade` has to do, in which order: a line for each item, with its reason. Pure.

Red pull requests of updaters, vulnerability alerts, and what the inputs name. What an updater has
opened is preferred to a pull request of ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bot.engine.material import aim, in_short
from bot.identity import assigned_item
from bot.model import (
    Alert,
    Assignment,
    Item,
    Outcome,
    Package,
    PullRequest,
    RunRef,
    Severity,
    TargetKind,
    WorkflowRun,
)
from bot.outcomes import OutcomeKind, SkipReason
from bot.policy import Policy
from bot.report.facts import Planned
from bot.triggers.package_names import group_of
from bot.triggers.updaters import UpdaterPullRequest
from bot.untrusted import Untrusted

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Opened:
    """An updater's open pull request, and the red run at its head if there is one."""

    pull: PullRequest
    told: UpdaterPullRequest
    red: WorkflowRun | None

    @property
    def packages(self) -> frozenset[str]:
        """What it upgrades, in lower case."""
        return frozenset(one.package.lower() for one in self.told.upgrades)


@dataclass(frozen=True, slots=True)
class Line:
    """One item. Either `run` is red or `assignment` tells what to do; `end` needs neither."""

    item: Item
    plan: Planned
    since: datetime | None = None
    run: RunRef | None = None
    assignment: Assignment | None = None
    end: Outcome | None = None


@dataclass(slots=True)
class _Wish:
    """Packages that are upgraded together, while they are collected."""

    packages: dict[str, Package] = field(default_factory=dict)
    patterns: tuple[str, ...] = ()
    alerts: list[Alert] = field(default_factory=list)


def plan(
    repository_id: int, policy: Policy, opened: Sequence[Opened], alerts: Sequence[Alert]
) -> list[Line]:
    """The lines by severity, then by age; what the inputs name last, as they name it."""
    counted = [a for a in alerts if policy.alerts is not None and a.severity >= policy.alerts]
    rescues = [_rescue(repository_id, one, counted) for one in opened if one.red is not None]
    wishes = _wishes(policy, counted)
    others = [_upgrade(repository_id, name, wish, opened) for name, wish in wishes.items()]
    hopeless = [_hopeless(repository_id, a) for a in counted if not (a.package and a.patched)]
    return sorted([*rescues, *others, *hopeless], key=_turn)


def _turn(line: Line) -> tuple[int, datetime]:
    severity = line.plan.severity
    return -severity.rank if severity is not None else 1, line.since or _NEVER


def _wishes(policy: Policy, alerts: Iterable[Alert]) -> dict[str, _Wish]:
    wishes: dict[str, _Wish] = {}

    def wish_for(package: str) -> _Wish:
        return wishes.setdefault(group_of(package, policy.groups).lower(), _Wish())

    for alert in alerts:
        if alert.package and alert.patched:
            wish = wish_for(alert.package)
            wish.alerts.append(alert)
            _add(wish, Package(alert.package, f">={alert.patched}"))
    for package in policy.packages:
        wish = wish_for(package.name)
        wish.packages.pop(package.name.lower(), None) if package.version else None
        wish.packages.setdefault(package.name.lower(), package)
    for group in policy.groups:
        wishes.setdefault(group.name.lower(), _Wish(patterns=group.patterns))
    return wishes


def _add(wish: _Wish, package: Package) -> None:
    """Two advisories about one package: both versions must be reached."""
    known = wish.packages.get(package.name.lower())
    asked = [*(known.version.split(",") if known else ()), package.version]
    version = ",".join(dict.fromkeys(asked))
    wish.packages[package.name.lower()] = Package(package.name, version)


def _upgrade(repository_id: int, name: str, wish: _Wish, opened: Sequence[Opened]) -> Line:
    by = {package: one for one in opened for package in one.packages}
    left = {key: package for key, package in wish.packages.items() if key not in by}
    asked = Assignment(
        packages=tuple((left or wish.packages).values()),
        patterns=wish.patterns,
        advisories=tuple(dict.fromkeys(a.advisory for a in wish.alerts)),
        severity=max((a.severity for a in wish.alerts), default=None) or "",
    )
    is_group = name not in wish.packages
    line = Line(
        item=assigned_item(repository_id, asked, name if is_group else ""),
        plan=Planned(Untrusted(_what(asked)), Severity(asked.severity) if asked.severity else None),
        since=min((a.created_at for a in wish.alerts), default=None),
        assignment=asked,
    )
    if not wish.packages or left:
        return line
    theirs = by[next(iter(wish.packages))]
    handled = Outcome(
        OutcomeKind.SKIPPED,
        f"Pull request #{theirs.pull.number} of {theirs.told.updater.value} upgrades it.",
        skip_reason=SkipReason.ALREADY_HANDLED,
    )
    return replace(line, end=handled)


def _what(asked: Assignment) -> str:
    return ", ".join(map(aim, asked.packages)) or ", ".join(asked.patterns)


def _rescue(repository_id: int, one: Opened, alerts: Sequence[Alert]) -> Line:
    assert one.red is not None  # noqa: S101 - the caller has looked
    severities = [a.severity for a in alerts if a.package.lower() in one.packages]
    named = ", ".join(in_short(upgrade) for upgrade in one.told.upgrades)
    return Line(
        item=Item(repository_id, TargetKind.PULL_REQUEST, str(one.pull.number)),
        plan=Planned(Untrusted(named or one.pull.title.raw), max(severities, default=None)),
        since=one.pull.created_at,
        run=RunRef(one.red.id, one.red.attempt),
    )


def _hopeless(repository_id: int, alert: Alert) -> Line:
    why = (
        f"No version without {alert.advisory} is out yet."
        if alert.package
        else "The package's name is none that may go into a command."
    )
    name = alert.package or f"alert-{alert.number}"
    return Line(
        item=Item(repository_id, TargetKind.UPGRADE, name.lower()),
        plan=Planned(Untrusted(name), alert.severity),
        since=alert.created_at,
        end=Outcome(OutcomeKind.SKIPPED, why, skip_reason=SkipReason.NOTHING_TO_DO),
    )
