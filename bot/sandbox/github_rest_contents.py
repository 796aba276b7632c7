"""REST: files of a repository, read and written one at a time."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from bot.sandbox.github_api import Call, Routes, error_body, not_found
from bot.sandbox.github_rest_git import notice
from bot.sandbox.github_wire_git import render_content, render_git_commit
from bot.sandbox.http import Answer, HttpResponse

routes = Routes()
READ, WRITE = "contents:read", "contents:write"


@routes.on("GET", "/R/contents", READ)
@routes.on("GET", "/R/contents/", READ)
@routes.on("GET", "/R/contents/{path+}", READ)
def get_content(call: Call) -> Any:
    """repos/get-content: a file with its content, or a directory's entries."""
    path = call.params.get("path", "").strip("/")
    ref = call.request.param("ref", call.repository.default_branch)
    git_repository, links = call.repository.git, call.server.links
    sha = git_repository.resolve(ref) or not_found()
    entries = git_repository.entries(sha, path) if path else git_repository.entries(sha)
    if path and not entries:
        not_found()
    if path and entries[0].type == "blob":
        raw = git_repository.read(sha, path)
        return render_content(links, call.repository, entries[0], ref, raw)
    listed = git_repository.entries(sha, f"{path}/") if path else entries
    return [render_content(links, call.repository, entry, ref) for entry in listed]


@routes.on("PUT", "/R/contents/{path+}", WRITE)
def put_content(call: Call) -> HttpResponse:
    """repos/create-or-update-file-contents: an update must name the blob that it replaces."""
    try:
        raw = base64.b64decode(call.text("content"))
    except binascii.Error as broken:
        raise Answer(422, error_body(422, "content is not valid Base64")) from broken
    return _write(call, raw)


@routes.on("DELETE", "/R/contents/{path+}", WRITE)
def delete_content(call: Call) -> HttpResponse:
    """repos/delete-file."""
    return _write(call, None)


def _write(call: Call, raw: bytes | None) -> HttpResponse:
    path, git_repository, links = call.params["path"], call.repository.git, call.server.links
    branch = str(call.body.get("branch") or call.repository.default_branch)
    head = git_repository.branch(branch)
    if head is None:
        raise Answer(404, error_body(404, f"Branch {branch} not found"))
    old = next(iter(git_repository.entries(head, path)), None)
    if old is None and raw is None:
        not_found()
    if old is not None and call.body.get("sha") != old.sha:
        given = call.body.get("sha")
        if given is None:
            raise Answer(422, error_body(422, 'Invalid request.\n\n"sha" wasn\'t supplied.'))
        raise Answer(409, error_body(409, f"{path} does not match {given}"))
    seconds = int(call.server.clock.now().timestamp())
    author = (call.grant.login, f"{call.grant.login}@users.noreply.localhost", seconds)
    ref, message = f"refs/heads/{branch}", call.text("message")
    made = git_repository.write_commit(ref, {path: raw}, message, parent=head, author=author)
    entry = next(iter(git_repository.entries(made, path)), None)
    notice(call)
    content = render_content(links, call.repository, entry, branch) if entry else None
    commit = render_git_commit(links, call.repository, git_repository.commit(made))
    return HttpResponse(200 if old else 201, {"content": content, "commit": commit})
