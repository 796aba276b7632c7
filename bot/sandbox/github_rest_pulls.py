"""REST: pull requests, their files and commits, reviews and review comments."""

from __future__ import annotations

from collections.abc import Sequence

from bot.sandbox.git_diff import diff
from bot.sandbox.github_api import (
    Call,
    Routes,
    check_body_size,
    created,
    error_body,
    forbidden,
    invalid,
    not_found,
)
from bot.sandbox.github_pulls import NOT_PERMITTED, PullOrder, edit, open_pull
from bot.sandbox.github_pushes import Pusher, close_pull, refresh_merge
from bot.sandbox.github_rest_git import commit_of, render_commit_of
from bot.sandbox.github_state import PullRequest, Review, ReviewComment
from bot.sandbox.github_wire import Json
from bot.sandbox.github_wire_git import render_diff_entry
from bot.sandbox.github_wire_pulls import render_pull, render_review, render_review_comment
from bot.sandbox.http import Answer, HttpResponse

routes = Routes()
READ, WRITE = "pull_requests:read", "pull_requests:write"
_REVIEW_STATES = {
    "APPROVE": "APPROVED",
    "REQUEST_CHANGES": "CHANGES_REQUESTED",
    "COMMENT": "COMMENTED",
}


def pusher_of(call: Call) -> Pusher:
    """The caller as somebody whose doings may start workflows."""
    return Pusher(call.grant.login, call.grant.starts_workflows)


@routes.on("GET", "/R/pulls", READ)
def list_pulls(call: Call) -> list[Json]:
    """pulls/list: `head` is `owner:branch`; anything else in it filters nothing, as on GitHub."""
    query, repository = call.request, call.repository
    state, head, base = query.param("state", "open"), query.param("head"), query.param("base")
    found = [
        pull
        for pull in repository.pulls.values()
        if state in {"all", pull.issue.state}
        and (":" not in head or f"{pull.head.owner.login}:{pull.head_ref}" == head)
        and base in {"", pull.base_ref}
    ]
    ordered = _sorted(found, query.param("sort", "created"), query.param("direction"))
    return [render_pull(call.server.links, repository, pull) for pull in call.page(ordered)]


@routes.on("POST", "/R/pulls", WRITE)
def create_pull(call: Call) -> HttpResponse:
    """pulls/create. The description does not require the title; GitHub does."""
    body = call.body
    if not isinstance(body.get("title"), str) or not body["title"]:
        invalid("PullRequest", code="missing_field", field="title")
    order = PullOrder(
        head=call.text("head"),
        base=call.text("base"),
        title=body["title"],
        body=body.get("body"),
        draft=body.get("draft") is True,
        maintainer_can_modify=body.get("maintainer_can_modify") is not False,
    )
    check_body_size("PullRequest", order.body)
    app = call.grant.app
    pull = open_pull(call.server, call.repository, order, pusher_of(call), app=app)
    return created(call.server.render_full_pull(call.repository, pull))


@routes.on("GET", "/R/pulls/{pull_number}", READ)
def get_pull(call: Call) -> Json:
    """pulls/get."""
    return call.server.render_full_pull(call.repository, call.pull())


@routes.on("PATCH", "/R/pulls/{pull_number}", WRITE)
def update_pull(call: Call) -> Json:
    """pulls/update: title, body, state, base."""
    pull, body = call.pull(), call.body
    check_body_size("PullRequest", body.get("body"))
    issue = pull.issue
    edit(call.server, issue, str(body.get("title") or issue.title), body.get("body", issue.body))
    if base := body.get("base"):
        if call.repository.git.branch(base) is None:
            invalid("PullRequest", code="invalid", field="base")
        pull.base_ref = base
        refresh_merge(call.repository, pull)
    if call.grant.starts_workflows and {"title", "body", "base"} & body.keys():
        call.server.events.pull_request(call.repository, pull, "edited", call.user)
    if body.get("state") == "closed" and pull.issue.state == "open":
        close_pull(call.server, call.repository, pull, pusher_of(call))
    elif body.get("state") == "open" and pull.issue.state == "closed":
        _reopen(call, pull)
    return call.server.render_full_pull(call.repository, pull)


@routes.on("GET", "/R/pulls/{pull_number}/files", READ)
def list_files(call: Call) -> list[Json]:
    """pulls/list-files."""
    pull, git = call.pull(), call.repository.git
    base = git.merge_base(pull.base_sha, pull.head_sha) or pull.base_sha
    changes = call.page(diff(git, base, pull.head_sha))
    links = call.server.links
    return [render_diff_entry(links, call.repository, c, pull.head_sha) for c in changes]


@routes.on("GET", "/R/pulls/{pull_number}/commits", READ)
def list_pull_commits(call: Call) -> list[Json]:
    """pulls/list-commits, oldest first."""
    pull, git = call.pull(), call.repository.git
    shas = git.log("--reverse", f"{pull.base_sha}..{pull.head_sha}")
    return [render_commit_of(call, git.commit(sha)) for sha in call.page(shas)]


@routes.on("GET", "/R/commits/{sha}/pulls", READ)
def list_pulls_of_commit(call: Call) -> list[Json]:
    """repos/list-pull-requests-associated-with-commit: those that contain the commit."""
    sha, git = commit_of(call, call.params["sha"]).sha, call.repository.git
    found = [
        pull
        for pull in call.repository.pulls.values()
        if sha == pull.head_sha or sha in git.log(f"{pull.base_sha}..{pull.head_sha}")
    ]
    return [render_pull(call.server.links, call.repository, pull) for pull in call.page(found)]


@routes.on("GET", "/R/pulls/{pull_number}/reviews", READ)
def list_reviews(call: Call) -> list[Json]:
    """pulls/list-reviews."""
    pull = call.pull()
    links = call.server.links
    return [render_review(links, call.repository, pull, r) for r in call.page(pull.reviews)]


@routes.on("POST", "/R/pulls/{pull_number}/reviews", WRITE)
def create_review(call: Call) -> Json:
    """pulls/create-review."""
    pull, event = call.pull(), str(call.body.get("event") or "COMMENT")
    if event == "APPROVE" and not call.grant.starts_workflows:
        forbidden(NOT_PERMITTED)
    if event not in _REVIEW_STATES:
        raise Answer(422, error_body(422, "Unprocessable Entity", [f"event: {event}"]))
    review = Review(
        id=call.server.state.next_id("review"),
        user=call.user,
        body=str(call.body.get("body") or ""),
        state=_REVIEW_STATES[event],
        commit_id=pull.head_sha,
        submitted_at=call.server.clock.stamp(),
    )
    pull.reviews.append(review)
    return render_review(call.server.links, call.repository, pull, review)


@routes.on("GET", "/R/pulls/{pull_number}/reviews/{review_id}", READ)
def get_review(call: Call) -> Json:
    """pulls/get-review."""
    pull, wanted = call.pull(), call.integer("review_id")
    review = next((r for r in pull.reviews if r.id == wanted), None) or not_found()
    return render_review(call.server.links, call.repository, pull, review)


@routes.on("POST", "/R/pulls/{pull_number}/requested_reviewers", WRITE)
def request_reviewers(call: Call) -> HttpResponse:
    """pulls/request-reviewers: taken note of by nobody."""
    return created(render_pull(call.server.links, call.repository, call.pull()))


@routes.on("GET", "/R/pulls/{pull_number}/comments", READ)
def list_review_comments(call: Call) -> list[Json]:
    """pulls/list-review-comments."""
    links, comments = call.server.links, call.page(call.pull().review_comments)
    return [render_review_comment(links, call.repository, comment) for comment in comments]


@routes.on("POST", "/R/pulls/{pull_number}/comments", WRITE)
def create_review_comment(call: Call) -> HttpResponse:
    """pulls/create-review-comment."""
    return created(_comment(call, call.pull(), call.text("path"), call.body.get("line")))


@routes.on("POST", "/R/pulls/{pull_number}/comments/{comment_id}/replies", WRITE)
def create_reply(call: Call) -> HttpResponse:
    """pulls/create-reply-for-review-comment."""
    first = review_comment(call)
    return created(_comment(call, call.pull(), first.path, first.line, first.id))


@routes.on("GET", "/R/pulls/comments/{comment_id}", READ)
def get_review_comment(call: Call) -> Json:
    """pulls/get-review-comment."""
    return render_review_comment(call.server.links, call.repository, review_comment(call))


@routes.on("PATCH", "/R/pulls/comments/{comment_id}", WRITE)
def update_review_comment(call: Call) -> Json:
    """pulls/update-review-comment."""
    comment = review_comment(call)
    comment.body, comment.updated_at = call.text("body"), call.server.clock.stamp()
    return render_review_comment(call.server.links, call.repository, comment)


def review_comment(call: Call) -> ReviewComment:
    """The review comment that the path names."""
    wanted = call.integer("comment_id")
    every = (c for pull in call.repository.pulls.values() for c in pull.review_comments)
    return next((c for c in every if c.id == wanted), None) or not_found()


def _comment(
    call: Call, pull: PullRequest, path: str, line: int | None, reply_to: int | None = None
) -> Json:
    check_body_size("PullRequestReviewComment", call.body.get("body"))
    stamp = call.server.clock.stamp()
    comment = ReviewComment(
        id=call.server.state.next_id("comment"),
        number=pull.number,
        user=call.user,
        body=call.text("body"),
        path=path,
        line=line,
        commit_id=pull.head_sha,
        created_at=stamp,
        updated_at=stamp,
        in_reply_to=reply_to,
    )
    pull.review_comments.append(comment)
    return render_review_comment(call.server.links, call.repository, comment)


def _reopen(call: Call, pull: PullRequest) -> None:
    sha = pull.head.git.branch(pull.head_ref)
    if sha is None or pull.merged_at:
        invalid("PullRequest", code="invalid", field="state")
    pull.issue.state, pull.issue.closed_at, pull.head_sha = "open", None, sha
    refresh_merge(call.repository, pull)
    pusher = pusher_of(call)
    if pusher.starts:
        call.server.events.pull_request(call.repository, pull, "reopened", call.user)
    starter, repository = call.server.starter, call.repository
    starter.pull_request(repository, pull, "reopened", pusher.login, starts=pusher.starts)


def _sorted(pulls: Sequence[PullRequest], sort: str, direction: str) -> list[PullRequest]:
    keys = {
        "updated": lambda pull: pull.issue.updated_at,
        "created": lambda pull: pull.number,
    }
    # Newest first by creation unless told otherwise, oldest first for every other order.
    falling = direction == "desc" if direction else sort == "created"
    key = keys.get(sort, keys["created"])
    return sorted(pulls, key=key, reverse=falling)
