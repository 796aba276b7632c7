"""Issues, pull requests, comments, reviews, labels and reactions as GitHub writes them."""

from __future__ import annotations

from typing import Any

from bot.sandbox.github_state import (
    Comment,
    Issue,
    Label,
    PullRequest,
    Reaction,
    Repository,
    Review,
    ReviewComment,
    User,
)
from bot.sandbox.github_wire import Json, Links, node_id, render_app, render_repository, render_user

REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes")

_ROLE_ASSOCIATION = {"admin": "COLLABORATOR", "write": "COLLABORATOR", "maintain": "COLLABORATOR"}


def association(repository: Repository, user: User) -> str:
    """`author_association`, as far as it follows from owner and collaborators."""
    if user is repository.owner:
        return "OWNER"
    return _ROLE_ASSOCIATION.get(repository.collaborators.get(user.login.lower(), ""), "NONE")


def render_label(links: Links, repository: Repository, label: Label) -> Json:
    """`label`."""
    return {
        "id": label.id,
        "node_id": node_id("LA", label.id),
        "url": f"{links.repository(repository)}/labels/{label.name}",
        "name": label.name,
        "description": label.description,
        "color": label.color,
        "default": False,
    }


def render_reaction(links: Links, reaction: Reaction) -> Json:
    """`reaction`."""
    return {
        "id": reaction.id,
        "node_id": node_id("REA", reaction.id),
        "user": render_user(links, reaction.user),
        "content": reaction.content,
        "created_at": reaction.created_at,
    }


def _rollup(url: str, reactions: list[Reaction]) -> Json:
    counts = {name: sum(r.content == name for r in reactions) for name in REACTIONS}
    return {"url": f"{url}/reactions", "total_count": len(reactions), **counts}


def _app(links: Links, slug: str, owner: User, created_at: str) -> Json | None:
    return render_app(links, slug, owner, created_at) if slug else None


def render_comment(links: Links, repository: Repository, comment: Comment) -> Json:
    """`issue-comment`."""
    url = f"{links.repository(repository)}/issues/comments/{comment.id}"
    kind = "pull" if comment.number in repository.pulls else "issues"
    return {
        "id": comment.id,
        "node_id": node_id("IC", comment.id),
        "url": url,
        "html_url": f"{links.page(repository)}/{kind}/{comment.number}#issuecomment-{comment.id}",
        "issue_url": f"{links.repository(repository)}/issues/{comment.number}",
        "body": comment.body,
        "user": render_user(links, comment.user),
        "created_at": comment.created_at,
        "updated_at": comment.updated_at,
        "author_association": association(repository, comment.user),
        "performed_via_github_app": _app(
            links, comment.app, repository.owner, repository.created_at
        ),
        "reactions": _rollup(url, comment.reactions),
    }


def render_issue(links: Links, repository: Repository, issue: Issue) -> Json:
    """`issue`; a pull request's issue carries `pull_request`."""
    api, page = links.repository(repository), links.page(repository)
    url = f"{api}/issues/{issue.number}"
    pull = repository.pulls.get(issue.number)
    assignees = [render_user(links, user) for user in issue.assignees]
    rendered: dict[str, Any] = {
        "id": issue.id,
        "node_id": node_id("I", issue.id),
        "url": url,
        "repository_url": api,
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": f"{page}/{'pull' if pull else 'issues'}/{issue.number}",
        "number": issue.number,
        "state": issue.state,
        "state_reason": issue.state_reason,
        "title": issue.title,
        "body": issue.body,
        "user": render_user(links, issue.user),
        "labels": [render_label(links, repository, label) for label in issue.labels],
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "milestone": None,
        "locked": issue.locked,
        "active_lock_reason": None,
        "comments": len(issue.comments),
        "closed_at": issue.closed_at,
        "created_at": issue.created_at,
        "updated_at": issue.updated_at,
        "author_association": association(repository, issue.user),
        "performed_via_github_app": _app(links, issue.app, repository.owner, repository.created_at),
        "reactions": _rollup(url, issue.reactions),
    }
    if pull:
        rendered |= {"draft": pull.draft, "pull_request": _pull_links(api, page, pull)}
    return rendered


def _pull_links(api: str, page: str, pull: PullRequest) -> Json:
    web = f"{page}/pull/{pull.number}"
    return {
        "url": f"{api}/pulls/{pull.number}",
        "html_url": web,
        "diff_url": f"{web}.diff",
        "patch_url": f"{web}.patch",
        "merged_at": pull.merged_at,
    }


def _end(links: Links, repository: Repository, ref: str, sha: str) -> Json:
    return {
        "label": f"{repository.owner.login}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": render_user(links, repository.owner),
        "repo": render_repository(links, repository),
    }


_SHARED = ("number", "state", "locked", "title", "user", "body", "labels", "milestone",
           "created_at", "updated_at", "closed_at", "assignee", "assignees",
           "author_association", "active_lock_reason")  # fmt: skip


def render_pull(links: Links, repository: Repository, pull: PullRequest) -> Json:
    """`pull-request-simple`, as lists give it."""
    conversation = render_issue(links, repository, pull.issue)
    return {
        **{name: conversation[name] for name in _SHARED},
        "id": pull.id,
        "node_id": node_id("PR", pull.id),
        **_pull_urls(links, repository, pull),
        "merged_at": pull.merged_at,
        "merge_commit_sha": pull.merge_sha,
        "requested_reviewers": [],
        "requested_teams": [],
        "draft": pull.draft,
        "head": _end(links, pull.head, pull.head_ref, pull.head_sha),
        "base": _end(links, repository, pull.base_ref, pull.base_sha),
        "auto_merge": None,
    }


def _pull_urls(links: Links, repository: Repository, pull: PullRequest) -> Json:
    api = links.repository(repository)
    url, web = f"{api}/pulls/{pull.number}", f"{links.page(repository)}/pull/{pull.number}"
    urls = {
        "comments": f"{api}/issues/{pull.number}/comments",
        "commits": f"{url}/commits",
        "issue": f"{api}/issues/{pull.number}",
        "review_comment": f"{api}/pulls/comments{{/number}}",
        "review_comments": f"{url}/comments",
        "statuses": f"{api}/statuses/{pull.head_sha}",
    }
    every = {**urls, "html": web, "self": url}
    return {
        "url": url,
        "html_url": web,
        "diff_url": f"{web}.diff",
        "patch_url": f"{web}.patch",
        **{f"{name}_url": href for name, href in urls.items()},
        "_links": {name: {"href": href} for name, href in every.items()},
    }


def render_review(links: Links, repository: Repository, pull: PullRequest, review: Review) -> Json:
    """`pull-request-review`."""
    web = f"{links.page(repository)}/pull/{pull.number}#pullrequestreview-{review.id}"
    pull_url = f"{links.repository(repository)}/pulls/{pull.number}"
    return {
        "id": review.id,
        "node_id": node_id("PRR", review.id),
        "user": render_user(links, review.user),
        "body": review.body,
        "state": review.state,
        "html_url": web,
        "pull_request_url": pull_url,
        "_links": {"html": {"href": web}, "pull_request": {"href": pull_url}},
        "submitted_at": review.submitted_at,
        "commit_id": review.commit_id,
        "author_association": association(repository, review.user),
    }


def render_review_comment(links: Links, repository: Repository, comment: ReviewComment) -> Json:
    """`pull-request-review-comment`."""
    url = f"{links.repository(repository)}/pulls/comments/{comment.id}"
    pull_url = f"{links.repository(repository)}/pulls/{comment.number}"
    web = f"{links.page(repository)}/pull/{comment.number}#discussion_r{comment.id}"
    rendered: Json = {
        "id": comment.id,
        "node_id": node_id("PRRC", comment.id),
        "url": url,
        "html_url": web,
        "pull_request_url": pull_url,
        "pull_request_review_id": comment.review_id,
        "diff_hunk": "",
        "path": comment.path,
        "commit_id": comment.commit_id,
        "original_commit_id": comment.commit_id,
        "user": render_user(links, comment.user),
        "body": comment.body,
        "created_at": comment.created_at,
        "updated_at": comment.updated_at,
        "author_association": association(repository, comment.user),
        "_links": {
            "self": {"href": url},
            "html": {"href": web},
            "pull_request": {"href": pull_url},
        },
        "reactions": _rollup(url, comment.reactions),
    }
    if comment.line is not None:
        rendered |= {"line": comment.line, "original_line": comment.line, "side": "RIGHT"}
    if comment.in_reply_to is not None:
        rendered["in_reply_to_id"] = comment.in_reply_to
    return rendered
