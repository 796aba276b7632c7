"""What GraphQL answered, and which error an answer is. Its status is 200 whatever happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.adapters.github_api.credentials import Words
from bot.adapters.github_api.replies import Reply, grant, stranger
from bot.errors import UpstreamError
from bot.outcomes import ErrorKind
from bot.untrusted import Untrusted


def whole(reply: Reply, words: Words, *, none_on: Sequence[str] = (), needs: str = "") -> Any:
    """The `data`; None where every error is of a type in `none_on`.

    `needs` is the permission to name where the token is refused: GraphQL does not tell which one
    would do. Raises `UpstreamError`.
    """
    answer = _answer(reply)
    errors = _errors(answer)
    if errors and all(_type(error) in none_on for error in errors):
        return None
    if errors or "data" not in answer:
        raise _refusal(errors, reply.status, grant(needs, words))
    return answer["data"]


def parts(reply: Reply, words: Words) -> tuple[Any, frozenset[str]]:
    """The `data`, and the second step of the path of each error: those parts are not whole.

    Raises `UpstreamError` where an error is about the whole.
    """
    answer = _answer(reply)
    errors = _errors(answer)
    paths = [_path(error) for error in errors]
    if not answer.get("data") or any(len(path) < 2 for path in paths):
        raise _refusal(errors, reply.status, grant("", words))
    return answer["data"], frozenset(str(path[1]) for path in paths)


def _answer(reply: Reply) -> Mapping[str, Any]:
    if not isinstance(reply.data, dict):
        raise stranger("POST", "/graphql", reply.status)
    return reply.data


def _errors(answer: Mapping[str, Any]) -> list[Any]:
    """A server that is not GitHub's may say anything in their place."""
    told = answer.get("errors") or []
    return told if isinstance(told, list) else [told]


def _path(error: Any) -> Sequence[Any]:
    path = error.get("path") if isinstance(error, dict) else None
    return path if isinstance(path, list) else ()


def _refusal(errors: Sequence[Any], status: int, remedy: str) -> UpstreamError:
    """The first of the errors; of type FORBIDDEN for want of a permission."""
    first = errors[0] if errors and isinstance(errors[0], dict) else {}
    if _type(first) == "RATE_LIMITED":  # of its own, beside REST's, and with status 200
        return UpstreamError(
            ErrorKind.GITHUB,
            "GitHub's rate limit for GraphQL is used up.",
            status=429,
            remedy="Run it later, or give the bot a token of its own.",
        )
    lacks = _type(first) == "FORBIDDEN"
    return UpstreamError(
        ErrorKind.GITHUB_PERMISSION if lacks else ErrorKind.GITHUB,
        "GitHub refused a GraphQL query.",
        status=status,
        detail=Untrusted(str(first.get("message", ""))),
        remedy=remedy if lacks else "",
    )


def _type(error: Any) -> str:
    return str(error.get("type") or "") if isinstance(error, dict) else ""
