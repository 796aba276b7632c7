"""The one file that knows PyGithub: authentication, requests, paging, retries, error translation.

PyGithub's own retry is off, since it repeats POSTs on 5xx at once (GithubRetry.py, 2.10): reads are
repeated here, through the clock, so that a wait can be cancelled; writes are only after a rate
limit, which refuses before any effect. Its pacing is off too: it sleeps where nobody can cancel it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from github import Auth, Github, GithubException

from bot.adapters import tls
from bot.adapters.github_api.limits import pause_asked
from bot.adapters.restraint import Restraint
from bot.errors import ConfigurationError, UpstreamError
from bot.outcomes import ErrorKind
from bot.ports import Clock

API_VERSION = "2022-11-28"
READ_TRIES = 4
PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: `data` is the decoded body, None for an empty one. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    data: Any


class Client:
    """GitHub's REST and GraphQL API for one token. Safe to use from several threads."""

    def __init__(self, *, api_url: str, token: str, clock: Clock, user_agent: str) -> None:
        _check_address(api_url)
        self._clock = clock
        self._restraint = Restraint(clock)
        self.requests = 0
        self._known: dict[str, Reply] = {}
        self._requester = Github(
            auth=Auth.Token(token),
            base_url=api_url.rstrip("/"),
            user_agent=user_agent,
            per_page=PER_PAGE,
            retry=None,
            verify=tls.bundle() or True,
            seconds_between_requests=0,
            seconds_between_writes=0,
            lazy=True,
            api_version=API_VERSION,
            pool_size=16,
        ).requester

    def close(self) -> None:
        """Close the connections."""
        self._requester.close()

    def get(self, path: str, *, none_on: tuple[int, ...] = (), **query: str | int) -> Any:
        """The body of a GET, asked with the ETag of last time; None for a status in `none_on`."""
        reply = self.reply("GET", path, none_on=none_on, query=query)
        return None if reply.status in none_on else reply.data

    def pages(self, path: str, member: str = "", **query: str | int) -> Iterator[Any]:
        """Every element of a list, by `Link`; `member` names the list in a wrapped answer."""
        url, parameters = path, {"per_page": PER_PAGE, **query}
        while url:
            reply = self.reply("GET", url, query=parameters)
            yield from _listed(reply, member, url)
            url, parameters = _next_page(reply.headers.get("link", "")), {}

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """POST once; a lost answer is an `UpstreamError` with `maybe_done`."""
        return self.reply("POST", path, body=body).data

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        """PATCH once."""
        return self.reply("PATCH", path, body=body).data

    def delete(self, path: str) -> None:
        """DELETE once; one that is gone is fine."""
        self.reply("DELETE", path, none_on=(404,))

    def location(self, path: str) -> tuple[int, str]:
        """Status and target of a redirect that must not be followed with our token."""
        reply = self.reply("GET", path, none_on=(302, 404, 410))
        return reply.status, reply.headers.get("location", "")

    def graphql(self, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        """The `data` of a GraphQL answer. It has an address of its own on Enterprise Server."""
        body = {"query": query, "variables": dict(variables or {})}
        reply = self.reply("POST", self._requester.graphql_url, body=body)
        if not isinstance(reply.data, dict):
            raise _stranger("POST", "/graphql", reply.status)
        if "data" not in reply.data or reply.data.get("errors"):
            errors = reply.data.get("errors") or [{}]
            raise UpstreamError(
                ErrorKind.GITHUB,
                "GitHub refused a GraphQL query.",
                status=reply.status,
                detail=str(errors[0].get("message", "")),
            )
        return reply.data["data"]

    def reply(
        self,
        verb: str,
        path: str,
        *,
        none_on: tuple[int, ...] = (),
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Reply:
        """One exchange. A GET is tried again after trouble, everything after a short rate limit."""
        for attempt in range(1, READ_TRIES + 1):
            is_last = attempt == READ_TRIES
            left = self._restraint.wait()
            if left:
                raise _limited(path, left)
            try:
                reply = self._once(verb, path, query, body)
            except UpstreamError:
                if is_last or verb != "GET":
                    raise
                self._clock.sleep(_backoff(attempt))
                continue
            if reply.status < 300 or reply.status in none_on:
                return reply
            pause = pause_asked(reply.status, reply.headers, reply.data, self._clock.now())
            if pause is not None:
                self._restraint.keep_away(pause)
                if is_last:
                    raise _limited(path, pause)
            elif reply.status < 500 or is_last or verb != "GET":
                raise _refusal(verb, path, reply)
            else:
                self._clock.sleep(_backoff(attempt))
        raise AssertionError(READ_TRIES)

    def _once(
        self,
        verb: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: Mapping[str, Any] | None,
    ) -> Reply:
        headers: dict[str, str] = {"Accept": "application/vnd.github+json"}
        address = f"{path}?{sorted((query or {}).items())}"
        before = self._known.get(address) if verb == "GET" else None
        if before is not None:
            headers["If-None-Match"] = before.headers["etag"]
        self.requests += 1
        url = path if path.startswith("http") else quote(path, safe="/:@!$&'()*+,;=~%?")
        try:
            status, answered, text = self._requester.requestJson(
                verb, url, dict(query or {}), headers, dict(body) if body is not None else None
            )
        except (requests.RequestException, *_REFUSED_BY_LIBRARY) as failure:
            raise UpstreamError(
                ErrorKind.GITHUB,
                f"GitHub did not answer {verb} {_bare(path)}.",
                detail=f"{type(failure).__name__}: {failure}"[:300],
                remedy="Check the address, the proxy and the certificate, or try again later.",
                maybe_done=verb != "GET",
            ) from failure
        if status == 304 and before is not None:
            return before
        reply = Reply(status, answered, _decoded(text, status, verb, path))
        if verb == "GET" and status == 200 and "etag" in answered:
            self._known[address] = reply
        return reply


_REFUSED_BY_LIBRARY = (GithubException, RuntimeError, AssertionError)
"""How PyGithub refuses a redirect, or a `Link`, to another host."""


def _check_address(api_url: str) -> None:
    parts = urlsplit(api_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigurationError(
            "GITHUB_API_URL is not an http(s) URL.",
            remedy="A runner sets it; Enterprise Server's ends in /api/v3.",
        )


def _backoff(attempt: int) -> float:
    return random.uniform(0.5, 1.0) * float(2 ** (attempt - 1))  # noqa: S311 - jitter, no secret


def _bare(path: str) -> str:
    return urlsplit(path).path


def _decoded(text: str, status: int, verb: str, path: str) -> Any:
    if not text and (verb != "GET" or status != 200):
        return None
    try:
        return json.loads(text)
    except ValueError:
        if 300 <= status < 400 or status in {404, 410} or status >= 500:
            return {}
        raise _stranger(verb, path, status, html=text.lstrip().startswith("<")) from None


def _stranger(verb: str, path: str, status: int, *, html: bool = False) -> UpstreamError:
    return UpstreamError(
        ErrorKind.CONFIGURATION if html else ErrorKind.GITHUB,
        f"What answers {verb} {_bare(path)} is not GitHub's API.",
        remedy="Check GITHUB_API_URL; Enterprise Server's ends in /api/v3.",
        status=status,
        maybe_done=verb != "GET",
    )


def _listed(reply: Reply, member: str, path: str) -> list[Any]:
    found = reply.data
    if member:
        found = found.get(member) if isinstance(found, dict) else None
    if not isinstance(found, list):
        raise _stranger("GET", path, reply.status)
    return found


def _next_page(link: str) -> str:
    for part in link.split(","):
        address, _, relation = part.partition(";")
        if 'rel="next"' in relation:
            return address.strip().strip("<>")
    return ""


_KINDS = {401: ErrorKind.GITHUB_AUTH, 403: ErrorKind.GITHUB_PERMISSION}
_REMEDIES = {
    401: "Check `github-token`: it is wrong, expired or revoked.",
    403: "Grant the permission in the job's `permissions:` or to the token, "
    "see README, Permissions.",
}


def _limited(path: str, pause: float) -> UpstreamError:
    """A status of its own: this passes by itself, unlike the permission that 403 stands for."""
    return UpstreamError(
        ErrorKind.GITHUB,
        f"GitHub's rate limit for `github-token` is used up for {round(pause)} s ({_bare(path)}).",
        status=429,
        remedy="Run it later, or give the bot a token of its own.",
    )


def _refusal(verb: str, path: str, reply: Reply) -> UpstreamError:
    if reply.status < 400:
        return _moved(verb, path, reply)
    data = reply.data if isinstance(reply.data, dict) else {}
    details = [str(data.get("message", ""))]
    details += [str(e.get("message") or e) for e in data.get("errors") or () if e]
    return UpstreamError(
        _KINDS.get(reply.status, ErrorKind.GITHUB),
        f"GitHub answered {reply.status} to {verb} {_bare(path)}.",
        status=reply.status,
        detail="; ".join(d for d in details if d),
        remedy=_REMEDIES.get(reply.status, ""),
        maybe_done=reply.status >= 500 and verb != "GET",
    )


def _moved(verb: str, path: str, reply: Reply) -> UpstreamError:
    host = urlsplit(reply.headers.get("location", "")).hostname or "nowhere"
    return UpstreamError(
        ErrorKind.CONFIGURATION,
        f"GITHUB_API_URL redirects {verb} {_bare(path)} to {host} ({reply.status}).",
        status=reply.status,
        remedy="Set it to the final address of the API; Enterprise Server's ends in /api/v3.",
    )
