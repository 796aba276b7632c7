"""The store behind a signed address: a download without any token, streamed to disk, with caps.

The address lives for one minute and on another host; GitHub's token must never reach it, so the
client here has no headers of ours at all and follows a few redirects by hand at most.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Final

import httpx

from bot.adapters import tls
from bot.adapters.origins import is_guarded

PIECE: Final = 256 * 1024
"""Bytes read and written at once. What is there is taken: a slow sender is not waited for."""

REDIRECTS: Final = 3

_ERROR_DOCUMENT: Final = (b"<?xml", b"\xef\xbb\xbf<?xml")
"""Azure's store sends one with a byte order mark."""


class NoBlobError(Exception):
    """Why this address gave nothing; another one may."""


class Blobs:
    """Saves what addresses lead to: at most `largest` bytes, in at most `longest` seconds each."""

    def __init__(self, client: httpx.Client, *, largest: int, longest: float) -> None:
        self._client = client
        self._largest = largest
        self._longest = longest

    def save(self, address: str, target: Path) -> str:
        """Write it to `target`; what of it had to be left out, or nothing. Raises `NoBlobError`."""
        until = monotonic() + self._longest
        trouble = "the log's address leads in circles"
        try:
            for _ in range(REDIRECTS):
                _check(address)
                with self._client.stream("GET", address) as answer:
                    if answer.has_redirect_location:
                        address = str(answer.url.join(answer.headers["location"]))
                        continue
                    if answer.status_code != 200:
                        raise NoBlobError(f"the log's store answered {answer.status_code}")
                    return self._write(answer, target, until)
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            trouble = f"the download failed ({type(failure).__name__})"
        # Outside of the handler: the failure's request holds the signed address.
        raise NoBlobError(trouble)

    def _write(self, answer: httpx.Response, target: Path, until: float) -> str:
        size, left_out = 0, ""
        with target.open("w+b", PIECE) as file:
            # As the pieces arrive: asking for larger ones would let a slow sender stop the clock.
            for piece in answer.iter_bytes():
                file.write(piece[: self._largest - size])
                size += len(piece)
                if size > self._largest:
                    left_out = f"what follows its first {self._largest} bytes was left out"
                elif monotonic() > until:
                    left_out = f"what came after {size} bytes in {self._longest:g} s was left out"
                if left_out:
                    break
            file.seek(0)
            if file.read(8).startswith(_ERROR_DOCUMENT):
                raise NoBlobError("the log's store sent an error document")
        if not size:
            raise NoBlobError("the log is empty")
        return left_out


@contextmanager
def anonymous() -> Iterator[httpx.Client]:
    """A client that carries nothing of ours, and lets connections read `PIECE` bytes at once.

    httpx has no setting for that, and httpcore's 64 KiB take twice the time: each piece goes
    through several Python calls, and every other thread gets its turn in between.
    """
    import httpcore  # as httpx does it: late, for a faster start

    httpcore.HTTP11Connection.READ_NUM_BYTES = PIECE
    with httpx.Client(verify=tls.context(), timeout=30.0, follow_redirects=False) as client:
        yield client


def _check(address: str) -> None:
    """Only https, or loopback: such an address is somebody else's word."""
    try:
        guarded = is_guarded(address)
    except ValueError:
        raise NoBlobError("GitHub gave a log address that is no URL") from None
    if not guarded:
        raise NoBlobError("GitHub gave a log address that is not https; it was not followed")
