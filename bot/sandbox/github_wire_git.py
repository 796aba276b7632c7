"""Commits, refs, trees, diffs and branches as GitHub writes them."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

from bot.sandbox.git_diff import FileChange
from bot.sandbox.git_objects import Commit, Person, TreeEntry
from bot.sandbox.github_state import Repository, User
from bot.sandbox.github_wire import Json, Links, node_id, render_user

_LARGEST_CONTENT = 1024 * 1024
"""Bytes above which the contents API gives no content (docs: REST, Get repository content)."""

_UNSIGNED = {
    "verified": False,
    "reason": "unsigned",
    "signature": None,
    "payload": None,
    "verified_at": None,
}


def _person(person: Person) -> Json:
    return {"name": person.name, "email": person.email, "date": person.date}


def _tree(links: Links, repository: Repository, sha: str) -> Json:
    return {"sha": sha, "url": f"{links.repository(repository)}/git/trees/{sha}"}


def render_commit(
    links: Links, repository: Repository, commit: Commit, author: User | None
) -> Json:
    """`commit`: the commit with its author's account, None where the e-mail belongs to nobody."""
    url = f"{links.repository(repository)}/commits/{commit.sha}"
    page = links.page(repository)
    account = render_user(links, author) if author else None
    return {
        "sha": commit.sha,
        "node_id": node_id("C", commit.sha),
        "url": url,
        "html_url": f"{page}/commit/{commit.sha}",
        "comments_url": f"{url}/comments",
        "author": account,
        "committer": account,
        "parents": [
            {
                "sha": sha,
                "url": f"{links.repository(repository)}/commits/{sha}",
                "html_url": f"{page}/commit/{sha}",
            }
            for sha in commit.parents
        ],
        "commit": {
            "url": f"{links.repository(repository)}/git/commits/{commit.sha}",
            "author": _person(commit.author),
            "committer": _person(commit.committer),
            "message": commit.message,
            "comment_count": 0,
            "tree": _tree(links, repository, commit.tree),
            "verification": _UNSIGNED,
        },
    }


def render_git_commit(links: Links, repository: Repository, commit: Commit) -> Json:
    """`git-commit`: the bare object."""
    url = f"{links.repository(repository)}/git/commits"
    page = f"{links.page(repository)}/commit"
    return {
        "sha": commit.sha,
        "node_id": node_id("C", commit.sha),
        "url": f"{url}/{commit.sha}",
        "html_url": f"{page}/{commit.sha}",
        "author": _person(commit.author),
        "committer": _person(commit.committer),
        "message": commit.message,
        "tree": _tree(links, repository, commit.tree),
        "parents": [
            {"sha": sha, "url": f"{url}/{sha}", "html_url": f"{page}/{sha}"}
            for sha in commit.parents
        ],
        "verification": _UNSIGNED,
    }


def render_simple_commit(commit: Commit) -> Json:
    """`simple-commit`, the `head_commit` of runs and suites."""
    return {
        "id": commit.sha,
        "tree_id": commit.tree,
        "message": commit.message,
        "timestamp": commit.committer.date,
        "author": {"name": commit.author.name, "email": commit.author.email},
        "committer": {"name": commit.committer.name, "email": commit.committer.email},
    }


def render_ref(links: Links, repository: Repository, ref: str, sha: str) -> Json:
    """`git-ref`."""
    url = links.repository(repository)
    return {
        "ref": ref,
        "node_id": node_id("REF", ref),
        "url": f"{url}/git/{quote(ref)}",
        "object": {"type": "commit", "sha": sha, "url": f"{url}/git/commits/{sha}"},
    }


def render_short_branch(links: Links, repository: Repository, name: str, sha: str) -> Json:
    """`short-branch`."""
    url = f"{links.repository(repository)}/commits/{sha}"
    return {
        "name": name,
        "commit": {"sha": sha, "url": url},
        "protected": name in repository.rules,
    }


def render_branch(links: Links, repository: Repository, name: str, commit: Json) -> Json:
    """`branch-with-protection`."""
    url = f"{links.repository(repository)}/branches/{quote(name)}"
    checks = {"enforcement_level": "off", "contexts": [], "checks": []}
    return {
        "name": name,
        "commit": commit,
        "_links": {"self": url, "html": f"{links.page(repository)}/tree/{quote(name)}"},
        "protected": name in repository.rules,
        "protection": {"enabled": False, "required_status_checks": checks},
        "protection_url": f"{url}/protection",
    }


def render_diff_entry(links: Links, repository: Repository, change: FileChange, head: str) -> Json:
    """`diff-entry`."""
    page, path = links.page(repository), quote(change.path)
    entry: dict[str, Any] = {
        "sha": change.sha,
        "filename": change.path,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": f"{page}/blob/{head}/{path}",
        "raw_url": f"{page}/raw/{head}/{path}",
        "contents_url": f"{links.repository(repository)}/contents/{path}?ref={head}",
    }
    if change.patch is not None:
        entry["patch"] = change.patch
    if change.previous_path:
        entry["previous_filename"] = change.previous_path
    return entry


def render_tree(links: Links, repository: Repository, sha: str, entries: list[TreeEntry]) -> Json:
    """`git-tree`."""
    url = f"{links.repository(repository)}/git"
    rows = []
    for entry in entries:
        kind = "blobs" if entry.type == "blob" else "trees"
        row: Json = {"path": entry.path, "mode": entry.mode, "type": entry.type, "sha": entry.sha}
        row["url"] = f"{url}/{kind}/{entry.sha}"
        if entry.size is not None:
            row["size"] = entry.size
        rows.append(row)
    return {"sha": sha, "url": f"{url}/trees/{sha}", "tree": rows, "truncated": False}


def render_content(
    links: Links, repository: Repository, entry: TreeEntry, ref: str, raw: bytes | None = None
) -> Json:
    """`content-file` with its content when `raw` is given, else an entry of a directory."""
    path, page = quote(entry.path), links.page(repository)
    url = f"{links.repository(repository)}/contents/{path}?ref={quote(ref)}"
    kind = "file" if entry.type == "blob" else "dir"
    git_kind = "blobs" if kind == "file" else "trees"
    git_url = f"{links.repository(repository)}/git/{git_kind}/{entry.sha}"
    html_url = f"{page}/{'blob' if kind == 'file' else 'tree'}/{quote(ref)}/{path}"
    content: Json = {
        "type": kind,
        "name": entry.path.rsplit("/", 1)[-1],
        "path": entry.path,
        "sha": entry.sha,
        "size": entry.size or 0,
        "url": url,
        "html_url": html_url,
        "git_url": git_url,
        "download_url": f"{page}/raw/{quote(ref)}/{path}" if kind == "file" else None,
        "_links": {"self": url, "git": git_url, "html": html_url},
    }
    if raw is not None and len(raw) > _LARGEST_CONTENT:
        content |= {"encoding": "none", "content": ""}
    elif raw is not None:
        content |= {"encoding": "base64", "content": base64.encodebytes(raw).decode()}
    return content
