"""Replays a recording through the adapters, exchange by exchange, in the recorded order.

What an adapter can send is sent by an adapter. What somebody else sent in the same recording (a
person, an administrator, the recorder's own curiosity) is sent as it was, so that nothing is left.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from vcr.cassette import Cassette  # type: ignore[import-untyped]

from bot.adapters.backends.answer import Answer
from bot.adapters.backends.chats import ChatBackend
from bot.adapters.backends.coder_http import CoderHttp
from bot.adapters.backends.coder_wire import WireWorkspace
from bot.adapters.backends.tasks import TaskBackend
from bot.adapters.backends.templates import Choice, Templates
from bot.adapters.backends.workspaces import Workspaces
from bot.errors import BotError
from bot.model import BackendName, Report, Session, SessionState
from tests.adapters.backends.stand_ins import URL, FakeClock, options

RECORDINGS = Path(__file__).parents[2] / "data" / "recordings"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
NOT_RECORDED = "this is not the exchange that was recorded next"
_BYPASS = "x-coder-bypass-ratelimit"

_KEEP_ALIVE = httpx.HTTPTransport()


Verbs = Sequence[tuple[str, str, Callable[..., Callable[[], Any] | None]]]
"""Method, pattern of the path, and what makes the call of it."""


class InOrder(httpx.BaseTransport):
    """Lets through only the request that was recorded next; anything else finds no server."""

    def __init__(self, cassette: Cassette) -> None:
        self._cassette = cassette

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Play it, or fail as a lost network does."""
        due = next_of(self._cassette)
        recorded = None if due is None else self._cassette.requests[due]
        if recorded is None or (request.method, _target(str(request.url))) != (
            recorded.method,
            _target(recorded.uri),
        ):
            raise httpx.ConnectError(NOT_RECORDED)
        return _KEEP_ALIVE.handle_request(request)


def next_of(cassette: Cassette) -> int | None:
    """The index of the first exchange that was not played."""
    return next((i for i in range(len(cassette)) if not cassette.play_counts[i]), None)


def _target(url: str) -> tuple[str, list[tuple[str, str]]]:
    parts = urlsplit(url)
    return parts.path, sorted(parse_qsl(parts.query))


class RecordedTemplates(Templates):
    """Chooses what the recorded request had chosen."""

    def __init__(self, body: dict[str, Any]) -> None:
        self._body = body

    def choice(self) -> Choice:
        """Version and preset of the recorded body."""
        preset = self._body.get("template_version_preset_id", "")
        return Choice(self._body["template_version_id"], preset, "")


class Replay:
    """One recording on its way; `outcomes` says what came of each exchange that was ours."""

    def __init__(self, cassette: Cassette, verbs: Verbs) -> None:
        self.outcomes: list[Any] = []
        self._verbs = verbs
        self.theirs = 0
        self._cassette = cassette
        self._clock = FakeClock()
        self._tasks: dict[tuple[str, str], TaskBackend] = {}
        self._chats: dict[str, ChatBackend] = {}
        self._sessions: dict[str, Session] = {}

    def play(self) -> None:
        """Every exchange, in order."""
        while (due := next_of(self._cassette)) is not None:
            request = self._cassette.requests[due]
            verb = self.verb(request)
            if verb is None:
                self.theirs += 1
                self._somebody_else(request)
                continue
            try:
                self.outcomes.append(verb())
            except BotError as error:
                self.outcomes.append(error)

    def verb(self, request: Any) -> Callable[[], Any] | None:
        """The adapter's call that sends this request; None when no adapter sends it."""
        token = request.headers.get("coder-session-token")
        if not token or _BYPASS in request.headers:
            return None
        target, query = _target(request.uri)
        body = _json(request.body)
        for method, pattern, make in self._verbs:
            found = re.fullmatch(pattern, target)
            if method == request.method and found:
                return make(self, found, query, body)
        return None

    def _somebody_else(self, request: Any) -> None:
        with httpx.Client(transport=InOrder(self._cassette)) as client:
            client.request(request.method, request.uri, content=request.body)

    def http(self, **more: Any) -> CoderHttp:
        """A client of the recorded server."""
        return CoderHttp(options(**more), self._clock, InOrder(self._cassette))

    def templates(self, **more: Any) -> Templates:
        """Look-ups, with these inputs."""
        return Templates(self.http(**more), options(**more))

    def workspaces(self) -> Workspaces:
        """Verbs on workspaces."""
        return Workspaces(self.http(), options(), self._clock)

    def tasks(self, prefix: str, user: str) -> TaskBackend:
        """The one backend for that prefix and user in this recording."""
        if (prefix, user) not in self._tasks:
            mine = options(owner=user)
            http = self.http(owner=user)
            backend = TaskBackend(http, mine, self._clock, Templates(http, mine))
            if prefix == "experimental":
                backend._calls._api._found = "/api/experimental/"
            self._tasks[prefix, user] = backend
        return self._tasks[prefix, user]

    def chats(self, prefix: str) -> ChatBackend:
        """The one backend for that prefix in this recording."""
        if prefix not in self._chats:
            mine = options(backend=BackendName.CHATS, template="")
            http = self.http(backend=BackendName.CHATS, template="")
            backend = ChatBackend(http, mine, self._clock, Templates(http, mine))
            if prefix == "experimental":
                backend._calls._api._found = "/api/experimental/"
            self._chats[prefix] = backend
        return self._chats[prefix]

    def session(self, ident: str, name: BackendName) -> Session:
        """What is known so far of that task or chat."""
        return self._sessions.get(ident) or Session(name, ident, "", URL, SessionState.UNKNOWN)

    def observed(self, backend: TaskBackend, ident: str) -> Session:
        """`observe`, with the session of last time."""
        now = backend.observe(self.session(ident, BackendName.TASKS))
        self._sessions[ident] = now
        return now


def word(outcome: Any) -> str:
    """One outcome in a word or two, for the golden table."""
    match outcome:
        case Session():
            report = outcome.report and ("complete" if outcome.report.complete else "no")
            kind = outcome.error_kind and outcome.error_kind.value
            parts = [outcome.state.value, "paused" if outcome.paused else "", report, kind]
            said = "/".join(part for part in parts if part)
        case BotError() if NOT_RECORDED in outcome.detail.raw:
            said = "recording-ends"
        case BotError():
            said = f"{type(outcome).__name__}({outcome.kind.value})"
        case Answer():
            said = str(outcome.status)
        case list() | tuple():
            said = f"{len(outcome)}-found"
        case WireWorkspace():
            said = f"workspace-{outcome.latest_build.status}"
        case Report():
            said = "answer"
        case _:
            said = type(outcome).__name__.lower().removesuffix("type")
    return said


def words(outcomes: list[Any]) -> str:
    """All outcomes in order; the same ones in a row are counted."""
    runs = [(key, len(list(group))) for key, group in itertools.groupby(map(word, outcomes))]
    return " ".join(key if count == 1 else f"{key}*{count}" for key, count in runs)


def _json(body: bytes | str | None) -> dict[str, Any]:
    try:
        data = json.loads(body or "{}")
    except ValueError:
        return {"broken": True}
    return data if isinstance(data, dict) else {"broken": True}
