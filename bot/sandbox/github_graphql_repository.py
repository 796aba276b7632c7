"""GraphQL: what can be selected of a repository, each field behind its permission."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from bot.sandbox.github_graphql_checks import commit_fields
from bot.sandbox.github_graphql_document import GraphQLError, Resolver
from bot.sandbox.github_graphql_issues import issue_fields
from bot.sandbox.github_graphql_lists import connection
from bot.sandbox.github_graphql_pulls import pull_fields
from bot.sandbox.github_state import Issue, PullRequest, Repository
from bot.sandbox.github_tokens import Grant

if TYPE_CHECKING:
    from bot.sandbox.github_server import GitHubServer

_Listed = TypeVar("_Listed")


def repository_fields(server: GitHubServer, grant: Grant, repository: Repository) -> Resolver:
    """A repository that the token sees."""
    reader = _Reader(server, grant, repository)
    return {
        "__typename": "Repository",
        "nameWithOwner": repository.full_name,
        "pullRequest": reader.pull_request,
        "pullRequests": reader.pull_requests,
        "issueOrPullRequest": reader.thread,
        "databaseId": repository.id,
        "issue": reader.issue,
        "issues": reader.issues,
        "ref": reader.ref,
        "object": reader.commit,
    }


class _Reader:
    """The fields that take arguments."""

    def __init__(self, server: GitHubServer, grant: Grant, repository: Repository) -> None:
        self.server, self.grant, self.repository = server, grant, repository

    def pull_request(self, number: int) -> Resolver:
        self._need("pull_requests:read")
        pull = self.repository.pulls.get(number)
        if pull is None:
            said = f"Could not resolve to a PullRequest with the number of {number}."
            raise GraphQLError(said, "NOT_FOUND")
        return pull_fields(self.server, self.repository, pull, self.grant.login)

    def thread(self, number: int) -> Resolver:
        """Deleted or never there is all the same; the text is the API's."""
        if number in self.repository.pulls:
            return self.pull_request(number)
        self._need("issues:read")
        issue = self.repository.issues.get(number)
        if issue is None:
            said = f"Could not resolve to an issue or pull request with the number of {number}."
            raise GraphQLError(said, "NOT_FOUND")
        return issue_fields(self.server, self.repository, issue, self.grant.login)

    def pull_requests(
        self,
        first: int,
        after: str | None = None,
        headRefName: str = "",  # noqa: N803
        orderBy: Mapping[str, str] | None = None,  # noqa: N803
    ) -> Resolver:
        self._need("pull_requests:read")
        found = [
            pull for pull in self.repository.pulls.values() if headRefName in {"", pull.head_ref}
        ]
        if orderBy:
            found = _ordered(found, orderBy, lambda pull: pull.issue)

        def show(pull: PullRequest) -> Resolver:
            return pull_fields(self.server, self.repository, pull, self.grant.login)

        return connection(found, show, first=first, after=after)

    def issue(self, number: int) -> Resolver:
        self._need("issues:read")
        found = self.repository.issues.get(number)
        if found is None or number in self.repository.pulls:
            said = f"Could not resolve to an Issue with the number of {number}."
            raise GraphQLError(said, "NOT_FOUND")
        return issue_fields(self.server, self.repository, found, self.grant.login)

    def issues(
        self,
        first: int,
        after: str | None = None,
        filterBy: Mapping[str, Any] | None = None,  # noqa: N803
        orderBy: Mapping[str, str] | None = None,  # noqa: N803
    ) -> Resolver:
        """Those that are no pull requests; `since` is the one filter that is served."""
        self._need("issues:read")
        since = (filterBy or {}).get("since") or ""
        found = [
            issue
            for issue in self.repository.issues.values()
            if issue.number not in self.repository.pulls and issue.updated_at >= since
        ]
        if orderBy:
            found = _ordered(found, orderBy, lambda issue: issue)

        def show(issue: Issue) -> Resolver:
            return issue_fields(self.server, self.repository, issue, self.grant.login)

        return connection(found, show, first=first, after=after)

    def ref(self, qualifiedName: str) -> Resolver | None:  # noqa: N803
        self._need("contents:read")
        sha = self.repository.git.branch(qualifiedName.removeprefix("refs/heads/"))
        if sha is None:
            return None
        return {"target": commit_fields(self.server, self.repository, sha)}

    def commit(self, oid: str) -> Resolver | None:
        self._need("contents:read")
        return commit_fields(self.server, self.repository, oid)

    def _need(self, right: str) -> None:
        if not self.grant.allows(right):
            raise GraphQLError("Resource not accessible by integration", "FORBIDDEN")


def owner_fields(server: GitHubServer, grant: Grant, login: str) -> Resolver | None:
    """An account and its repositories, those that the token sees."""
    user = server.state.users.get(login.lower())
    if user is None:
        said = f"Could not resolve to a RepositoryOwner with the login of '{login}'."
        raise GraphQLError(said, "NOT_FOUND")

    def repositories(first: int, after: str | None = None, **_: Any) -> Resolver:
        found = sorted(
            (
                repository
                for repository in server.state.repositories.values()
                if repository.owner is user and grant.sees(repository.full_name)
            ),
            key=lambda repository: repository.name.lower(),
        )
        return connection(
            found, lambda one: repository_fields(server, grant, one), first=first, after=after
        )

    # Only accounts of organizations and users own repositories.
    kind = "Organization" if user.type == "Organization" else "User"
    return {"__typename": kind, "login": user.login, "repositories": repositories}


def _ordered(
    found: Sequence[_Listed], order: Mapping[str, str], issue_of: Callable[[_Listed], Issue]
) -> list[_Listed]:
    """By creation or last change; those of the same second by their number."""
    changed = order["field"] == "UPDATED_AT"

    def key(one: _Listed) -> tuple[str, int]:
        issue = issue_of(one)
        return issue.updated_at if changed else issue.created_at, issue.number

    return sorted(found, key=key, reverse=order["direction"] == "DESC")
