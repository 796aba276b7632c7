"""GraphQL: what can be selected of an issue, and of a pull request as far as it is one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from bot.sandbox.github_graphql_document import GraphQLError, Resolver
from bot.sandbox.github_graphql_lists import connection
from bot.sandbox.github_state import Comment, Issue, Repository, User

if TYPE_CHECKING:
    from bot.sandbox.github_server import GitHubServer

Json = dict[str, Any]


def issue_fields(
    server: GitHubServer, repository: Repository, issue: Issue, viewer: str = ""
) -> Resolver:
    """What can be selected of an issue; `viewer` is the login that asks."""
    return {
        "__typename": "Issue",
        "url": f"{server.server_url}/{repository.full_name}/issues/{issue.number}",
        **conversation_fields(server, repository, issue, viewer),
    }


def conversation_fields(
    server: GitHubServer, repository: Repository, issue: Issue, viewer: str
) -> Resolver:
    """What issues and pull requests have in common."""
    return {
        "number": issue.number,
        "title": issue.title,
        "body": issue.body or "",
        "closed": issue.state == "closed",
        "locked": issue.locked,
        "author": actor(server, issue.user),
        "viewerDidAuthor": issue.user.login == viewer,
        "createdAt": issue.created_at,
        "updatedAt": issue.updated_at,
        "closedAt": issue.closed_at,
        "lastEditedAt": issue.body_edited_at,
        "repository": {"nameWithOwner": repository.full_name},
        "labels": lambda **_: {"nodes": [{"name": label.name} for label in issue.labels]},
        "comments": _comments(server, repository, issue, viewer),
        "timelineItems": lambda **asked: _timeline(issue, **asked),
    }


def _comments(
    server: GitHubServer, repository: Repository, issue: Issue, viewer: str
) -> Callable[..., Resolver]:
    """The field `comments`, oldest first."""
    kind = "pull" if issue.number in repository.pulls else "issues"
    page = f"{server.server_url}/{repository.full_name}/{kind}/{issue.number}"

    def show(comment: Comment) -> Resolver:
        return {
            "__typename": "IssueComment",
            "fullDatabaseId": str(comment.id),
            "url": f"{page}#issuecomment-{comment.id}",
            "body": comment.body,
            "createdAt": comment.created_at,
            "author": actor(server, comment.user),
            "viewerDidAuthor": comment.user.login == viewer,
        }

    def comments(first: int, after: str | None = None) -> Resolver:
        return connection(issue.comments, show, first=first, after=after)

    return comments


def actor(server: GitHubServer, user: User) -> Json:
    """The login of a bot comes without `[bot]` here."""
    url = f"{server.server_url}/{user.login}"
    shown = {"url": url, "resourcePath": f"/{user.login}", "avatarUrl": url}
    name = user.login.removesuffix("[bot]")
    return {"__typename": "Bot" if name != user.login else "User", "login": name, **shown}


def _timeline(
    issue: Issue,
    last: int = 0,
    itemTypes: Sequence[str] = (),  # noqa: N803
) -> Resolver:
    """Oldest first; of all that happens to an issue the sandbox keeps the new titles only."""
    if list(itemTypes) != ["RENAMED_TITLE_EVENT"]:
        raise GraphQLError("The sandbox has no timeline items but RENAMED_TITLE_EVENT.")
    if not 1 <= last <= 100:
        said = "You must provide a `first` or `last` value to properly paginate the connection."
        raise GraphQLError(said)
    events = [{"__typename": "RenamedTitleEvent", "createdAt": at} for at in issue.renamed_at]
    return {"nodes": events[-last:]}
