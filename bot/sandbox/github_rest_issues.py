"""REST: issues, their comments and labels, reactions on all of them."""

from __future__ import annotations

from bot.sandbox.github_api import (
    Call,
    Routes,
    check_body_size,
    created,
    error_body,
    forbidden,
    invalid,
    no_content,
    not_found,
)
from bot.sandbox.github_pulls import edit, label_named, new_issue, write_comment
from bot.sandbox.github_rest_pulls import pusher_of
from bot.sandbox.github_state import Comment, Issue, Label
from bot.sandbox.github_tokens import REFUSED
from bot.sandbox.github_wire import Json
from bot.sandbox.github_wire_pulls import (
    render_comment,
    render_issue,
    render_label,
)
from bot.sandbox.http import Answer, HttpResponse

routes = Routes()
# Comments, labels and reactions: either key will do, on issues and on pull requests alike.
READ, WRITE = "issues:read|pull_requests:read", "issues:write|pull_requests:write"


@routes.on("GET", "/R/issues", "issues:read|pull_requests:read")
def list_issues(call: Call) -> list[Json]:
    """issues/list-for-repo: pull requests are issues too."""
    query = call.request
    state, creator, since = (query.param(n) for n in ("state", "creator", "since"))
    labels = [name for name in query.param("labels").split(",") if name]
    found = [
        issue
        for issue in call.repository.issues.values()
        if (state or "open") in {"all", issue.state}
        and creator in {"", issue.user.login}
        and issue.updated_at >= since
        and set(labels) <= {label.name for label in issue.labels}
    ]
    falling = query.param("direction", "desc") == "desc"
    found.sort(key=lambda issue: issue.number, reverse=falling)
    return [_issue(call, issue) for issue in call.page(found)]


@routes.on("POST", "/R/issues", "issues:write")
def create_issue(call: Call) -> HttpResponse:
    """issues/create."""
    title, body = call.body.get("title"), call.body.get("body")
    if not isinstance(title, str | int) or not str(title):
        invalid("Issue", code="missing_field", field="title")
    issue = new_issue(call.server, call.repository, call.grant.login, str(title), body)
    issue.app = call.grant.app
    issue.labels = [ensure_label(call, name) for name in call.body.get("labels") or []]
    return created(_issue(call, issue))


@routes.on("GET", "/R/issues/{issue_number}", READ)
def get_issue(call: Call) -> Json:
    """issues/get: `issues: read`, or `pull-requests: read` where it is a pull request."""
    issue = call.issue()
    if issue.number not in call.repository.pulls and not call.grant.allows("issues:read"):
        forbidden(REFUSED[call.grant.kind], "issues:read")
    return _issue(call, issue)


@routes.on("PATCH", "/R/issues/{issue_number}", WRITE)
def update_issue(call: Call) -> Json:
    """issues/update."""
    issue, body, stamp = call.issue(), call.body, call.server.clock.stamp()
    edit(call.server, issue, str(body.get("title") or issue.title), body.get("body", issue.body))
    if "labels" in body:
        issue.labels = [ensure_label(call, name) for name in body["labels"]]
    if body.get("state") in {"open", "closed"}:
        issue.state, issue.state_reason = body["state"], body.get("state_reason")
        issue.closed_at = stamp if issue.state == "closed" else None
    return _issue(call, issue)


@routes.on("POST", "/R/issues/{issue_number}/assignees", WRITE)
def add_assignees(call: Call) -> HttpResponse:
    """issues/add-assignees."""
    issue = call.issue()
    for login in call.body.get("assignees") or []:
        user = call.server.state.user(login)
        if user not in issue.assignees:
            issue.assignees.append(user)
    return created(_issue(call, issue))


@routes.on("GET", "/R/issues/{issue_number}/comments", READ)
def list_comments(call: Call) -> list[Json]:
    """issues/list-comments, oldest first."""
    since = call.request.param("since")
    found = [comment for comment in call.issue().comments if comment.updated_at >= since]
    return [_comment(call, comment) for comment in call.page(found)]


@routes.on("POST", "/R/issues/{issue_number}/comments", WRITE)
def create_comment(call: Call) -> HttpResponse:
    """issues/create-comment."""
    body = call.text("body")
    if not body.strip():
        invalid("IssueComment", code="missing_field", field="body")
    issue, app = call.issue(), call.grant.app
    comment = write_comment(call.server, call.repository, issue, body, pusher_of(call), app=app)
    return created(_comment(call, comment))


@routes.on("GET", "/R/issues/comments/{comment_id}", READ)
def get_comment(call: Call) -> Json:
    """issues/get-comment."""
    return _comment(call, comment_of(call))


@routes.on("PATCH", "/R/issues/comments/{comment_id}", WRITE)
def update_comment(call: Call) -> Json:
    """issues/update-comment."""
    comment, body = comment_of(call), call.text("body")
    check_body_size("IssueComment", body)
    comment.body, comment.updated_at = body, call.server.clock.stamp()
    if call.grant.starts_workflows:
        call.server.events.issue_comment(call.repository, comment, "edited", call.user)
    return _comment(call, comment)


@routes.on("DELETE", "/R/issues/comments/{comment_id}", WRITE)
def delete_comment(call: Call) -> HttpResponse:
    """issues/delete-comment."""
    comment = comment_of(call)
    call.repository.issues[comment.number].comments.remove(comment)
    if call.grant.starts_workflows:
        call.server.events.issue_comment(call.repository, comment, "deleted", call.user)
    return no_content()


@routes.on("GET", "/R/issues/{issue_number}/labels", READ)
def list_issue_labels(call: Call) -> list[Json]:
    """issues/list-labels-on-issue."""
    return [_label(call, label) for label in call.page(call.issue().labels)]


@routes.on("POST", "/R/issues/{issue_number}/labels", WRITE)
def add_labels(call: Call) -> list[Json]:
    """issues/add-labels: a label that does not exist is made."""
    issue = call.issue()
    for name in call.body.get("labels") or []:
        label = ensure_label(call, name)
        if label not in issue.labels:
            issue.labels.append(label)
    return [_label(call, label) for label in issue.labels]


@routes.on("PUT", "/R/issues/{issue_number}/labels", WRITE)
def set_labels(call: Call) -> list[Json]:
    """issues/set-labels."""
    issue = call.issue()
    issue.labels = [ensure_label(call, name) for name in call.body.get("labels") or []]
    return [_label(call, label) for label in issue.labels]


@routes.on("DELETE", "/R/issues/{issue_number}/labels/{name}", WRITE)
def remove_label(call: Call) -> list[Json]:
    """issues/remove-label."""
    issue, name = call.issue(), call.params["name"]
    if name not in {label.name for label in issue.labels}:
        raise Answer(404, error_body(404, "Label does not exist"))
    issue.labels = [label for label in issue.labels if label.name != name]
    return [_label(call, label) for label in issue.labels]


@routes.on("GET", "/R/labels", READ)
def list_labels(call: Call) -> list[Json]:
    """issues/list-labels-for-repo."""
    return [_label(call, label) for label in call.page(list(call.repository.labels.values()))]


@routes.on("POST", "/R/labels", WRITE)
def create_label(call: Call) -> HttpResponse:
    """issues/create-label."""
    name = call.text("name")
    if name.lower() in call.repository.labels:
        invalid("Label", code="already_exists", field="name")
    label = ensure_label(call, name)
    label.color = str(call.body.get("color") or label.color)
    label.description = str(call.body.get("description") or "")
    return created(_label(call, label))


@routes.on("GET", "/R/labels/{name}", READ)
def get_label(call: Call) -> Json:
    """issues/get-label."""
    return _label(call, call.repository.labels.get(call.params["name"].lower()) or not_found())


def ensure_label(call: Call, name: object) -> Label:
    """The repository's label of that name (a text or an object with one), made when new."""
    wanted = str(name.get("name") if isinstance(name, dict) else name)
    return label_named(call.server, call.repository, wanted)


def _issue(call: Call, issue: Issue) -> Json:
    return render_issue(call.server.links, call.repository, issue)


def _comment(call: Call, comment: Comment) -> Json:
    return render_comment(call.server.links, call.repository, comment)


def _label(call: Call, label: Label) -> Json:
    return render_label(call.server.links, call.repository, label)


def comment_of(call: Call) -> Comment:
    """The issue comment that the path names."""
    return call.repository.comment(call.integer("comment_id")) or not_found()
