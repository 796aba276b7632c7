"""The store behind log and artifact links: another host name and port, signed links, no tokens."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.github_state import SandboxClock
from bot.sandbox.http import HttpRequest, HttpResponse, HttpSandbox

LINK_LIFE = timedelta(minutes=1)
_MISSING = ("BlobNotFound", "The specified blob does not exist.")
_EXPIRED = ("AuthenticationFailed", "Signature not valid in the specified time frame")


@dataclass(frozen=True, slots=True)
class _Blob:
    read: Callable[[], bytes | None]
    content_type: str
    expires: datetime
    cut: bool


class BlobStore(HttpSandbox):
    """Serves each link for one minute. A request with an `Authorization` header is refused.

    Azure's store refuses such requests too: it takes the header for its own kind of signature.
    """

    name = "blobs"

    def __init__(self, clock: SandboxClock) -> None:
        super().__init__()
        self._clock = clock
        self._blobs: dict[str, _Blob] = {}
        self.route("GET", "/{path+}", self._get)

    def link(
        self,
        name: str,
        read: Callable[[], bytes | None],
        *,
        content_type: str = "text/plain",
        cut: bool = False,
    ) -> str:
        """A signed link to what `read` gives at that moment; None reads as not there (yet)."""
        signature = secrets.token_urlsafe(16)
        expires = self._clock.now() + LINK_LIFE
        self._blobs[signature] = _Blob(read, content_type, expires, cut)
        shown = expires.strftime("%Y-%m-%dT%H:%M:%SZ").replace(":", "%3A")
        return f"http://localhost:{self.port}/{name}?se={shown}&sig={signature}"

    def _get(self, request: HttpRequest, path: str) -> HttpResponse:
        blob = self._blobs.get(request.param("sig"))
        if "authorization" in request.headers:
            said = "Authentication information is not given in the correct format."
            return _xml(400, "InvalidAuthenticationInfo", said)
        if blob is None or blob.expires < self._clock.now():
            return _xml(403, *_EXPIRED)
        content = blob.read()
        if content is None:
            return _xml(404, *_MISSING)
        cut = len(content) // 2 if blob.cut else None
        name = path.rsplit("/", 1)[-1]
        headers = {
            "content-type": blob.content_type,
            "content-disposition": f'attachment; filename="{name}"',
        }
        return HttpResponse(200, content, headers, cut)


def _xml(status: int, code: str, message: str) -> HttpResponse:
    body = (
        '\ufeff<?xml version="1.0" encoding="utf-8"?>'
        f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    )
    return HttpResponse(status, body.encode(), {"content-type": "application/xml"})
