"""Checks what goes to and from the sandbox Coder against the description of the real one.

Stricter than the real server on purpose: Coder ignores unknown body members and query parameters,
so a typo in one fails silently there; here it is a finding.
"""

from __future__ import annotations

import copy
import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml
from jsonschema import Draft202012Validator, FormatChecker

from bot.sandbox.http import Exchange, HttpRequest

DESCRIPTIONS = Path(__file__).parents[1] / "data" / "contracts"
_METHODS = {"get", "post", "put", "patch", "delete"}
_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("uuid")
def _is_uuid(value: object) -> bool:
    pattern = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    return not isinstance(value, str) or bool(re.fullmatch(pattern, value))


@_FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@dataclass(frozen=True)
class Operation:
    """One method on one path of the description."""

    name: str
    method: str
    pattern: re.Pattern[str]
    parameters: tuple[Mapping[str, Any], ...]
    spec: Mapping[str, Any]
    literal: int


def _closed(schema: Any) -> Any:
    """The schema with nothing allowed but what it describes, at every depth."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: _closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema:
        out["additionalProperties"] = False
    return out


class Description:
    """The OpenAPI document, ready to be asked."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._open = {"components": {"schemas": document["components"]["schemas"]}}
        self._shut = {"components": {"schemas": _closed(document["components"]["schemas"])}}
        found = self._read()
        self.operations = sorted(found, key=lambda operation: -operation.literal)

    def _read(self) -> Iterator[Operation]:
        for path, methods in self._document["paths"].items():
            for method in _METHODS & methods.keys():
                spec = methods[method]
                yield Operation(
                    name=spec["operationId"],
                    method=method.upper(),
                    pattern=re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)),
                    parameters=tuple(self.resolve(p) for p in spec.get("parameters", [])),
                    spec=spec,
                    literal=len(re.sub(r"\{\w+\}", "", path)),
                )

    def resolve(self, part: Mapping[str, Any]) -> Mapping[str, Any]:
        """Follow a `$ref`."""
        while "$ref" in part:
            _, _, kind, name = part["$ref"].split("/")
            part = self._document["components"][kind][name]
        return part

    def operation(self, method: str, path: str) -> Operation | None:
        """The most literal operation that serves the path."""
        for operation in self.operations:
            if operation.method == method and operation.pattern.fullmatch(path):
                return operation
        return None

    def errors(self, schema: Mapping[str, Any], value: Any, *, strict: bool) -> list[str]:
        """What is wrong with `value`, one line each."""
        validator = _validator(json.dumps(schema), strict, self)
        return [
            f"{'/'.join(map(str, error.absolute_path)) or '.'}: {error.message[:200]}"
            for error in validator.iter_errors(value)
        ]

    def validator(self, schema: Mapping[str, Any], *, strict: bool) -> Draft202012Validator:
        """A validator for one schema of the document."""
        own = _closed(schema) if strict else schema
        parts = self._shut if strict else self._open
        return Draft202012Validator({**own, **parts}, format_checker=_FORMATS)


@functools.cache
def _validator(schema: str, strict: bool, description: Description) -> Draft202012Validator:
    return description.validator(json.loads(schema), strict=strict)


@functools.cache
def coder_description() -> Description:
    """The description of Coder, with what recordings and its reference tell beyond it."""
    document = yaml.load(
        (DESCRIPTIONS / "coder-openapi.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader
    )
    for name in ("recorded", "documented"):
        more = yaml.safe_load((DESCRIPTIONS / f"coder-openapi-{name}.yaml").read_text("utf-8"))
        _merge(document, more)
    return Description(document)


def _merge(document: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Add operations, parameters and schemas to the description."""
    for path, methods in copy.deepcopy(dict(more["paths"])).items():
        known = document["paths"].setdefault(path, {})
        for method, spec in methods.items():
            parameters = [
                *known.get(method, {}).get("parameters", []),
                *spec.get("parameters", []),
            ]
            known[method] = {**known.get(method, {}), **spec, "parameters": parameters}
    document["components"]["schemas"].update(more.get("components", {}).get("schemas", {}))


def _coerced(schema: Mapping[str, Any], values: list[str]) -> Any:
    """Query and path values are text: read them as what the schema asks for."""
    if schema.get("type") == "array":
        return values
    text = values[0]
    if schema.get("type") == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    if schema.get("type") == "boolean":
        return {"true": True, "false": False}.get(text, text)
    return text


def request_findings(request: HttpRequest) -> list[str]:
    """What the request does that the description does not allow."""
    description = coder_description()
    operation = description.operation(request.method, request.path)
    if operation is None:
        return ["no such operation"]
    findings = [f"header {name}: never to be sent" for name in _forbidden_headers(request)]
    secured = operation.spec.get("security", True)
    if secured and "coder-session-token" not in request.headers:
        findings.append("header Coder-Session-Token: missing")
    findings += _parameter_findings(operation, request)
    return findings + _body_findings(operation, request)


def _forbidden_headers(request: HttpRequest) -> list[str]:
    """Cookies must not be kept, and a limit must not be dodged (it answers 428)."""
    return [n for n in ("cookie", "x-coder-bypass-ratelimit") if n in request.headers]


def _parameter_findings(operation: Operation, request: HttpRequest) -> list[str]:
    match = operation.pattern.fullmatch(request.path)
    in_path = match.groupdict() if match else {}
    findings = []
    known = {p["name"]: p for p in operation.parameters if p["in"] == "query"}
    given = {("query", name): list(values) for name, values in request.query.items()}
    given |= {("path", name): [unquote(value)] for name, value in in_path.items()}
    for parameter in operation.parameters:
        where = (parameter["in"], parameter["name"])
        if where in given:
            value = _coerced(parameter["schema"], given[where])
            errors = coder_description().errors(parameter["schema"], value, strict=True)
            findings += [f"{where[0]} {where[1]}: {error}" for error in errors]
        elif parameter.get("required"):
            findings.append(f"{where[0]} {where[1]}: missing")
    for name, values in request.query.items():
        if name not in known:
            findings.append(f"query {name}: not described")
        elif len(values) > 1 and known[name]["schema"].get("type") != "array":
            findings.append(f"query {name}: given {len(values)} times")
    return findings


def _body_findings(operation: Operation, request: HttpRequest) -> list[str]:
    described = operation.spec.get("requestBody")
    if described is None:
        return ["body: none is described"] if request.body else []
    given = request.headers.get("content-type", "").partition(";")[0]
    if given not in described["content"]:
        return [f"header Content-Type: {' or '.join(described['content'])} is missing"]
    if given != "application/json":
        return []
    try:
        body = json.loads(request.body)
    except ValueError as error:
        return [f"body: {error}"]
    schema = described["content"]["application/json"]["schema"]
    errors = coder_description().errors(schema, body, strict=True)
    return [f"body {error}" for error in errors]


def response_findings(exchange: Exchange) -> list[str]:
    """What the answer says that the description does not foresee; injected faults are exempt."""
    if exchange.fault:
        return []
    description = coder_description()
    operation = description.operation(exchange.request.method, exchange.request.path)
    if operation is None:
        return []
    response = exchange.response
    described = operation.spec["responses"].get(str(response.status))
    if described is None:
        return [f"status {response.status}: not described"]
    content = description.resolve(described).get("content", {})
    if not content:
        return [] if response.body in (None, b"") else ["response body: none is described"]
    if "application/json" not in content:
        return []
    body = response.body
    if isinstance(body, bytes):
        body = json.loads(body)
    schema = content["application/json"]["schema"]
    return [f"response {e}" for e in description.errors(schema, body, strict=False)]


@dataclass
class CoderContract:
    """An observer of a sandbox: collects the findings of every exchange."""

    findings: list[str] = field(default_factory=list)

    def __call__(self, exchange: Exchange) -> None:
        request = exchange.request
        for finding in [*request_findings(request), *response_findings(exchange)]:
            self.findings.append(f"{request.method} {request.url}: {finding}")
