"""What Dependabot and Renovate write about an upgrade: trailer, titles, tables. Pure, tolerant.

Formats, as their sources have them: Dependabot's commits end in a YAML block (its own
`fetch-metadata` action reads the same), its titles are `bump <name> from <a> to <b>`; Renovate's
bodies begin with a table whose columns are named. The block is read line by line and not as YAML:
one broken line then costs one value, versions such as `1.10` stay texts, and anchors mean nothing.

Release notes quote other people's text, so only what stands before them is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from bot.triggers.package_names import PackageNameError, read_package
from bot.untrusted import Untrusted

MAX_UPGRADES: Final = 100
_TITLE_LIMIT: Final = 500
_TEXT_LIMIT: Final = 100_000
_VERSION_LIMIT: Final = 100

_BLOCK: Final = re.compile(r"^updated-dependencies:[ \t]*$", re.MULTILINE)
_BLOCK_END: Final = re.compile(r"^\.\.\.[ \t]*$", re.MULTILINE)
_ENTRY: Final = re.compile(
    r"^[ \t]*+(?:-[ \t]*+)?(dependency-name|dependency-version|dependency-type|update-type"
    r"|dependency-group)[ \t]*+:[ \t]*+(.*)$",
    re.MULTILINE,
)
_UPDATES: Final = re.compile(r"^Updates `([^`\n]+)`(?: from (\S+))? to (\S+)[ \t]*$", re.MULTILINE)
_BUMPS: Final = re.compile(r"^Bumps .{1,300}? from (\S+) to (\S+?)\.(?: |$)", re.MULTILINE)
_DIRECTORY: Final = re.compile(r" in /\S*$")
_GROUP: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._|/-]{0,78}[A-Za-z0-9])?")
_GROUP_SINGLE: Final = re.compile(r" in the (.{1,80}?) group(?: across .{1,40})?(?: in /\S*)?$")
_GROUP_TITLE: Final = re.compile(
    r"\bbump the \"?(.{1,80}?)\"? group(?= with| across| in|$)", re.IGNORECASE
)
_REQUIREMENT: Final = re.compile(
    r"\bupdate (\S+) requirement from (.{1,80}?) to (.{1,80})$", re.IGNORECASE
)
_BUMP: Final = re.compile(r"\bbump (\S+)(?: from (\S+) to (\S+))?$", re.IGNORECASE)
_BUMP_MANY: Final = re.compile(r"\bbump (\S+(?:, \S+)*) and (\S+)$", re.IGNORECASE)

_RENOVATE_TITLE: Final = re.compile(
    r"\b(?:update|pin|replace|roll back) (?:dependency |module |rust crate |plugin |helm release "
    r"|terraform |node module |docker image |github action |pre-commit hook )?(\S+)"
    r"(?: (?:action|orb|digest|docker tag|docker digest))?"
    r"(?: from (\S+))? to (\S+)(?: \(\w+\))?$",
    re.IGNORECASE,
)
_ROW: Final = re.compile(r"(?<!\\)\|")
_LINK: Final = re.compile(r"!?\[([^\[\]]{1,300})\]\([^()\s]{0,2000}\)")
_CHANGE: Final = re.compile(r"`([^`]*)` *(?:->|→) *`([^`]*)`")
_RULER: Final = re.compile(r"[ :|-]+")
_KINDS: Final = frozenset(
    {"major", "minor", "patch", "pin", "digest", "pindigest", "replacement", "bump", "rollback"}
)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """One package that an updater moves.

    `package` is a valid name (see `package_names`), `old` and `new` are versions or requirements as
    written, empty where unknown. `kind` is `major`, `minor`, `patch` or another word of Renovate's,
    `group` a plain name.
    """

    package: str
    old: Untrusted = Untrusted("")
    new: Untrusted = Untrusted("")
    kind: str = ""
    group: str = ""


def dependabot_upgrades(title: str, body: str, message: str) -> tuple[Upgrade, ...]:
    """From the commit's trailer; else from its `Updates` lines, the body's table, or the title."""
    message, title = _lines(message), _one_line(title)
    intro = _lines(body).partition("<details")[0]
    told = [_upgrade(name, old, new) for name, old, new in _UPDATES.findall(message)]
    told += _table(intro) or _from_title(title)
    listed = _trailer(message)
    if not listed:
        return _distinct(told)
    if len(listed) == 1 and listed[0] and (bumps := _BUMPS.search(message)):
        told.append(_upgrade(listed[0].package, *bumps.groups()))
    return _distinct(_with_versions(one, told) for one in listed if one)


def renovate_upgrades(title: str, body: str) -> tuple[Upgrade, ...]:
    """From the table at the beginning of the body, else from the title."""
    before = _lines(body).partition("### Release Notes")[0]
    found = _RENOVATE_TITLE.search(_one_line(title))
    return _distinct(_table(before) or ([_upgrade(*found.groups(""))] if found else []))


def group_in_title(title: str) -> str:
    """Dependabot's name of a group, or nothing."""
    title = _one_line(title)
    found = _GROUP_TITLE.search(title) or _GROUP_SINGLE.search(title)
    return _group(found.group(1)) if found else ""


def _group(name: str) -> str:
    """A group's name, if it is a plain one: it names a work item."""
    return name if _GROUP.fullmatch(name) else ""


def _lines(text: str) -> str:
    """GitHub keeps the line ends of whoever wrote a text."""
    return text[:_TEXT_LIMIT].replace("\r\n", "\n").replace("\r", "\n")


def _one_line(title: str) -> str:
    return " ".join(title[:_TITLE_LIMIT].split())


def _trailer(message: str) -> list[Upgrade | None]:
    start = _BLOCK.search(message)
    if start is None:
        return []
    end = _BLOCK_END.search(message, start.end())
    entries: list[dict[str, str]] = []
    for line in _ENTRY.finditer(message, start.end(), end.start() if end else len(message)):
        key, value = line.group(1), _unquoted(line.group(2))
        if key == "dependency-name":
            entries.append({})
        if entries:
            entries[-1].setdefault(key, value)
    return [_entry(values) for values in entries[:MAX_UPGRADES]]


def _entry(values: dict[str, str]) -> Upgrade | None:
    upgrade = _upgrade(values["dependency-name"], "", values.get("dependency-version", ""))
    if upgrade is None:
        return None
    kind = values.get("update-type", "").rpartition("semver-")[2].lower()
    return replace(
        upgrade,
        kind=kind if kind in _KINDS else "",
        group=_group(values.get("dependency-group", "")),
    )


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value


def _with_versions(one: Upgrade, told: Iterable[Upgrade | None]) -> Upgrade:
    """What the trailer leaves out: the old version, and in older commits the new one."""
    same = [t for t in told if t and t.package == one.package]
    fitting = next((t for t in same if t.new == one.new), same[0] if same else None)
    if fitting is None:
        return one
    return replace(one, old=fitting.old, new=one.new or fitting.new)


def _from_title(title: str) -> list[Upgrade | None]:
    title = _DIRECTORY.sub("", _GROUP_SINGLE.sub("", title))
    if found := _REQUIREMENT.search(title) or _BUMP.search(title):
        return [_upgrade(*found.groups(""))]
    if found := _BUMP_MANY.search(title):
        return [_upgrade(name, "", "") for name in (*found.group(1).split(", "), found.group(2))]
    return []


def _table(text: str) -> list[Upgrade | None]:
    """Rows of the first table that has a column `Package`; cells by the names of their columns."""
    columns: dict[str, int] = {}
    rows: list[Upgrade | None] = []
    for line in text.split("\n"):
        cells = [_LINK.sub(r"\1", cell).strip() for cell in _ROW.split(line.strip())[1:]]
        if not line.strip().startswith("|"):
            if columns:
                break
        elif not columns:
            named = {cell.lower(): n for n, cell in enumerate(cells) if cell}
            columns = named if "package" in named else {}
        elif not _RULER.fullmatch(line.strip()):
            rows.append(_row({name: cells[n] for name, n in columns.items() if n < len(cells)}))
        if len(rows) >= MAX_UPGRADES:
            break
    return rows


def _row(cells: dict[str, str]) -> Upgrade | None:
    name = cells.get("package", "").partition(" ")[0].strip("`")
    change = _CHANGE.search(cells.get("change", ""))
    old, new = change.groups() if change else (cells.get("from", ""), cells.get("to", ""))
    upgrade = _upgrade(name, old.strip("` "), new.strip("` "))
    kind = cells.get("update", "").lower()
    return replace(upgrade, kind=kind if kind in _KINDS else "") if upgrade else None


def _upgrade(name: str, old: str, new: str) -> Upgrade | None:
    """None where the name is none: then nothing can be asked for by it."""
    name = name.strip("`")
    try:
        package = read_package(name)
    except PackageNameError:
        return None
    if package.version:
        return None
    return Upgrade(name, Untrusted(old[:_VERSION_LIMIT]), Untrusted(new[:_VERSION_LIMIT]))


def _distinct(upgrades: Iterable[Upgrade | None]) -> tuple[Upgrade, ...]:
    """Each package and version once, though it may be moved in many directories."""
    found: dict[tuple[str, str], Upgrade] = {}
    for one in upgrades:
        if one and len(found) < MAX_UPGRADES:
            found.setdefault((one.package, one.new.raw), one)
    return tuple(found.values())
