"""The manner of GitHub's REST API: routes with permissions, paging, error bodies, ETags."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from urllib.parse import urlencode

from bot.sandbox.github_state import Issue, PullRequest, Repository, User
from bot.sandbox.github_tokens import Grant
from bot.sandbox.http import Answer, HttpRequest, HttpResponse, route_pattern

if TYPE_CHECKING:
    from bot.sandbox.github_server import GitHubServer

DOCUMENTATION = "https://docs.github.com/rest"
MAX_BODY = 65_536
"""Characters in a comment's, issue's or pull request's body; the description does not say it."""

T = TypeVar("T")


@dataclass(slots=True)
class Call:
    """One authenticated request on its way through a handler."""

    server: GitHubServer
    request: HttpRequest
    grant: Grant
    params: Mapping[str, str]
    body: dict[str, Any]
    found: Repository | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def repository(self) -> Repository:
        """The repository that the path names; routes without one never ask."""
        if self.found is None:
            not_found()
        return self.found

    @property
    def user(self) -> User:
        """The account that the token speaks for."""
        return self.server.state.user(self.grant.login)

    def integer(self, name: str) -> int:
        """A path parameter that must be a number; anything else is not found."""
        value = self.params[name]
        return int(value) if value.isdigit() else not_found()

    def issue(self, name: str = "issue_number") -> Issue:
        """The issue (or the conversation of the pull request) that the path names.

        410 for a deleted one (docs: Get an issue).
        """
        number = self.integer(name)
        if number in self.repository.deleted_issues:
            raise Answer(410, error_body(410, "This issue was deleted"))
        return self.repository.issues.get(number) or not_found()

    def pull(self) -> PullRequest:
        """The pull request that the path names."""
        return self.repository.pulls.get(self.integer("pull_number")) or not_found()

    def text(self, name: str) -> str:
        """A required member of the body that must be text; 422 otherwise."""
        value = self.body.get(name)
        if not isinstance(value, str):
            raise Answer(422, error_body(422, f'Invalid request.\n\n"{name}" wasn\'t supplied.'))
        return value

    def page(self, items: Sequence[T]) -> list[T]:
        """The asked-for page, with a `Link` header that leads to the others."""
        size = min(_whole(self.request.param("per_page"), 30), 100)
        number = _whole(self.request.param("page"), 1)
        last = max(1, -(-len(items) // size))
        wanted = {"prev": number - 1, "next": number + 1, "last": last, "first": 1}
        links = [
            f'<{self._page_url(page)}>; rel="{rel}"'
            for rel, page in wanted.items()
            if (number > 1 if rel in {"prev", "first"} else number < last)
        ]
        if links:
            self.headers["Link"] = ", ".join(links)
        return list(items[(number - 1) * size : number * size])

    def listing(
        self, member: str, items: Sequence[T], render: Callable[[T], Any]
    ) -> dict[str, Any]:
        """`{total_count, member: [...]}`, paged."""
        shown = [render(item) for item in self.page(items)]
        return {"total_count": len(items), member: shown}

    def _page_url(self, number: int) -> str:
        query = {k: v[0] for k, v in self.request.query.items()} | {"page": str(number)}
        return f"{self.server.origin}{self.request.path}?{urlencode(query)}"


Endpoint = Callable[[Call], Any]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation and the permission it asks for (`contents:read`, alternatives by `|`)."""

    method: str
    pattern: re.Pattern[str]
    permission: str
    endpoint: Endpoint


class Routes(list[Route]):
    """The operations of one area. `{path+}` matches several segments."""

    def on(
        self, method: str, template: str, permission: str = "metadata:read"
    ) -> Callable[[Endpoint], Endpoint]:
        """Decorate an endpoint. It returns the body of a 200, or an `HttpResponse`."""

        def register(endpoint: Endpoint) -> Endpoint:
            pattern = route_pattern(template.replace("/R/", "/repos/{owner}/{repo}/"))
            self.append(Route(method, pattern, permission, endpoint))
            return endpoint

        return register


def created(body: Any) -> HttpResponse:
    """201 with that body."""
    return HttpResponse(201, body)


def no_content() -> HttpResponse:
    """204."""
    return HttpResponse(204)


def error_body(status: int, message: str, errors: Iterable[Any] = ()) -> dict[str, Any]:
    """GitHub's one error form."""
    listed = list(errors)
    body: dict[str, Any] = {"message": message}
    if listed:
        body["errors"] = listed
    return body | {"documentation_url": DOCUMENTATION, "status": str(status)}


def not_found() -> NoReturn:
    """404, also for what exists but must not be seen."""
    raise Answer(404, error_body(404, "Not Found"))


def forbidden(message: str, accepted: str = "") -> NoReturn:
    """403 with that text; `accepted` are the permissions that would do, `a:read|b:write`."""
    sets = accepted.replace(":", "=").replace("|", "; ")
    headers = {"X-Accepted-GitHub-Permissions": sets} if sets else {}
    raise Answer(403, error_body(403, message), headers)


def invalid(resource: str, **error: str) -> NoReturn:
    """422 `Validation Failed` with one entry in `errors`."""
    raise Answer(422, error_body(422, "Validation Failed", [{"resource": resource, **error}]))


def check_body_size(resource: str, body: Any) -> None:
    """422 for a body that GitHub would not store."""
    if isinstance(body, str) and len(body) > MAX_BODY:
        said = f"Body is too long (maximum is {MAX_BODY} characters)"
        invalid(resource, code="unprocessable", field="data", message=said)


def conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Add the ETag to a GET's JSON answer, or make it a 304."""
    if request.method != "GET" or response.status != 200 or isinstance(response.body, bytes):
        return response
    digest = hashlib.sha256(json.dumps(response.body, sort_keys=True).encode()).hexdigest()
    tag = f'W/"{digest}"'
    headers = {**response.headers, "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return HttpResponse(304, None, headers)
    return HttpResponse(200, response.body, headers)


def _whole(text: str, default: int) -> int:
    return max(1, int(text)) if text.isdigit() else default
