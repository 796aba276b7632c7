"""The one file that knows PyGithub: authentication, requests, paging, retries, error translation.

PyGithub's own retry is off, since it repeats POSTs on 5xx at once (GithubRetry.py, 2.10): reads are
repeated here, through the clock, so that a wait can be cancelled; writes are only after a rate
limit, which refuses before any effect. Its pacing is off too: it sleeps where nobody can cancel it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from github import Auth, Github, GithubException
from github.Requester import HTTPRequestsConnectionClass, HTTPSRequestsConnectionClass

from bot.adapters import tls
from bot.adapters.github_api.limits import pause_asked
from bot.adapters.github_api.replies import (
    Reply,
    bare,
    decoded,
    graphql_refusal,
    limited,
    listed,
    next_page,
    refusal,
    stranger,
)
from bot.adapters.restraint import Restraint
from bot.errors import ConfigurationError, UpstreamError
from bot.outcomes import ErrorKind
from bot.ports import Clock

API_VERSION = "2022-11-28"
READ_TRIES = 4
PER_PAGE = 100
_AT_ONCE = 16
"""Sockets that threads share."""

_TIMEOUT = 15
"""Seconds, as PyGithub's own."""


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
            pool_size=_AT_ONCE,
        ).requester
        self._connection = _connection(api_url)

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()
        self._requester.close()

    def get(self, path: str, *, none_on: tuple[int, ...] = (), **query: str | int) -> Any:
        """The body of a GET, asked with the ETag of last time; None for a status in `none_on`."""
        reply = self.reply("GET", path, none_on=none_on, query=query)
        return None if reply.status in none_on else reply.data

    def pages(self, path: str, member: str = "", **query: str | int) -> Iterator[Any]:
        """Every element of a list, by `Link`; `member` names the list in a wrapped answer.

        PyGithub takes only path and query of an address, so that no `Link` leads to another server.
        """
        url, parameters, seen = path, {"per_page": PER_PAGE, **query}, set[str]()
        while url:
            reply = self.reply("GET", url, query=parameters)
            yield from listed(reply, member, url)
            seen.add(url)
            url, parameters = next_page(reply.headers.get("link", "")), {}
            if url in seen:
                raise stranger("GET", url, reply.status)

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
        status, answer = self._graphql(query, variables or {})
        errors = answer.get("errors")
        if errors or "data" not in answer:
            raise graphql_refusal(errors or [], status)
        return answer["data"]

    def graphql_parts(self, query: str, variables: Mapping[str, Any]) -> tuple[Any, frozenset[str]]:
        """The `data`, and the second step of the path of each error: those parts are not whole.

        Raises `UpstreamError` where an error is about the whole.
        """
        status, answer = self._graphql(query, variables)
        errors = answer.get("errors") or []
        paths: list[Sequence[Any]] = [error.get("path") or () for error in errors]
        if not answer.get("data") or any(len(path) < 2 for path in paths):
            raise graphql_refusal(errors, status)
        return answer["data"], frozenset(str(path[1]) for path in paths)

    def _graphql(self, query: str, variables: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        body = {"query": query, "variables": dict(variables)}
        reply = self.reply("POST", self._requester.graphql_url, body=body)
        if not isinstance(reply.data, dict):
            raise stranger("POST", "/graphql", reply.status)
        return reply.status, reply.data

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
                raise limited(path, left)
            try:
                reply = self._once(verb, path, query, body)
            except UpstreamError:
                if is_last or verb != "GET":
                    raise
                self._clock.sleep(_backoff(attempt))
                continue
            pause = pause_asked(reply.status, reply.headers, reply.data, self._clock.now())
            # A limit is no answer, even where the same status would be one.
            if pause is None and (reply.status < 300 or reply.status in none_on):
                return reply
            if pause is not None:
                self._restraint.keep_away(pause)
                if is_last:
                    raise limited(path, pause)
            elif reply.status < 500 or is_last or verb != "GET":
                raise refusal(verb, path, reply)
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
                verb,
                url,
                dict(query or {}),
                headers,
                dict(body) if body is not None else None,
                # PyGithub's own connection keeps the request that is about to be sent, and threads
                # would send each other's; copies share the sockets only.
                copy(self._connection),
            )
        except (requests.RequestException, *_REFUSED_BY_LIBRARY) as failure:
            raise UpstreamError(
                ErrorKind.GITHUB,
                f"GitHub did not answer {verb} {bare(path)}.",
                detail=f"{type(failure).__name__}: {failure}"[:300],
                remedy="Check the address, the proxy and the certificate, or try again later.",
                maybe_done=verb != "GET",
            ) from failure
        if status == 304 and before is not None:
            return before
        reply = Reply(status, answered, decoded(text, status, verb, path))
        if verb == "GET" and status == 200 and "etag" in answered:
            self._known[address] = reply
        return reply


_REFUSED_BY_LIBRARY = (GithubException, RuntimeError, AssertionError)
"""How PyGithub refuses a redirect to another host."""


def _connection(api_url: str) -> HTTPRequestsConnectionClass | HTTPSRequestsConnectionClass:
    parts = urlsplit(api_url)
    made = HTTPSRequestsConnectionClass if parts.scheme == "https" else HTTPRequestsConnectionClass
    return made(
        parts.hostname or "",
        parts.port,
        timeout=_TIMEOUT,
        verify=tls.bundle() or True,
        pool_size=_AT_ONCE,
    )


def _check_address(api_url: str) -> None:
    parts = urlsplit(api_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigurationError(
            "GITHUB_API_URL is not an http(s) URL.",
            remedy="A runner sets it; Enterprise Server's ends in /api/v3.",
        )


def _backoff(attempt: int) -> float:
    return random.uniform(0.5, 1.0) * float(2 ** (attempt - 1))  # noqa: S311 - jitter, no secret
