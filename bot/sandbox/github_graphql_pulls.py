"""GraphQL: what can be selected of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.github_graphql_checks import commit_fields
from bot.sandbox.github_graphql_document import Resolver
from bot.sandbox.github_graphql_issues import conversation_fields
from bot.sandbox.github_state import PullRequest, Repository, ReviewComment

if TYPE_CHECKING:
    from bot.sandbox.github_server import GitHubServer


def pull_fields(
    server: GitHubServer, repository: Repository, pull: PullRequest, viewer: str = ""
) -> Resolver:
    """What can be selected of a pull request; `viewer` is the login that asks."""
    state = "MERGED" if pull.merged_at else pull.issue.state.upper()
    conflict = pull.merge_sha is None
    auto = {"enabledAt": pull.issue.updated_at, "mergeMethod": pull.auto_merge}
    merge_state = "DIRTY" if conflict else "DRAFT" if pull.draft else "CLEAN"
    return {
        **conversation_fields(server, repository, pull.issue, viewer),
        "__typename": "PullRequest",
        "id": f"PR_{pull.id}",
        "url": f"{server.server_url}/{repository.full_name}/pull/{pull.number}",
        "isDraft": pull.draft,
        "state": state,
        "merged": pull.merged_at is not None,
        "mergeable": "CONFLICTING" if conflict else "MERGEABLE",
        "mergeStateStatus": merge_state,
        "reviewDecision": None,
        "headRefName": pull.head_ref,
        "headRefOid": pull.head_sha,
        "baseRefName": pull.base_ref,
        "isCrossRepository": pull.head is not repository,
        "viewerCanEnableAutoMerge": not pull.auto_merge,
        "autoMergeRequest": auto if pull.auto_merge else None,
        "reviewThreads": lambda **_: _threads(pull),
        "commits": lambda **_: {
            "nodes": [{"commit": commit_fields(server, repository, pull.head_sha)}]
        },
        "baseRefOid": pull.base_sha,
        "mergedAt": pull.merged_at,
        "headRepository": {"nameWithOwner": pull.head.full_name},
    }


def _threads(pull: PullRequest) -> Resolver:
    firsts = [c for c in pull.review_comments if c.in_reply_to is None]
    nodes = [_thread(pull, first) for first in firsts]
    return {"nodes": nodes, "pageInfo": {"hasNextPage": False, "endCursor": None}}


def _thread(pull: PullRequest, opening: ReviewComment) -> Resolver:
    comments = [
        {"id": f"PRRC_{c.id}", "body": c.body, "author": {"login": c.user.login}}
        for c in pull.review_comments
        if opening.id in {c.id, c.in_reply_to}
    ]
    return {
        "id": f"PRRT_{opening.id}",
        "isResolved": opening.resolved,
        "isOutdated": opening.commit_id != pull.head_sha,
        "path": opening.path,
        "line": opening.line,
        "comments": lambda **_: {"nodes": comments},
    }
