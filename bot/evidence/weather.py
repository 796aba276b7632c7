"""Bad weather: what only the world outside can mend, in wordings that leave no other reading."""

from __future__ import annotations

from collections.abc import Sequence

from bot.evidence.verdict import Verdict, rules
from bot.log_formats import Pattern
from bot.log_formats.network import names_public_service
from bot.outcomes import FailureClass

_C = FailureClass
_LIMIT = "a limit of a registry was reached"
_WEATHER = rules(
    (
        _C.INFRASTRUCTURE,
        "the runner's disk is full",
        r"(?i)no space left on device|not enough space on the disk",
    ),
    (
        _C.INFRASTRUCTURE,
        "the runner was lost",
        r"(?i)runner has received a shutdown signal|lost communication with the server|The self-hosted runner .* lost",
    ),
    (
        _C.INFRASTRUCTURE,
        "an action could not be downloaded",
        r"Failed to download (?:archive|action)|Failed to resolve action download info",
    ),
    (
        _C.INFRASTRUCTURE,
        "a server failed",
        r"(?i)\b(?:HTTP(?:/[\d.]+)?|status(?: code)?|error|returned|response|code|E)[: =]*50[0234]\b|\b50[0234][: (\"]+(?:Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway Time-?out|Internal Server Error)|\b(?:Bad Gateway|Gateway Time-?out)\b",
    ),
    (
        _C.INFRASTRUCTURE,
        _LIMIT,
        r"(?i)toomanyrequests: |API rate limit exceeded|^(?!\W*\[?429\]?\b)(?!.*\btests?\b).*too many requests",
    ),
    (
        _C.INFRASTRUCTURE,
        "the network failed",
        r"(?i)could not resolve host(?:name)?: |temporary failure (?:in name resolution|resolving ')|getaddrinfo (?:EAI_AGAIN|ENOTFOUND)|TLS handshake timeout|connection reset by peer|ECONNRESET|ETIMEDOUT|network is unreachable|Failed to connect to \S+ port \d+|read: connection timed out|operation timed out after \d|client network socket disconnected|i/o timeout|Read timed out|INTERNAL_ERROR; received from peer|context deadline exceeded \(Client|https?://\S+.{0,200}context deadline exceeded|request canceled while waiting for connection|unexpected disconnect while reading sideband|early EOF|RPC failed; (?:curl|HTTP)|The requested URL returned error: 5\d\d|Connection timed out|no certificate subject alternative name matches|certificate has expired",
    ),
    (
        _C.INFRASTRUCTURE,
        "a cloud had no machine to give",
        r"\bInsufficientInstanceCapacity\b|\bZONE_RESOURCE_POOL_EXHAUSTED\b",
    ),
    (
        _C.INFRASTRUCTURE,
        "a package mirror failed",
        r"Hash Sum mismatch|Failed to fetch https?://\S+ +(?:Connection failed|Could not connect|Unable to connect)|Mirror sync in progress|Some index files failed to download",
    ),
)
_LOCAL = Pattern(
    r"(?i)localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0|host\.docker\.internal|\.local\b|\b(?:assert|expect|tests?\b)"
)
_HOST = Pattern(
    r"(?i)(?:\w://(?:[^/\s@]+@)?|\b(?:ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|host(?:name)?:?|connect to|lookup) )"
    r"[\"']?(?:[\w-]+\.)+[a-z]{2,}\b"
)


def weather(texts: Sequence[str]) -> Verdict | None:
    """Bad weather, if one of the lines says so and does not speak of this machine."""
    for text in texts:
        for kind, why, pattern in _WEATHER:
            if pattern.search(text) and (why == _LIMIT or is_of_others(text)):
                return Verdict(kind, why)
    return None


def is_of_others(text: str) -> bool:
    """Whether the line can speak of a public service: it names one, or no host at all."""
    if _LOCAL.search(text):
        return False
    return not _HOST.search(text) or names_public_service(text)
