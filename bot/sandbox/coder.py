"""A small Coder on loopback: Tasks and Chats, with workspaces that are real processes.

It serves what a deployment of the chosen version serves, with the statuses and texts of the real
servers, and knows nothing of the rest of the product: it is reached by URL and token.
"""

from __future__ import annotations

import itertools
import re
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from bot.sandbox.coder_agents import Agent, CommandAgent, ManualAgent, Script, ScriptedAgent
from bot.sandbox.coder_answers import Release, no_route
from bot.sandbox.coder_auth import Call, RateLimit, authenticate
from bot.sandbox.coder_builds import Builds, Timings
from bot.sandbox.coder_chat_actions import ChatActions
from bot.sandbox.coder_chats import Chats
from bot.sandbox.coder_identity import Identity
from bot.sandbox.coder_members import Members
from bot.sandbox.coder_pushes import Pushes
from bot.sandbox.coder_task_actions import TaskActions
from bot.sandbox.coder_tasks import Tasks
from bot.sandbox.coder_templates import Templates
from bot.sandbox.coder_timeline import Timeline
from bot.sandbox.coder_workspaces import Workspaces
from bot.sandbox.coder_world import Organization, Template, Token, User, World
from bot.sandbox.http import Answer, Handler, HttpRequest, HttpResponse, HttpSandbox

PREFIXES = {
    "off": (),
    "v2": ("/api/v2",),
    "experimental": ("/api/experimental",),
    "v2+experimental": ("/api/v2", "/api/experimental"),
}
_HTML = b"<!doctype html><title>Welcome</title><p>This is not the page you are looking for.</p>"


class SandboxCoder(HttpSandbox):
    """A Coder deployment of one version, one organization and no users yet.

    `tasks` and `chats` name the prefixes that are served: `off`, `v2`, `experimental` or
    `v2+experimental`; `licence` is one of `LICENCES`. The agent is `agent_command` (a shell line or
    an argument list, run with `environment`, which may be added to later, and none of our own
    variables), or `agent` (a Python callable that yields steps), or, with neither, whatever the
    test reports by `tasks.report`. `now` replaces the clock: time then moves only as it says, or
    by `advance`.
    """

    name = "coder"

    def __init__(  # noqa: PLR0913 - each is a seed of its own, all but `root` by keyword
        self,
        root: Path,
        *,
        version: str = "v2.36.0",
        tasks: str = "v2+experimental",
        chats: str = "experimental",
        licence: str = "agpl",
        agent_command: str | Sequence[str] | None = None,
        agent: Script | None = None,
        environment: Mapping[str, str] | None = None,
        timings: Timings | None = None,
        now: Callable[[], datetime] | None = None,
        port: int = 0,
    ) -> None:
        release = Release.parse(version)
        super().__init__(port=port)
        self.version = version
        self.root = root
        self.html = False
        self.environment = dict(environment or {})
        self._arrivals = itertools.count(1)
        self.timeline = Timeline(self.lock, now)
        self.world = World(self.timeline.now)
        self.world.agent = self._agent(agent_command, agent)
        self.world.organizations.append(
            Organization(self.world.new_id(), "coder", "Coder", self.timeline.now())
        )
        self.rate_limit = RateLimit(self.world)
        self.builds = Builds(self.world, self.timeline, timings or Timings())
        self.identity = Identity(self.world, release, premium=licence == "premium")
        self.members = Members(self.world, release, licence)
        self.templates = Templates(self.world, self.origin)
        self.pushes = Pushes(self.world, self.templates)
        self.workspaces = Workspaces(self.world, self.builds, root)
        self.tasks = Tasks(self.world, self.timeline, self.builds, self.workspaces, release)
        self.tasks.committed = lambda: next(self._arrivals)
        self.chats = Chats(self.world, self.timeline, self.builds, self.workspaces, release, root)
        self._serve_routes(PREFIXES[tasks], PREFIXES[chats], release)

    def _agent(self, command: str | Sequence[str] | None, script: Script | None) -> Agent:
        if command and script:
            raise ValueError("agent_command and agent exclude each other")
        if command:
            return CommandAgent(command, self.environment, self.lock)
        return ScriptedAgent(script, self.timeline) if script else ManualAgent()

    def _serve_routes(self, tasks: Sequence[str], chats: Sequence[str], release: Release) -> None:
        self.route("GET", "/api/v2", lambda _: HttpResponse(200, {"message": "👋"}))
        self.route("GET", "/api/v2/buildinfo", self._build_info)
        task_actions = TaskActions(self.world, self.tasks, self.builds, release)
        chat_actions = ChatActions(self.chats, release)
        routes = [*self.identity.routes(), *self.members.routes(), *self.templates.routes()]
        routes += [*self.pushes.routes(), *self.workspaces.routes()]
        for prefix in tasks:
            routes += [*self.tasks.routes(prefix), *task_actions.routes(prefix)]
        for prefix in chats:
            routes += [*self.chats.routes(prefix), *chat_actions.routes(prefix)]
        for method, template, handler in routes:
            self.route(method, template, self._authenticated(handler))

    def _authenticated(self, handler: Handler) -> Handler:
        """Wrap a handler: one at a time, after what was due, for a known caller below its limit."""

        def handle(request: HttpRequest, **names: str) -> HttpResponse:
            arrival = next(self._arrivals)
            with self.lock:
                self.timeline.settle()
                token = authenticate(self.world, request)
                if not token.user.is_owner and "x-coder-bypass-ratelimit" in request.headers:
                    text = b'"X-Coder-Bypass-Ratelimit" provided but user is not owner\n'
                    return HttpResponse(428, text, {"Content-Type": "text/plain"})
                limits = self.rate_limit.count(token.user.id, request.path)
                try:
                    response = handler(Call(request, token, arrival), **names)
                except Answer as early:
                    response = early.response
                return replace(response, headers={**response.headers, **limits})

        return handle

    def dispatch(self, request: HttpRequest) -> HttpResponse:
        """Answer one request; slashes are tolerated as the real server does."""
        if self.html:
            return HttpResponse(200, _HTML, {"Content-Type": "text/html; charset=utf-8"})
        path = re.sub(r"/{2,}", "/", request.path).rstrip("/") or "/"
        response = super().dispatch(replace(request, path=path))
        headers = {
            "X-Coder-Build-Version": self.version,
            "X-Coder-Request-Id": str(uuid.uuid4()),
            **response.headers,
        }
        return replace(response, headers=headers)

    def unknown(self, request: HttpRequest) -> HttpResponse:
        """405 for a known path, 404 for an unknown one of the API, a page for the rest."""
        if any(pattern.match(request.path) for _, pattern, _ in self._routes):
            return HttpResponse(405)
        if request.path.startswith("/api/"):
            return no_route().response
        return HttpResponse(200, _HTML, {"Content-Type": "text/html; charset=utf-8"})

    def _build_info(self, request: HttpRequest) -> HttpResponse:
        del request
        return HttpResponse(
            200,
            {
                "external_url": "https://github.com/coder/coder",
                "version": self.version,
                "dashboard_url": self.origin,
                "telemetry": False,
                "workspace_proxy": False,
                "agent_api_version": "1.0",
                "provisioner_api_version": "1.18",
                "upgrade_message": "",
                "deployment_id": "4cc70a1a-f913-484d-bb31-b7cc0198ae76",
            },
        )

    @property
    def url(self) -> str:
        """What goes into the input `coder-url`."""
        return self.origin

    def add_user(
        self,
        username: str = "ci-repair-bot",
        token: str | None = None,
        roles: tuple[str, ...] = ("agents-access",),
    ) -> tuple[User, Token]:
        """A user and its token (10 + 22 characters; made up where none is given).

        `roles` are the site roles of `SITE_ROLES`; any other is the organization's, such
        as `agents-access`, without which there is no creating of chats.
        """
        with self.lock:
            return self.identity.add_user(username, self.world.organizations[0], token, roles)

    def add_template(self, name: str, **more: Any) -> Template:
        """A template; `more` as in `Templates.add`."""
        with self.lock:
            return self.templates.add(name, **more)

    def runner_env(self, token: Token) -> dict[str, str]:
        """The inputs that reach this Coder, as a runner gives them to the action."""
        return {"INPUT_CODER-URL": self.url, "INPUT_CODER-TOKEN": token.text}

    def advance(self, seconds: float) -> None:
        """Let that much time pass at once."""
        self.timeline.advance(seconds)

    def wait_for_agents(self, timeout: float = 30) -> None:
        """Wait until no agent's command runs any more; `TimeoutError` if one goes on."""
        with self.lock:
            runs = [w.run for w in self.world.workspaces.values() if w.run]
        for run in runs:
            run.wait(timeout)

    def start(self) -> None:
        """Serve, and let builds and agents go on by themselves."""
        self.timeline.start()
        super().start()

    def close(self, *, keep: bool = False) -> None:
        """Stop serving, end every process that still runs, and remove what they left."""
        self.stop()
        self.timeline.close()
        with self.lock:
            runs = [w.run for w in self.world.workspaces.values() if w.run]
            for run in runs:
                run.stop()
        if not keep:
            for part in ("workspaces", "chats"):
                shutil.rmtree(self.root / part, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
