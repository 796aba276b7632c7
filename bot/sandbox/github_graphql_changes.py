"""GraphQL: the few mutations that REST lacks."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.sandbox.github_graphql_document import GraphQLError, Resolver
from bot.sandbox.github_graphql_pulls import pull_fields
from bot.sandbox.github_pushes import Pusher, notice_refs
from bot.sandbox.github_state import Comment, PullRequest, Repository
from bot.sandbox.github_tokens import Grant

if TYPE_CHECKING:
    from bot.sandbox.github_server import GitHubServer

Json = dict[str, Any]
_NEEDS = {"createCommitOnBranch": "contents:write"}


def mutations(server: GitHubServer, grant: Grant) -> Resolver:
    """The mutations, each behind the permission that it needs."""
    changes = _Changes(server, grant)
    every = {
        "markPullRequestReadyForReview": changes.ready,
        "convertPullRequestToDraft": changes.draft,
        "enablePullRequestAutoMerge": changes.enable_auto_merge,
        "disablePullRequestAutoMerge": changes.disable_auto_merge,
        "minimizeComment": changes.minimize,
        "unminimizeComment": changes.unminimize,
        "resolveReviewThread": changes.resolve,
        "createCommitOnBranch": changes.commit,
    }

    def guarded(name: str, change: Any) -> Any:
        def run(**arguments: Json) -> Json:
            # GitHub calls the argument `input`, which Python keeps for itself.
            sent = arguments["input"]
            wanted = _NEEDS.get(name, "pull_requests:write|issues:write")
            if not grant.allows(wanted):
                raise GraphQLError("Resource not accessible by integration", "FORBIDDEN")
            return {"clientMutationId": sent.get("clientMutationId"), **change(sent)}

        return run

    return {"__typename": "Mutation"} | {n: guarded(n, change) for n, change in every.items()}


class _Changes:
    """What the mutations do; each takes its input and returns its payload."""

    def __init__(self, server: GitHubServer, grant: Grant) -> None:
        self.server, self.grant = server, grant

    def ready(self, sent: Json) -> Json:
        home, pull = self._pull_by_id(sent["pullRequestId"])
        if pull.draft and self.grant.starts_workflows:
            pull.draft = False
            actor = self.server.state.user(self.grant.login)
            self.server.events.pull_request(home, pull, "ready_for_review", actor)
            self.server.starter.pull_request(
                home, pull, "ready_for_review", self.grant.login, starts=True
            )
        pull.draft = False
        return {"pullRequest": pull_fields(self.server, home, pull)}

    def draft(self, sent: Json) -> Json:
        home, pull = self._pull_by_id(sent["pullRequestId"])
        pull.draft = True
        return {"pullRequest": pull_fields(self.server, home, pull)}

    def enable_auto_merge(self, sent: Json) -> Json:
        home, pull = self._pull_by_id(sent["pullRequestId"])
        pull.auto_merge = sent.get("mergeMethod") or "MERGE"
        return {"pullRequest": pull_fields(self.server, home, pull), "actor": self._actor()}

    def disable_auto_merge(self, sent: Json) -> Json:
        home, pull = self._pull_by_id(sent["pullRequestId"])
        pull.auto_merge = ""
        return {"pullRequest": pull_fields(self.server, home, pull), "actor": self._actor()}

    def minimize(self, sent: Json) -> Json:
        comment = self._comment(sent["subjectId"])
        comment.minimized = str(sent["classifier"]).lower()
        shown = {"isMinimized": True, "minimizedReason": comment.minimized}
        return {"minimizedComment": {"__typename": "IssueComment", **shown}}

    def unminimize(self, sent: Json) -> Json:
        comment = self._comment(sent["subjectId"])
        comment.minimized = ""
        shown = {"isMinimized": False, "minimizedReason": None}
        return {"unminimizedComment": {"__typename": "IssueComment", **shown}}

    def resolve(self, sent: Json) -> Json:
        node = str(sent["threadId"])
        for home in self.server.state.repositories.values():
            for comment in (c for pull in home.pulls.values() for c in pull.review_comments):
                if f"PRRT_{comment.id}" == node and self.grant.sees(home.full_name):
                    comment.resolved = True
                    return {"thread": {"id": node, "isResolved": True}}
        raise _unresolved(node)

    def commit(self, sent: Json) -> Json:
        branch = sent["branch"]
        full_name = branch.get("repositoryNameWithOwner", "")
        repository = self.server.state.repository(full_name)
        if repository is None or not self.grant.sees(full_name):
            raise GraphQLError(f"Could not resolve to a Repository '{full_name}'.", "NOT_FOUND")
        ref = f"refs/heads/{branch['branchName']}"
        head = repository.git.branch(branch["branchName"])
        if head != sent["expectedHeadOid"]:
            said = f'Expected branch to point to "{sent["expectedHeadOid"]}" but it did not.'
            raise GraphQLError(said, "STALE_DATA")
        message = sent["message"]
        text = "\n\n".join(part for part in (message["headline"], message.get("body")) if part)
        login = self.grant.login
        seconds = int(self.server.clock.now().timestamp())
        author = (login, f"{login}@users.noreply.localhost", seconds)
        files = _file_changes(sent.get("fileChanges") or {})
        sha = repository.git.write_commit(ref, files, text, parent=head, author=author)
        notice_refs(self.server, repository, Pusher(login, self.grant.starts_workflows))
        url = f"{self.server.server_url}/{repository.full_name}/commit/{sha}"
        return {"commit": {"oid": sha, "url": url}}

    def _actor(self) -> Json:
        login = self.grant.login
        url = f"{self.server.server_url}/{login}"
        return {"login": login, "url": url, "resourcePath": f"/{login}", "avatarUrl": url}

    def _pull_by_id(self, node: str) -> tuple[Repository, PullRequest]:
        for home in self.server.state.repositories.values():
            for pull in home.pulls.values():
                if f"PR_{pull.id}" == node and self.grant.sees(home.full_name):
                    return home, pull
        raise _unresolved(node)

    def _comment(self, node: str) -> Comment:
        for home in self.server.state.repositories.values():
            found = home.comment(int(node.rpartition("_")[2] or 0))
            if found and self.grant.sees(home.full_name):
                return found
        raise _unresolved(node)


def _unresolved(node: str) -> GraphQLError:
    return GraphQLError(f"Could not resolve to a node with the global id of '{node}'", "NOT_FOUND")


def _file_changes(changes: Mapping[str, Any]) -> dict[str, bytes | None]:
    files: dict[str, bytes | None] = {
        added["path"]: base64.b64decode(added["contents"])
        for added in changes.get("additions") or []
    }
    return files | {gone["path"]: None for gone in changes.get("deletions") or []}
