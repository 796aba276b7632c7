"""Holds every exchange with the sandbox GitHub against GitHub's published description."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from bot.sandbox.git_http import is_git
from bot.sandbox.http import Exchange, HttpRequest, HttpResponse
from tests.contract.github_graphql_contract import graphql_findings

CONTRACTS = Path(__file__).parent.parent / "data" / "contracts"
DOCUMENT = "urn:github"
UNDESCRIBED_ERRORS = frozenset({400, 401, 403, 404, 409, 410, 422, 429, 500, 502, 503, 504})
"""Statuses that any operation may answer: the description lists few of them anywhere."""

_DATE = r"(\*|\d{4}-\d\d-\d\d(T[\d:]+(Z|[+-]\d\d:\d\d)?)?)"
# The description types `created` as one moment; its prose allows the search syntax for dates.
_DATE_RANGE = re.compile(rf"([<>]=?)?{_DATE}|{_DATE}\.\.{_DATE}")

KNOWN_DEVIATIONS: dict[tuple[str, str], str] = {}
"""(method, path template) to the reason why its findings are borne with; none at present."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One described operation and where its parts stand in the document."""

    method: str
    template: str
    pattern: re.Pattern[str]
    description: Mapping[str, Any]

    @property
    def pointer(self) -> str:
        """The JSON pointer of the operation."""
        escaped = self.template.replace("~", "~0").replace("/", "~1")
        return f"/paths/{escaped}/{self.method.lower()}"


@dataclass(slots=True)
class GitHubContract:
    """The checker. `findings` holds one line for each thing that is not as described."""

    api_prefix: str = ""
    findings: list[str] = field(default_factory=list)
    deviations: set[tuple[str, str]] = field(default_factory=set)

    def observe(self, exchange: Exchange) -> None:
        """Check one exchange of the API server or of the store behind its links."""
        request = exchange.request
        if exchange.server == "blobs":
            self._add(request, _blob_findings(request))
        elif is_git(request) or "text/html" in request.headers.get("accept", ""):
            return  # Git itself, and a person with a browser
        elif request.path.endswith("/graphql"):
            answer = None if exchange.fault else exchange.response
            self._add(request, graphql_findings(request, answer))
        else:
            self._rest(exchange)

    def event(self, name: str, payload: Mapping[str, Any]) -> None:
        """Check a webhook payload."""
        action = f"-{payload['action'].replace('_', '-')}" if "action" in payload else ""
        key = name.replace("_", "-") + action
        described = document("github-webhooks-subset.json")["webhooks"]
        if key in described:
            pointer = f"/webhooks/{key}"
            errors = schema_errors("github-webhooks-subset.json", pointer, payload)
            self.findings += [f"event {key}: {error}" for error in errors]

    def _rest(self, exchange: Exchange) -> None:
        request = exchange.request
        path = request.path.removeprefix(self.api_prefix)
        operation = find_operation(request.method, path)
        if operation is None:
            self._add(request, ["there is no such operation"])
            return
        found = [*request_findings(operation, path, request)]
        if not exchange.fault:
            found += response_findings(operation, exchange.response)
        known = (operation.method, operation.template)
        if found and known in KNOWN_DEVIATIONS:
            self.deviations.add(known)
            return
        self._add(request, found)

    def _add(self, request: HttpRequest, found: list[str]) -> None:
        self.findings += [f"{request.method} {request.url}: {finding}" for finding in found]


def request_findings(operation: Operation, path: str, request: HttpRequest) -> Iterator[str]:
    """What is wrong with a request: parameters, body, and anything that is not described."""
    match = operation.pattern.fullmatch(path)
    values = match.groupdict() if match else {}
    described = set()
    for index, raw in enumerate(operation.description.get("parameters", [])):
        parameter = resolve(raw)
        name, where = parameter["name"], parameter["in"]
        pointer = f"{operation.pointer}/parameters/{index}/schema"
        if "$ref" in raw:
            pointer = raw["$ref"].removeprefix("#") + "/schema"
        if where == "path":
            value = unquote(values[name.replace("-", "_")])
        elif where == "query":
            described.add(name)
            if name not in request.query:
                if parameter.get("required"):
                    yield f"query parameter {name} is missing"
                continue
            value = request.param(name)
            if name == "created" and _DATE_RANGE.fullmatch(value):
                continue
        else:
            continue
        typed = typed_value(resolve(parameter["schema"]), value)
        errors = schema_errors("github-openapi-subset.json", pointer, typed)
        yield from (f"{where} parameter {name}: {error}" for error in errors)
    yield from (
        f"query parameter {name} is not described"
        for name in request.query
        if name not in described
    )
    yield from body_findings(operation, request)


def body_findings(operation: Operation, request: HttpRequest) -> Iterator[str]:
    """What is wrong with a request's body."""
    raw = operation.description.get("requestBody")
    if raw is None:
        if request.body not in {b"", b"{}"}:
            yield "a body was sent, none is described"
        return
    described = resolve(raw)
    if not request.body:
        if described.get("required"):
            yield "the body is missing"
        return
    try:
        body = request.json()
    except ValueError:
        yield "the body is not JSON"
        return
    pointer = f"{operation.pointer}/requestBody/content/application~1json/schema"
    errors = schema_errors("github-openapi-subset.json", pointer, body)
    yield from (f"body: {error}" for error in errors)
    schema = described["content"]["application/json"]["schema"]
    known = members(schema)
    if isinstance(body, dict) and known is not None:
        yield from (f"body member {name} is not described" for name in body if name not in known)


def response_findings(operation: Operation, response: HttpResponse) -> Iterator[str]:
    """What is wrong with an answer, so that the sandbox cannot drift into fiction."""
    described = operation.description["responses"].get(str(response.status))
    if response.status in {304, 302}:
        return
    if described is None:
        if response.status not in UNDESCRIBED_ERRORS:
            yield f"status {response.status} is not described"
        elif not isinstance(response.body, dict) or "message" not in response.body:
            yield f"status {response.status} without GitHub's error body"
        return
    if response.status >= 400:
        if not isinstance(response.body, dict) or "message" not in response.body:
            yield f"status {response.status} without GitHub's error body"
        return
    media = resolve(described).get("content", {}).get("application/json")
    if media is None:
        if response.body not in (None, b""):
            yield f"status {response.status} has no body in the description"
        return
    pointer = f"{operation.pointer}/responses/{response.status}/content/application~1json/schema"
    if "$ref" in described:
        pointer = described["$ref"].removeprefix("#") + "/content/application~1json/schema"
    errors = schema_errors("github-openapi-subset.json", pointer, response.body)
    yield from (f"answer: {error}" for error in errors)
    yield from undescribed_members(media["schema"], response.body)


def undescribed_members(schema: Mapping[str, Any], body: Any) -> Iterator[str]:
    """Members on the first level of an answer (or of its items) that GitHub does not have."""
    schema = resolve(schema)
    if isinstance(body, list):
        for item in body[:1]:
            yield from undescribed_members(schema.get("items", {}), item)
    elif isinstance(body, dict):
        known = members(schema)
        if known:
            extra = sorted(name for name in body if name not in known)
            yield from (f"answer: member {name} is not described" for name in extra)


def members(schema: Mapping[str, Any]) -> set[str] | None:
    """The members that a schema describes, None where it is open to any."""
    schema = resolve(schema)
    if schema.get("additionalProperties"):
        return None
    found = set(schema.get("properties", {}))
    for part in ("oneOf", "anyOf", "allOf"):
        for option in schema.get(part, []):
            inner = members(option)
            if inner is None:
                return None
            found |= inner
    return found


def typed_value(schema: Mapping[str, Any], text: str) -> Any:
    """A path or query value as the type that the schema wants, where it can be read so."""
    kind = schema.get("type")
    if kind in {"integer", "number"} and re.fullmatch(r"-?\d+", text):
        return int(text)
    if kind == "boolean" and text in {"true", "false"}:
        return text == "true"
    if kind == "array":
        return text.split(",")
    options = [typed_value(resolve(s), text) for s in schema.get("oneOf", [])]
    return next((option for option in options if not isinstance(option, str)), text)


def find_operation(method: str, path: str) -> Operation | None:
    """The operation of a request; the most literal template wins."""
    for operation in all_operations():
        if operation.method == method and operation.pattern.fullmatch(path):
            return operation
    return None


@cache
def all_operations() -> tuple[Operation, ...]:
    """Every described operation, the most literal template first."""
    found = []
    for template, methods in document("github-openapi-subset.json")["paths"].items():
        for method, description in methods.items():
            parameters = [resolve(p) for p in description.get("parameters", [])]
            several = {p["name"] for p in parameters if p.get("x-multi-segment")}
            pattern = re.compile(
                re.sub(
                    r"\\\{([\w-]+)\\\}",
                    lambda m, s=several: _group(m[1], s),  # type: ignore[misc]
                    re.escape(template).replace(r"\-", "-"),
                )
            )
            found.append(Operation(method.upper(), template, pattern, description))
    literal = {o.template: len(re.sub(r"\{[^}]*\}", "", o.template)) for o in found}
    return tuple(sorted(found, key=lambda o: -literal[o.template]))


def _group(name: str, several: set[str]) -> str:
    kind = ".+" if name in several else "[^/]+"
    return f"(?P<{name.replace('-', '_')}>{kind})"


def resolve(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow `$ref` within the description."""
    while "$ref" in node:
        target: Any = document("github-openapi-subset.json")
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


@cache
def document(name: str) -> dict[str, Any]:
    """A contract file, with OpenAPI's `nullable` said in JSON Schema's words."""
    loaded: dict[str, Any] = with_null(json.loads((CONTRACTS / name).read_text()))
    return loaded


def with_null(node: Any) -> Any:
    """`nullable: true` becomes an alternative."""
    if isinstance(node, list):
        return [with_null(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {key: with_null(value) for key, value in node.items()}
    if plain.get("nullable") is True:
        del plain["nullable"]
        return {"anyOf": [{"type": "null"}, plain]}
    return plain


@cache
def validator(name: str, pointer: str) -> Draft202012Validator:
    """A validator for the schema at a place in a contract file."""
    return Draft202012Validator(
        {"$ref": f"{DOCUMENT}:{name}#{pointer}"},
        registry=_registry(name),
        format_checker=_FORMATS,
    )


@cache
def _registry(name: str) -> Registry[Any]:
    resource = DRAFT202012.create_resource(document(name))
    registry: Registry[Any] = Registry()
    registry = registry.with_resource(f"{DOCUMENT}:{name}", resource)
    return registry  # noqa: RET504 - the library leaves its return value untyped


_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("uri")
def _is_uri(value: object) -> bool:
    return (
        not isinstance(value, str)
        or re.match(r"[a-z][a-z+]*://\S+$|[a-z]+:\S+$", value) is not None
    )


@_FORMATS.checks("date-time")
def _is_time(value: object) -> bool:
    pattern = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
    return not isinstance(value, str) or re.fullmatch(pattern, value) is not None


def schema_errors(name: str, pointer: str, value: Any) -> list[str]:
    """Every violation, each with its place."""
    found = []
    for error in validator(name, pointer).iter_errors(value):
        deepest = error
        while deepest.context:
            deepest = min(deepest.context, key=lambda e: -len(list(e.absolute_path)))
        where = ".".join(str(part) for part in deepest.absolute_path)
        found.append(f"{where or 'it'}: {deepest.message[:300]}")
    return found


def _blob_findings(request: HttpRequest) -> list[str]:
    found = [] if request.method == "GET" else ["the store is only ever read"]
    if "authorization" in request.headers:
        found.append("a signed link was sent a token")
    return found
