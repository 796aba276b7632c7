"""Log downloads: no token leaves, every way to miss a log is told, nothing stays behind."""

from __future__ import annotations

import socketserver
import threading
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from bot.adapters.job_logs import PARALLEL, LogDownloads
from bot.errors import UpstreamError
from bot.model import JobLog, RunRef
from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.http import HttpResponse
from tests.adapters.github_rig import TOKEN, StandIn, adapter, failing_times, seeded, sent
from tests.builders import a_job

LINE = b"2026-11-21T12:00:00.0000000Z hello\n"


@contextmanager
def logs_of(github, *seeds: JobSeed):
    """The logs of a run with these jobs, as (name -> bytes) and (name -> reason)."""
    repository = seeded(github)
    run = github.add_run(repository, seeds)
    with adapter(github.url) as api, api.logs(api.jobs(RunRef(run.id))) as (logs, missing):
        yield (
            {log.job.name.raw: content(log) for log in logs},
            {gap.job.raw: gap.reason for gap in missing},
        )


@pytest.fixture(autouse=True)
def _no_file_is_left(tmp_path, monkeypatch):
    """Whatever happens, the folder for temporary files is empty afterwards."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield
    left = [p.name for p in folder.iterdir() if not p.name.startswith("sandbox-")]
    assert left == []


def content(log: JobLog) -> bytes:
    """The whole log."""
    with log.open() as file:
        whole = file.read()
    assert log.size == len(whole)
    return whole


def test_the_token_never_reaches_the_store(github_sandbox):
    """The store sees neither the token nor any header of ours."""
    with logs_of(github_sandbox, JobSeed("a", "failure", log=LINE)) as (logs, missing):
        assert (logs, missing) == ({"a": LINE}, {})

    (exchange,) = github_sandbox.blobs.exchanges
    assert TOKEN not in repr(exchange.request)
    assert exchange.request.headers.keys().isdisjoint({"authorization", "cookie"})
    assert TOKEN in github_sandbox.exchanges[0].request.headers["authorization"]


def test_logs_come_in_the_jobs_order(github_sandbox):
    """One missing log does not disturb the others."""
    seeds = [JobSeed(f"leg {n}", "failure", log=LINE + b"%d" % n) for n in range(6)]
    seeds[2] = JobSeed("leg 2", "failure", log_state="gone")
    with logs_of(github_sandbox, *seeds) as (logs, missing):
        assert logs == {f"leg {n}": LINE + b"%d" % n for n in range(6) if n != 2}
        assert list(missing) == ["leg 2"]


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("gone", "the log has expired or was removed (410)"),
        ("missing", "the log's store answered 404"),
        ("empty", "the log is empty"),
        ("cut", "the download failed (RemoteProtocolError)"),
    ],
)
def test_a_missing_log_is_told(github_sandbox, state, reason):
    """Each way in which GitHub loses a log has its words."""
    seed = JobSeed("a", "failure", log=LINE * 100, log_state=state)
    with logs_of(github_sandbox, seed) as (logs, missing):
        assert (logs, missing) == ({}, {"a": reason})


@pytest.mark.parametrize(
    ("status", "reason"),
    [(404, "GitHub has no log for this job (404)"), (502, "GitHub answered 502 to GET /repos/")],
)
def test_no_address(github_sandbox, status, reason):
    """GitHub itself has no address for the log, or is in trouble over this one."""
    answer = HttpResponse(status, {"message": "Not Found"})
    github_sandbox.fault_hooks.append(failing_times(99, "GET", "/logs", answer))
    with logs_of(github_sandbox, JobSeed("a", "failure", log=LINE)) as (logs, missing):
        assert logs == {}
        assert missing["a"].startswith(reason)


def test_without_permission(github_sandbox):
    """A token that may not read logs ends the run: that is nothing about one log."""
    github_sandbox.fault_hooks.append(
        failing_times(99, "GET", "/logs", HttpResponse(403, {"message": "Resource not accessible"}))
    )
    with (
        pytest.raises(UpstreamError, match="403"),
        logs_of(github_sandbox, JobSeed("a", "failure", log=LINE)),
    ):
        pass


def test_an_expired_address_is_asked_for_again(github_sandbox):
    """An address lives for a minute; a download that comes too late gets a new one."""
    late: list[None] = []

    def too_late(_request):
        if not late:
            late.append(github_sandbox.clock.advance(120))

    github_sandbox.blobs.fault_hooks.append(too_late)
    with logs_of(github_sandbox, JobSeed("a", "failure", log=LINE)) as (logs, missing):
        assert (logs, missing) == ({"a": LINE}, {})

    assert [x.response.status for x in github_sandbox.blobs.exchanges] == [403, 200]
    assert sent(github_sandbox, "GET", "/logs") == 2


def fetched(store: Any, path: str = "/log", **caps):
    """What one address gives: bytes or None, and the reason or None."""
    address = path if "://" in path else store.origin + path
    downloads = LogDownloads(lambda job: (302, address), **caps)
    with downloads.fetch([a_job()]) as (logs, missing):
        kept = [content(log) for log in logs]
        return (kept[0] if kept else None), (missing[0].reason if missing else None)


def redirect(to: str) -> HttpResponse:
    """A redirect."""
    return HttpResponse(302, b"", {"location": to})


def test_a_chain_of_redirects_is_followed():
    """Two steps, relative ones too."""
    with StandIn(redirect("/b"), redirect("/c"), HttpResponse(200, LINE)) as store:
        assert fetched(store, "/a") == (LINE, None)
    assert store.asked == ["GET /a", "GET /b", "GET /c"]


def test_circles_end():
    """A chain that does not end is given up."""
    with StandIn(redirect("/a")) as store:
        assert fetched(store) == (None, "the log's address leads in circles")


@pytest.mark.parametrize(
    "address", ["http://logs.example.com/1", "file:///etc/passwd", "", "http://["]
)
def test_an_address_without_tls_is_not_followed(address):
    """Neither as the first address nor as the aim of a redirect."""
    with StandIn(redirect(address)) as store:
        direct, reason = fetched(store, address or "x://")
        assert (direct, "GitHub gave a log address" in reason) == (None, True)
        if address:
            assert "address" in fetched(store, "/log")[1]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_an_error_document_is_no_log(mark):
    """A store that says 200 with its XML error, with or without a byte order mark."""
    body = mark + b'<?xml version="1.0" encoding="utf-8"?><Error><Code>BlobNotFound</Code></Error>'
    with StandIn(HttpResponse(200, body)) as store:
        assert fetched(store) == (None, "the log's store sent an error document")


def test_a_redirect_without_an_aim():
    """A 304, or a redirect that names no place, is an answer like any other."""
    with StandIn(HttpResponse(304)) as store:
        assert fetched(store) == (None, "the log's store answered 304")


@pytest.mark.parametrize("size", [10, 34, 35, 36])
def test_the_size_cap(size):
    """No more bytes than allowed are kept; what is left out is told, and only then."""
    told = f"what follows its first {size} bytes was left out" if size < len(LINE) else None
    with StandIn(HttpResponse(200, LINE)) as store:
        assert fetched(store, largest=size) == (LINE[:size], told)


def test_the_time_cap():
    """A sender that drips cannot hold the run: what has come by then is kept, the rest is told."""
    with Dripping() as store:
        kept, told = fetched(store, longest=0.2)
    assert kept == b"drip\n" * (len(kept) // 5)
    assert told == f"what came after {len(kept)} bytes in 0.2 s was left out"


class Dripping(socketserver.ThreadingTCPServer):
    """Answers whatever it is asked with five bytes every 20 ms, until nobody listens."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Drops)
        threading.Thread(target=self.serve_forever, args=(0.01,)).start()

    @property
    def origin(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class Drops(socketserver.BaseRequestHandler):
    """One connection."""

    def handle(self) -> None:
        """Drip."""
        self.request.recv(4096)
        self.request.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        with suppress(OSError):
            while True:
                self.request.sendall(b"drip\n")
                threading.Event().wait(0.02)


def test_a_log_is_given_while_the_next_is_on_its_way():
    """The first can be read although the second has not been answered yet."""
    go_on = threading.Event()

    def answer(request) -> HttpResponse:
        if request.path == "/2":
            go_on.wait(10)
        return HttpResponse(200, LINE)

    with StandIn(answer) as store:
        downloads = LogDownloads(lambda job: (302, f"{store.origin}/{job.id}"))
        with downloads.fetch([a_job(id=1), a_job(id=2)]) as (logs, _):
            first = next(logs)
            waiting = not go_on.is_set()
            go_on.set()
            assert (waiting, first.job.id, [log.job.id for log in logs]) == (True, 1, [2])


def test_only_a_few_at_once():
    """However many jobs failed, at most `PARALLEL` downloads are under way."""
    gauge = Gauge()
    with StandIn(gauge.answer) as store:
        downloads = LogDownloads(lambda job: (302, store.origin + "/log"))
        jobs = [a_job(id=n) for n in range(4 * PARALLEL)]
        with downloads.fetch(jobs) as (logs, missing):
            assert (len(list(logs)), missing) == (len(jobs), [])
    assert gauge.most == PARALLEL


class Gauge:
    """Counts the requests that are under way; none ends before `PARALLEL` are, or time is up."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.lock = threading.Lock()
        self.full = threading.Event()

    def answer(self, _request) -> HttpResponse:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            if self.now >= PARALLEL:
                self.full.set()
        self.full.wait(0.2)
        with self.lock:
            self.now -= 1
        return HttpResponse(200, LINE)
