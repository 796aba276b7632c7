"""REST: reactions on issues, pull requests and comments."""

from __future__ import annotations

from bot.sandbox.github_api import Call, Routes, created, invalid, no_content, not_found
from bot.sandbox.github_rest_issues import READ, WRITE, comment_of
from bot.sandbox.github_rest_pulls import review_comment
from bot.sandbox.github_state import Reaction
from bot.sandbox.github_wire import Json
from bot.sandbox.github_wire_pulls import REACTIONS, render_reaction
from bot.sandbox.http import HttpResponse

routes = Routes()


@routes.on("GET", "/R/issues/{issue_number}/reactions", READ)
def list_issue_reactions(call: Call) -> list[Json]:
    """reactions/list-for-issue."""
    return _reactions(call, call.issue().reactions)


@routes.on("POST", "/R/issues/{issue_number}/reactions", WRITE)
def create_issue_reaction(call: Call) -> HttpResponse:
    """reactions/create-for-issue."""
    return _react(call, call.issue().reactions)


@routes.on("DELETE", "/R/issues/{issue_number}/reactions/{reaction_id}", WRITE)
def delete_issue_reaction(call: Call) -> HttpResponse:
    """reactions/delete-for-issue."""
    return _unreact(call, call.issue().reactions)


@routes.on("GET", "/R/issues/comments/{comment_id}/reactions", READ)
def list_comment_reactions(call: Call) -> list[Json]:
    """reactions/list-for-issue-comment."""
    return _reactions(call, comment_of(call).reactions)


@routes.on("POST", "/R/issues/comments/{comment_id}/reactions", WRITE)
def create_comment_reaction(call: Call) -> HttpResponse:
    """reactions/create-for-issue-comment."""
    return _react(call, comment_of(call).reactions)


@routes.on("DELETE", "/R/issues/comments/{comment_id}/reactions/{reaction_id}", WRITE)
def delete_comment_reaction(call: Call) -> HttpResponse:
    """reactions/delete-for-issue-comment."""
    return _unreact(call, comment_of(call).reactions)


@routes.on("POST", "/R/pulls/comments/{comment_id}/reactions", "pull_requests:write")
def create_review_comment_reaction(call: Call) -> HttpResponse:
    """reactions/create-for-pull-request-review-comment."""
    return _react(call, review_comment(call).reactions)


def _reactions(call: Call, reactions: list[Reaction]) -> list[Json]:
    content = call.request.param("content")
    found = [reaction for reaction in reactions if content in {"", reaction.content}]
    return [render_reaction(call.server.links, reaction) for reaction in call.page(found)]


def _react(call: Call, reactions: list[Reaction]) -> HttpResponse:
    """201, or 200 with the old one where the same user has reacted so before."""
    content, user = call.text("content"), call.user
    if content not in REACTIONS:
        invalid("Reaction", code="invalid", field="content")
    for reaction in reactions:
        if reaction.content == content and reaction.user is user:
            return HttpResponse(200, render_reaction(call.server.links, reaction))
    stamp = call.server.clock.stamp()
    reaction = Reaction(call.server.state.next_id("reaction"), content, user, stamp)
    reactions.append(reaction)
    return created(render_reaction(call.server.links, reaction))


def _unreact(call: Call, reactions: list[Reaction]) -> HttpResponse:
    wanted = call.integer("reaction_id")
    found = next((r for r in reactions if r.id == wanted), None) or not_found()
    reactions.remove(found)
    return no_content()
