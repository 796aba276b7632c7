"""A GitHub to run against: REST, GraphQL, Git over HTTP and Actions runs that really run."""

from __future__ import annotations

import io
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.sandbox.actions_runs import Script
from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.actions_start import Origin
from bot.sandbox.git_repository import GitRepository
from bot.sandbox.github_handle import SandboxRepository
from bot.sandbox.github_runs import Artifact, WorkflowRun
from bot.sandbox.github_server import GitHubServer
from bot.sandbox.github_state import Repository
from bot.sandbox.github_wire import Json


class SandboxGitHub(GitHubServer):
    """Start it, make repositories, grant tokens; it leaves nothing behind when closed.

    `enterprise` serves the API below `/api/v3` as GitHub Enterprise Server does. `keep` leaves the
    directory (bare repositories) in place. Use it as a context manager, or `start` and `close`.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        enterprise: bool = False,
        directory: Path | None = None,
        keep: bool = False,
    ) -> None:
        made = directory or Path(tempfile.mkdtemp(prefix="sandbox-github-"))
        super().__init__(made, prefix="/api/v3" if enterprise else "", port=port)
        self._keep = keep or directory is not None

    def start(self) -> None:
        """Serve the API and the store."""
        self.blobs.start()
        super().start()

    def close(self) -> None:
        """End runs and servers and remove the directory."""
        self.runs.cancel_all()
        self.events.close()
        self.stop()
        self.blobs.stop()
        self.runs.wait_idle(5)
        if not self._keep:
            shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def create_repository(
        self,
        full_name: str,
        files: Mapping[str, str | bytes] | None = None,
        default_branch: str = "main",
        *,
        private: bool = False,
        start: bool = False,
    ) -> SandboxRepository:
        """A repository with one commit of these files. It starts no workflow unless `start`."""
        repository = self._add(full_name, default_branch, private=private)
        handle = SandboxRepository(self, repository)
        handle.commit(default_branch, dict(files or {"README.md": "# Sandbox\n"}), "Initial commit",
                      start=start)  # fmt: skip
        with self.lock:
            self.starter.discover(repository)
        return handle

    def fork(self, repository: SandboxRepository, owner: str) -> SandboxRepository:
        """A fork with the same branches; its pull requests may go to the original."""
        parent = repository.state
        made = self._add(f"{owner}/{parent.name}", parent.default_branch)
        made.parent = parent
        made.git.fetch(parent.git, "refs/heads/*", "refs/heads/*")
        made.noticed_refs = made.git.refs()
        return SandboxRepository(self, made)

    def repository(self, full_name: str) -> SandboxRepository:
        """The handle of a repository. Raises `KeyError`."""
        return SandboxRepository(self, self.state.repositories[full_name.lower()])

    def script_runs(self, script: Script | None) -> None:
        """Let `script` say what runs come to instead of executing them; None executes again."""
        self.runs.script = script

    def on_event(self, listener: Callable[[str, Json], None]) -> None:
        """Have every webhook event delivered to `listener(name, payload)`, in order."""
        self.events.listeners.append(listener)

    def wait_idle(self, timeout: float = 30) -> None:
        """Wait for the runs to end and the events to be delivered.

        Raises `TimeoutError`, and whatever went wrong inside the sandbox or a listener.
        """
        deadline = time.monotonic() + timeout
        # A listener may start the next run: look again until neither is left.
        while True:
            left = max(0.0, deadline - time.monotonic())
            if not (self.runs.wait_idle(left) and self.events.wait_delivered(left)):
                raise TimeoutError(f"the sandbox GitHub was still busy after {timeout:g} s")
            if self.runs.wait_idle(0):
                break
        if self.crashes:
            raise self.crashes.pop(0)

    def runner_env(
        self, repository: SandboxRepository, *, token: str = "", **more: str
    ) -> dict[str, str]:
        """The variables that a runner gives a step; `token` becomes the action's input."""
        state = repository.state
        env = {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.url,
            "GITHUB_SERVER_URL": self.server_url,
            "GITHUB_GRAPHQL_URL": self.graphql_url,
            "GITHUB_REPOSITORY": state.full_name,
            "GITHUB_REPOSITORY_ID": str(state.id),
            "GITHUB_REPOSITORY_OWNER": state.owner.login,
            "GITHUB_REPOSITORY_OWNER_ID": str(state.owner.id),
            "GITHUB_ACTOR": state.owner.login,
            "GITHUB_REF": f"refs/heads/{state.default_branch}",
            "GITHUB_REF_NAME": state.default_branch,
            "GITHUB_SHA": repository.head(state.default_branch),
            "RUNNER_OS": "Linux",
            "RUNNER_ARCH": "X64",
            "RUNNER_NAME": "Sandbox 1",
        }
        return env | ({"INPUT_GITHUB-TOKEN": token} if token else {}) | more

    def add_run(  # noqa: PLR0913 - a run has that many sides, all with a default
        self,
        repository: SandboxRepository,
        jobs: Sequence[JobSeed],
        *,
        workflow: str = "CI",
        path: str = ".github/workflows/ci.yml",
        event: str = "push",
        branch: str | None = None,
        sha: str = "",
        head: SandboxRepository | None = None,
        actor: str = "",
        pull_number: int | None = None,
        conclusion: str | None = None,
    ) -> WorkflowRun:
        """A told run, nothing executed; it is complete when all its jobs are.

        `head` is the fork for a run of a fork's pull request. `conclusion` overrides what follows
        from the jobs (`startup_failure` with no jobs).
        """
        pull = repository.state.pulls.get(pull_number or 0)
        source = pull.head if pull else (head or repository).state
        name = pull.head_ref if pull else branch or repository.state.default_branch
        with self.lock:
            head_sha = sha or (pull.head_sha if pull else source.git.branch(name) or "")
            origin = Origin(
                event=event,
                ref=f"refs/pull/{pull.number}/merge" if pull else f"refs/heads/{name}",
                head_branch=name,
                head_sha=head_sha,
                tested_sha=(pull.merge_sha if pull else None) or head_sha,
                head=source,
                actor=actor or source.owner.login,
                title=pull.issue.title if pull else workflow,
                pull_number=pull_number,
            )
            record = self.starter.workflow(repository.state, path, workflow)
            run = self.starter.create_run(repository.state, origin, record)
            self.runs.tell(repository.state, run, jobs, conclusion)
        return run

    def finish_run(
        self, repository: SandboxRepository, run: WorkflowRun, jobs: Sequence[JobSeed]
    ) -> None:
        """Let the unfinished jobs of a told run end as these seeds say, and with them the run."""
        with self.lock:
            self.runs.tell(repository.state, run, jobs)

    def seed_artifact(self, run: WorkflowRun, name: str, files: Mapping[str, bytes]) -> Artifact:
        """Leave a zip of these files behind with a run."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for path, content in files.items():
                archive.writestr(path, content)
        with self.lock:
            number, stamp = self.state.next_id("artifact"), self.clock.stamp()
            artifact = Artifact(number, name, out.getvalue(), stamp)
            run.artifacts.append(artifact)
        return artifact

    def _add(self, full_name: str, default_branch: str, *, private: bool = False) -> Repository:
        owner, _, name = full_name.partition("/")
        if not owner or not name or "/" in name:
            raise ValueError(f"repository {full_name!r} is not of the form owner/name")
        path = self.directory / "repositories" / owner / f"{name}.git"
        with self.lock:
            stamp = self.clock.stamp()
            repository = Repository(
                id=self.state.next_id("repository"),
                owner=self.state.user(owner),
                name=name,
                git=GitRepository.create(path, default_branch),
                default_branch=default_branch,
                created_at=stamp,
                pushed_at=stamp,
                private=private,
            )
            self.state.repositories[full_name.lower()] = repository
        return repository
