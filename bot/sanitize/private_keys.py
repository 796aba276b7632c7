"""Private keys: blocks of several lines, with whatever a log puts in front of each."""

import base64
import re
from collections.abc import Iterator

from bot.sanitize.secrets import Span

_BEGIN = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File"
)
_END = re.compile(
    r"-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----|Private-(?:MAC|Hash): \S+"
)
_MATERIAL = re.compile(r"(?<![A-Za-z0-9+/=.:-])[A-Za-z0-9+/=]{8,}(?![A-Za-z0-9+/=:-])")
_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z? ?|[ \t]*[0-9]{1,7}[ \t]?[|:>]? ?")
# A line of a PEM body on its own: 64, 70 or 76 columns of base64 (and a shorter last one).
_BODY_LINE = re.compile(
    r"(?:[0-9T:.Z-]{20,33} |[ |>0-9:]{0,12})?(?P<body>[A-Za-z0-9+/]{60,76}={0,2})$"
)
_ENCODED = re.compile(r"LS0tLS1CRUdJTi[A-Za-z0-9+/]{50,}={0,2}")
_MAX_BLOCK = 20_000
_MIN_BODY_LINES = 3
_BEGIN_PUBLIC = re.compile(r"-----BEGIN (?!.*PRIVATE)")
_PICTURES = ("iVBOR", "R0lGOD", "/9j/", "UEsDB", "H4sI")


def key_block_spans(text: str) -> Iterator[Span]:
    """The key material of every private key, each line for itself; a cut-off block counts too."""
    if "PRIVATE KEY" in text or "PuTTY-User-Key-File" in text:
        yield from _between_markers(text)
    for match in _ENCODED.finditer(text):
        start = base64.b64decode(match.group()[:64])
        if b"PRIVATE KEY" in start:
            yield *match.span(), "private-key"
    yield from _bodies(text)


def _between_markers(text: str) -> Iterator[Span]:
    position = 0
    while begin := _BEGIN.search(text, position):
        end = _END.search(text, begin.end(), begin.end() + _MAX_BLOCK)
        position = end.start() if end else min(len(text), begin.end() + _MAX_BLOCK)
        body = text[begin.end() : position].replace("\\n", "\n\0").replace("\\r", "\r\0")
        yield from _material(body, begin.end())


def _material(body: str, offset: int) -> Iterator[Span]:
    """Base64 between the markers. Escaped line ends were replaced by as many characters."""
    for match in _MATERIAL.finditer(body):
        yield offset + match.start(), offset + match.end(), "private-key"


def _bodies(text: str) -> Iterator[Span]:
    """Bodies whose first line was cut away: three or more lines of nothing but base64."""
    found: list[Span] = []
    position, public = 0, False
    for line in text.split("\n"):
        match = _BODY_LINE.match(line) if len(line) >= 60 else None
        if match and not match["body"].startswith(_PICTURES) and not public:
            found.append(
                (position + match.start("body"), position + match.end("body"), "private-key")
            )
        else:
            if len(found) >= _MIN_BODY_LINES:
                yield from found
            found = []
            if "-----" in line:
                public = _BEGIN_PUBLIC.search(line) is not None
        position += len(line) + 1
    if len(found) >= _MIN_BODY_LINES:
        yield from found
