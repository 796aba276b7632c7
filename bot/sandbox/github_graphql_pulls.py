"""GraphQL: what can be selected of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.github_graphql_document import Resolver
from bot.sandbox.github_runs import FAILED
from bot.sandbox.github_state import PullRequest, Repository, ReviewComment

if TYPE_CHECKING:
    from bot.sandbox.github_server import GitHubServer

Json = dict[str, Any]


def pull_fields(server: GitHubServer, repository: Repository, pull: PullRequest) -> Resolver:
    """What can be selected of a pull request."""
    state = "MERGED" if pull.merged_at else pull.issue.state.upper()
    conflict = pull.merge_sha is None
    auto = {"enabledAt": pull.issue.updated_at, "mergeMethod": pull.auto_merge}
    merge_state = "DIRTY" if conflict else "DRAFT" if pull.draft else "CLEAN"
    return {
        "__typename": "PullRequest",
        "id": f"PR_{pull.id}",
        "number": pull.number,
        "url": f"{server.server_url}/{repository.full_name}/pull/{pull.number}",
        "title": pull.issue.title,
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
        "commits": lambda **_: {"nodes": [{"commit": _commit(server, repository, pull)}]},
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


def _commit(server: GitHubServer, repository: Repository, pull: PullRequest) -> Resolver:
    sha = pull.head_sha
    jobs = [j for run in repository.runs if run.head_sha == sha for j in run.latest_jobs()]
    runs = [
        {
            "__typename": "CheckRun",
            "name": job.name,
            "status": job.status.upper(),
            "conclusion": job.conclusion.upper() if job.conclusion else None,
            "detailsUrl": f"{server.server_url}/{repository.full_name}/runs/{job.id}",
            # GraphQL's Int has 32 bits, the ids of today do not fit.
            "databaseId": None,
        }
        for job in jobs
    ]
    latest = {s.context: s for s in repository.statuses if s.sha == sha}
    statuses = [
        {
            "__typename": "StatusContext",
            "context": status.context,
            "state": status.state.upper(),
            "targetUrl": status.target_url,
        }
        for status in latest.values()
    ]
    contexts = {"nodes": [*runs, *statuses]}
    rollup = {"state": _rollup(runs, statuses), "contexts": lambda **_: contexts}
    url = f"{server.server_url}/{repository.full_name}/commit/{sha}"
    return {"oid": sha, "url": url, "statusCheckRollup": rollup if runs or statuses else None}


def _rollup(runs: list[Json], statuses: list[Json]) -> str:
    red = {word.upper() for word in FAILED} | {"CANCELLED", "ERROR"}
    seen = {run["conclusion"] for run in runs} | {status["state"] for status in statuses}
    if seen & red:
        return "FAILURE"
    return "PENDING" if seen & {None, "PENDING"} else "SUCCESS"
