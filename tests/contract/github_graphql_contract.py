"""Holds GraphQL documents, their variables and the answers against GitHub's schema."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLAbstractType,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    execute_sync,
    get_variable_values,
    parse,
    validate,
)

from bot.sandbox.http import HttpRequest, HttpResponse

_SCHEMA = Path(__file__).parent.parent / "data" / "contracts" / "github-graphql-subset.graphql"


def graphql_findings(request: HttpRequest, response: HttpResponse | None) -> list[str]:
    """What is wrong with a GraphQL exchange; `response` None leaves the answer out."""
    sent = request.json()
    extra = [f"body member {k} is not GraphQL" for k in sent if k not in {"query", "variables"}]
    try:
        document = parse(sent["query"])
    except GraphQLError as broken:
        return [*extra, str(broken)]
    found = [*extra, *(str(error.message) for error in validate(schema(), document))]
    variables = sent.get("variables") or {}
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode) and not found:
            coerced = get_variable_values(schema(), node.variable_definitions or (), variables)
            found += [error.message for error in coerced if isinstance(error, GraphQLError)]
    if found or response is None or not isinstance(response.body, dict):
        return found
    data = response.body.get("data")
    if data is None:
        return [] if response.body.get("errors") else ["neither data nor errors"]
    # Executing the document over its own answer checks variables and every type in it.
    result = execute_sync(
        schema(),
        document,
        root_value=data,
        variable_values=sent.get("variables") or {},
        field_resolver=_from_answer,
        type_resolver=_type_name,
    )
    return [error.message for error in result.errors or []]


@cache
def schema() -> GraphQLSchema:
    """The cut of GitHub's schema."""
    return build_schema(_SCHEMA.read_text())


def _from_answer(source: Any, info: GraphQLResolveInfo[Any], **_arguments: Any) -> Any:
    return source[info.path.key]


def _type_name(value: Any, _info: GraphQLResolveInfo[Any], kind: GraphQLAbstractType) -> str:
    return str(value.get("__typename") or schema().get_possible_types(kind)[0].name)
