"""REST: the repository, its branches, refs, commits, comparisons and files."""

from __future__ import annotations

import base64
from typing import Any

from bot.sandbox.git_command import GitError, git, git_text
from bot.sandbox.git_diff import diff
from bot.sandbox.git_objects import Commit
from bot.sandbox.github_api import Call, Routes, created, error_body, no_content, not_found
from bot.sandbox.github_pushes import Pusher, notice_refs
from bot.sandbox.github_state import User
from bot.sandbox.github_wire import Json, render_full_repository
from bot.sandbox.github_wire_git import (
    render_branch,
    render_commit,
    render_diff_entry,
    render_git_commit,
    render_ref,
    render_short_branch,
    render_tree,
)
from bot.sandbox.http import Answer, HttpResponse

routes = Routes()
READ, WRITE = "contents:read", "contents:write"


def commit_of(call: Call, revision: str) -> Commit:
    """The commit that the path names: 404 for an unknown branch, 422 for an unknown SHA."""
    sha = call.repository.git.resolve(revision)
    if sha is None:
        said = f"No commit found for SHA: {revision}"
        raise Answer(422, error_body(422, said))
    return call.repository.git.commit(sha)


def render_commit_of(call: Call, commit: Commit) -> Json:
    """`commit` with the account behind its author's e-mail."""
    return render_commit(call.server.links, call.repository, commit, _account(call, commit))


_MOST_FILES = 300
"""Of a comparison; GitHub says nothing of the others."""

MOST_ENTRIES = 100_000
"""Of a recursive tree; of more, the first ones are shown, and `truncated` (docs: Get a tree)."""


@routes.on("GET", "/repos/{owner}/{repo}")
def get_repository(call: Call) -> Json:
    """repos/get."""
    return render_full_repository(call.server.links, call.repository, call.grant.login)


@routes.on("GET", "/R/branches", READ)
def list_branches(call: Call) -> list[Json]:
    """repos/list-branches."""
    branches = [
        (ref.removeprefix("refs/heads/"), sha)
        for ref, sha in call.repository.git.refs().items()
        if ref.startswith("refs/heads/")
    ]
    links = call.server.links
    return [render_short_branch(links, call.repository, *branch) for branch in call.page(branches)]


@routes.on("GET", "/R/branches/{branch+}", READ)
def get_branch(call: Call) -> Json:
    """repos/get-branch."""
    name = call.params["branch"]
    sha = call.repository.git.branch(name)
    if sha is None:
        raise Answer(404, error_body(404, "Branch not found"))
    commit = render_commit_of(call, call.repository.git.commit(sha))
    return render_branch(call.server.links, call.repository, name, commit)


@routes.on("GET", "/R/rules/branches/{branch+}")
def get_branch_rules(call: Call) -> list[Any]:
    """repos/get-branch-rules."""
    return call.page(call.repository.rules.get(call.params["branch"], []))


@routes.on("GET", "/R/git/ref/{ref+}", READ)
def get_ref(call: Call) -> Json:
    """git/get-ref: exactly one ref, never a prefix."""
    ref = f"refs/{call.params['ref']}"
    sha = call.repository.git.ref(ref) or not_found()
    return render_ref(call.server.links, call.repository, ref, sha)


@routes.on("GET", "/R/git/matching-refs/{ref+}", READ)
def list_matching_refs(call: Call) -> list[Json]:
    """git/list-matching-refs."""
    prefix = f"refs/{call.params['ref']}"
    found = [item for item in call.repository.git.refs().items() if item[0].startswith(prefix)]
    return [render_ref(call.server.links, call.repository, *item) for item in found]


@routes.on("POST", "/R/git/refs", WRITE)
def create_ref(call: Call) -> HttpResponse:
    """git/create-ref."""
    ref, sha = call.text("ref"), call.text("sha")
    if not ref.startswith("refs/") or ref.count("/") < 2:
        raise Answer(422, error_body(422, "Reference name is not well-formed"))
    if ref in call.repository.git.refs():
        raise Answer(422, error_body(422, "Reference already exists"))
    _move_ref(call, ref, sha)
    return created(render_ref(call.server.links, call.repository, ref, sha))


@routes.on("PATCH", "/R/git/refs/{ref+}", WRITE)
def update_ref(call: Call) -> Json:
    """git/update-ref: a fast-forward unless `force`."""
    ref, sha = f"refs/{call.params['ref']}", call.text("sha")
    old = call.repository.git.refs().get(ref)
    if old is None:
        raise Answer(422, error_body(422, "Reference does not exist"))
    if call.body.get("force") is not True and call.repository.git.merge_base(old, sha) != old:
        raise Answer(422, error_body(422, "Update is not a fast forward"))
    _move_ref(call, ref, sha)
    return render_ref(call.server.links, call.repository, ref, sha)


@routes.on("DELETE", "/R/git/refs/{ref+}", WRITE)
def delete_ref(call: Call) -> HttpResponse:
    """git/delete-ref."""
    ref = f"refs/{call.params['ref']}"
    if ref not in call.repository.git.refs():
        raise Answer(422, error_body(422, "Reference does not exist"))
    call.repository.git.delete_ref(ref)
    notice(call)
    return no_content()


@routes.on("GET", "/R/git/commits/{sha}", READ)
def get_git_commit(call: Call) -> Json:
    """git/get-commit."""
    sha = call.repository.git.resolve(call.params["sha"]) or not_found()
    return render_git_commit(call.server.links, call.repository, call.repository.git.commit(sha))


@routes.on("POST", "/R/git/commits", WRITE)
def create_git_commit(call: Call) -> HttpResponse:
    """git/create-commit."""
    parents = [word for sha in call.body.get("parents") or [] for word in ("-p", sha)]
    directory = call.repository.git.path
    try:
        arguments = ("commit-tree", call.text("tree"), *parents, "-m", call.text("message"))
        sha = git_text(directory, *arguments)
    except GitError as broken:
        raise Answer(422, error_body(422, str(broken))) from broken
    commit = call.repository.git.commit(sha)
    return created(render_git_commit(call.server.links, call.repository, commit))


@routes.on("POST", "/R/git/blobs", WRITE)
def create_blob(call: Call) -> HttpResponse:
    """git/create-blob."""
    content = call.text("content")
    raw = base64.b64decode(content) if call.body.get("encoding") == "base64" else content.encode()
    directory = call.repository.git.path
    sha = git(directory, "hash-object", "-w", "--stdin", stdin=raw).decode().strip()
    url = f"{call.server.links.repository(call.repository)}/git/blobs/{sha}"
    return created({"sha": sha, "url": url})


@routes.on("GET", "/R/git/trees/{sha+}", READ)
def get_tree(call: Call) -> Json:
    """git/get-tree: 409 while nothing was ever pushed; an empty tree is 404 (community#131150)."""
    revision = call.params["sha"]
    git_repository = call.repository.git
    if not git_repository.refs():
        raise Answer(409, error_body(409, "Git Repository is empty."))
    try:
        sha = git_text(git_repository.path, "rev-parse", "--verify", f"{revision}^{{tree}}")
    except GitError:
        not_found()
    entries = git_repository.entries(sha, recursive="recursive" in call.request.query)
    if not entries:
        not_found()
    shown = entries[:MOST_ENTRIES]
    tree = render_tree(call.server.links, call.repository, sha, shown)
    return tree | {"truncated": len(shown) < len(entries)}


@routes.on("POST", "/R/git/trees", WRITE)
def create_tree(call: Call) -> HttpResponse:
    """git/create-tree: `base_tree` with these entries on top, each by blob SHA or content."""
    base, rows = call.body.get("base_tree"), call.body.get("tree") or []
    try:
        sha = call.repository.git.write_tree(base, rows)
    except GitError as broken:
        raise Answer(422, error_body(422, str(broken))) from broken
    entries = call.repository.git.entries(sha)
    return created(render_tree(call.server.links, call.repository, sha, entries))


@routes.on("GET", "/R/compare/{basehead+}", READ)
def compare(call: Call) -> Json:
    """repos/compare-commits-with-basehead; the files are on the first page, whatever its size."""
    git_repository, links = call.repository.git, call.server.links
    names = [name.rpartition(":")[2] for name in call.params["basehead"].split("...")]
    base, head = (git_repository.resolve(name) or not_found() for name in [*names, ""][:2])
    fork_point = git_repository.merge_base(base, head) or not_found()
    ahead = git_repository.log("--reverse", f"{base}..{head}")
    behind = len(git_repository.log(f"{head}..{base}"))
    status = {(False, False): "identical", (True, False): "ahead", (False, True): "behind"}
    files = diff(git_repository, fork_point, head) if call.request.param("page", "1") == "1" else []
    url = f"{links.repository(call.repository)}/compare/{base}...{head}"
    page = f"{links.page(call.repository)}/compare/{base}...{head}"
    return {
        "url": url,
        "html_url": page,
        "permalink_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "base_commit": render_commit_of(call, git_repository.commit(base)),
        "merge_base_commit": render_commit_of(call, git_repository.commit(fork_point)),
        "status": status.get((bool(ahead), bool(behind)), "diverged"),
        "ahead_by": len(ahead),
        "behind_by": behind,
        "total_commits": len(ahead),
        "commits": [render_commit_of(call, git_repository.commit(s)) for s in call.page(ahead)],
        "files": [render_diff_entry(links, call.repository, f, head) for f in files[:_MOST_FILES]],
    }


@routes.on("GET", "/R/commits", READ)
def list_commits(call: Call) -> list[Json]:
    """repos/list-commits, newest first."""
    start = call.request.param("sha", call.repository.default_branch)
    sha = call.repository.git.resolve(start) or not_found()
    path = call.request.param("path")
    shas = call.repository.git.log(sha, *(["--", path] if path else []))
    return [render_commit_of(call, call.repository.git.commit(s)) for s in call.page(shas)]


def notice(call: Call) -> None:
    """Let changed refs take effect in the name of the caller."""
    pusher = Pusher(call.grant.login, call.grant.starts_workflows)
    notice_refs(call.server, call.repository, pusher)


def _move_ref(call: Call, ref: str, sha: str) -> None:
    try:
        call.repository.git.set_ref(ref, sha)
    except GitError as broken:
        raise Answer(422, error_body(422, "Object does not exist")) from broken
    notice(call)


def _account(call: Call, commit: Commit) -> User | None:
    local = commit.author.email.partition("@")[0].rpartition("+")[2]
    return call.server.state.users.get(local.lower()) or call.server.state.users.get(
        commit.author.name.lower()
    )
