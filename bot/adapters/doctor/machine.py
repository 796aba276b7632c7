"""The variables of this machine that decide whether anything can be reached."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from bot.adapters import tls
from bot.doctor.facts import Machine
from bot.errors import ConfigurationError

_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


def read_machine(
    environ: Mapping[str, str],
    now: datetime,
    *,
    complaints: tuple[str, ...],
    known_inputs: tuple[str, ...],
    branch_prefix: str,
) -> Machine:
    """Proxies are told without their password."""
    ca, ca_trouble = _ca()
    proxy, proxy_trouble = _proxy(environ)
    return Machine(
        now=now,
        ca_bundle=ca,
        ca_trouble=ca_trouble,
        proxy=proxy,
        proxy_trouble=proxy_trouble,
        input_trouble=complaints,
        known_inputs=known_inputs,
        branch_prefix=branch_prefix,
    )


def _ca() -> tuple[str, str]:
    try:
        path = tls.bundle()
        if path:
            tls.context()
    except ConfigurationError as failure:
        return "", failure.message
    return path, ""


def _proxy(environ: Mapping[str, str]) -> tuple[str, str]:
    for name in _PROXIES:
        value = environ.get(name, "").strip()
        if not value:
            continue
        try:
            # Both HTTP libraries take an address without a scheme for http.
            parts = urlsplit(value if "://" in value else f"http://{value}")
            port = parts.port
        except ValueError:
            return "", f"{name} is not a URL."
        if parts.scheme not in {"http", "https"}:
            return "", f"{name} is a {parts.scheme} proxy; only HTTP proxies are supported."
        if not parts.hostname:
            return "", f"{name} names no host."
        return f"{parts.hostname}{f':{port}' if port else ''}", ""
    return "", ""
