"""Every open work item, from the sessions in Coder and the branches on GitHub alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.identity import item_hash, item_of_session, name_prefix, parse_branch
from bot.model import Item, TargetKind
from bot.ports import Ports

_GOLDEN = (5**0.5 - 1) / 2

_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OpenWork:
    """An item of ours that may need a step; `since` is None where no session tells it."""

    item: Item
    generation: int
    since: datetime | None


def open_work(repository_id: int, branch_prefix: str, ports: Ports) -> tuple[OpenWork, ...]:
    """The oldest first. One request to GitHub, and the list of our sessions."""
    found: dict[str, OpenWork] = {}
    for session in ports.agent.list(name_prefix(repository_id)) if ports.agent else ():
        told = item_of_session(repository_id, session.name, session.target)
        if told is not None:
            _keep(found, OpenWork(*told, session.created_at))
    for name in ports.github.branches(branch_prefix):
        own = parse_branch(name, branch_prefix)
        if own is not None:
            item = Item(repository_id, own.kind, own.ref, digest=own.item)
            _keep(found, OpenWork(item, own.generation, None))
    return tuple(sorted(found.values(), key=lambda w: (w.since or _BEGINNING, w.item.digest)))


def in_turn(work: Sequence[OpenWork], turn: int) -> list[OpenWork]:
    """The same order from another beginning in each turn.

    The beginnings of any few turns in a row are spread over the whole, since multiples of the
    golden section fall into the widest gap that is left. So nobody needs to remember how far the
    last sweep came: what it left is reached soon, whatever each of them can do.
    """
    begin = int(turn * _GOLDEN % 1 * len(work))
    return [*work[begin:], *work[:begin]]


def _keep(found: dict[str, OpenWork], work: OpenWork) -> None:
    """The newest generation of each item, with its oldest time; a pull request has a number."""
    if work.item.kind is TargetKind.PULL_REQUEST and not work.item.ref.isdigit():
        return
    key = item_hash(work.item)
    known = found.get(key)
    if known is None or known.generation < work.generation:
        found[key] = work
    elif known.since is None and known.generation == work.generation:
        found[key] = replace(known, since=work.since)
