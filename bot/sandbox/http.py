"""The sandbox's HTTP floor: routes, recorded exchanges and injected faults, on loopback."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What arrived. Header names are lower case; `query` keeps repeated parameters."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; None when there is none. Raises `ValueError` for broken JSON."""
        return json.loads(self.body) if self.body else None

    def param(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        return self.query.get(name, [default])[0]

    @property
    def url(self) -> str:
        """Path and query as sent, for contract checks."""
        pairs = "&".join(f"{k}={v}" for k, values in self.query.items() for v in values)
        return f"{self.path}?{pairs}" if pairs else self.path


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What goes back: `body` is bytes, None for no body, or anything that JSON can say.

    `cut_after` loses the connection after so many bytes of a body whose full length was promised.
    """

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_after: int | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer; `fault` names what was injected, if anything."""

    server: str
    request: HttpRequest
    response: HttpResponse
    fault: str = ""


Handler = Callable[..., HttpResponse]


class Fault(Exception):  # noqa: N818 - it is thrown at the server, not raised by it
    """What a fault hook may raise: an answer or a lost connection, before or after the effect.

    `respond` None closes the connection without an answer; `after_effect` runs the handler first.
    """

    def __init__(
        self, name: str, *, respond: HttpResponse | None = None, after_effect: bool = False
    ) -> None:
        super().__init__(name)
        self.name = name
        self.respond = respond
        self.after_effect = after_effect


class HttpSandbox:
    """A threaded server on 127.0.0.1. Subclasses add routes and keep their state under `self.lock`.

    An exception in a handler is a bug of the sandbox: it answers 500 and is kept in `crashes`.
    The `Date` of its answers is wrong by `clock_ahead` seconds.
    """

    name = "sandbox"

    def __init__(self, *, port: int = 0) -> None:
        self.lock = threading.RLock()
        self.exchanges: list[Exchange] = []
        self.observers: list[Callable[[Exchange], None]] = []
        self.fault_hooks: list[Callable[[HttpRequest], None]] = []
        self.crashes: list[BaseException] = []
        self.clock_ahead = 0.0
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = []
        self._server = _Server(("127.0.0.1", port), partial(_Connection, self))
        self._thread = threading.Thread(
            target=self._server.serve_forever, name=f"{self.name}-http", daemon=True
        )

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    @property
    def port(self) -> int:
        """The TCP port that it listens on."""
        return int(self._server.server_address[1])

    @property
    def origin(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving; open connections are closed. Stopping twice does nothing."""
        if self._thread.is_alive():
            (stopper := threading.Thread(target=self._server.shutdown)).start()
            # `serve_forever` looks at its flag twice a second, or when somebody calls.
            socket.create_connection(("127.0.0.1", self.port)).close()
            stopper.join()
        self._server.server_close()
        self._server.drop_connections()

    def route(self, method: str, template: str, handler: Handler) -> None:
        """Serve `template`: `{name}` is one segment, `{name+}` any number; both become kwargs."""
        self._routes.append((method, route_pattern(template), handler))

    def unknown(self, request: HttpRequest) -> HttpResponse:
        """The answer to a path that has no route."""
        return HttpResponse(404, {"message": f"no route for {request.method} {request.path}"})

    def dispatch(self, request: HttpRequest) -> HttpResponse:
        """Find the route and run it; an `Answer` raised below it ends it early."""
        for method, pattern, handler in self._routes:
            match = pattern.match(request.path)
            if method == request.method and match:
                try:
                    return handler(request, **{k: unquote(v) for k, v in match.groupdict().items()})
                except Answer as early:
                    return early.response
        return self.unknown(request)

    def serve(self, request: HttpRequest) -> HttpResponse | None:
        """Answer one request, faults included; None drops the connection."""
        fault: Fault | None = None
        try:
            for hook in list(self.fault_hooks):
                hook(request)
        except Fault as raised:
            fault = raised
        if fault and not fault.after_effect:
            response = HttpResponse(0)
        else:
            response = self._dispatch_safely(request)
        sent = fault.respond if fault else response
        exchange = Exchange(
            self.name, request, sent or HttpResponse(0), fault.name if fault else ""
        )
        with self.lock:
            self.exchanges.append(exchange)
        for observer in list(self.observers):
            observer(exchange)
        return sent

    def _dispatch_safely(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.dispatch(request)
        except Exception as crash:  # noqa: BLE001 - the client gets an answer, the owner the crash
            self.crashes.append(crash)
            return HttpResponse(500, {"message": "".join(traceback.format_exception(crash))})


class Answer(Exception):  # noqa: N818 - not an error of ours but the answer to a request
    """Raised anywhere below a handler to answer at once."""

    def __init__(
        self, status: int, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status)
        self.response = HttpResponse(status, body, headers or {})


def route_pattern(template: str) -> re.Pattern[str]:
    """`/a/{name}/{rest+}` as an expression over a still percent-encoded path."""
    pattern = re.sub(r"\{(\w+)\+\}", r"(?P<\1>.+)", template)
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
    return re.compile(f"^{pattern}$")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: Callable[..., Any]) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that `stop` can end it."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection once it is done."""
        self._open.discard(request)
        super().shutdown_request(request)

    def drop_connections(self) -> None:
        """End every connection that a client keeps alive."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is not worth a traceback on stderr."""


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body leave in one packet: two small writes cost 40 ms each by delayed ACK.
    wbufsize = -1
    disable_nagle_algorithm = True
    server_version, sys_version = "sandbox", ""

    def __init__(self, sandbox: HttpSandbox, *args: Any) -> None:
        self.sandbox = sandbox
        super().__init__(*args)

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length) if length else self._chunked()
        response = self.sandbox.serve(
            HttpRequest(
                self.command,
                parts.path,
                parse_qs(parts.query, keep_blank_values=True),
                {k.lower(): v for k, v in self.headers.items()},
                body,
            )
        )
        if response is None:
            self._hang_up()
        else:
            self._send(response)

    def _chunked(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return b""
        out = bytearray()
        while size := int(self.rfile.readline().split(b";")[0], 16):
            out += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return bytes(out)

    def _send(self, response: HttpResponse) -> None:
        body, headers = response.body, dict(response.headers)
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault("content-type", "application/json; charset=utf-8")
        self.send_response(response.status)
        for name, value in headers.items():
            self.send_header(name, value)
        has_body = response.status not in {204, 304}
        if has_body and "content-length" not in {h.lower() for h in headers}:
            self.send_header("content-length", str(len(body or b"")))
        self.end_headers()
        if body and has_body and self.command != "HEAD":
            self.wfile.write(body[: response.cut_after])
        if response.cut_after is not None:
            self._hang_up()

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The sandbox's time, which a test may move."""
        told = self.sandbox.now() + self.sandbox.clock_ahead
        return super().date_time_string(int(told if timestamp is None else timestamp))

    def _hang_up(self) -> None:
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Silence: the exchanges are the log."""

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _serve  # noqa: N815 - its names
