"""The shortcuts of the matrix show a client what sockets and git itself would show it."""

from __future__ import annotations

from contextlib import closing
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
import requests
from github.Requester import HTTPRequestsConnectionClass

from bot.sandbox.http import HttpRequest, HttpResponse, HttpSandbox
from faults.gate import heard
from faults.interleaved import Pair
from faults.kinds import KINDS
from faults.quick_git import quick_git
from faults.wire import SERVERS
from faults.world import World


class Spoiler(HttpSandbox):
    """Answers everything with one kind of trouble, named by the path."""

    def serve(self, request: HttpRequest) -> HttpResponse | None:
        whole = HttpResponse(201, {"number": 17, "seen": request.headers.get("x-seen")})
        kind = request.param("kind")
        return KINDS[kind](lambda: whole) if kind else whole


@pytest.fixture
def address():
    """Of a server that can be reached by a socket and without one."""
    server = Spoiler()
    server.start()
    SERVERS.add(server)
    yield server.origin
    SERVERS.remove(server)
    server.stop()


def by_pygithub(url, kind):
    connection = HTTPRequestsConnectionClass("127.0.0.1", urlsplit(url).port, timeout=5)
    path = f"/?{urlencode({'kind': kind})}"
    connection.request("POST", path, "{}", {"X-Seen": "1"})  # type: ignore[arg-type]
    with closing(connection):
        return connection.getresponse().response


def by_httpx(url, kind):
    return httpx.post(url, params={"kind": kind}, json={}, headers={"X-Seen": "1"})


def heard_by(ask, url, kind, *, sockets):
    """Status, body and headers that a client sees, or how it fails."""
    with heard(sockets=sockets):
        try:
            answer = ask(url, kind)
        except (requests.RequestException, httpx.HTTPError) as failure:
            return type(failure)
    told = {k.lower(): v for k, v in answer.headers.items()}
    named = {k: v for k, v in told.items() if k not in {"server", "date"}}
    return answer.status_code, answer.content, named


@pytest.mark.parametrize("ask", [by_pygithub, by_httpx])
@pytest.mark.parametrize("kind", ["", *KINDS])
def test_no_client_can_tell(address, ask, kind):
    """Each kind of trouble looks the same with and without a socket."""
    assert heard_by(ask, address, kind, sockets=False) == heard_by(ask, address, kind, sockets=True)


def test_git_says_the_same_the_second_time(tmp_path):
    """Two worlds that do the same have the same refs; the second one starts no process for it."""
    with quick_git(tmp_path), heard():
        refs = []
        for _ in range(2):
            with World("tasks") as world:
                assert world.run().outcome == "fixed"
                refs.append(world.repository.state.git.refs())

    assert refs[0] == refs[1]
    assert len(refs[0]) == 7


def test_a_pair_is_the_same_story_on_sockets():
    """What the matrix plays in memory."""

    def told(*, sockets):
        with heard(sockets=sockets), World("chats", sockets=sockets) as world:
            runs, found = Pair("chats", 20, 40).play(world)
            return [run.outcome for run in runs], world.made(), found

    assert told(sockets=False) == told(sockets=True)
