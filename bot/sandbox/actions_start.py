"""From an event to workflow runs: which files listen, at which commit, and who may start them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.sandbox.actions_triggers import starts_on_pull_request, starts_on_push
from bot.sandbox.actions_workflow import WorkflowFileError, read_triggers
from bot.sandbox.git_command import GitError
from bot.sandbox.git_diff import changed_paths
from bot.sandbox.git_repository import ZERO
from bot.sandbox.github_runs import Attempt, Workflow, WorkflowRun
from bot.sandbox.github_state import PullRequest, Repository, next_run_number

if TYPE_CHECKING:
    from bot.sandbox.github_server import GitHubServer

DIRECTORY = ".github/workflows/"
_SKIP = ("[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]")


@dataclass(frozen=True, slots=True)
class Origin:
    """What a run is made for. `starts` is false for what `GITHUB_TOKEN` did."""

    event: str
    ref: str
    head_branch: str | None
    head_sha: str
    tested_sha: str
    head: Repository
    actor: str
    title: str
    pull_number: int | None = None
    inputs: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class _Listener:
    path: str
    name: str
    on: Mapping[str, Mapping[str, Any]]
    problem: str = ""


class WorkflowStarter:
    """Turns pushes, pull request activity and dispatches into runs."""

    def __init__(self, server: GitHubServer) -> None:
        self._server = server

    def pushed(
        self, repository: Repository, ref: str, before: str, after: str, actor: str
    ) -> list[WorkflowRun]:
        """Start what listens to a push of `ref`."""
        commit = repository.git.commit(after)
        if any(mark in commit.message for mark in _SKIP):
            return []
        kind, _, name = ref.removeprefix("refs/").partition("/")
        origin = Origin(
            event="push",
            ref=ref,
            head_branch=name if kind in {"heads", "tags"} else None,
            head_sha=after,
            tested_sha=after,
            head=repository,
            actor=actor,
            title=commit.message.split("\n")[0],
        )

        def changed() -> Sequence[str]:
            base = before if before != ZERO else self._fork_point(repository, after)
            return changed_paths(repository.git.path, base, after) if base else ["new"]

        return self._start(
            repository, origin, lambda on: starts_on_push(on, ref, changed), refuse_broken=True
        )

    def pull_request(
        self, repository: Repository, pull: PullRequest, action: str, actor: str, *, starts: bool
    ) -> list[WorkflowRun]:
        """Start what listens to an activity on a pull request; nothing in a conflict."""
        if pull.merge_sha is None or pull.issue.state != "open":
            return []
        head_message = repository.git.commit(pull.head_sha).message
        if any(mark in head_message for mark in _SKIP):
            return []
        origin = Origin(
            event="pull_request",
            ref=f"refs/pull/{pull.number}/merge",
            head_branch=pull.head_ref,
            head_sha=pull.head_sha,
            tested_sha=pull.merge_sha,
            head=pull.head,
            actor=actor,
            title=pull.issue.title,
            pull_number=pull.number,
        )

        def changed() -> Sequence[str]:
            base = repository.git.merge_base(pull.base_sha, pull.head_sha) or pull.base_sha
            return changed_paths(repository.git.path, base, pull.head_sha)

        from_fork = pull.head is not repository
        waits = not starts or (from_fork and repository.settings.fork_approval)
        return self._start(
            repository,
            origin,
            lambda on: starts_on_pull_request(on, action, pull.base_ref, changed),
            approval=waits,
        )

    def dispatch(
        self,
        repository: Repository,
        workflow: Workflow,
        ref: str,
        inputs: Mapping[str, Any],
        actor: str,
    ) -> WorkflowRun | None:
        """Start one workflow at a ref by hand; None where it does not listen to dispatches."""
        sha = repository.git.resolve(ref)
        if sha is None:
            return None
        for listener in self._awake(repository, sha):
            if listener.path == workflow.path and "workflow_dispatch" in listener.on:
                branch = ref.removeprefix("refs/heads/")
                origin = Origin(
                    event="workflow_dispatch",
                    ref=f"refs/heads/{branch}",
                    head_branch=branch,
                    head_sha=sha,
                    tested_sha=sha,
                    head=repository,
                    actor=actor,
                    title=listener.name,
                    inputs=inputs,
                )
                return self._begin(repository, origin, listener, approval=False)
        return None

    def discover(self, repository: Repository) -> None:
        """Know every workflow of the default branch, as `GET /actions/workflows` lists them."""
        sha = repository.git.branch(repository.default_branch)
        for listener in self._listeners(repository, sha) if sha else ():
            self.workflow(repository, listener.path, listener.name)

    def workflow(self, repository: Repository, path: str, name: str) -> Workflow:
        """The record of a workflow file, made when first seen."""
        known = repository.workflows.get(path)
        if known is None:
            state = self._server.state
            known = Workflow(state.next_id("workflow"), path, name, self._server.clock.stamp())
            repository.workflows[path] = known
        known.name = name
        return known

    def create_run(self, repository: Repository, origin: Origin, workflow: Workflow) -> WorkflowRun:
        """A queued run, its first attempt included, that nothing has begun yet."""
        state, stamp = self._server.state, self._server.clock.stamp()
        run = WorkflowRun(
            id=state.next_id("run"),
            workflow=workflow,
            number=next_run_number(repository, workflow),
            event=origin.event,
            head_branch=origin.head_branch,
            head_sha=origin.head_sha,
            tested_sha=origin.tested_sha,
            ref=origin.ref,
            head_full_name=origin.head.full_name,
            actor=origin.actor,
            display_title=origin.title,
            suite_id=state.next_id("suite"),
            attempts=[Attempt(1, origin.actor, stamp, stamp)],
            pull_number=origin.pull_number,
            inputs=origin.inputs or {},
        )
        repository.runs.append(run)
        return run

    def _start(
        self,
        repository: Repository,
        origin: Origin,
        listens: Callable[[Mapping[str, Mapping[str, Any]]], bool],
        *,
        approval: bool = False,
        refuse_broken: bool = False,
    ) -> list[WorkflowRun]:
        return [
            self._begin(repository, origin, listener, approval=approval)
            for listener in self._awake(repository, origin.tested_sha)
            if (refuse_broken if listener.problem else listens(listener.on))
        ]

    def _begin(
        self, repository: Repository, origin: Origin, listener: _Listener, *, approval: bool
    ) -> WorkflowRun:
        runs = self._server.runs
        run = self.create_run(
            repository, origin, self.workflow(repository, listener.path, listener.name)
        )
        self._server.events.workflow_run(repository, run, "requested")
        if listener.problem:
            runs.refuse(repository, run, listener.problem)
        elif approval:
            # Not finished in any sense, but this is how the API shows it.
            run.attempt.status, run.attempt.conclusion = "completed", "action_required"
        else:
            runs.start(repository, run)
        return run

    def _awake(self, repository: Repository, sha: str) -> Iterator[_Listener]:
        """A workflow that somebody disabled starts for nothing."""
        for listener in self._listeners(repository, sha):
            known = repository.workflows.get(listener.path)
            if known is None or known.state == "active":
                yield listener

    def _listeners(self, repository: Repository, sha: str) -> Iterator[_Listener]:
        try:
            entries = repository.git.entries(sha, DIRECTORY)
        except GitError:
            return
        for entry in entries:
            if not entry.path.endswith((".yml", ".yaml")):
                continue
            text = (repository.git.read(sha, entry.path) or b"").decode(errors="replace")
            try:
                name, on = read_triggers(entry.path, text)
            except WorkflowFileError as broken:
                yield _Listener(entry.path, entry.path, {}, str(broken))
            else:
                yield _Listener(entry.path, name, on)

    @staticmethod
    def _fork_point(repository: Repository, sha: str) -> str | None:
        main = repository.git.branch(repository.default_branch)
        return repository.git.merge_base(main, sha) if main and main != sha else None
