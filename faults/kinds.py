"""The kinds of trouble that one request can meet, each as a rule for the gate."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bot.sandbox.http import HttpResponse
from faults.gate import Asked, Serve, cut, spoken

Trouble = Callable[[Serve], HttpResponse | None]
_HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"


def _refused(status: int, message: str, **headers: str) -> Trouble:
    body = {"message": message}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: HttpResponse(status, body, named)


def _lost_before(_: Serve) -> None:
    return None


def _lost_after(serve: Serve) -> None:
    serve()


def _bad_gateway_after(serve: Serve) -> HttpResponse:
    serve()
    return HttpResponse(502, _HTML, {"content-type": "text/html"})


def _timeout(serve: Serve) -> HttpResponse:
    serve()
    return spoken("timeout")


def _half(serve: Serve) -> HttpResponse | None:
    answer = serve()
    return cut(answer) if answer is not None else None


def _garbage(serve: Serve) -> HttpResponse | None:
    answer = serve()
    if answer is None:
        return None
    headers = {"content-type": "application/json; charset=utf-8"}
    return replace(answer, body=b'{"id": 17, "sta\xff', headers=headers, cut_after=None)


KINDS: Mapping[str, Trouble] = {
    "lost before the effect": _lost_before,
    "lost after the effect": _lost_after,
    "500": _refused(500, "Internal Server Error"),
    "502 after the effect": _bad_gateway_after,
    "503": _refused(503, "Service Unavailable"),
    "429 with Retry-After": _refused(429, "Too many requests.", retry_after="2"),
    "429 without": _refused(429, "Too many requests."),
    "401": _refused(401, "Bad credentials"),
    "403": _refused(403, "Resource not accessible by integration"),
    "404": _refused(404, "Not Found"),
    "timeout": _timeout,
    "half body": _half,
    "garbage JSON": _garbage,
}


_NUMBERS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{40}|\d{4,}|(?<=[?&]sig=).*")


@dataclass(frozen=True, slots=True)
class EachOnce:
    """That trouble for every call that is of a new sort, one after another, in one run."""

    kind: str
    seen: set[str] = field(default_factory=set)

    def __call__(self, asked: Asked, serve: Serve) -> HttpResponse | None:
        """As `faults.gate.Rule`."""
        sort = f"{asked.server} {asked.method} {_NUMBERS.sub('#', asked.url)}"
        if sort in self.seen:
            return serve()
        self.seen.add(sort)
        return KINDS[self.kind](serve)


@dataclass(frozen=True, slots=True)
class Once:
    """That trouble for the one request of that number."""

    number: int
    kind: str

    def __call__(self, asked: Asked, serve: Serve) -> HttpResponse | None:
        """As `faults.gate.Rule`."""
        return KINDS[self.kind](serve) if asked.number == self.number else serve()
