"""Origins: which may be sent a token at all, and whether two addresses share one."""

from __future__ import annotations

from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str, int | None]
"""Scheme, host and port, as RFC 6454 has it."""


def origin(address: str) -> Origin:
    """The origin of a URL, with the scheme's own port where it names none. Raises `ValueError`."""
    parts = urlsplit(address)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)


def is_guarded(address: str) -> bool:
    """Whether nobody on the way reads along: https, or http that stays on this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
