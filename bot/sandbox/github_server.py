"""The sandbox GitHub as a server: who calls, may they, which operation; and Git beside the API."""

from __future__ import annotations

import itertools
from collections import defaultdict
from pathlib import Path
from urllib.parse import unquote

from bot.sandbox.actions_runs import RunsInProgress
from bot.sandbox.actions_start import WorkflowStarter
from bot.sandbox.git_diff import diff
from bot.sandbox.git_http import is_git, is_push, named, serve_git
from bot.sandbox.github_api import Call, Route, conditional, error_body, forbidden, not_found
from bot.sandbox.github_apps import JwtRefusedError
from bot.sandbox.github_blobs import BlobStore
from bot.sandbox.github_events import Events
from bot.sandbox.github_graphql import serve_graphql
from bot.sandbox.github_pages import serve_page, wants_page
from bot.sandbox.github_pushes import Pusher, notice_refs
from bot.sandbox.github_routes import ROUTES
from bot.sandbox.github_runs import Attempt, WorkflowRun
from bot.sandbox.github_state import GitHubState, PullRequest, Repository, SandboxClock
from bot.sandbox.github_tokens import REFUSED, Grant, Tokens
from bot.sandbox.github_wire import Json, Links
from bot.sandbox.github_wire_actions import render_run
from bot.sandbox.github_wire_git import render_simple_commit
from bot.sandbox.github_wire_pulls import render_pull
from bot.sandbox.http import Answer, HttpRequest, HttpResponse, HttpSandbox


class GitHubServer(HttpSandbox):
    """State, tokens, runs and the API over them. `prefix` is empty or `/api/v3` (Enterprise)."""

    name = "github"

    def __init__(self, directory: Path, *, prefix: str = "", port: int = 0) -> None:
        super().__init__(port=port)
        self.prefix = prefix
        self.enterprise_version = "3.19.2" if prefix else ""
        self.directory = directory
        self.clock = SandboxClock()
        self.state = GitHubState(self.clock)
        self.tokens = Tokens(self.clock)
        self.events = Events(self)
        self.blobs = BlobStore(self.clock)
        self.runs = RunsInProgress(self, directory / "jobs")
        self.starter = WorkflowStarter(self)
        self.links = Links(self.url, self.server_url)
        self._by_method: dict[str, list[Route]] = defaultdict(list)
        for route in ROUTES:
            self._by_method[route.method].append(route)

    @property
    def url(self) -> str:
        """`GITHUB_API_URL`."""
        return self.origin + self.prefix

    @property
    def server_url(self) -> str:
        """`GITHUB_SERVER_URL`."""
        return self.origin

    @property
    def graphql_url(self) -> str:
        """`GITHUB_GRAPHQL_URL`."""
        return f"{self.origin}{'/api' if self.prefix else ''}/graphql"

    def dispatch(self, request: HttpRequest) -> HttpResponse:
        """Git, GraphQL or REST."""
        try:
            if is_git(request):
                return self._git(request)
            if wants_page(request):
                with self.lock:
                    return serve_page(self, request)
            grant = self._authenticate(request)
            with self.lock:
                answer = self._api(request, grant)
        except Answer as early:
            answer, grant = early.response, None
        return answer if grant is None else self._limited(answer, grant)

    def render_run(
        self, repository: Repository, run: WorkflowRun, attempt: Attempt | None = None
    ) -> Json:
        """`workflow-run` with everything that it refers to."""
        head = self.state.repository(run.head_full_name) or repository
        commit = render_simple_commit(repository.git.commit(run.head_sha))
        actor = self.state.user(run.actor)
        people = (actor, self.state.user((attempt or run.attempt).actor))
        return render_run(self.links, repository, run, (head, commit), people, attempt)

    def render_full_pull(self, repository: Repository, pull: PullRequest) -> Json:
        """`pull-request`: what lists leave out is counted from Git."""
        git = repository.git
        base = git.merge_base(pull.base_sha, pull.head_sha) or pull.base_sha
        changes = diff(git, base, pull.head_sha)
        conflict = pull.merge_sha is None
        return {
            **render_pull(self.links, repository, pull),
            "merged": pull.merged_at is not None,
            "mergeable": not conflict if pull.issue.state == "open" else None,
            "rebaseable": not conflict,
            "mergeable_state": "dirty" if conflict else "draft" if pull.draft else "clean",
            "merged_by": None,
            "comments": len(pull.issue.comments),
            "review_comments": len(pull.review_comments),
            "maintainer_can_modify": pull.maintainer_can_modify and pull.head is not repository,
            "commits": len(git.log(f"{base}..{pull.head_sha}")),
            "additions": sum(change.additions for change in changes),
            "deletions": sum(change.deletions for change in changes),
            "changed_files": len(changes),
        }

    def _authenticate(self, request: HttpRequest) -> Grant:
        header = request.headers.get("authorization", "")
        if not header:
            raise Answer(401, error_body(401, "Requires authentication"))
        try:
            grant = self.tokens.authenticate(header)
        except JwtRefusedError as refused:
            body = error_body(refused.status, refused.message)
            raise Answer(refused.status, body) from refused
        if grant is None:
            raise Answer(401, error_body(401, "Bad credentials"))
        return grant

    def _api(self, request: HttpRequest, grant: Grant) -> HttpResponse:
        if grant.used >= grant.limit and not request.path.endswith("/rate_limit"):
            return HttpResponse(403, error_body(403, f"API rate limit exceeded for {grant.login}."))
        grant.used += 1
        try:
            if self.origin + request.path == self.graphql_url and request.method == "POST":
                return serve_graphql(self, request, grant)
            answer = conditional(request, self._rest(request, grant))
        except Answer as early:
            return early.response
        if answer.status == 304:
            # A 304 costs nothing (docs: best practices for using the REST API).
            grant.used -= 1
        return answer

    def _rest(self, request: HttpRequest, grant: Grant) -> HttpResponse:
        if not request.path.startswith(f"{self.prefix}/"):
            not_found()
        path = request.path.removeprefix(self.prefix)
        for route in self._by_method[request.method]:
            match = route.pattern.match(path)
            if match:
                return self._run_route(route, request, grant, match.groupdict())
        return HttpResponse(404, error_body(404, "Not Found"))

    def _run_route(
        self, route: Route, request: HttpRequest, grant: Grant, raw: dict[str, str]
    ) -> HttpResponse:
        params = {name: unquote(value) for name, value in raw.items()}
        call = Call(self, request, grant, params, _json_object(request))
        if "repo" in params:
            call.found = self.state.repository(f"{params['owner']}/{params['repo']}")
            if call.found is None or not grant.sees(call.found.full_name):
                not_found()
        self._permit(route, grant)
        answer = route.endpoint(call)
        if not isinstance(answer, HttpResponse):
            answer = HttpResponse(200, answer)
        return HttpResponse(answer.status, answer.body, {**answer.headers, **call.headers})

    @staticmethod
    def _permit(route: Route, grant: Grant) -> None:
        if route.permission == "none":
            return
        if route.permission == "app":
            if grant.kind != "app-jwt":
                raise Answer(401, error_body(401, REFUSED["app-jwt"]))
            return
        if grant.kind == "app-jwt" or not grant.allows(route.permission):
            forbidden(REFUSED[grant.kind], route.permission)

    def _limited(self, answer: HttpResponse, grant: Grant) -> HttpResponse:
        limits = {
            "X-RateLimit-Limit": str(grant.limit),
            "X-RateLimit-Remaining": str(max(0, grant.limit - grant.used)),
            "X-RateLimit-Used": str(grant.used),
            "X-RateLimit-Reset": str(int(grant.resets_at.timestamp())),
            "X-RateLimit-Resource": "core",
            "X-GitHub-Request-Id": f"SANDBOX:{next(_REQUEST_IDS):X}",
            **grant.told,
        }
        if self.enterprise_version:
            limits["X-GitHub-Enterprise-Version"] = self.enterprise_version
        return HttpResponse(answer.status, answer.body, {**limits, **answer.headers})

    def now(self) -> float:
        """For the `Date` of its answers: the sandbox's own time, with which tokens end."""
        return self.clock.now().timestamp()

    def _git(self, request: HttpRequest) -> HttpResponse:
        owner, name = named(request)
        grant = self.tokens.authenticate(request.headers.get("authorization", ""))
        if grant is None:
            realm = {"WWW-Authenticate": 'Basic realm="GitHub"'}
            return HttpResponse(401, b"Invalid username or token.\n", realm)
        repository = self.state.repository(f"{owner}/{name}")
        if repository is None or not grant.sees(repository.full_name):
            return HttpResponse(404, b"Repository not found.\n")
        pushing = is_push(request)
        if not grant.allows("contents:write" if pushing else "contents:read"):
            said = f"Permission to {repository.full_name}.git denied to {grant.login}.\n"
            return HttpResponse(403, said.encode())
        if not (pushing and request.method == "POST"):
            return serve_git(self.directory / "repositories", request, grant.login)
        may = {"SANDBOX_MAY_CHANGE_WORKFLOWS": "1"} if _may_change_workflows(grant) else {}
        answer = serve_git(self.directory / "repositories", request, grant.login, may)
        with self.lock:
            notice_refs(self, repository, Pusher(grant.login, grant.starts_workflows))
        return answer


_REQUEST_IDS = itertools.count(1)


def _may_change_workflows(grant: Grant) -> bool:
    return grant.kind == "pat" or grant.allows("workflows:write")


def _json_object(request: HttpRequest) -> Json:
    try:
        body = request.json()
    except ValueError as broken:
        raise Answer(400, error_body(400, "Problems parsing JSON")) from broken
    if isinstance(body, list):
        # The labels operations still take the bare array that older clients send.
        return {"labels": body}
    return body if isinstance(body, dict) else {}
