"""Answers that are refusals, as errors of ours with a remedy. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.errors import UpstreamError
from bot.outcomes import ErrorKind

_KINDS = {401: ErrorKind.GITHUB_AUTH, 403: ErrorKind.GITHUB_PERMISSION}
_REMEDIES = {
    401: "Check `github-token`: it is wrong, expired or revoked.",
    403: "Grant the permission in the job's `permissions:` or to the token, "
    "see README, Permissions.",
}


def bare(path: str) -> str:
    """The address without query, which may hold names."""
    return urlsplit(path).path


def stranger(verb: str, path: str, status: int, *, html: bool = False) -> UpstreamError:
    """Whatever answers is not GitHub's API."""
    return UpstreamError(
        ErrorKind.CONFIGURATION if html else ErrorKind.GITHUB,
        f"What answers {verb} {bare(path)} is not GitHub's API.",
        remedy="Check GITHUB_API_URL; Enterprise Server's ends in /api/v3.",
        status=status,
        maybe_done=verb != "GET",
    )


def limited(path: str, pause: float) -> UpstreamError:
    """A status of its own: this passes by itself, unlike the permission that 403 stands for."""
    return UpstreamError(
        ErrorKind.GITHUB,
        f"GitHub's rate limit for `github-token` is used up for {round(pause)} s ({bare(path)}).",
        status=429,
        remedy="Run it later, or give the bot a token of its own.",
    )


def refusal(
    verb: str, path: str, status: int, headers: Mapping[str, str], body: Any
) -> UpstreamError:
    """A status that is no success; one below 400 is a redirect that must not be followed."""
    if status < 400:
        return _moved(verb, path, status, headers)
    data = body if isinstance(body, dict) else {}
    details = [str(data.get("message", ""))]
    details += [str(e.get("message") or e) for e in data.get("errors") or () if e]
    return UpstreamError(
        _KINDS.get(status, ErrorKind.GITHUB),
        f"GitHub answered {status} to {verb} {bare(path)}.",
        status=status,
        detail="; ".join(d for d in details if d),
        remedy=_REMEDIES.get(status, ""),
        maybe_done=status >= 500 and verb != "GET",
    )


def graphql_refusal(errors: list[Any], status: int) -> UpstreamError:
    """The first of the errors that came with status 200."""
    first = errors[0] if errors and isinstance(errors[0], dict) else {}
    return UpstreamError(
        ErrorKind.GITHUB,
        "GitHub refused a GraphQL query.",
        status=status,
        detail=str(first.get("message", "")),
    )


def _moved(verb: str, path: str, status: int, headers: Mapping[str, str]) -> UpstreamError:
    host = urlsplit(headers.get("location", "")).hostname or "nowhere"
    return UpstreamError(
        ErrorKind.CONFIGURATION,
        f"GITHUB_API_URL redirects {verb} {bare(path)} to {host} ({status}).",
        status=status,
        remedy="Set it to the final address of the API; Enterprise Server's ends in /api/v3.",
    )
