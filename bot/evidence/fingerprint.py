"""One hash for each finding, the same wherever and whenever the same thing fails.

Made from class, tool, test or file and rule, and the message without what differs between runs:
directories, numbers, hashes, durations, ports, versions, dates, addresses.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache

from bot.model.evidence import Diagnostic

_LENGTH = 16
_MESSAGE = 200
_STAMP = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)?|\b\d\d:\d\d:\d\d(?:[.,]\d+)?"
)
_ZONE = re.compile(r"(?<=0)[ ]?(?:Z\b|UTC\b|GMT\b|CES?T\b|[PECM][SD]T\b|[+-]\d\d:?\d\d\b)")
_URL_HOST = re.compile(
    r"(?<=://)(?:[^/\s@]+@)?(?:localhost|\d+\.\d+\.\d+\.\d+|\[[0-9a-f:]+\])(?::\d+)?"
)
_DIRECTORY = re.compile(
    r"(?:(?:\b[A-Za-z]:|file://)?[\\/]|\.{1,2}[\\/])?(?:[\w.@+~-]+[\\/]+)+(?=[\w.@+-])"
)
_HASH = re.compile(
    r"\b(?:sha\d+[:-])?(?:0x[0-9a-fA-F]+|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
    r"|(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,64})\b"
)
_DURATION = re.compile(
    r"\b\d+(?:\.\d+)? ?(?:µs|[nmu]?s|secs?|seconds?|minutes?|mins?|m|h|hours?|milliseconds?)\b"
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SPACE = re.compile(r"\s+")
_TEST_NUMBER = re.compile(r"0x[0-9a-fA-F]+| \(?\d+(?:\.\d+)? ?m?s\)?$")


@lru_cache(maxsize=16384)
def normalized(text: str) -> str:
    """`text` without what differs between two runs of the same thing."""
    text = _STAMP.sub("0", text[: 4 * _MESSAGE])
    text = _ZONE.sub("", text)
    text = _URL_HOST.sub("host", text)
    text = _DIRECTORY.sub("", text)
    text = _HASH.sub("0", text)
    text = _DURATION.sub("0", text)
    text = _NUMBER.sub("0", text)
    return _SPACE.sub(" ", text).strip().lower()[:_MESSAGE]


def file_name(path: str) -> str:
    """The last part of a path of any system."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]


def fingerprint_of(diagnostic: Diagnostic) -> str:
    """16 hexadecimal digits."""
    where = _TEST_NUMBER.sub("", diagnostic.test) or file_name(diagnostic.path)
    parts = (
        diagnostic.failure_class.value,
        diagnostic.tool,
        _DIRECTORY.sub("", where),
        diagnostic.rule,
        normalized(diagnostic.message.raw),
    )
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:_LENGTH]


def fingerprint(diagnostics: Iterable[Diagnostic]) -> tuple[str, ...]:
    """The hash of each, without repetition, sorted; where some name a test or a file, of those.

    What names neither (`make: Error 1`, a hook that changed files) is said of many failures alike.
        Tests that run in parallel fail in any order; and the first few of two long sorted lists are
        shared when the lists are alike.
    """
    found = list(diagnostics)
    placed = [d for d in found if d.test or d.path]
    return tuple(sorted({fingerprint_of(diagnostic) for diagnostic in placed or found}))
