"""How everything is found again: task name, chat labels, branch and marker of one work item.

All of them come from the same parts (repository id, item, generation) and nothing random, so a
process that was killed anywhere is continued by the next one. Pure.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from bot.model import Assignment, Item, SessionKey, TargetKind

PREFIX = "cf"
TARGET_LABEL = "coder-fix/target"
_TITLE = re.compile(r"(?:Fix CI|Fix|Upgrade): (?P<target>[a-z]+:\S+) in \S+")
_VERBS = {TargetKind.ISSUE: "Fix", TargetKind.UPGRADE: "Upgrade"}
_BRANCH = re.compile(
    r"(?P<kind>pr|branch|issue|upgrade)/(?P<ref>.+)/(?P<item>[0-9a-f]{12})-(?P<generation>\d+)"
)
_PLAIN = "@/:[]<>=^!*,+~"
_UNSAFE_IN_REF = re.compile(r"[^A-Za-z0-9._/-]+")


def _hex(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def repository_hash(repository_id: int) -> str:
    """Eight hexadecimal digits that stand for the repository in task names."""
    return _hex(f"repository:{repository_id}", 8)


def item_hash(item: Item) -> str:
    """Twelve hexadecimal digits that stand for the work item."""
    return item.digest or _hex(f"{item.repository_id}:{item.name}", 12)


def name_prefix(repository_id: int) -> str:
    """What the name of each of our sessions for this repository begins with."""
    return f"{PREFIX}-{repository_hash(repository_id)}-"


def session_key(item: Item, generation: int) -> SessionKey:
    """The session's task name (≤ 32 characters below generation 10,000,000) and chat labels."""
    name = f"{name_prefix(item.repository_id)}{item_hash(item)}-{generation}"
    labels = (
        ("coder-fix/repository", str(item.repository_id)),
        ("coder-fix/item", item_hash(item)),
        ("coder-fix/generation", str(generation)),
        (TARGET_LABEL, target(item)[:256]),
    )
    return SessionKey(name=name, labels=labels)


def target(item: Item) -> str:
    """What the item is about, `pr:12` or `branch:main`, without what makes it unique.

    Of an upgrade with the version that is wanted, `upgrade:httpx@>=0.28`: while nothing was pushed,
    the session is all that remembers it. A group's name may hold blanks.
    """
    if item.kind is not TargetKind.UPGRADE:
        return f"{item.kind.value}:{item.ref}"
    wanted = f"@{quote(item.wanted, safe=_PLAIN)}" if item.wanted else ""
    return f"{item.kind.value}:{quote(item.ref, safe=_PLAIN)}{wanted}"


def title(item: Item, repository: str) -> str:
    """The display name of a task; Coder takes 64 bytes of it."""
    return f"{_VERBS.get(item.kind, 'Fix CI')}: {target(item)} in {repository}"


def target_in_title(text: str) -> str:
    """The target in a task's display name; empty where there is none of ours, whole."""
    match = _TITLE.match(text)
    return match["target"] if match else ""


def item_of_session(repository_id: int, name: str, told: str) -> tuple[Item, int] | None:
    """Item and generation of a session, from its name and its target; None for a stranger's."""
    prefix = name_prefix(repository_id)
    match = re.fullmatch(r"([0-9a-f]{12})-(\d+)", name.removeprefix(prefix))
    kind, _, ref = told.partition(":")
    if not name.startswith(prefix) or match is None or kind not in list(TargetKind) or not ref:
        return None
    wanted = ""
    if kind == TargetKind.UPGRADE:
        ref, _, wanted = _named(unquote(ref))
    return Item(repository_id, TargetKind(kind), ref, digest=match[1], wanted=wanted), int(match[2])


def _named(text: str) -> tuple[str, str, str]:
    """A package's name before the `@` of its version; one at the beginning is of a scope."""
    name, at, version = text[1:].partition("@")
    return text[:1] + name, at, version


def assigned_item(repository_id: int, assignment: Assignment, group: str = "") -> Item:
    """The work item of what is assigned: the issue, or the group or package to upgrade."""
    if assignment.issue:
        return Item(repository_id, TargetKind.ISSUE, str(assignment.issue))
    only = assignment.packages[0] if len(assignment.packages) == 1 else None
    wanted = only.version if only and not group else ""
    ref = (group or assignment.packages[0].name).lower()
    return Item(repository_id, TargetKind.UPGRADE, ref, wanted=wanted)


def assigned_fingerprint(assignment: Assignment) -> tuple[str, ...]:
    """One hash for each thing that is asked for, so that the same wish is known again."""
    if assignment.issue:
        return (_hex(f"issue:{assignment.issue}", 12),)
    named = [f"{package.name}@{package.version}" for package in assignment.packages]
    return tuple(_hex(f"upgrade:{one.lower()}", 12) for one in named or assignment.patterns)


def branch_name(item: Item, generation: int, prefix: str) -> str:
    """The branch for a fix, such as `coder-fix/pr/12/5d41402abc4b-1`.

    It names the target, so that a run on it leads back to its item without any stored state.
    Characters that Git refuses are replaced in the middle part; the hash keeps it unambiguous.
    """
    ref = _UNSAFE_IN_REF.sub("-", item.ref).strip("./-") or "x"
    ref = re.sub(r"\.{2,}|/{2,}|\.lock(?=/|$)", "-", ref)
    return f"{prefix}{item.kind.value}/{ref}/{item_hash(item)}-{generation}"


@dataclass(frozen=True, slots=True)
class OwnBranch:
    """What the name of a branch of ours tells."""

    kind: TargetKind
    ref: str
    item: str
    generation: int


def parse_branch(name: str, prefix: str) -> OwnBranch | None:
    """The parts of a branch of ours; None for any other branch."""
    match = _BRANCH.fullmatch(name.removeprefix(prefix)) if name.startswith(prefix) else None
    if match is None:
        return None
    return OwnBranch(
        TargetKind(match["kind"]), match["ref"], match["item"], int(match["generation"])
    )


def same_failure(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Two failures are the same when they share half of the shorter list of hashes."""
    shorter = min(len(set(one)), len(set(other)))
    return shorter > 0 and len(set(one) & set(other)) * 2 >= shorter


def marker(item: Item) -> str:
    """The hidden text by which our comment for this item is found again."""
    return f"coder-fix:{item_hash(item)}"


def answer_marker(item: Item) -> str:
    """The hidden text of the answer to commands, in which the other marker does not occur."""
    return f"coder-fix-answer:{item_hash(item)}"
