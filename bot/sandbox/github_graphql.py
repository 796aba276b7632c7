"""GraphQL: the viewer, the state of a pull request and the few mutations that REST lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.github_api import error_body
from bot.sandbox.github_graphql_changes import mutations
from bot.sandbox.github_graphql_document import Absent, GraphQLError, Resolver, execute, parse
from bot.sandbox.github_graphql_repository import owner_fields, repository_fields
from bot.sandbox.github_tokens import Grant
from bot.sandbox.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from bot.sandbox.github_server import GitHubServer

Json = dict[str, Any]


def serve_graphql(server: GitHubServer, request: HttpRequest, grant: Grant) -> HttpResponse:
    """Answer one document; errors come with status 200, as GraphQL has it."""
    try:
        sent = request.json() or {}
        operation = parse(str(sent.get("query", "")))
        variables = sent.get("variables") or {}
        if operation.kind != "query":
            done = execute(operation.selection, mutations(server, grant), variables)
            return HttpResponse(200, {"data": done})
        absent = Absent([])
        data = execute(operation.selection, _query(server, grant), variables, absent)
        return HttpResponse(
            200, {"data": data} | ({"errors": absent.errors} if absent.errors else {})
        )
    except GraphQLError as broken:
        error = {"message": str(broken), **({"type": broken.kind} if broken.kind else {})}
        return HttpResponse(200, {"data": None, "errors": [error]})
    except ValueError:
        return HttpResponse(400, error_body(400, "Problems parsing JSON"))


def _query(server: GitHubServer, grant: Grant) -> Resolver:
    def repository(owner: str, name: str) -> Resolver:
        found = server.state.repository(f"{owner}/{name}")
        if found is None or not grant.sees(found.full_name):
            said = f"Could not resolve to a Repository with the name '{owner}/{name}'."
            raise GraphQLError(said, "NOT_FOUND")
        return repository_fields(server, grant, found)

    left = max(0, grant.limit - grant.used)
    reset = grant.resets_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    limit = {"limit": grant.limit, "cost": 1, "remaining": left, "resetAt": reset}
    return {
        "__typename": "Query",
        "viewer": {"__typename": "User", "login": grant.login},
        "rateLimit": {"__typename": "RateLimit", **limit},
        "repository": repository,
        "repositoryOwner": lambda login: owner_fields(server, grant, login),
    }
