"""Short words for talking to a sandbox Coder in its own tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.sandbox.coder import SandboxCoder
from bot.sandbox.coder_world import Template, User
from bot.sandbox.http import HttpRequest, HttpResponse


@dataclass(frozen=True)
class Reply:
    """An answer, read as a client would."""

    response: HttpResponse

    @property
    def status(self) -> int:
        """The status code."""
        return self.response.status

    @property
    def headers(self) -> dict[str, str]:
        """The headers, names as sent."""
        return dict(self.response.headers)

    def json(self) -> Any:
        """The body, by way of JSON."""
        body = self.response.body
        return json.loads(body if isinstance(body, bytes) else json.dumps(body))

    @property
    def error(self) -> tuple[int, str, str]:
        """Status, message and detail."""
        body = self.json() or {}
        return self.status, body.get("message", ""), body.get("detail", "")


@dataclass
class Bot:
    """The bot's user and one task template on a sandbox, and how to call it."""

    coder: SandboxCoder
    user: User
    token: str
    template: Template
    prefix: str = "/api/v2"

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """One request, without a socket; the path may leave the prefix out."""
        parts = urlsplit(path if path.startswith("/api") else f"{self.prefix}{path}")
        sent = {"coder-session-token": self.token, **headers}
        if body is not None:
            sent["content-type"] = "application/json"
        response = self.coder.serve(
            HttpRequest(
                method,
                parts.path,
                parse_qs(parts.query, keep_blank_values=True),
                sent,
                b"" if body is None else json.dumps(body).encode(),
            )
        )
        if response is None:
            raise ConnectionError("the sandbox dropped the connection")
        return Reply(response)

    def create(self, name: str = "cf-1", prompt: str = "Repair it.") -> Reply:
        """Create a task of the template's active version."""
        version = self.template.active.id
        body = {"template_version_id": version, "name": name, "display_name": name}
        return self.call("POST", "/tasks/me", {**body, "input": prompt})

    def chat(self, text: str = "Repair it.", **more: Any) -> Reply:
        """Create a chat."""
        content = [{"type": "text", "text": text}]
        body = {"organization_id": self.user.organization.id, "content": content, **more}
        return self.call("POST", "/chats", body)

    def task(self, name: str = "cf-1") -> dict[str, Any]:
        """The task as it is now."""
        found: dict[str, Any] = self.call("GET", f"/tasks/me/{name}").json()
        return found

    def state(self, name: str = "cf-1") -> tuple[str, str, str]:
        """Status, reported state and message of a task; empty where there is no report."""
        task = self.task(name)
        report = task["current_state"] or {"state": "", "message": ""}
        return task["status"], report["state"], report["message"]

    def history(self, name: str = "cf-1") -> list[tuple[str, str, str]]:
        """The reports of the task's app, newest first."""
        workspace = self.call("GET", f"/api/v2/workspaces/{self.task(name)['workspace_id']}").json()
        agents = workspace["latest_build"]["resources"][0]["agents"]
        return [(s["state"], s["message"], s["uri"]) for s in agents[0]["apps"][0]["statuses"]]


def bot_on(coder: SandboxCoder, prefix: str = "/api/v2", **template: Any) -> Bot:
    """The bot with its token, and the template `ci-repair`."""
    user, token = coder.add_user("ci-repair-bot")
    return Bot(coder, user, token.text, coder.add_template("ci-repair", **template), prefix)
