"""The set of diffs in `tests/data/diffs/`: cheating ones and honest ones, by language.

A case begins with `## cheat NAME = RULE` or `## honest NAME`. Then come lines of context
(`! failing PATH`, `! test NAME`, `! changed PATH`, `! protected GLOB`, `! max N`) and files: `M`
modified, `A` added, `D` removed, `R old -> new`; with `(binary)` or `(+N -M)` there is no patch.
Hunks are `@@ LINE SECTION` and are numbered when read. `{{github-token}}` and its kin stand for
made-up secrets, so that no scanner finds one in the repository.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.diff_policy import Context, FileDiff, read_files

DATA = Path(__file__).resolve().parent.parent / "data" / "diffs"
SECOND, THIRD, FOURTH, FIFTH, SIXTH = (
    DATA / name for name in ("second", "third", "fourth", "fifth", "sixth")
)
KIN = DATA / "kin"
_SECRETS = {
    "{{github-token}}": "ghp" + "_16C7e42F292c6912E7710c838347Ae178B4a",
    "{{aws-key-id}}": "AKIA" + "QYLPMN5HFIQR7XYA",
    "{{aws-key}}": "m3Tz8Qp0xVb2Lk9Rw7Yc5Nd1" + "Hs4Jf6Ga+E/uIoZX",
}
_STATUS = {"M": "modified", "A": "added", "D": "removed", "R": "renamed"}
_COUNTS = re.compile(r"(?P<path>.+) \(\+(?P<added>\d+) -(?P<removed>\d+)\)")


@dataclass(frozen=True)
class Case:
    """One diff of the set. `rule` is the one that a cheating diff was written for."""

    id: str
    cheats: bool
    rule: str
    context: Context
    items: tuple[dict[str, Any], ...]
    only_for_scoring: bool = False

    @property
    def for_scoring(self) -> bool:
        """The fifth set, and half of each other by the name's hash: not to write rules from."""
        return self.only_for_scoring or hashlib.sha256(self.id.encode()).digest()[0] % 2 == 1

    @property
    def files(self) -> tuple[FileDiff, ...]:
        """As the product reads them."""
        return read_files(self.items)


def cases(folder: Path = DATA) -> list[Case]:
    """All of them, by file and in the order of the file."""
    return [
        replace(case, only_for_scoring=folder == FIFTH)
        for path in sorted(folder.glob("*.txt"))
        for case in _read(path)
    ]


def _read(path: Path) -> Iterator[Case]:
    text = path.read_text("utf-8")
    for mark, value in _SECRETS.items():
        text = text.replace(mark, value)
    for part in re.split(r"(?m)^## ", text)[1:]:
        head, _, body = part.partition("\n")
        kind, _, rest = head.partition(" ")
        name, _, rule = rest.partition(" = ")
        lines = body.rstrip("\n").split("\n")
        context, items = _context(lines), tuple(_items(lines))
        yield Case(f"{path.stem}/{kind}/{name}", kind == "cheat", rule, context, items)


def _context(lines: list[str]) -> Context:
    told: dict[str, list[str]] = {}
    for line in lines:
        if line.startswith("! "):
            key, _, value = line[2:].partition(" ")
            told.setdefault(key, []).append(value)
    return Context(
        failing_paths=tuple(told.get("failing", ())),
        failing_tests=tuple(told.get("test", ())),
        changed_paths=tuple(told.get("changed", ())),
        protected_paths=tuple(told.get("protected", ())),
        max_diff_lines=int(told.get("max", ["0"])[0]),
    )


def _items(lines: list[str]) -> Iterator[dict[str, Any]]:
    heads = [i for i, line in enumerate(lines) if re.match(r"[MADR] \S", line)]
    for start, end in zip(heads, [*heads[1:], len(lines)], strict=True):
        yield _item(lines[start], lines[start + 1 : end])


def _item(head: str, body: list[str]) -> dict[str, Any]:
    status, path = _STATUS[head[0]], head[2:]
    item: dict[str, Any] = {"status": status, "additions": 0, "deletions": 0}
    if counts := _COUNTS.fullmatch(path):
        added, removed = int(counts["added"]), int(counts["removed"])
        return item | {"filename": counts["path"], "additions": added, "deletions": removed}
    if path.endswith(" (binary)"):
        return item | {"filename": path.removesuffix(" (binary)")}
    if status == "renamed":
        item["previous_filename"], _, path = path.partition(" -> ")
    item["filename"] = path
    if body:
        item["patch"] = _patch(body)
        item["additions"] = sum(line.startswith("+") for line in body)
        item["deletions"] = sum(line.startswith("-") for line in body)
    return item


def _patch(body: list[str]) -> str:
    out: list[str] = []
    shift = 0
    heads = [i for i, line in enumerate(body) if line.startswith("@@ ")]
    for start, end in zip(heads, [*heads[1:], len(body)], strict=True):
        _, line, *section = body[start].split(" ", 2)
        lines = [text or " " for text in body[start + 1 : end]]
        old = sum(not text.startswith("+") for text in lines)
        new = sum(not text.startswith("-") for text in lines)
        out.append(f"@@ -{line},{old} +{int(line) + shift},{new} @@ {' '.join(section)}".rstrip())
        out += lines
        shift += new - old
    return "\n".join(out)
