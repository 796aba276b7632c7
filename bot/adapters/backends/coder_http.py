"""One HTTP client for Coder: token, timeouts, repeated reads, and answers that are not Coder's.

Every request to Coder is made here. Sources: coderd/httpapi/httpapi.go and coderd/httpmw at
v2.36.0, and exchanges recorded from v2.36.0.
"""

from __future__ import annotations

import http.cookiejar
import json
import random
import ssl
import weakref
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from bot import __version__
from bot.adapters import tls
from bot.adapters.backends.answer import OBJECT_MISSING, ROUTE_MISSING, Answer
from bot.adapters.backends.options import CoderOptions, Words
from bot.adapters.backends.refusals import signed_out
from bot.adapters.exchanges import Exchanges
from bot.adapters.restraint import LONGEST_PAUSE, Restraint
from bot.errors import BotError, ConfigurationError, UpstreamError
from bot.outcomes import ErrorKind
from bot.ports import Clock, Exchanged
from bot.untrusted import Untrusted

READ_TRIES = 3
_TAR: Final = "application/x-tar"
_VERSION: Final = "X-Coder-Build-Version"
_USUAL: Final = httpx.Timeout(30.0, connect=10.0)
_SLOW: Final = httpx.Timeout(30.0, connect=10.0, read=90.0)
_SETTLED: Final = ("Task workspace ID is invalid.", "task has no workspace ID")
_UNSENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

Params = Sequence[tuple[str, str]]


class CoderHttp:
    """Coder's API for one token. Safe to use from several threads; connects with the first call."""

    def __init__(
        self,
        options: CoderOptions,
        clock: Clock,
        transport: httpx.BaseTransport | None = None,
        exchanged: Exchanged | None = None,
    ) -> None:
        self.version: tuple[int, int, int] | None = None
        self._clock = clock
        self._restraint = Restraint(clock)
        self._exchanges = Exchanges(clock, exchanged)
        self._base = options.base_url
        self._words = options.words
        self._is_coder = False
        encrypted = self._base.startswith("https:")
        self._client = httpx.Client(
            headers={
                "Coder-Session-Token": options.token.strip(),
                "Accept": "application/json",
                "User-Agent": f"coder-fix/{__version__}",
            },
            # Coder sets a CSRF cookie in every answer; none is ever kept.
            cookies=http.cookiejar.CookieJar(
                http.cookiejar.DefaultCookiePolicy(allowed_domains=[])
            ),
            follow_redirects=False,
            timeout=_USUAL,
            verify=tls.context() if encrypted else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            transport=transport,
        )
        # The port has no "close": connections end with their last user, or with the process.
        weakref.finalize(self, self._client.close)

    def get(self, path: str, params: Params = ()) -> Answer:
        """GET, tried again for a short while after trouble. Raises `UpstreamError` after that."""
        waited = 0.0
        for attempt in range(1, READ_TRIES + 1):
            trouble: BotError
            try:
                answer = self._once("GET", path, params=params)
                pause = _pause(answer, attempt)
                if pause is None:
                    return answer
                trouble = _trouble(self._words, answer.status, answer.message)
            except UpstreamError as error:
                if error.kind is not ErrorKind.CODER:
                    raise
                trouble, pause = error, _backoff(attempt)
            waited += pause
            if attempt == READ_TRIES or waited > LONGEST_PAUSE:
                raise trouble
            self._clock.sleep(pause)
        raise AssertionError(READ_TRIES)

    def post(self, path: str, body: Any = None, *, slow: bool = False) -> Answer:
        """POST, once, and again after a rate limit, which refuses before any effect.

        A lost answer is an `UpstreamError` that says `maybe_done`.

        `slow` is for the message to a task: Coder dials the agent for up to 30 s, and typing takes
        up to 15 s more (coderd/aitasks.go, agentapi's conversation.go).
        """
        return self._write("POST", path, body=body, timeout=_SLOW if slow else _USUAL)

    def patch(self, path: str, body: Any) -> Answer:
        """PATCH, as `post`."""
        return self._write("PATCH", path, body=body)

    def put(self, path: str, body: Any) -> Answer:
        """PUT, as `post`."""
        return self._write("PUT", path, body=body)

    def delete(self, path: str) -> Answer:
        """DELETE, as `post`."""
        return self._write("DELETE", path)

    def upload(self, path: str, content: bytes) -> Answer:
        """POST of a tar archive, as `post`."""
        return self._write("POST", path, content=content)

    def _write(self, method: str, path: str, **how: Any) -> Answer:
        answer = self._once(method, path, **how)
        asked = _pause_told(answer)
        return self._once(method, path, **how) if 0 < asked <= LONGEST_PAUSE else answer

    def _once(
        self,
        method: str,
        path: str,
        *,
        params: Params = (),
        body: Any = None,
        content: bytes | None = None,
        timeout: httpx.Timeout = _USUAL,
    ) -> Answer:
        if self._restraint.wait():
            raise _trouble(self._words, 429)
        lost: UpstreamError | None = None
        ended = self._exchanges.begin(method, path)
        try:
            response = self._client.request(
                method,
                self._base + path,
                params=list(params) or None,
                json=body,
                content=content,
                headers={"Content-Type": _TAR} if content is not None else None,
                timeout=timeout,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            lost = self._no_answer(failure, method)
        ended(0 if lost else response.status_code)
        if lost is not None:
            # Outside of the handler: the failure's request, which carries the token, would be its
            # context.
            raise lost
        answer = self._read(response)
        self._restraint.keep_away(_pause_told(answer))
        if answer.status == 401:
            raise signed_out(answer.message, answer.detail, self._words)
        return answer

    def _no_answer(self, failure: Exception, method: str) -> UpstreamError:
        detail = f"{type(failure).__name__}: {failure}"
        says = f"Coder at {self._base} did not answer."
        remedy = "Check that the runner reaches the address in coder-url."
        if "CERTIFICATE_VERIFY_FAILED" in detail:
            says = f"The certificate of Coder at {self._base} is not trusted."
            remedy = "Name the file of your CA's certificates in SSL_CERT_FILE, or renew it."
        return UpstreamError(
            ErrorKind.CODER,
            says,
            detail=Untrusted(detail),
            remedy=remedy,
            maybe_done=method != "GET" and not isinstance(failure, _UNSENT),
        )

    def _read(self, response: httpx.Response) -> Answer:
        version = response.headers.get(_VERSION, "")
        data, is_api = _decode(response)
        answer = Answer(response.status_code, data, response.headers)
        if version or answer.message in {ROUTE_MISSING, OBJECT_MISSING}:
            self._is_coder = True
            self.version = parse_version(version) or self.version
        if not is_api or (answer.status in {401, 404} and not self._is_coder):
            raise self._not_coder(response)
        return answer

    def _not_coder(self, response: httpx.Response) -> BotError:
        """The error for an answer that something else than Coder's API gave."""
        status, kind = response.status_code, response.headers.get("content-type", "no content type")
        if response.is_success and _VERSION in response.headers and "html" in kind:
            # Whatever path the API does not have is one of the dashboard.
            return ConfigurationError(
                "The address in coder-url is a page of Coder, below which there is no API.",
                remedy=f"Leave out its path: {_origin(self._base)}.",
            )
        if status >= 500 or status == 429 or self._is_coder:
            return _trouble(self._words, status, maybe_done=response.request.method != "GET")
        if response.is_redirect:
            where = _origin(response.headers.get("location", "")) or "another address"
            return ConfigurationError(
                f"The address in coder-url redirects to {where}.",
                remedy="Set coder-url to the address of the Coder dashboard itself.",
            )
        kind = kind.split(";")[0]
        return ConfigurationError(
            f"The address in coder-url is not a Coder server: its API answers {status}, {kind}.",
            remedy="Set coder-url to the address of your Coder dashboard.",
        )


def _origin(address: str) -> str:
    """Scheme, host and port of an address; empty for a relative one."""
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname}{port}" if parts.scheme and parts.hostname else ""


def parse_version(text: str) -> tuple[int, int, int] | None:
    """`v2.36.0`, `v2.36.0+a300a06`, `v2.37.0-devel`; None for anything else."""
    numbers = text.removeprefix("v").partition("+")[0].partition("-")[0].split(".")
    if len(numbers) != 3 or not all(n.isascii() and n.isdigit() for n in numbers):
        return None
    return int(numbers[0]), int(numbers[1]), int(numbers[2])


def _decode(response: httpx.Response) -> tuple[Any, bool]:
    """The body, and whether it is one of an API: JSON, a template's archive, or nothing at all."""
    if not response.content:
        return None, not response.is_redirect
    kind = response.headers.get("content-type", "")
    if kind.startswith(_TAR):
        return response.content, True
    if "json" not in kind:
        return None, False
    try:
        return json.loads(response.content), True
    except ValueError:
        return None, False


def _trouble(
    words: Words, status: int, detail: str = "", *, maybe_done: bool = False
) -> UpstreamError:
    if status == 429:
        message = words.limited
        remedy = "Raise poll-interval-seconds, or give the bot a user of its own."
    else:
        message = f"Coder is in trouble: it answered {status}."
        remedy = "Look at the Coder server, then repeat the run."
    return UpstreamError(
        ErrorKind.CODER,
        message,
        status=status,
        detail=Untrusted(detail),
        remedy=remedy,
        maybe_done=maybe_done,
    )


def _pause_told(answer: Answer) -> float:
    """Seconds by Coder's rate limit; 0 for everything else (a full queue is a 429 without them)."""
    asked = answer.headers.get("Retry-After", "") if answer.status == 429 else ""
    return float(asked) if asked.isdigit() else 0.0


def _pause(answer: Answer, attempt: int) -> float | None:
    """Seconds before a GET is worth repeating; None when the answer stands.

    A 502 in Coder's own envelope stands: it tells of the task's app, not of Coder.
    """
    if answer.status == 429:
        return _pause_told(answer) or _backoff(attempt)
    if answer.status in {500, 503, 504} and answer.detail not in _SETTLED:
        return _backoff(attempt)
    return None


def _backoff(attempt: int) -> float:
    return min(2.0 ** (attempt - 1), 8.0) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
