"""Private certificate authorities and proxies, by the usual variables, for both HTTP libraries."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.adapters import tls
from bot.adapters.job_logs import LogDownloads
from bot.errors import ConfigurationError, UpstreamError
from bot.outcomes import ErrorKind
from bot.sandbox.http import HttpResponse
from tests.adapters.backends.stand_ins import FakeClock
from tests.adapters.github_rig import NAME, StandIn, adapter
from tests.authority_fixtures import HOST
from tests.builders import a_job

LOG = b"2026-11-21T12:00:00.0000000Z hello\n"
REPOSITORY = {
    "full_name": NAME, "id": 1, "default_branch": "main", "html_url": "https://github.com/octo/app"
}  # fmt: skip


@pytest.fixture(autouse=True)
def _own_trust():
    """No context of another test, and none for the next."""
    tls.context.cache_clear()
    yield
    tls.context.cache_clear()


class TlsStandIn(StandIn):
    """GitHub and its log store with a certificate of the private authority."""

    def __init__(self, authority: dict[str, Path]) -> None:
        super().__init__(self._answer)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority["server"], authority["key"])
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    @staticmethod
    def _answer(request: Any) -> HttpResponse:
        return HttpResponse(200, LOG if request.path == "/log" else REPOSITORY)


def by_pygithub(url: str) -> str:
    """REST by PyGithub."""
    with adapter(url, FakeClock()) as api:
        return "reached" if api.repository().id == 1 else ""


def by_httpx(url: str) -> str:
    """A log by httpx."""
    downloads = LogDownloads(lambda job: (302, f"{url}/log"))
    with downloads.fetch([a_job()]) as (logs, missing):
        sizes = [log.size for log in logs]
        if missing:
            raise UpstreamError(ErrorKind.GITHUB, missing[0].reason)
        return "reached" if sizes == [len(LOG)] else ""


both = pytest.mark.parametrize("reach", [by_pygithub, by_httpx])
Reach = Callable[[str], str]


@both
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_a_private_authority_is_trusted(authority, monkeypatch, reach: Reach, variable):
    """Either variable is enough for both libraries."""
    monkeypatch.setenv(variable, str(authority["ca"]))
    with TlsStandIn(authority) as server:
        assert reach(f"https://127.0.0.1:{server.port}") == "reached"


@both
def test_a_strangers_certificate_is_refused(authority, reach: Reach):
    """Without the variable nobody trusts that authority, and nothing is asked."""
    with TlsStandIn(authority) as server:
        with pytest.raises(UpstreamError):
            reach(f"https://127.0.0.1:{server.port}")
        assert server.exchanges == []


@both
def test_a_bundle_that_is_not_there(monkeypatch, reach: Reach):
    """The error names the variable and the file."""
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such.pem")
    with pytest.raises(ConfigurationError, match=r"SSL_CERT_FILE names /no/such\.pem"):
        reach("https://127.0.0.1:1")


def test_a_bundle_that_holds_no_certificate(monkeypatch, tmp_path):
    """A file of something else is a configuration error, not a crash."""
    file = tmp_path / "ca.pem"
    file.write_text("no certificate")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
    with pytest.raises(ConfigurationError, match=r"ca\.pem"):
        tls.context()


def test_a_directory_of_certificates(authority, monkeypatch, tmp_path):
    """`requests` takes a directory as well, so httpx gets it in its own way."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))
    assert tls.context().get_ca_certs() == []


class Tunnel(socketserver.ThreadingTCPServer):
    """A proxy that knows CONNECT only and leads every name to one port of this machine."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        self.target, self.asked = port, list[str]()
        super().__init__(("127.0.0.1", 0), TunnelConnection)
        threading.Thread(target=self.serve_forever, args=(0.01,)).start()

    @property
    def url(self) -> str:
        """For HTTPS_PROXY."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class TunnelConnection(socketserver.StreamRequestHandler):
    """One tunnel."""

    server: Tunnel

    def handle(self) -> None:
        """Both directions until either side is done."""
        self.server.asked.append(self.rfile.readline().decode().strip())
        while self.rfile.readline().strip():
            pass
        with socket.create_connection(("127.0.0.1", self.server.target)) as other:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            forth = threading.Thread(target=pump, args=(other, self.connection), daemon=True)
            forth.start()
            pump(self.connection, other)
            forth.join()


def pump(source: socket.socket, target: socket.socket) -> None:
    """Copy until the end, then say so."""
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


@both
def test_https_goes_through_the_proxy(authority, monkeypatch, reach: Reach):
    """CONNECT to the real name, TLS with the real name inside: the proxy sees no token."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority["ca"]))
    with TlsStandIn(authority) as server, Tunnel(server.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert reach(f"https://{HOST}") == "reached"
    assert proxy.asked in ([f"CONNECT {HOST}:443 HTTP/1.1"], [f"CONNECT {HOST}:443 HTTP/1.0"])


def test_http_goes_through_the_proxy(monkeypatch):
    """An Enterprise Server without TLS, by the variable in lower case."""
    with StandIn(HttpResponse(200, REPOSITORY)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.origin)
        with adapter(f"http://{HOST}/api/v3", allow_http=True) as api:
            assert api.repository().id == 1
        assert proxy.exchanges[0].request.headers["host"] == f"{HOST}:80"


@both
def test_no_proxy_is_respected(authority, monkeypatch, reach: Reach):
    """A name in NO_PROXY is reached directly; the proxy, which is dead, is not asked."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority["ca"]))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "example.org,127.0.0.1")
    with TlsStandIn(authority) as server:
        assert reach(f"https://127.0.0.1:{server.port}") == "reached"


def test_a_dead_proxy_is_told(monkeypatch):
    """The error has the library's own words about the proxy, and the remedy names it."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with pytest.raises(UpstreamError, match="the proxy") as told:
        by_pygithub(f"https://{HOST}")
    assert told.value.detail.raw.startswith("ProxyError")
