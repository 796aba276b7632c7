"""A GitHub adapter at a sandbox, or at a stand-in that answers by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, Self

from bot.adapters.github_api import FixedToken, GitHubApi, Server
from bot.sandbox.github import SandboxGitHub
from bot.sandbox.http import Fault, HttpRequest, HttpResponse, HttpSandbox
from tests.adapters.backends.stand_ins import FakeClock

TOKEN = "ghp_" + "t0k3n" * 7
NAME = "octo/app"
PERMISSIONS = {
    "actions": "read",
    "checks": "read",
    "contents": "read",
    "issues": "write",
    "pull_requests": "write",
    "statuses": "read",
}


@contextmanager
def adapter(url: str, clock: FakeClock | None = None, **more: Any) -> Iterator[GitHubApi]:
    """The adapter for `NAME` at that address."""
    server = Server(url, allow_http=more.pop("allow_http", False))
    credentials = more.pop("credentials", None) or FixedToken(more.pop("token", TOKEN))
    usual: dict[str, Any] = {"full_name": NAME, "clock": clock or FakeClock()}
    with closing(GitHubApi(server, credentials, **usual | more)) as api:
        yield api


def seeded(github: SandboxGitHub, login: str = "fixer", **more: Any) -> Any:
    """The repository `NAME` with the token's usual rights."""
    github.tokens.grant(TOKEN, **{"login": login, "permissions": PERMISSIONS} | more)
    return github.create_repository(NAME, {"app.py": "whole\n"})


class StandIn(HttpSandbox):
    """Answers the n-th request by the n-th of `answers`, the last one for ever."""

    name = "stand-in"

    def __init__(self, *answers: HttpResponse | Callable[[HttpRequest], HttpResponse]) -> None:
        super().__init__()
        self.answers = list(answers)

    def dispatch(self, request: HttpRequest) -> HttpResponse:
        """The next answer; None of the routes of a sandbox."""
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(request) if callable(answer) else answer

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def asked(self) -> list[str]:
        """Method and path of every request."""
        return [f"{x.request.method} {x.request.path}" for x in self.exchanges]


def failing_times(
    times: int, method: str, end: str, response: HttpResponse | None, *, after: bool = False
) -> Callable[[HttpRequest], None]:
    """A fault hook: the first `times` requests of that method and path end get `response`."""
    left = [times]

    def hook(request: HttpRequest) -> None:
        if left[0] and request.method == method and request.path.endswith(end):
            left[0] -= 1
            raise Fault("planned", respond=response, after_effect=after)

    return hook


def sent(github: HttpSandbox, method: str, end: str) -> int:
    """How many requests of that method went to a path with that end."""
    return sum(
        x.request.method == method and x.request.path.endswith(end) for x in github.exchanges
    )
