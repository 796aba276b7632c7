"""GraphQL: lists by cursor, newest change first where that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bot.sandbox.github_graphql_document import GraphQLError, Resolver

_MOST = 100


def connection(
    found: Sequence[Any], show: Callable[[Any], Resolver], *, first: int, after: str | None
) -> Resolver:
    """One page of a list; a cursor is the place of the element that it follows."""
    if not 1 <= first <= _MOST:
        said = f"Requesting {first} records on the connection exceeds the `first` limit of 100."
        raise GraphQLError(said, "EXCESSIVE_PAGINATION")
    begin = _place(after)
    end = begin + first
    last = min(end, len(found))
    return {
        "nodes": [show(one) for one in found[begin:end]],
        "pageInfo": {
            "hasNextPage": end < len(found),
            "endCursor": f"cursor:{last}" if last > begin else None,
        },
    }


def _place(cursor: str | None) -> int:
    if cursor is None:
        return 0
    word, _, place = cursor.partition(":")
    if word != "cursor" or not place.isdigit():
        raise GraphQLError(f"`{cursor}` does not appear to be a valid cursor.", "INVALID_CURSOR")
    return int(place)
