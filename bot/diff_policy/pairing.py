"""Which claim that came stands for which that went."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.diff_policy.change import CodeLine

_WORD = re.compile(r"[A-Za-z_]\w*|[0-9]+")
_MOST = 2_000
"""Comparisons of one place; beyond them the order alone decides."""


def paired(
    removed: Sequence[CodeLine], added: Sequence[CodeLine]
) -> Iterator[tuple[CodeLine, CodeLine]]:
    """Each old claim with the new one that is most alike, and of equals the first.

    As many on both sides stand for each other in their order.
    """
    if len(removed) == len(added) or len(removed) * len(added) > _MOST:
        yield from zip(removed, added, strict=False)
        return
    words = {x: frozenset(_WORD.findall(x.text)) for x in (*removed, *added)}
    left = list(added)
    for old in removed:
        if not left:
            return
        new = max(left, key=lambda x: _alike(words[old], words[x]))
        left.remove(new)
        yield old, new


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, len(one | other))
