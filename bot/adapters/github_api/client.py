"""The one file that knows PyGithub: requests, paging, retries, error translation.

PyGithub's own retry is off, since it repeats POSTs on 5xx at once (GithubRetry.py, 2.10): reads are
repeated here, through the clock, so that a wait can be cancelled; writes are only after a rate
limit, which refuses before any effect. Its pacing is off too: it sleeps where nobody can cancel it.
Its redirects are off, so a token stays at its origin; so is its log, which shows whole answers.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from github import Github, GithubException
from github.Requester import (
    HTTPRequestsConnectionClass,
    HTTPSRequestsConnectionClass,
    Requester,
    RequestsResponse,
)

from bot.adapters import tls
from bot.adapters.exchanges import Exchanges
from bot.adapters.github_api import graphql_replies
from bot.adapters.github_api.credentials import Credentials, Words
from bot.adapters.github_api.in_flight import InFlight
from bot.adapters.github_api.limits import backoff, pause_asked
from bot.adapters.github_api.replies import (
    Reply,
    decoded,
    limited,
    listed,
    next_page,
    refusal,
    stranger,
    unanswered,
)
from bot.adapters.github_api.server import Server
from bot.adapters.origins import origin
from bot.adapters.restraint import Restraint
from bot.errors import UpstreamError
from bot.ports import Clock, Exchanged

API_VERSION = "2022-11-28"
READ_TRIES = 4
PER_PAGE = 100
_AT_ONCE = 16
"""Sockets that threads share."""

_TIMEOUT = 15
"""Seconds, as PyGithub's own."""

_SILENT = logging.getLogger("coder-fix.github")
_SILENT.setLevel(logging.CRITICAL + 1)
Requester.injectLogger(_SILENT)


class Client:
    """GitHub's REST and GraphQL API for one token. Safe to use from several threads."""

    def __init__(
        self,
        server: Server,
        credentials: Credentials,
        clock: Clock,
        exchanged: Exchanged | None = None,
    ) -> None:
        server.check()
        api_url = server.url
        self._origin = origin(api_url)
        self._credentials = credentials
        self._clock = clock
        self._restraint = Restraint(clock)
        self.exchanges = Exchanges(clock, exchanged)
        self.in_flight = InFlight()
        self._known: dict[str, Reply] = {}
        self._last: Mapping[str, str] = {}
        self._requester = Github(
            base_url=api_url.rstrip("/"),
            user_agent="coder-fix",
            per_page=PER_PAGE,
            retry=None,
            verify=tls.bundle() or True,
            seconds_between_requests=0,
            seconds_between_writes=0,
            lazy=True,
            api_version=API_VERSION,
            pool_size=_AT_ONCE,
        ).requester
        self._graphql_url = server.graphql or self._requester.graphql_url
        self._connection = _connection(api_url)

    @property
    def words(self) -> Words:
        """How messages call our token."""
        return self._credentials.words

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
            url, parameters = next_page(url, reply, self._origin), {}
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

    def graphql(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        none_on: Sequence[str] = (),
        needs: str = "",
    ) -> Any:
        """The `data` of a GraphQL answer; see `graphql_replies.whole`."""
        reply, words = self._graphql(query, variables or {}), self._credentials.words
        return graphql_replies.whole(reply, words, none_on=none_on, needs=needs)

    def graphql_parts(self, query: str, variables: Mapping[str, Any]) -> tuple[Any, frozenset[str]]:
        """See `graphql_replies.parts`."""
        return graphql_replies.parts(self._graphql(query, variables), self._credentials.words)

    def _graphql(self, query: str, variables: Mapping[str, Any]) -> Reply:
        """Queries only, no mutations. It has an address of its own on Enterprise Server."""
        body = {"query": query, "variables": dict(variables)}
        return self.reply("POST", self._graphql_url, body=body, harmless=True)

    def reply(
        self,
        verb: str,
        path: str,
        *,
        none_on: tuple[int, ...] = (),
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        harmless: bool = False,
    ) -> Reply:
        """One exchange. A GET is tried again after trouble, everything after a short rate limit.

        So is what would be `harmless` twice.
        """
        words, again = self._credentials.words, harmless or verb == "GET"
        for attempt in range(1, READ_TRIES + 1):
            is_last = attempt == READ_TRIES
            left = self._restraint.wait()
            if left:
                raise limited(path, left, words)
            sent = self._credentials.header()  # has its own tries
            try:
                reply = self._exchange(sent, verb, path, query, body)
            except UpstreamError:
                if is_last or not again:
                    raise
                self._clock.sleep(backoff(attempt))
                continue
            pause = pause_asked(reply.status, reply.headers, reply.data, self._clock.now())
            # A limit is no answer, even where the same status would be one.
            if pause is None and (reply.status < 300 or reply.status in none_on):
                return reply
            if pause is not None:
                self._restraint.keep_away(pause)
                if is_last:
                    raise limited(path, pause, words)
            elif reply.status < 500 or is_last or not again:
                raise refusal(verb, path, reply, words)
            else:
                self._clock.sleep(backoff(attempt))
        raise AssertionError(READ_TRIES)

    def _exchange(self, sent: str, verb: str, *what: Any) -> Reply:
        """A 401 has no effect: with credentials that can be renewed it is asked once more."""
        reply = self.once(sent, verb, *what)
        if reply.status == 401 and self._credentials.renew(sent, reply.headers):
            reply = self.once(self._credentials.header(), verb, *what)
        return reply

    def once(
        self,
        sent: str,
        verb: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Reply:
        """One request with that `Authorization`, whatever its answer."""
        headers = {"Accept": "application/vnd.github+json", "Authorization": sent}
        address = f"{path}?{sorted((query or {}).items())}"
        before = self._known.get(address) if verb == "GET" else None
        if before is not None:
            headers["If-None-Match"] = before.headers["etag"]
        url = path if path.startswith("http") else quote(path, safe="/:@!$&'()*+,;=~%?")
        lost: UpstreamError | None = None
        ended = self.exchanges.begin(verb, path)
        try:
            with self.in_flight.one():
                status, answered, text = self._requester.requestJson(
                    verb,
                    url,
                    dict(query or {}),
                    headers,
                    dict(body) if body is not None else None,
                    # PyGithub's own connection keeps the request that is about to be sent, and
                    # threads would send each other's; copies share the sockets only.
                    copy(self._connection),
                )
        except _Redirected as moved:
            status, answered, text = 301, dict(moved.headers), ""
        except (requests.RequestException, GithubException, RuntimeError, AssertionError) as why:
            lost = unanswered(verb, path, why)
        ended(0 if lost else status)
        if lost is not None:
            raise lost  # outside of the handler: `why` must not be its context
        self._last = answered
        if status == 304 and before is not None:
            return before
        reply = Reply(status, answered, decoded(text, status, verb, path))
        if verb == "GET" and status == 200 and "etag" in answered:
            self._known[address] = reply
        return reply

    def told_by_headers(self) -> Mapping[str, str]:
        """The headers of the newest answer, names in lower case; empty before the first."""
        return self._last


class _Redirected(Exception):  # noqa: N818 - not an error yet
    """A 301, which PyGithub would follow with the token, to whatever port."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__()
        self.headers = headers


class _Plain(HTTPRequestsConnectionClass):
    def getresponse(self) -> RequestsResponse:
        return _standing(super().getresponse())


class _Encrypted(HTTPSRequestsConnectionClass):
    def getresponse(self) -> RequestsResponse:
        return _standing(super().getresponse())


def _standing(answer: RequestsResponse) -> RequestsResponse:
    if answer.status == 301:
        raise _Redirected({name.lower(): value for name, value in answer.getheaders()})
    return answer


def _connection(api_url: str) -> _Plain | _Encrypted:
    parts = urlsplit(api_url)
    made = _Encrypted if parts.scheme == "https" else _Plain
    return made(
        parts.hostname or "",
        parts.port,
        timeout=_TIMEOUT,
        verify=tls.bundle() or True,
        pool_size=_AT_ONCE,
    )
