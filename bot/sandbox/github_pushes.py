"""What a changed ref brings about: events, pull requests that follow their branch, runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.git_repository import ZERO
from bot.sandbox.github_state import PullRequest, Repository

if TYPE_CHECKING:
    from bot.sandbox.github_server import GitHubServer


@dataclass(frozen=True, slots=True)
class Pusher:
    """Who changed refs. `starts` is false for `GITHUB_TOKEN`."""

    login: str
    starts: bool = True


def notice_refs(server: GitHubServer, repository: Repository, pusher: Pusher) -> None:
    """Compare the refs with those last noticed and let every difference take effect.

    It does not matter who moved a ref (a push, the API, the sandbox itself), nor how often this is
    called. The caller holds the server's lock.
    """
    before, after = repository.noticed_refs, repository.git.refs()
    after = {ref: sha for ref, sha in after.items() if not ref.startswith("refs/pull/")}
    repository.noticed_refs = after
    for ref in sorted(before.keys() | after.keys()):
        old, new = before.get(ref, ZERO), after.get(ref, ZERO)
        if old == new:
            continue
        repository.pushed_at = server.clock.stamp()
        if pusher.starts:
            sender = server.state.user(pusher.login)
            server.events.push(repository, ref, old, new, sender)
            if new != ZERO:
                server.starter.pushed(repository, ref, old, new, pusher.login)
        if ref.startswith("refs/heads/"):
            _follow(server, repository, ref.removeprefix("refs/heads/"), new, pusher)


def refresh_merge(repository: Repository, pull: PullRequest) -> None:
    """Bring head, base and test merge of a pull request up to date in the base repository."""
    git, number = repository.git, pull.number
    if pull.head is repository:
        git.set_ref(f"refs/pull/{number}/head", pull.head_sha)
    else:
        source = f"refs/heads/{pull.head_ref}"
        git.fetch(pull.head.git, source, f"refs/pull/{number}/head")
    pull.base_sha = git.branch(pull.base_ref) or pull.base_sha
    message = f"Merge {pull.head_sha} into {pull.base_sha}"
    pull.merge_sha = git.merge(pull.base_sha, pull.head_sha, message)
    if pull.merge_sha:
        git.set_ref(f"refs/pull/{number}/merge", pull.merge_sha)


def _follow(
    server: GitHubServer, repository: Repository, branch: str, sha: str, pusher: Pusher
) -> None:
    every = [(home, p) for home in server.state.repositories.values() for p in home.pulls.values()]
    for home, pull in every:
        if pull.issue.state != "open":
            continue
        if pull.head is repository and pull.head_ref == branch:
            _move_head(server, home, pull, sha, pusher)
        elif home is repository and pull.base_ref == branch and sha != ZERO:
            refresh_merge(home, pull)
            if home.git.merge_base(sha, pull.head_sha) == pull.head_sha:
                pull.merged_at = server.clock.stamp()
                close_pull(server, home, pull, pusher)


def _move_head(
    server: GitHubServer, home: Repository, pull: PullRequest, sha: str, pusher: Pusher
) -> None:
    if sha == ZERO:
        close_pull(server, home, pull, pusher)
        return
    before, pull.head_sha = pull.head_sha, sha
    pull.issue.updated_at = server.clock.stamp()
    refresh_merge(home, pull)
    if pusher.starts:
        sender = server.state.user(pusher.login)
        server.events.pull_request(home, pull, "synchronize", sender, before)
    server.starter.pull_request(home, pull, "synchronize", pusher.login, starts=pusher.starts)


def close_pull(
    server: GitHubServer, repository: Repository, pull: PullRequest, pusher: Pusher
) -> None:
    """Close it and say so."""
    pull.issue.state, pull.issue.closed_at = "closed", server.clock.stamp()
    pull.issue.updated_at = pull.issue.closed_at
    if pusher.starts:
        server.events.pull_request(repository, pull, "closed", server.state.user(pusher.login))
