"""The loopback without sockets: a client's request goes straight to the sandbox that it is for.

What a lost connection and half a body look like to requests and httpx is what a socket showed
(tests/faults/test_wire.py compares the two).
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import requests
import requests.utils

from bot.sandbox.http import HttpRequest, HttpResponse, HttpSandbox

_BODILESS = frozenset({204, 304})


class Exchangers:
    """The servers that can be asked without a socket, by their port."""

    def __init__(self) -> None:
        self._by_port: dict[int, HttpSandbox] = {}

    def add(self, server: HttpSandbox) -> None:
        """From now on its port is answered here."""
        self._by_port[server.port] = server

    def remove(self, server: HttpSandbox) -> None:
        """Its port may be another one's from now on."""
        self._by_port.pop(server.port, None)

    def behind(self, url: str) -> HttpSandbox | None:
        """The server at that address; None for everything else."""
        return self._by_port.get(urlsplit(url).port or 0)


SERVERS = Exchangers()
"""Of this process. Worlds add theirs."""


def send_by_pygithub(server: HttpSandbox, connection: Any) -> requests.Response:
    """What requests makes of the answer to PyGithub's connection, without a session's work."""
    url = f"{connection.protocol}://{connection.host}:{connection.port}{connection.url}"
    body = connection.input or b""
    raw = body.encode() if isinstance(body, str) else body
    answer = server.serve(_asked(connection.verb, url, connection.headers, raw))
    if answer is None:
        lost = http.client.RemoteDisconnected("Remote end closed connection without response")
        raise requests.ConnectionError("Connection aborted.", lost)
    headers, content, is_cut = _written(answer)
    if is_cut:
        raise requests.exceptions.ChunkedEncodingError("Connection broken: IncompleteRead")
    made = requests.Response()
    made.status_code = answer.status
    made.headers.update(headers)
    made.encoding = requests.utils.get_encoding_from_headers(made.headers)
    made.url = url
    made._content = content  # noqa: SLF001 - what reading a socket sets
    made._content_consumed = True  # noqa: SLF001
    return made


def send_by_httpx(server: HttpSandbox, request: httpx.Request) -> httpx.Response:
    """What `HTTPTransport.handle_request` returns or raises, without its socket."""
    asked = _asked(request.method, str(request.url), dict(request.headers), request.read())
    answer = server.serve(asked)
    if answer is None:
        raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
    headers, content, is_cut = _written(answer)
    return httpx.Response(answer.status, headers=headers, stream=_Arriving(content, is_cut))


class _Arriving(httpx.SyncByteStream):
    """A body as it comes from a socket, which may break off."""

    def __init__(self, content: bytes, is_cut: bool) -> None:  # noqa: FBT001
        self._content = content
        self._is_cut = is_cut

    def __iter__(self) -> Iterator[bytes]:
        yield self._content
        if self._is_cut:
            raise httpx.RemoteProtocolError("peer closed connection without the complete body")


def _asked(method: str, url: str, headers: dict[str, Any], body: bytes) -> HttpRequest:
    parts = urlsplit(url)
    query = parse_qs(parts.query, keep_blank_values=True)
    named = {name.lower(): str(value) for name, value in headers.items()}
    return HttpRequest(method, parts.path, query, named, body)


def _written(answer: HttpResponse) -> tuple[dict[str, str], bytes, bool]:
    """Headers, the bytes that arrive, and whether some are missing."""
    body, headers = answer.body, {name.lower(): value for name, value in answer.headers.items()}
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        headers.setdefault("content-type", "application/json; charset=utf-8")
    if answer.status in _BODILESS:
        return headers, b"", False
    content = body or b""
    headers.setdefault("content-length", str(len(content)))
    arrived = content[: answer.cut_after]
    return headers, arrived, len(arrived) < len(content)
