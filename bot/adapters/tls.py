"""The one TLS context for httpx: building one costs about 20 ms, so all clients share it."""

from __future__ import annotations

import os
import ssl
from functools import cache
from pathlib import Path

from bot.errors import ConfigurationError

_VARIABLES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")


def bundle() -> str:
    """The private CA's file of the usual variables, or nothing for the system's own trust.

    Raises `ConfigurationError` for a file that is not there: `requests` and httpx would fail late.
    """
    name = next((n for n in _VARIABLES if os.environ.get(n)), "")
    path = os.environ.get(name, "")
    if path and not Path(path).exists():
        raise ConfigurationError(
            f"{name} names {path}, which does not exist.",
            remedy="In a container action the file must lie in the workspace.",
        )
    return path


@cache
def context() -> ssl.SSLContext:
    """The system's trust, or the private CA of REQUESTS_CA_BUNDLE or SSL_CERT_FILE."""
    path = bundle()
    try:
        if Path(path).is_dir() and path:
            return ssl.create_default_context(capath=path)
        return ssl.create_default_context(cafile=path or None)
    except (OSError, ssl.SSLError) as failure:
        raise ConfigurationError(
            f"The certificates in {path or 'the system'} cannot be read.",
            remedy="REQUESTS_CA_BUNDLE or SSL_CERT_FILE must name a file of PEM certificates.",
        ) from failure
