"""Which files an upgrade is about, and what renews their lock files, for the prompt."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING

from bot.model import Assignment
from bot.ports import CodeHost
from bot.untrusted import Untrusted

if TYPE_CHECKING:
    from bot.triggers.manifests import Place

MOST_READ = 20
"""Manifests that are searched for the packages: a request each."""

_SHOWN = 10


def places(github: CodeHost, sha: str, asked: Assignment) -> tuple[Untrusted, ...]:
    """A line for each place of use; where no manifest names the packages, for each one there is."""
    from bot.triggers.manifests import present  # here: only an upgrade needs its patterns

    found = present(github.files(sha))
    manifests = list(islice((m.raw for place in found for m in place.manifests), MOST_READ))
    with ThreadPoolExecutor(4) as pool:
        texts = pool.map(lambda path: github.text_at(path, sha), manifests)
        told = zip(manifests, texts, strict=True)
        naming = {path for path, text in told if text is not None and _named(asked, text.raw)}
    using = [place for place in found if naming & {m.raw for m in place.manifests}]
    return tuple(_line(place, asked, naming) for place in (using or found)[:_SHOWN])


def _named(asked: Assignment, text: str) -> bool:
    """Whether the manifest speaks of one of the packages; names differ in dashes and case."""
    plain = _plain(text)
    names = [package.name.partition("[")[0] for package in asked.packages]
    names = names or [pattern.strip("*") for pattern in asked.patterns]
    return any(_plain(part) in plain for name in names for part in (name, _last(name)) if part)


def _last(name: str) -> str:
    """Maven and Gradle write group and artifact apart."""
    return name.rpartition(":")[2]


def _plain(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def _line(place: Place, asked: Assignment, naming: set[str]) -> Untrusted:
    paths = [m.raw for m in place.manifests if not naming or m.raw in naming]
    files = ", ".join([*paths, *(lock.raw for lock in place.locks)])
    only = asked.packages[0].name if len(asked.packages) == 1 else ""
    command = place.lock_command(only)
    then = f"; then, in {place.directory.raw}: {command}" if command else ""
    advice = f" ({place.ecosystem.advice})" if place.ecosystem.advice else ""
    return Untrusted(f"{place.ecosystem.name}: {files}{then}{advice}")
