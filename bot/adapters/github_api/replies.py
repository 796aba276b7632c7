"""What GitHub answered, and which error an answer is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bot.adapters.github_api.credentials import Words
from bot.adapters.origins import Origin, origin
from bot.errors import UpstreamError
from bot.outcomes import ErrorKind
from bot.untrusted import Untrusted

_USUAL = Words()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: `data` is the decoded body, None for an empty one. Header names are lower case.

    A body may hold a token, so `repr` does not show it.
    """

    status: int
    headers: Mapping[str, str]
    data: Any = field(repr=False)


def bare(path: str) -> str:
    """The address without its query, for messages."""
    return urlsplit(path).path


def decoded(text: str, status: int, verb: str, path: str) -> Any:
    """The JSON of a body; an error for what only a stranger would answer."""
    if not text and (verb != "GET" or status != 200):
        return None
    try:
        return json.loads(text)
    except ValueError:
        if 300 <= status < 400 or status in {404, 410} or status >= 500:
            return {}
        raise stranger(verb, path, status, html=text.lstrip().startswith("<")) from None


def stranger(verb: str, path: str, status: int, *, html: bool = False) -> UpstreamError:
    """The error for an answer that is not GitHub's."""
    return UpstreamError(
        ErrorKind.CONFIGURATION if html else ErrorKind.GITHUB,
        f"What answers {verb} {bare(path)} is not GitHub's API.",
        remedy="Check GITHUB_API_URL; Enterprise Server's ends in /api/v3.",
        status=status,
        maybe_done=verb != "GET",
    )


def listed(reply: Reply, member: str, path: str) -> list[Any]:
    """The elements of one page."""
    found = reply.data
    if member:
        found = found.get(member) if isinstance(found, dict) else None
    if not isinstance(found, list):
        raise stranger("GET", path, reply.status)
    return found


def next_page(path: str, reply: Reply, ours: Origin) -> str:
    """The address behind `rel="next"`; empty on the last page.

    PyGithub would drop the host of another origin than `ours`, and ask ours for the path.
    """
    following = _linked(reply.headers.get("link", ""))
    try:
        is_ours = not following or origin(following) == ours
    except ValueError:
        is_ours = False
    if not is_ours:
        raise _astray(path, following)
    return following


def _linked(link: str) -> str:
    for part in link.split(","):
        address, _, relation = part.partition(";")
        if 'rel="next"' in relation:
            return address.strip().strip("<>")
    return ""


_KINDS = {401: ErrorKind.GITHUB_AUTH, 403: ErrorKind.GITHUB_PERMISSION}
_PERMISSION = re.compile(r"([a-z][a-z_]{0,40})=(read|write|admin)")


def _remedy(reply: Reply, words: Words) -> str:
    """For 403 with the permissions that would do, which GitHub tells in a header.

    Sets of which each does are separated by `;`, the members of a set by `,`
    (changelog 2023-08-10, X-Accepted-GitHub-Permissions).
    """
    if reply.status == 401:
        return words.refused
    if reply.status != 403:
        return ""
    told = reply.headers.get("x-accepted-github-permissions", "").split(";")
    sets = [
        " and ".join(f"`{n.replace('_', '-')}: {v}`" for n, v in _PERMISSION.findall(s))
        for s in told
    ]
    return grant(" or ".join(filter(None, sets)), words)


def grant(which: str, words: Words) -> str:
    """The remedy for a permission that the token lacks; `which` may be unknown, and empty."""
    return f"Grant {which or 'the permission'} {words.grant}"


def limited(path: str, pause: float, words: Words) -> UpstreamError:
    """A status of its own: this passes by itself, unlike the permission that 403 stands for."""
    return UpstreamError(
        ErrorKind.GITHUB,
        f"GitHub's rate limit for {words.name} is used up for {round(pause)} s ({bare(path)}).",
        status=429,
        remedy="Run it later, or give the bot a token of its own.",
    )


def refusal(verb: str, path: str, reply: Reply, words: Words = _USUAL) -> UpstreamError:
    """The error for a status that nobody asked for."""
    if reply.status < 400:
        return _moved(verb, path, reply)
    data = reply.data if isinstance(reply.data, dict) else {}
    details = [str(data.get("message", ""))]
    details += [str(e.get("message") or e) for e in data.get("errors") or () if e]
    return UpstreamError(
        _KINDS.get(reply.status, ErrorKind.GITHUB),
        f"GitHub answered {reply.status} to {verb} {bare(path)}.",
        status=reply.status,
        detail=Untrusted("; ".join(d for d in details if d)),
        remedy=_remedy(reply, words),
        maybe_done=reply.status >= 500 and verb != "GET",
    )


def unanswered(verb: str, path: str, failure: Exception) -> UpstreamError:
    """The error for a request that got no answer; whoever raises it drops `failure` itself.

    The libraries' exceptions hold their request, and that holds the token.
    """
    return UpstreamError(
        ErrorKind.GITHUB,
        f"GitHub did not answer {verb} {bare(path)}.",
        detail=Untrusted(f"{type(failure).__name__}: {failure}"[:300]),
        remedy="Check the address, the proxy and the certificate, or try again later.",
        maybe_done=verb != "GET",
    )


def _astray(path: str, address: str) -> UpstreamError:
    """The error for a next page that lies on another origin: no token goes there."""
    return UpstreamError(
        ErrorKind.CONFIGURATION,
        f"The next page of {bare(path)} is said to be at {urlsplit(address).netloc or 'nowhere'}, "
        "which is not GITHUB_API_URL.",
        remedy="Set GITHUB_API_URL to the address that the server itself uses.",
    )


def _moved(verb: str, path: str, reply: Reply) -> UpstreamError:
    host = urlsplit(reply.headers.get("location", "")).hostname or "nowhere"
    return UpstreamError(
        ErrorKind.CONFIGURATION,
        f"GITHUB_API_URL redirects {verb} {bare(path)} to {host} ({reply.status}).",
        status=reply.status,
        remedy="Set it to the final address of the API; Enterprise Server's ends in /api/v3. "
        "A repository that was renamed answers so too: use its present name.",
    )
