"""The wall around each token: one origin, never in clear, never in an error, a repr or a log."""

from __future__ import annotations

import logging
import re
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

import bot
from bot.adapters.backends.coder_http import CoderHttp
from bot.adapters.blobs import Blobs, NoBlobError, anonymous
from bot.adapters.clock import SystemClock
from bot.adapters.github_api import AppKey, FixedToken, Permissions, Server, installation
from bot.adapters.github_api.client import Client
from bot.adapters.github_api.replies import Reply
from bot.commands.run import Run
from bot.composition import Composition
from bot.errors import BotError, ConfigurationError, UpstreamError
from bot.model import RunRef
from bot.outcomes import ErrorKind
from bot.sandbox.http import HttpRequest, HttpResponse
from bot.settings import load
from tests.adapters.backends.stand_ins import TOKEN as CODER_TOKEN
from tests.adapters.backends.stand_ins import FakeClock
from tests.adapters.backends.stand_ins import options as coder_options
from tests.adapters.github_rig import NAME, TOKEN, StandIn, adapter
from tests.app_keys import key, registered

KEY_LINE = key().private.split("\n")[3]
SECRETS = (TOKEN, CODER_TOKEN, KEY_LINE)
JOBS = {"total_count": 0, "jobs": []}


def carried(server: StandIn) -> list[str]:
    """Every secret that any request to that server held, in whatever part."""
    shown = [
        f"{x.request.url} {dict(x.request.headers)} {x.request.body!r}" for x in server.exchanges
    ]
    return [secret for secret in SECRETS for text in shown if secret in text]


@contextmanager
def two_servers(answer: Callable[[str], HttpResponse]) -> Iterator[tuple[StandIn, StandIn]]:
    """The configured one, whose answer knows the other's origin; and the other, which says yes."""
    with (
        StandIn(HttpResponse(200, {"id": 1, "jobs": []})) as other,
        StandIn(lambda _: answer(other.origin)) as configured,
    ):
        yield configured, other


def moved(status: int) -> Callable[[str], HttpResponse]:
    """The answer of a server that redirects to that origin."""
    return lambda to: HttpResponse(status, b"", {"location": f"{to}/x"})


REDIRECTS = [301, 302, 303, 307, 308]


@pytest.mark.parametrize("status", REDIRECTS)
@pytest.mark.parametrize("verb", ["GET", "POST", "PATCH"])
def test_github_cannot_redirect_our_token(status: int, verb: str):
    """Another port is another origin: nothing is sent there, and the error says where it is."""
    with (
        two_servers(moved(status)) as (here, other),
        adapter(here.origin) as api,
    ):
        with pytest.raises(UpstreamError, match=rf"redirects {verb} /x to 127\.0\.0\.1") as told:
            api._client.reply(verb, "/x", body={} if verb != "GET" else None)
        assert (told.value.kind, len(here.asked)) == (ErrorKind.CONFIGURATION, 1)
        assert other.asked == []


@pytest.mark.parametrize("status", REDIRECTS)
def test_github_cannot_redirect_at_its_own_origin_either(status: int):
    """A repository that was renamed answers so; the remedy says that too."""
    answers = HttpResponse(status, b"", {"location": "/repositories/1"}), HttpResponse(200, {})
    with StandIn(*answers) as here, adapter(here.origin) as api:
        with pytest.raises(UpstreamError, match="renamed"):
            api.repository()
        assert len(here.asked) == 1


@pytest.mark.parametrize("status", REDIRECTS)
@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_coder_cannot_redirect_our_token(status: int, verb: str):
    """httpx would forward `Coder-Session-Token` to any host."""
    with two_servers(lambda to: HttpResponse(status, b"", {"location": f"{to}/x"})) as (
        here,
        other,
    ):
        client = CoderHttp(coder_options(url=here.origin), FakeClock())
        with pytest.raises(ConfigurationError, match=r"redirects to http://127\.0\.0\.1:\d+"):
            client.get("/x") if verb == "GET" else client.post("/x", {})
        assert (len(here.asked), other.asked) == (1, [])


NEXT_PAGES = {
    "another port": lambda to, _: f"{to}/repos/{NAME}/actions/runs/1/jobs?page=2",
    "another host": lambda *_: "https://api.github.example/repositories/1/jobs?page=2",
    "another scheme": lambda _, here: f"{here.replace('http:', 'https:')}/x?page=2",
    "a name before the host": lambda _, here: f"{here}@github.example/x?page=2",
    "no port at all": lambda *_: "http://127.0.0.1:x/",
}


@pytest.mark.parametrize("lead", NEXT_PAGES.values(), ids=NEXT_PAGES)
def test_the_next_page_lies_at_the_same_origin(lead: Callable[[str, str], str]):
    """A `Link` that leads elsewhere ends the list with an error; nobody is asked for that page."""

    def answer(request: HttpRequest) -> HttpResponse:
        link = lead(other.origin, f"http://{request.headers['host']}")
        return HttpResponse(200, JOBS, {"link": f'<{link}>; rel="next"'})

    with StandIn(HttpResponse(200, JOBS)) as other, StandIn(answer) as here:
        with adapter(here.origin) as api, pytest.raises(UpstreamError, match="next page"):
            api.jobs(RunRef(1))
        assert (len(here.asked), other.asked) == (1, [])


VIEWER = HttpResponse(200, {"data": {"viewer": {"login": "bot"}}})


def viewer(api_url: str, graphql_url: str = "") -> str:
    """Our login, which GraphQL tells, by a runner's two variables."""
    run = Run({"GITHUB_GRAPHQL_URL": graphql_url, "GITHUB_API_URL": api_url,
               "GITHUB_REPOSITORY": NAME})  # fmt: skip
    parts = Composition(load({"github_token": TOKEN}), run.runner, SystemClock(), run.hidden)
    with closing(parts.github("")) as api:
        return api.viewer()


@pytest.mark.parametrize(
    ("api", "graphql", "asked"),
    [
        ("", "/graphql", "/graphql"),
        ("", "", "/graphql"),
        ("/api/v3", "/api/graphql", "/api/graphql"),
        ("/api/v3", "", "/api/graphql"),
        ("/api/v3/", "", "/api/graphql"),
        ("/gateway/rest", "/gateway/query", "/gateway/query"),
    ],
    ids=["as github.com", "derived", "as Enterprise Server", "derived there", "a stroke more",
         "behind a gateway"],
)  # fmt: skip
def test_graphql_is_asked_where_the_runner_says(api: str, graphql: str, asked: str):
    """By GITHUB_GRAPHQL_URL, and by what belongs to GITHUB_API_URL where that is empty."""
    with StandIn(VIEWER) as here:
        assert viewer(here.origin + api, graphql and here.origin + graphql) == "bot"
        assert here.asked == [f"POST {asked}"]


ASTRAY = {
    "another port": lambda to, _: f"{to}/graphql",
    "another host": lambda *_: "https://api.github.example/graphql",
    "another scheme": lambda _, here: f"{here.replace('http:', 'https:')}/graphql",
    "a name before the host": lambda _, here: f"{here}@github.example/graphql",
    "a password": lambda _, here: f"{here.replace('://', '://u:pw@')}/graphql",
    "no path": lambda _, here: here,
    "a query": lambda _, here: f"{here}/graphql?to=github.example",
    "no port at all": lambda *_: "http://127.0.0.1:x/graphql",
    "no URL": lambda *_: "graphql",
}


@pytest.mark.parametrize("lead", ASTRAY.values(), ids=ASTRAY)
def test_graphql_is_asked_at_the_apis_origin(lead: Callable[[str, str], str]):
    """What GITHUB_GRAPHQL_URL says is no reason to send the token somewhere else: it is named."""
    with StandIn(VIEWER) as here, StandIn(VIEWER) as other:
        with pytest.raises(ConfigurationError, match="GITHUB_GRAPHQL_URL is no address") as told:
            viewer(here.origin, lead(other.origin, here.origin))
        assert "unset it" in told.value.remedy
        assert "pw" not in str(told.value)
        assert (here.asked, other.asked) == ([], [])


CLEAR = ["http://github.corp.example/api/v3", "http://10.0.0.1", "http://127.0.0.1.example"]


@pytest.mark.parametrize("url", CLEAR)
def test_github_in_clear_is_refused(url: str):
    """The variable and the remedy are named; `allow-http` lets it through, loopback needs none."""
    with pytest.raises(ConfigurationError, match=r"GITHUB_API_URL is not encrypted.*`allow-http`"):
        Server(url).check()
    Server(url, allow_http=True).check()
    Server("http://127.0.0.1:1/api/v3").check()


@pytest.mark.parametrize("url", CLEAR)
def test_coder_in_clear_is_refused(url: str):
    """Likewise, for `coder-url`."""
    with pytest.raises(ConfigurationError, match="coder-url is not encrypted"):
        coder_options(url=url).check()
    coder_options(url=url, allow_http=True).check()


def test_a_log_is_fetched_without_any_token_wherever_it_is_redirected(tmp_path: Path):
    """Three stores in a row see no token, nor where we came from."""
    with (
        StandIn(HttpResponse(200, b"log\n")) as last,
        StandIn(
            HttpResponse(302, b"", {"location": f"{last.origin}/c", "set-cookie": "a=b"})
        ) as mid,
        StandIn(HttpResponse(307, b"", {"location": f"{mid.origin}/b"})) as first,
        anonymous() as client,
    ):
        Blobs(client, largest=99, longest=9).save(f"{first.origin}/a?sig=1", tmp_path / "log")
        for store in (first, mid, last):
            (headers,) = (x.request.headers for x in store.exchanges)
            assert {"authorization", "coder-session-token", "referer"}.isdisjoint(headers)


@pytest.mark.parametrize(
    "to", ["http://blobs.example/x", "ftp://blobs.example", "file:///etc/passwd"]
)
def test_a_log_is_not_fetched_in_clear(tmp_path: Path, to: str):
    """Neither by the first address nor by one that a store redirects to."""
    with StandIn(HttpResponse(302, b"", {"location": to})) as store, anonymous() as client:
        for address in (to, f"{store.origin}/a"):
            with pytest.raises(NoBlobError):
                Blobs(client, largest=99, longest=9).save(address, tmp_path / "log")


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error with all its causes and contexts, shown or not."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def everything(error: BaseException) -> str:
    """What any reporter of errors might print: text, attributes and requests along the chain."""
    shown = "".join(traceback.format_exception(error))
    for one in chain(error):
        shown += f"{one!r} {vars(one)!r} {one.args!r}"
        request = getattr(one, "request", None)
        shown += repr(dict(getattr(request, "headers", None) or {}))
    return shown


@pytest.fixture
def closed_port() -> int:
    """Where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def failing(which: str, port: int) -> BaseException:
    """The error of a call that gets no answer."""
    url = f"http://127.0.0.1:{port}"
    with pytest.raises(BotError) as told:
        if which == "coder":
            CoderHttp(coder_options(url=url), FakeClock()).get("/x")
        elif which == "github":
            with adapter(url) as api:
                api.repository()
        else:
            with adapter(url, credentials=app_at(url)) as api:
                api.repository()
    return told.value


def app_at(url: str, conceal: Callable[[str], None] = lambda _: None) -> Any:
    """The credentials of an App."""
    wanted = Permissions({"metadata": "read"})
    made = AppKey("4711", key().private)
    return installation(Server(url), made, wanted, scope=NAME, clock=FakeClock(), conceal=conceal)


@pytest.mark.parametrize("which", ["github", "coder", "app"])
def test_no_error_holds_a_request(closed_port: int, which: str):
    """The libraries' exceptions carry the request, and that the token: they are no part of ours."""
    error = failing(which, closed_port)
    assert [type(e).__name__ for e in chain(error)] == ["UpstreamError"]
    shown = everything(error)
    assert not [s for s in (*SECRETS, "Bearer", "eyJ") if s in shown]


def test_the_reader_of_errors_would_find_a_request():
    """The check itself: what the libraries raise does hold the header."""
    with pytest.raises(requests.RequestException) as told:
        requests.get("http://127.0.0.1:9/", headers={"Authorization": TOKEN}, timeout=1)
    assert TOKEN in everything(told.value)


@pytest.mark.parametrize("token", ["ghp_a\nb", "ghp_a b", "ghp_ä", "ghp_a\x00b", '"ghp_a\t"'])
def test_a_token_that_no_header_can_carry(token: str):
    """It is refused before a library complains about the header, and shows it."""
    with pytest.raises(ConfigurationError, match="`github-token` holds characters") as told:
        FixedToken(token)
    assert token not in everything(told.value)


def test_no_repr_shows_a_token(github_sandbox: Any):
    """Of every object that holds one, at the wall and above it."""
    registered(github_sandbox)
    github_sandbox.create_repository(NAME, {"a": "a\n"})
    made: list[str] = []
    credentials = app_at(github_sandbox.url, made.append)
    variables = {
        "INPUT_GITHUB-TOKEN": TOKEN,
        "INPUT_CODER-TOKEN": CODER_TOKEN,
        "INPUT_GITHUB-APP-PRIVATE-KEY": key().private,
    }
    settings = load({"github_token": TOKEN, "coder_token": CODER_TOKEN,
                     "github_app_private_key": key().private})  # fmt: skip
    run = Run(variables)
    run.hidden.learn("github-token", TOKEN)
    with adapter(github_sandbox.url, credentials=credentials) as api:
        api.repository()
        client: Client = api._client
        objects = [
            api,
            client,
            credentials,
            credentials._app,
            credentials._app._credentials,
            AppKey("4711", key().private),
            FixedToken(TOKEN),
            Reply(201, {}, {"token": made[-1]}),
            client._requester,
            client._connection,
            settings,
            coder_options(),
            CoderHttp(coder_options(), FakeClock()),
            run,
            run.hidden,
            Composition(settings, run.runner, SystemClock(), run.hidden),
        ]
        shown = [f"{one!r} {one!s}" for one in objects]
        shown += [repr(e) for e in client._known.values()]
    assert [s[:80] for s in shown for secret in (*SECRETS, *made) if secret in s] == []
    assert {one[:4] for one in made} == {"eyJh", "ghs_"}


def test_no_log_of_any_library_shows_a_token(github_sandbox: Any, caplog: pytest.LogCaptureFixture):
    """With everything logged, as a debugger might: the token's own answer included."""
    registered(github_sandbox)
    github_sandbox.create_repository(NAME, {"a": "a\n"})
    made: list[str] = []
    with caplog.at_level(logging.DEBUG):
        with adapter(
            github_sandbox.url, credentials=app_at(github_sandbox.url, made.append)
        ) as api:
            api.repository()
        with StandIn(HttpResponse(200, {"id": 1}, {"x-coder-build-version": "v2.36.0"})) as coder:
            CoderHttp(coder_options(url=coder.origin), FakeClock()).get("/api/v2/users/me")
    assert {record.name for record in caplog.records} >= {"httpx", "urllib3.connectionpool"}
    logged = "\n".join(f"{r.getMessage()} {r.args!r}" for r in caplog.records)
    assert [s for s in (*SECRETS, *made) if s in logged] == []


def test_each_server_sees_its_own_token_only():
    """GitHub's never reaches Coder nor Coder's GitHub, in any part of a request."""
    version = {"x-coder-build-version": "v2.36.0"}
    with (
        StandIn(HttpResponse(200, {"id": 1}, version)) as coder,
        StandIn(HttpResponse(200, JOBS)) as github,
        adapter(github.origin) as api,
    ):
        api.jobs(RunRef(1))
        CoderHttp(coder_options(url=coder.origin), FakeClock()).post("/api/v2/x", {"a": 1})
        assert (set(carried(github)), set(carried(coder))) == ({TOKEN}, {CODER_TOKEN})


FLAGS = {
    "--github-token": "Set the variable CODER_FIX_",
    "--coder-token": "Set the variable CODER_FIX_",
    "--github-app-private-key": "Set the variable CODER_FIX_",
    "--github-tok": "there is no flag --github-tok",
}


@pytest.mark.parametrize("flag", FLAGS)
@pytest.mark.parametrize("verb", ["run", "reconcile"])
def test_no_secret_is_taken_from_the_arguments(verb: str, flag: str):
    """Exit 2, the flag or its variable is named, the value is not, and nothing was begun."""
    for arguments in ([flag, TOKEN], [f"{flag}={TOKEN}"]):
        ended = subprocess.run(
            [sys.executable, "-m", "bot", verb, *arguments],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (ended.returncode, ended.stdout) == (2, "")
        assert FLAGS[flag] in ended.stderr
        assert TOKEN not in ended.stderr


def test_only_three_files_can_reach_a_server():
    """Each origin has a client of its own, and nobody else imports a library that sends."""
    sending = re.compile(
        r"^\s*(?:import|from) (?:httpx|requests|urllib\.request|http\.client|urllib3|github)\b",
        re.MULTILINE,
    )
    root = Path(bot.__file__).parent
    found = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if "sandbox" not in path.parts and sending.search(path.read_text(encoding="utf-8"))
    }
    assert found == {
        "adapters/backends/__init__.py",  # the name of a transport, for tests
        "adapters/backends/coder_http.py",
        "adapters/blobs.py",
        "adapters/github_api/client.py",
    }


STAND_IN = re.compile(r"(?:Bearer )?(?:0123456789-([a-z])\1{21}|not-a-token|''|)")


def test_recordings_hold_no_session_token():
    """The header of each recorded request holds a stand-in: one letter, again and again."""
    header = re.compile(r"(?im)^ +(?:coder-session-token|authorization|cookie):\s*- (.*)$")
    folder = Path(__file__).parent.parent / "data" / "recordings"
    files = list(folder.rglob("*.yaml"))
    sent = {value for f in files for value in header.findall(f.read_text(encoding="utf-8"))}
    assert len(sent) > 5
    assert [value for value in sent if not STAND_IN.fullmatch(value)] == []
