"""Git over HTTP: the system's own `git http-backend`, run as the CGI program that it is."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from bot.sandbox.git_command import git_environment
from bot.sandbox.http import HttpRequest, HttpResponse

_GIT = re.compile(r"/([^/]+)/([^/]+?)(?:\.git)?/(?:info/refs|git-upload-pack|git-receive-pack)")


def is_git(request: HttpRequest) -> bool:
    """Whether it is git that asks; GitHub serves it with and without the `.git` at the end."""
    return _GIT.fullmatch(request.path) is not None


def named(request: HttpRequest) -> tuple[str, str]:
    """Owner and name of the repository that git asks for."""
    found = _GIT.fullmatch(request.path)
    return (found[1], found[2]) if found else ("", "")


def is_push(request: HttpRequest) -> bool:
    """Whether the request writes: both the advertisement for a push and the push itself."""
    service = request.param("service") or request.path.rsplit("/", 1)[-1]
    return service == "git-receive-pack"


def serve_git(
    root: Path, request: HttpRequest, login: str, environment: Mapping[str, str] | None = None
) -> HttpResponse:
    """Hand one request to `git http-backend`, which finds the repository below `root`."""
    cgi = {
        "GIT_PROJECT_ROOT": str(root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "REQUEST_METHOD": request.method,
        "PATH_INFO": request.path,
        "QUERY_STRING": "&".join(f"{k}={v}" for k, vs in request.query.items() for v in vs),
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "HTTP_CONTENT_ENCODING": request.headers.get("content-encoding", ""),
        "GIT_PROTOCOL": request.headers.get("git-protocol", ""),
        "REMOTE_USER": login,
        "REMOTE_ADDR": "127.0.0.1",
        **(environment or {}),
    }
    done = subprocess.run(
        ["git", "http-backend"],
        env=git_environment(cgi),
        input=request.body,
        capture_output=True,
        check=False,
    )
    if not done.stdout:
        return HttpResponse(500, {"message": done.stderr.decode(errors="replace")})
    return _parse_cgi(done.stdout)


def _parse_cgi(out: bytes) -> HttpResponse:
    head, _, body = out.partition(b"\r\n\r\n")
    headers = {}
    status = 200
    for line in head.decode("latin-1").split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "status":
            status = int(value.split()[0])
        else:
            headers[name] = value.strip()
    return HttpResponse(status, body, headers)
