"""Opening pull requests and writing comments: the rules that the API and the facade share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.github_api import check_body_size, forbidden, invalid
from bot.sandbox.github_pushes import Pusher, refresh_merge
from bot.sandbox.github_state import Comment, Issue, Label, PullRequest, Repository, next_number

if TYPE_CHECKING:
    from bot.sandbox.github_server import GitHubServer

NOT_PERMITTED = "GitHub Actions is not permitted to create or approve pull requests."


@dataclass(frozen=True, slots=True)
class PullOrder:
    """What a new pull request is asked to be; `head` is `branch` or `owner:branch`."""

    head: str
    base: str
    title: str
    body: str | None = None
    draft: bool = False
    maintainer_can_modify: bool = True


def open_pull(
    server: GitHubServer,
    repository: Repository,
    order: PullOrder,
    author: Pusher,
    *,
    app: str = "",
) -> PullRequest:
    """Open it or answer as GitHub does: 403 and the 422s that clients must tell apart.

    Sources of the texts: vsoch/pull-request-action#86, tgymnich/fork-sync#112,
    microsoft/AL-Go#159.
    """
    if not author.starts and not repository.settings.actions_may_open_pull_requests:
        forbidden(NOT_PERMITTED)
    head, branch, sha = _head(server, repository, order.head)
    _check(repository, order, f"{head.owner.login}:{branch}")
    base_sha = repository.git.branch(order.base) or ""
    if head is repository:
        _check_commits(repository, order, branch, base_sha, sha)
    pull = PullRequest(
        id=server.state.next_id("pull"),
        issue=new_issue(server, repository, author.login, order.title, order.body),
        head=head,
        head_ref=branch,
        head_sha=sha,
        base_ref=order.base,
        base_sha=base_sha,
        draft=order.draft,
        maintainer_can_modify=order.maintainer_can_modify,
    )
    pull.issue.app = app
    repository.pulls[pull.number] = pull
    refresh_merge(repository, pull)
    if author.starts:
        server.events.pull_request(repository, pull, "opened", server.state.user(author.login))
    server.starter.pull_request(repository, pull, "opened", author.login, starts=author.starts)
    return pull


def new_issue(
    server: GitHubServer, repository: Repository, login: str, title: str, body: str | None
) -> Issue:
    """The next issue of a repository."""
    check_body_size("Issue", body)
    stamp = server.clock.stamp()
    number, author = next_number(repository), server.state.user(login)
    issue = Issue(number, server.state.next_id("issue"), title, body, author, stamp, stamp)
    repository.issues[number] = issue
    return issue


def edit(server: GitHubServer, issue: Issue, title: str, body: str | None) -> None:
    """Give it that title and body; what stays the same is not edited."""
    check_body_size("Issue", body)
    stamp = server.clock.stamp()
    if title != issue.title:
        issue.title = title
        issue.renamed_at.append(stamp)
    if (body or "") != (issue.body or ""):
        issue.body, issue.body_edited_at = body, stamp
    issue.updated_at = stamp


def label_named(server: GitHubServer, repository: Repository, name: str) -> Label:
    """The repository's label of that name, made when new."""
    known = repository.labels.get(name.lower())
    if known is None:
        known = repository.labels[name.lower()] = Label(server.state.next_id("label"), name)
    return known


def write_comment(
    server: GitHubServer,
    repository: Repository,
    issue: Issue,
    body: str,
    author: Pusher,
    *,
    app: str = "",
) -> Comment:
    """Add a comment and say so."""
    check_body_size("IssueComment", body)
    stamp = server.clock.stamp()
    user = server.state.user(author.login)
    comment_id = server.state.next_id("comment")
    comment = Comment(comment_id, issue.number, body, user, stamp, stamp, app)
    issue.comments.append(comment)
    issue.updated_at = stamp
    if author.starts:
        server.events.issue_comment(repository, comment, "created", user)
    return comment


def _head(server: GitHubServer, repository: Repository, head: str) -> tuple[Repository, str, str]:
    owner, colon, branch = head.rpartition(":")
    source: Repository | None = repository
    if colon and owner.lower() != repository.owner.login.lower():
        # `org:branch`, or `org/fork:branch` where one owner has several forks.
        forks = server.state.forks(repository)
        names = {fork.owner.login.lower(): fork for fork in forks}
        names |= {fork.full_name.lower(): fork for fork in forks}
        source = names.get(owner.lower())
    sha = source.git.branch(branch) if source else None
    if source is None or sha is None:
        invalid("PullRequest", field="head", code="invalid")
    return source, branch, sha


def _check(repository: Repository, order: PullOrder, label: str) -> None:
    if repository.git.branch(order.base) is None:
        invalid("PullRequest", field="base", code="invalid")
    if order.draft and not repository.settings.drafts:
        said = "Draft pull requests are not supported in this repository."
        invalid("PullRequest", code="custom", field="draft", message=said)
    for pull in repository.pulls.values():
        same = f"{pull.head.owner.login}:{pull.head_ref}" == label and pull.base_ref == order.base
        if pull.issue.state == "open" and same:
            said = f"A pull request already exists for {label}."
            invalid("PullRequest", code="custom", message=said)


def _check_commits(
    repository: Repository, order: PullOrder, branch: str, base_sha: str, sha: str
) -> None:
    if not repository.git.log("-1", f"{base_sha}..{sha}"):
        said = f"No commits between {order.base} and {branch}"
        invalid("PullRequest", code="custom", message=said)
