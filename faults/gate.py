"""Between a run of the product and both servers: counts its requests, spoils, stops or kills.

Each run has tokens of its own, so every request tells whose it is; a log's address is remembered
with the run to which it was given.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import httpx
import requests
from github.Requester import HTTPRequestsConnectionClass, RequestsResponse
from requests.adapters import HTTPAdapter

from bot.sandbox.http import HttpRequest, HttpResponse, HttpSandbox
from faults.wire import SERVERS, send_by_httpx, send_by_pygithub

_WORD = "x-gate"
"""A header that tells the client's side what to make of an answer."""


class KilledError(BaseException):
    """What a SIGKILL looks like from inside: nothing of the product runs any more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of a run: its number, from 1, and what it asked for."""

    number: int
    server: str
    method: str
    url: str

    @property
    def is_write(self) -> bool:
        """Whether it may change something."""
        return self.method != "GET" and not self.url.endswith("/graphql")


Serve = Callable[[], HttpResponse | None]


class Rule(Protocol):
    """What happens to the requests of one run."""

    def __call__(self, asked: Asked, serve: Serve) -> HttpResponse | None:
        """The answer, by calling `serve` once or not at all; None drops the connection."""


def plainly(asked: Asked, serve: Serve) -> HttpResponse | None:
    """Nothing happens to it."""
    del asked
    return serve()


@dataclass(slots=True)
class Passage:
    """One run of the product as the servers see it."""

    rule: Rule = plainly
    asked: list[Asked] = field(default_factory=list)
    is_dead: bool = False
    skew: float = 0.0
    """Seconds by which the run's own wall clock is ahead of the world's."""


class Gate:
    """Wraps the servers' `serve`. Rules run before a server takes its lock, so they may block."""

    def __init__(self, *servers: HttpSandbox) -> None:
        self._by_token: dict[str, Passage] = {}
        self._by_address: dict[str, Passage] = {}
        self._lock = threading.Lock()
        self._servers = servers
        for server in servers:
            self._guard(server)
            SERVERS.add(server)

    def close(self) -> None:
        """Nothing comes through any more."""
        for server in self._servers:
            SERVERS.remove(server)

    def passage(self, *tokens: str) -> Passage:
        """The way of a run with these tokens."""
        made = Passage()
        self._by_token.update(dict.fromkeys(tokens, made))
        return made

    def _guard(self, server: HttpSandbox) -> None:
        within = server.serve

        def serve(request: HttpRequest) -> HttpResponse | None:
            passage = self._whose(request)
            if passage is None:
                return within(request)
            return self._pass(server, request, passage, lambda: within(request))

        server.serve = serve  # type: ignore[method-assign]

    def _whose(self, request: HttpRequest) -> Passage | None:
        headers = request.headers
        token = headers.get("coder-session-token") or headers.get("authorization", "")
        return self._by_token.get(token.rpartition(" ")[2]) or self._by_address.get(
            request.param("sig")
        )

    def _pass(
        self, server: HttpSandbox, request: HttpRequest, passage: Passage, serve: Serve
    ) -> HttpResponse | None:
        with self._lock:
            if passage.is_dead:
                return spoken("killed")
            number = len(passage.asked) + 1
            asked = Asked(number, server.name, request.method, request.url)
            passage.asked.append(asked)
        answer = passage.rule(asked, serve)
        if passage.is_dead:
            return spoken("killed")
        if answer is not None:
            self._remember(answer, passage)
        return answer

    def _remember(self, answer: HttpResponse, passage: Passage) -> None:
        for name, value in answer.headers.items():
            if name.lower() == "location" and "sig=" in value:
                self._by_address[value.partition("sig=")[2]] = passage


def spoken(word: str) -> HttpResponse:
    """An answer that the client's side turns into `killed` or `timeout`."""
    return HttpResponse(599, b"", {_WORD: word})


def cut(answer: HttpResponse) -> HttpResponse:
    """The first half of that answer's body."""
    import json

    body = answer.body
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
    headers = {"content-type": "application/json; charset=utf-8", **answer.headers}
    return replace(answer, body=body, headers=headers, cut_after=len(body or b"") // 2)


@contextmanager
def heard(*, sockets: bool = False) -> Iterator[None]:
    """The client's side: no time passes for a time-out, and a killed run hears nothing more.

    Requests to a world of this process need no socket, unless `sockets`.
    """
    httpx_send = httpx.HTTPTransport.handle_request
    requests_send = HTTPAdapter.send
    pygithub_send = HTTPRequestsConnectionClass.getresponse

    def by_httpx(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        server = None if sockets else SERVERS.behind(str(request.url))
        answer = send_by_httpx(server, request) if server else httpx_send(self, request)
        word = answer.headers.get(_WORD)
        if word:
            answer.close()
        if word == "killed":
            raise KilledError
        if word == "timeout":
            raise httpx.ReadTimeout("timed out", request=request)
        return answer

    def by_requests(self: HTTPAdapter, *args: Any, **how: Any) -> requests.Response:
        return _requests_heard(requests_send(self, *args, **how))

    def by_pygithub(self: HTTPRequestsConnectionClass) -> RequestsResponse:
        server = None if sockets else SERVERS.behind(f"//{self.host}:{self.port}")
        if server is None:
            return pygithub_send(self)
        return RequestsResponse(_requests_heard(send_by_pygithub(server, self)))

    httpx.HTTPTransport.handle_request = by_httpx  # type: ignore[method-assign]
    HTTPAdapter.send = by_requests  # type: ignore[method-assign]
    HTTPRequestsConnectionClass.getresponse = by_pygithub  # type: ignore[method-assign]
    try:
        yield
    finally:
        httpx.HTTPTransport.handle_request = httpx_send  # type: ignore[method-assign]
        HTTPAdapter.send = requests_send  # type: ignore[method-assign]
        HTTPRequestsConnectionClass.getresponse = pygithub_send  # type: ignore[method-assign]


def _requests_heard(answer: requests.Response) -> requests.Response:
    word = answer.headers.get(_WORD)
    if word == "killed":
        raise KilledError
    if word == "timeout":
        raise requests.ReadTimeout("timed out")
    return answer
