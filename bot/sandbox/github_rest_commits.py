"""REST: one commit; last of all routes under `/commits`, since a ref may hold slashes."""

from __future__ import annotations

from bot.sandbox.git_diff import diff
from bot.sandbox.github_api import Call, Routes
from bot.sandbox.github_rest_git import READ, commit_of, render_commit_of
from bot.sandbox.github_wire import Json
from bot.sandbox.github_wire_git import render_diff_entry

routes = Routes()
_EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@routes.on("GET", "/R/commits/{ref+}", READ)
def get_commit(call: Call) -> Json:
    """repos/get-commit, with its files against the first parent."""
    commit, links = commit_of(call, call.params["ref"]), call.server.links
    parent = commit.parents[0] if commit.parents else _EMPTY_TREE
    changes = diff(call.repository.git, parent, commit.sha)
    counts = {
        "additions": sum(change.additions for change in changes),
        "deletions": sum(change.deletions for change in changes),
    }
    files = [render_diff_entry(links, call.repository, change, commit.sha) for change in changes]
    stats = {**counts, "total": sum(counts.values())}
    return {**render_commit_of(call, commit), "stats": stats, "files": files}
