"""GraphQL: what can be selected of a repository, each field behind its permission."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.github_graphql_checks import commit_fields
from bot.sandbox.github_graphql_document import GraphQLError, Resolver
from bot.sandbox.github_graphql_issues import issue_fields
from bot.sandbox.github_graphql_pulls import pull_fields
from bot.sandbox.github_state import Repository
from bot.sandbox.github_tokens import Grant

if TYPE_CHECKING:
    from bot.sandbox.github_server import GitHubServer


def repository_fields(server: GitHubServer, grant: Grant, repository: Repository) -> Resolver:
    """A repository that the token sees."""
    reader = _Reader(server, grant, repository)
    return {
        "__typename": "Repository",
        "nameWithOwner": repository.full_name,
        "pullRequest": reader.pull_request,
        "pullRequests": reader.pull_requests,
        "issueOrPullRequest": reader.thread,
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

    def pull_requests(self, first: int, headRefName: str = "", **_: Any) -> Resolver:  # noqa: N803
        """Newest first, as they are asked for."""
        self._need("pull_requests:read")
        found = [
            pull_fields(self.server, self.repository, pull, self.grant.login)
            for pull in reversed(self.repository.pulls.values())
            if headRefName in {"", pull.head_ref}
        ]
        return {"nodes": found[:first], "pageInfo": {"hasNextPage": len(found) > first}}

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
