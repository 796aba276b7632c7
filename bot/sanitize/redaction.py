"""Secrets out, everything else unchanged: hashes, ids, digests and prose stay readable."""

import re
from collections.abc import Iterable, Iterator

from bot.sanitize.private_keys import key_block_spans
from bot.sanitize.secrets import NO_SECRETS, Secrets, Span
from bot.sanitize.telling_names import named_spans
from bot.sanitize.token_families import family_spans

_MAX_PASSES = 4
"""What is left beside a label may look different than before; ordinary text takes one pass."""

_REDACTED = re.compile(r"\[[a-z0-9-]+\]")


def redact(text: str, secrets: Secrets = NO_SECRETS) -> str:
    """The text with each secret replaced by what it was, such as `[github-token]`.

    Expects cleaned text: control sequences and invisible characters can split a token. Line ends
    stay, so line numbers do. Redacting again changes nothing. Linear in the text's length.
    """
    for _ in range(_MAX_PASSES):
        redacted = _redacted_once(text, secrets)
        if redacted == text:
            break
        text = redacted
    return text


def _redacted_once(text: str, secrets: Secrets) -> str:
    spans = [
        *secrets.spans(text),
        *family_spans(text),
        *key_block_spans(text),
        *named_spans(text),
    ]
    pieces: list[str] = []
    position = 0
    for start, end, name in _merged(spans):
        hidden = text[start:end]
        pieces += (text[position:start], _label(hidden, name))
        position = end
    return "".join((*pieces, text[position:]))


def _label(hidden: str, name: str) -> str:
    if _REDACTED.fullmatch(hidden):
        return hidden
    return "\n".join(f"[{name}]" for _ in hidden.split("\n"))


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Spans in order, overlapping ones joined under the name that says most."""
    ordered = sorted(spans, key=lambda span: span[0])
    if not ordered:
        return
    start, end, name = ordered[0]
    size = end - start
    for first, last, other in ordered[1:]:
        if first < end:
            if (_rank(other), last - first) > (_rank(name), size):
                name, size = other, last - first
            end = max(end, last)
        else:
            yield start, end, name
            start, end, name, size = first, last, other, last - first
    yield start, end, name


_GENERAL = ("secret", "password", "cookie", "authorization", "bearer-token", "basic-auth")


def _rank(name: str) -> int:
    """What surroundings tell says less than a token family; an own token's name comes first."""
    return _GENERAL.index(name) if name in _GENERAL else len(_GENERAL)
