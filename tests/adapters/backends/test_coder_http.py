"""The HTTP client: what it sends, repeats, keeps to itself, and takes for a Coder."""

from __future__ import annotations

import traceback
from collections.abc import Callable

import httpx
import pytest

from bot.adapters.backends.answer import path
from bot.adapters.backends.coder_http import CoderHttp, parse_version
from bot.adapters.backends.coder_wire import WireLogs, WireTask, read
from bot.errors import BotError, ConfigurationError, UpstreamError
from bot.outcomes import ErrorKind
from tests.adapters.backends.stand_ins import TOKEN, FakeClock, coder_answer, options

Handler = Callable[[httpx.Request], httpx.Response]


class Server:
    """Answers in turn; the last one again and again."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.clock = FakeClock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self, **more: object) -> CoderHttp:
        """A client of this server."""
        return CoderHttp(options(**more), self.clock, httpx.MockTransport(self))


def fails(client: CoderHttp) -> BotError:
    """The error of a GET."""
    with pytest.raises(BotError) as caught:
        client.get("/api/v2/users/me")
    return caught.value


def test_the_token_travels_in_one_header_and_nowhere_else() -> None:
    """`Coder-Session-Token`, no cookie, no bearer, no query; and the product's name."""
    server = Server(coder_answer(200, {}))
    server.client().get("/api/v2/users/me")
    request = server.requests[0]
    carrying = [name for name, value in request.headers.items() if TOKEN in value]
    assert (["coder-session-token"], False) == (carrying, TOKEN in str(request.url))
    assert request.headers["user-agent"].startswith("coder-fix/")


def test_no_cookie_is_kept() -> None:
    """Coder sets a CSRF cookie in every answer; it is not sent back."""
    answer = coder_answer(200, {})
    answer.headers["set-cookie"] = "csrf_token=AAAA; Path=/; HttpOnly"
    server = Server(answer)
    client = server.client()
    client.get("/api/v2/users/me")
    client.get("/api/v2/users/me")
    assert "cookie" not in server.requests[1].headers


@pytest.mark.parametrize(
    "url",
    [
        "https://coder.example.com",
        "https://coder.example.com/",
        " https://coder.example.com// ",
    ],
)
def test_slashes_at_the_end_of_the_url_are_dropped(url: str) -> None:
    """`//api` would be a host for the HTTP library, and a puzzle for reverse proxies."""
    server = Server(coder_answer(200, {}))
    server.client(url=url).get("/api/v2/users/me")
    assert str(server.requests[0].url) == "https://coder.example.com/api/v2/users/me"


def test_a_path_below_the_host_is_kept() -> None:
    """A Coder behind a reverse proxy may live below a path."""
    server = Server(coder_answer(200, {}))
    server.client(url="https://example.com/coder/").get("/api/v2/users/me")
    assert str(server.requests[0].url) == "https://example.com/coder/api/v2/users/me"


def test_a_name_cannot_leave_its_segment() -> None:
    """Slashes, question marks and dots in a name are encoded or stay what they are."""
    assert path("me", "../x?y=/z") == "/me/..%2Fx%3Fy%3D%2Fz"


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("cut"),
        httpx.Response(502, html="<h1>Bad gateway</h1>"),
        httpx.Response(503, text="no upstream"),
        coder_answer(500, {"message": "An internal server error occurred."}),
        coder_answer(504, {"message": "timeout"}),
    ],
)
def test_a_read_is_repeated_after_trouble(trouble: httpx.Response | Exception) -> None:
    """Twice more, with pauses that grow and stay short."""
    server = Server(trouble, trouble, coder_answer(200, {"id": "1"}))
    assert server.client().get("/api/v2/users/me").data == {"id": "1"}
    first, second = server.clock.slept
    assert 0.5 <= first <= 1 <= second <= 2


@pytest.mark.parametrize(
    "trouble", [httpx.ConnectError("refused"), coder_answer(503, {"message": "down"})]
)
def test_a_read_gives_up_soon(trouble: httpx.Response | Exception) -> None:
    """Whoever waits can come back: an outage is an error of kind `coder` after three tries."""
    server = Server(trouble)
    error = fails(server.client())
    assert (ErrorKind.CODER, 3, True) == (
        error.kind,
        len(server.requests),
        server.clock.monotonic() < 4,
    )


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (502, {"message": "Failed to reach task app endpoint.", "detail": "agent is unreachable"}),
        (500, {"message": "Internal error", "detail": "Task workspace ID is invalid."}),
        (500, {"message": "Internal error", "detail": "task has no workspace ID"}),
        (404, {"message": "Resource not found or you do not have access to this resource"}),
        (409, {"message": "A workspace build is already active."}),
    ],
)
def test_what_coder_says_about_the_object_is_not_asked_again(
    status: int, body: dict[str, str]
) -> None:
    """Some 500 and 502 are answers, not trouble."""
    server = Server(coder_answer(status, body))
    assert server.client().get("/api/v2/tasks/me/x").status == status
    assert 1 == len(server.requests)


def test_the_rate_limit_is_waited_for() -> None:
    """As long as Retry-After says."""
    limited = coder_answer(429, {"message": "You've been rate limited."})
    limited.headers["retry-after"] = "60"
    server = Server(limited, coder_answer(200, {}))
    server.client().get("/api/v2/users/me")
    assert [60.0] == server.clock.slept


def test_a_long_retry_after_ends_it_at_once() -> None:
    """Nobody can make us wait for an hour in one call; nor is anything sent before it is over."""
    limited = coder_answer(429, {"message": "You've been rate limited."})
    limited.headers["retry-after"] = "3600"
    server = Server(limited, coder_answer(200, {}))
    client = server.client()
    assert "rate limit" in str(fails(client))
    assert [] == server.clock.slept
    assert "rate limit" in str(fails(client))
    assert 1 == len(server.requests)
    server.clock.sleep(3600)
    assert 200 == client.get("/api/v2/users/me").status


def test_a_post_is_sent_again_after_the_rate_limit() -> None:
    """It was refused before it had any effect; a full queue says no time, and stands."""
    limited = coder_answer(429, {"message": "You've been rate limited."})
    limited.headers["retry-after"] = "60"
    full = coder_answer(429, {"message": "Message queue is full."})
    server = Server(limited, full)
    assert "Message queue is full." == server.client().post("/api/v2/chats/x/messages", {}).message
    assert ([60.0], 2) == (server.clock.slept, len(server.requests))


@pytest.mark.parametrize(
    ("trouble", "maybe_done"),
    [
        (httpx.ConnectError("refused"), False),
        (httpx.ConnectTimeout("slow"), False),
        (httpx.ReadTimeout("slow"), True),
        (httpx.RemoteProtocolError("cut"), True),
        (httpx.WriteError("cut"), True),
        (httpx.Response(502, html="<h1>Bad gateway</h1>"), True),
    ],
)
def test_a_post_is_sent_once(trouble: httpx.Response | Exception, *, maybe_done: bool) -> None:
    """Never repeated, and honest about whether it may have had its effect."""
    server = Server(trouble)
    with pytest.raises(UpstreamError) as caught:
        server.client().post("/api/v2/tasks/me", {"input": "x"})
    assert (1, maybe_done, []) == (
        len(server.requests),
        caught.value.maybe_done,
        server.clock.slept,
    )


def test_the_token_is_in_no_error() -> None:
    """Not in the text, the attributes, the cause or the traceback."""
    server = Server(httpx.ReadTimeout("slow"))
    error = fails(server.client())
    shown = "".join(traceback.format_exception(error)) + repr(error.__dict__) + repr(options())
    assert TOKEN not in shown
    assert error.__cause__ is None


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (httpx.Response(200, html="<h1>Welcome</h1>"), "not a Coder server"),
        (httpx.Response(404, html="<h1>Not found</h1>"), "not a Coder server"),
        (httpx.Response(404, json={"message": "Not Found"}), "not a Coder server"),
        (
            httpx.Response(200, text="{broken", headers={"content-type": "application/json"}),
            "not a",
        ),
        (httpx.Response(302, headers={"location": "https://login.example.com/x"}), "login.example"),
        (httpx.Response(301, html="x", headers={"location": "https://b.example"}), "b.example"),
    ],
)
def test_something_else_behind_the_url_is_a_configuration_error(
    answer: httpx.Response, says: str
) -> None:
    """HTML, foreign JSON, a redirect to a log-in: the input is named, nothing is followed."""
    server = Server(answer)
    error = fails(server.client())
    assert (ConfigurationError, True, True) == (
        type(error),
        "coder-url" in str(error),
        says in str(error),
    )
    assert 1 == len(server.requests)


def test_a_page_in_the_middle_of_a_run_is_trouble_not_configuration() -> None:
    """Once it was a Coder, HTML means that something stands before it for now."""
    server = Server(coder_answer(200, {}), httpx.Response(200, html="<h1>Maintenance</h1>"))
    client = server.client()
    client.get("/api/v2/users/me")
    assert fails(client).kind is ErrorKind.CODER


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v2.36.0", (2, 36, 0)),
        ("v2.36.4+a300a06", (2, 36, 4)),
        ("v2.37.0-devel+7b72f5d8", (2, 37, 0)),
        ("v2.37.0-rc.1", (2, 37, 0)),
        ("v2.37.0-devel", (2, 37, 0)),
        ("main", None),
        ("v2.x.0", None),
        ("", None),
    ],
)
def test_versions_are_read_leniently(text: str, version: tuple[int, int, int] | None) -> None:
    """Released builds, development builds, candidates, builds without a stamp."""
    assert version == parse_version(text)


def test_the_version_comes_with_any_answer() -> None:
    """Errors carry it too, so nobody asks for it."""
    server = Server(coder_answer(404, {"message": "Route not found."}, "v2.29.1+ba71b32"))
    client = server.client()
    client.get("/api/v2/tasks")
    assert client.version == (2, 29, 1)


def test_time_stamps_of_any_length_are_read() -> None:
    """Go prints as many digits as it needs, up to nine."""
    for digits in ("", ".5", ".123456", ".966705029"):
        state = {"timestamp": f"2026-11-21T11:55:39{digits}Z", "state": "idle"}
        assert read(WireTask, {"id": "t", "current_state": state}).current_state is not None


def test_another_shape_is_an_error_that_says_so() -> None:
    """The place is named, what stands there is not shown."""
    with pytest.raises(UpstreamError, match=r"not understood, at logs\.0\.content") as caught:
        read(WireLogs, {"logs": [{"content": 7}]})
    assert caught.value.kind is ErrorKind.CODER
