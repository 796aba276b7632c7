"""Every test: no network, no variables of the machine's own, no signal handlers left over."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from typing import Any

import pytest

pytest_plugins = [
    "tests.authority_fixtures",
    "tests.sandbox_fixtures",
    "tests.coder_fixtures",
    "tests.scenarios.stage",
]

_KEEP = {"PATH", "HOME", "TMPDIR", "LANG", "PYTHONPATH", "UPDATE_GOLDEN"}
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inputs, tokens and proxies of whoever runs the tests must not reach them."""
    for name in list(os.environ):
        if name not in _KEEP and not name.startswith(("COVERAGE", "COV_", "PYTEST")):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """Handlers that a run installs end with its test."""
    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to anywhere else is an error."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in _LOOPBACK:
            raise AssertionError(f"a test connects to {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
