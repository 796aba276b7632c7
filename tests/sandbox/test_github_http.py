"""The sandbox's HTTP floor: faults, broken handlers, connections at the end."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import httpx
import pytest

from bot.sandbox.http import Answer, Fault, HttpRequest, HttpResponse, HttpSandbox


class _Counter(HttpSandbox):
    """Counts the POSTs that took effect."""

    def __init__(self) -> None:
        super().__init__()
        self.effects = 0
        self.route("POST", "/count/{name+}", self._count)
        self.route("GET", "/crash", self._crash)
        self.route("GET", "/teapot", self._teapot)
        self.route("GET", "/cut", lambda _: HttpResponse(200, b"x" * 100, cut_after=10))

    def _count(self, request: HttpRequest, name: str) -> HttpResponse:
        self.effects += 1
        return HttpResponse(201, {"name": name, "body": request.json()})

    def _crash(self, _request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError("a bug")

    def _teapot(self, _request: HttpRequest) -> HttpResponse:
        raise Answer(418, {"message": "teapot"}, {"x-kind": "pot"})


@pytest.fixture
def server() -> Iterator[_Counter]:
    """A running server."""
    made = _Counter()
    made.start()
    yield made
    made.stop()


def test_a_path_is_decoded_after_matching(server: _Counter) -> None:
    """`{name+}` takes several segments, and an encoded slash is one too."""
    url = f"{server.origin}/count/a/b%2Fc?x=1&x=2"
    answer = httpx.post(url, json={"k": 1}, trust_env=False)
    assert answer.json() == {"name": "a/b/c", "body": {"k": 1}}
    assert dict(server.exchanges[0].request.query) == {"x": ["1", "2"]}


@pytest.mark.parametrize(
    ("after_effect", "respond", "effects"),
    [(False, 502, 0), (True, 502, 1), (False, None, 0), (True, None, 1)],
)
def test_a_fault_comes_before_or_after_the_effect(
    server: _Counter, after_effect: bool, respond: int | None, effects: int
) -> None:
    """An injected answer or lost connection is recorded, with or without the effect."""
    sent = None if respond is None else HttpResponse(respond, {"message": "bad gateway"})

    def hook(_request: HttpRequest) -> None:
        raise Fault("planned", respond=sent, after_effect=after_effect)

    server.fault_hooks.append(hook)
    if respond is None:
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.post(f"{server.origin}/count/a", json={}, trust_env=False)
    else:
        answer = httpx.post(f"{server.origin}/count/a", json={}, trust_env=False)
        assert answer.status_code == respond
    assert (server.effects, server.exchanges[0].fault) == (effects, "planned")


def test_a_crash_is_answered_and_kept(server: _Counter) -> None:
    """A handler's bug is 500 to the client and an exception to the owner."""
    answer = httpx.get(f"{server.origin}/crash", trust_env=False)
    assert (answer.status_code, "a bug" in answer.text) == (500, True)
    assert [type(crash) for crash in server.crashes] == [ZeroDivisionError]


def test_an_answer_may_be_raised(server: _Counter) -> None:
    """What is raised below a handler becomes the answer, headers included."""
    answer = httpx.get(f"{server.origin}/teapot", trust_env=False)
    assert (answer.status_code, answer.headers["x-kind"]) == (418, "pot")


def test_a_cut_body_loses_the_connection(server: _Counter) -> None:
    """The full length is promised and the rest never comes."""
    with pytest.raises(httpx.RemoteProtocolError, match="received 10 bytes, expected 100"):
        httpx.get(f"{server.origin}/cut", trust_env=False)


def test_a_chunked_body_is_read(server: _Counter) -> None:
    """A body without a length, as git sends large pushes, arrives whole."""
    parts = iter([b'{"k":', b" 1}"])
    answer = httpx.post(f"{server.origin}/count/a", content=parts, trust_env=False)
    assert answer.json()["body"] == {"k": 1}


def test_stopping_ends_kept_connections(server: _Counter) -> None:
    """A client that holds its connection open is cut off, and the port is free."""
    with httpx.Client(trust_env=False) as client:
        client.get(f"{server.origin}/teapot")
        server.stop()
        with pytest.raises(httpx.TransportError):
            client.get(f"{server.origin}/teapot")
    with socket.socket() as port:
        port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port.bind(("127.0.0.1", server.port))
