"""What the product says to people: its string literals, with `…` for whatever is filled in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

BOT = Path(__file__).parents[2] / "bot"
_ELSEWHERE = ("sandbox", "log_formats")
"""Parts of `bot` whose words are other programs'."""


@cache
def everything() -> frozenset[str]:
    """Every literal of the product's sources, but docstrings."""
    return frozenset(
        text
        for path in sorted(BOT.rglob("*.py"))
        if path.relative_to(BOT).parts[0] not in _ELSEWHERE
        for text in literals(path.read_text(encoding="utf-8"))
    )


def literals(source: str) -> Iterator[str]:
    """Of one module; fields of f-strings and of `str.format` are `…`, constants are filled in."""
    tree = ast.parse(source)
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield plain("".join(_part(part, constants) for part in node.values))
        elif isinstance(node, ast.Constant) and id(node) not in docstrings:
            yield plain(str(node.value))


def plain(text: str) -> str:
    """With one `…` for each run of fields."""
    return re.sub(r"…(?:\s?…)*", "…", re.sub(r"\{[a-z_]*\}", "…", text))


def _part(part: ast.expr, constants: dict[str, str]) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    value = part.value if isinstance(part, ast.FormattedValue) else part
    return constants.get(value.id, "…") if isinstance(value, ast.Name) else "…"
