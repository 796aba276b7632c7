"""The forms in which a token could leave, and the search for them in what left."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote

ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda v: v,
    "base64": lambda v: base64.b64encode(v.encode()).decode(),
    "base64, shifted by one": lambda v: base64.b64encode(b"x" + v.encode() + b"y").decode(),
    "base64, shifted by two": lambda v: base64.b64encode(b"xy" + v.encode() + b"yz").decode(),
    "base64 for URLs": lambda v: base64.urlsafe_b64encode(v.encode()).decode(),
    "base64 of UTF-16": lambda v: base64.b64encode(v.encode("utf-16-le")).decode(),
    "basic header": lambda v: base64.b64encode(f"x-access-token:{v}".encode()).decode(),
    "hex": lambda v: v.encode().hex(),
    "hex in capitals": lambda v: v.encode().hex().upper(),
    "hex dump": lambda v: v.encode().hex(" "),
    "escaped": lambda v: "".join(f"\\x{byte:02x}" for byte in v.encode()),
    "percent": lambda v: "".join(f"%{byte:02X}" for byte in v.encode()),
    "quoted for a URL": lambda v: quote(v, safe=""),
    "backwards": lambda v: v[::-1],
    "without its first characters": lambda v: v[7:],
    "without its last characters": lambda v: v[:-7],
    "split by colours": lambda v: "\x1b[1m".join(v),
    "split by joiners": lambda v: "\u200b".join(v),
}
"""Each as somebody would write a token down."""

_EDGE = 4
"""Characters of a base64 form that depend on what stands before and after."""


@lru_cache(maxsize=256)
def _forms(value: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, form[_EDGE:-_EDGE] if "base64" in name or "basic" in name else form)
        for name, encode in ENCODINGS.items()
        for form in (encode(value),)
    )


def holds(text: str, value: str) -> str:
    """The name of a form in which the text holds the value; empty where it does not."""
    flat = re.sub(r"\s", "", text)
    for name, form in _forms(value):
        if form in text or re.sub(r"\s", "", form) in flat:
            return name
    return ""
