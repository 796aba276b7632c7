"""Git's objects as records: commits, the people in them, entries of trees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Author or committer; `date` is ISO 8601 in UTC, as the API says it."""

    name: str
    email: str
    date: str


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit object."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    message: str


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One entry of a tree; `size` is None for anything but a blob."""

    path: str
    mode: str
    type: str
    sha: str
    size: int | None


def parse_commit(sha: str, raw: str) -> Commit:
    """What `git cat-file commit` prints."""
    head, _, message = raw.partition("\n\n")
    fields: dict[str, list[str]] = {}
    for line in head.splitlines():
        name, _, value = line.partition(" ")
        fields.setdefault(name, []).append(value)
    return Commit(
        sha=sha,
        tree=fields["tree"][0],
        parents=tuple(fields.get("parent", ())),
        author=_parse_person(fields["author"][0]),
        committer=_parse_person(fields["committer"][0]),
        message=message.rstrip("\n"),
    )


def _parse_person(line: str) -> Person:
    name, _, rest = line.partition(" <")
    email, _, when = rest.partition("> ")
    moment = datetime.fromtimestamp(int(when.split()[0]), UTC)
    return Person(name, email, moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


def parse_entry(line: str) -> TreeEntry:
    """One record of `git ls-tree -l -z`."""
    info, _, path = line.partition("\t")
    mode, kind, sha, size = info.split()
    return TreeEntry(path, mode, kind, sha, None if size == "-" else int(size))
