"""What the sandbox GitHub tells the world: webhook payloads, in order, on a thread of their own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.sandbox.git_repository import ZERO
from bot.sandbox.github_runs import WorkflowRun
from bot.sandbox.github_state import Comment, PullRequest, Repository, User
from bot.sandbox.github_wire import Json, render_repository, render_user
from bot.sandbox.github_wire_actions import render_workflow
from bot.sandbox.github_wire_git import render_simple_commit
from bot.sandbox.github_wire_pulls import render_comment, render_issue

if TYPE_CHECKING:
    from bot.sandbox.github_server import GitHubServer

Listener = Callable[[str, Json], None]


class Events:
    """Payloads of everything that happened, kept and handed to the listeners one after another.

    As for workflows on GitHub, what `GITHUB_TOKEN` did is not told, except for the end of runs.
    """

    def __init__(self, server: GitHubServer) -> None:
        self.sent: list[tuple[str, Json]] = []
        self.listeners: list[Listener] = []
        self._server = server
        self._waiting: queue.SimpleQueue[tuple[str, Json] | None] = queue.SimpleQueue()
        self._undelivered = 0
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def emit(self, name: str, payload: Json) -> None:
        """Keep an event and have it delivered."""
        self.sent.append((name, payload))
        if not self.listeners:
            return
        with self._changed:
            self._undelivered += 1
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._deliver, name="github-events", daemon=True
                )
                self._thread.start()
        self._waiting.put((name, payload))

    def wait_delivered(self, timeout: float) -> bool:
        """Whether every listener has returned in time. A listener itself need not wait."""
        if threading.current_thread() is self._thread:
            return True
        with self._changed:
            return self._changed.wait_for(lambda: self._undelivered == 0, timeout)

    def close(self) -> None:
        """Deliver no more."""
        self._waiting.put(None)

    def context(self, repository: Repository, run: WorkflowRun) -> dict[str, Any]:
        """The `github` and `inputs` contexts of a run."""
        server = self._server
        pull = repository.pulls.get(run.pull_number or 0)
        github = {
            "repository": repository.full_name,
            "repository_owner": repository.owner.login,
            "ref": run.ref,
            "ref_name": run.ref.split("/", 2)[-1],
            "sha": run.tested_sha,
            "event_name": run.event,
            "run_id": run.id,
            "run_number": run.number,
            "run_attempt": run.attempt.number,
            "actor": run.actor,
            "workflow": run.workflow.name,
            "server_url": server.server_url,
            "api_url": server.url,
            "graphql_url": server.graphql_url,
            "head_ref": pull.head_ref if pull else "",
            "base_ref": pull.base_ref if pull else "",
            "event": self._event(repository, run),
        }
        runner = {"os": "Linux", "name": "Sandbox 1", "arch": "X64"}
        return {"github": github, "inputs": run.inputs, "runner": runner, "secrets": {}, "vars": {}}

    def _event(self, repository: Repository, run: WorkflowRun) -> Json:
        """What a step finds in `github.event`, as much as steps ask for."""
        ref = {"ref": run.ref, "repository": render_repository(self._server.links, repository)}
        pull = repository.pulls.get(run.pull_number or 0)
        if pull:
            shown = self._server.render_full_pull(repository, pull)
            return {**ref, "number": pull.number, "pull_request": shown}
        if run.event == "push":
            head = self._pushed_commit(repository, run.head_sha)
            return {**ref, "after": run.head_sha, "head_commit": head}
        return {**ref, "inputs": run.inputs}

    def workflow_run(self, repository: Repository, run: WorkflowRun, action: str) -> None:
        """`workflow_run` requested or completed. Re-runs are never `requested`."""
        server = self._server
        rendered = server.render_run(repository, run)
        if action == "requested":
            rendered |= {"status": "queued", "conclusion": None}
        self.emit(
            "workflow_run",
            {
                "action": action,
                "workflow_run": rendered,
                "workflow": render_workflow(server.links, repository, run.workflow),
                **self._common(repository, server.state.user(run.attempt.actor)),
            },
        )

    def pull_request(
        self,
        repository: Repository,
        pull: PullRequest,
        action: str,
        sender: User,
        before: str = "",
    ) -> None:
        """`pull_request` with that action; `before` is the old head of a `synchronize`."""
        server = self._server
        payload: Json = {
            "action": action,
            "number": pull.number,
            "pull_request": server.render_full_pull(repository, pull),
            **self._common(repository, sender),
        }
        if action == "edited":
            payload["changes"] = {}
        if action == "synchronize":
            payload |= {"before": before, "after": pull.head_sha}
        self.emit("pull_request", payload)

    def issue_comment(
        self, repository: Repository, comment: Comment, action: str, sender: User
    ) -> None:
        """`issue_comment` with that action."""
        links = self._server.links
        payload: Json = {
            "action": action,
            "issue": render_issue(links, repository, repository.issues[comment.number]),
            "comment": render_comment(links, repository, comment),
            **self._common(repository, sender),
        }
        if action == "edited":
            payload["changes"] = {"body": {"from": comment.body}}
        self.emit("issue_comment", payload)

    def push(self, repository: Repository, ref: str, before: str, after: str, sender: User) -> None:
        """`push` of one ref."""
        gone = after == ZERO
        head = None if gone else self._pushed_commit(repository, after)
        page = f"{self._server.server_url}/{repository.full_name}"
        self.emit(
            "push",
            {
                "ref": ref,
                "before": before,
                "after": after,
                "created": before == ZERO,
                "deleted": gone,
                "forced": False,
                "base_ref": None,
                "compare": f"{page}/compare/{before[:12]}...{after[:12]}",
                "commits": [head] if head else [],
                "head_commit": head,
                "pusher": {"name": sender.login, "email": f"{sender.login}@users.noreply"},
                **self._common(repository, sender),
            },
        )

    def _pushed_commit(self, repository: Repository, sha: str) -> Json:
        simple = render_simple_commit(repository.git.commit(sha))
        page = f"{self._server.server_url}/{repository.full_name}/commit/{sha}"
        files: Json = {"added": [], "removed": [], "modified": []}
        return {**simple, "distinct": True, "url": page, **files}

    def _common(self, repository: Repository, sender: User) -> Json:
        links = self._server.links
        return {
            "repository": render_repository(links, repository),
            "sender": render_user(links, sender),
        }

    def _deliver(self) -> None:
        while (event := self._waiting.get()) is not None:
            for listener in list(self.listeners):
                try:
                    listener(*event)
                except Exception as crash:  # noqa: BLE001 - the owner sees it at the next wait
                    self._server.crashes.append(crash)
            with self._changed:
                self._undelivered -= 1
                self._changed.notify_all()
