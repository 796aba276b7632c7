"""One repository of the sandbox, for those who seed and inspect it without HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.github_alerts import DependabotAlert
from bot.sandbox.github_pulls import (
    PullOrder,
    edit,
    label_named,
    new_issue,
    open_pull,
    write_comment,
)
from bot.sandbox.github_pushes import Pusher, notice_refs
from bot.sandbox.github_runs import WorkflowRun
from bot.sandbox.github_state import Comment, Issue, PullRequest, Repository

if TYPE_CHECKING:
    from bot.sandbox.github_server import GitHubServer


@dataclass(frozen=True, slots=True)
class SandboxRepository:
    """A handle; `state` is the record itself."""

    server: GitHubServer
    state: Repository

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return self.state.full_name

    @property
    def clone_url(self) -> str:
        """The address for `git clone`, without credentials."""
        return f"{self.server.server_url}/{self.full_name}.git"

    def authenticated_url(self, token: str) -> str:
        """The address for `git clone` and `git push` with that token."""
        return self.clone_url.replace("://", f"://x-access-token:{token}@", 1)

    @property
    def runs(self) -> list[WorkflowRun]:
        """Every workflow run, oldest first."""
        return self.state.runs

    def head(self, branch: str) -> str:
        """The SHA of a branch. Raises `KeyError`."""
        sha = self.state.git.branch(branch)
        if sha is None:
            raise KeyError(f"{self.full_name} has no branch {branch!r}")
        return sha

    def read(self, branch: str, path: str) -> str:
        """A file's text on a branch. Raises `KeyError`."""
        raw = self.state.git.read(self.head(branch), path)
        if raw is None:
            raise KeyError(f"{branch} has no file {path!r}")
        return raw.decode()

    def commit(
        self,
        branch: str,
        files: Mapping[str, str | bytes | None],
        message: str,
        *,
        from_branch: str = "",
        author: str = "",
        start: bool = True,
    ) -> str:
        """Commit onto a branch, made from `from_branch` where it is new; None deletes a file.

        Returns the SHA. It counts as a push by `author` and starts workflows unless `start` is
        false.
        """
        server, git = self.server, self.state.git
        login = author or self.state.owner.login
        with server.lock:
            parent = git.branch(branch) or git.branch(from_branch or self.state.default_branch)
            seconds = int(server.clock.now().timestamp())
            person = (login, f"{login}@users.noreply.localhost", seconds)
            server.state.user(login)
            ref = f"refs/heads/{branch}"
            sha = git.write_commit(ref, files, message, parent=parent, author=person)
            if start:
                notice_refs(server, self.state, Pusher(login))
            else:
                self.state.noticed_refs |= {ref: sha}
                self._move_pulls(branch, sha)
        return sha

    def open_pull_request(
        self,
        head: str,
        base: str = "",
        title: str = "",
        *,
        body: str | None = None,
        author: str = "",
        draft: bool = False,
    ) -> PullRequest:
        """Open one; `head` is `branch` or `owner:branch`. Runs start as they would on GitHub."""
        login = author or head.partition(":")[0] if ":" in head else author
        order = PullOrder(head, base or self.state.default_branch, title or head, body, draft)
        with self.server.lock:
            pusher = Pusher(login or self.state.owner.login)
            return open_pull(self.server, self.state, order, pusher)

    def open_issue(
        self, title: str, *, body: str = "", author: str = "", labels: Sequence[str] = ()
    ) -> Issue:
        """Open an issue, as any account; its other sides are the record's to change."""
        with self.server.lock:
            login = author or self.state.owner.login
            issue = new_issue(self.server, self.state, login, title, body)
            issue.labels = [label_named(self.server, self.state, name) for name in labels]
            return issue

    def edit_issue(self, number: int, *, title: str = "", body: str | None = None) -> None:
        """Edit title or body, of a pull request too, and note when. Raises `KeyError`."""
        with self.server.lock:
            issue = self.state.issues[number]
            kept = issue.body if body is None else body
            edit(self.server, issue, title or issue.title, kept)

    def delete_issue(self, number: int) -> None:
        """Delete it, as an admin can; its number is not given again. Raises `KeyError`."""
        with self.server.lock:
            del self.state.issues[number]
            self.state.deleted_issues.add(number)

    def alert(self, package: str, *, created_at: str = "", **more: str) -> DependabotAlert:
        """Raise an open Dependabot alert; `more` are members of `DependabotAlert`."""
        with self.server.lock:
            stamp = created_at or self.server.clock.stamp()
            number = len(self.state.alerts) + 1
            made = DependabotAlert(number, package, stamp, stamp, **more)
            self.state.alerts.append(made)
            return made

    def comment(self, number: int, body: str, *, author: str = "") -> Comment:
        """Comment on an issue or pull request."""
        with self.server.lock:
            pusher = Pusher(author or self.state.owner.login)
            issue = self.state.issues[number]
            return write_comment(self.server, self.state, issue, body, pusher)

    def collaborator(self, login: str, role: str) -> None:
        """Give an account a role: read, triage, write, maintain or admin."""
        self.server.state.user(login)
        self.state.collaborators[login.lower()] = role

    def run(self, run_id: int) -> WorkflowRun:
        """The run with that id. Raises `KeyError`."""
        found = self.state.run(run_id)
        if found is None:
            raise KeyError(f"{self.full_name} has no run {run_id}")
        return found

    def _move_pulls(self, branch: str, sha: str) -> None:
        from bot.sandbox.github_pushes import refresh_merge

        for home in self.server.state.repositories.values():
            for pull in home.pulls.values():
                if pull.head is self.state and pull.head_ref == branch:
                    pull.head_sha = sha
                    refresh_merge(home, pull)
