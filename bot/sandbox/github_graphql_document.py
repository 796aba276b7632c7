"""Reading and executing GraphQL documents, as much as API clients send: no third-party parser."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(
    r'[\s,]*(?:#[^\n]*\s*)*(?P<token>\.\.\.|"(?:\\.|[^"\\])*"|-?\d+(?:\.\d+)?|\$?[A-Za-z_]\w*'
    r"|[{}()\[\]:=!@$])",
)
Resolver = Mapping[str, Any]
"""Field names to values, or to functions that take the field's arguments."""


class GraphQLError(ValueError):
    """A document that is broken or asks for what is not there. `kind` is GitHub's `type`."""

    def __init__(self, message: str, kind: str = "") -> None:
        super().__init__(message)
        self.kind = kind


class _NullParentError(Exception):
    """A field that is never null could not be resolved: what holds it is null instead."""


_NEVER_NULL = frozenset({"issues", "pullRequests"})


@dataclass(frozen=True, slots=True)
class Absent:
    """Where execution stands, and what could not be resolved so far, as the answer's `errors`."""

    errors: list[dict[str, Any]]
    path: tuple[str, ...] = ()

    def below(self, key: str) -> Absent:
        """One field further in."""
        return Absent(self.errors, (*self.path, key))


@dataclass(frozen=True, slots=True)
class Field:
    """A field, or an inline fragment when `on` names a type."""

    name: str
    alias: str = ""
    arguments: Mapping[str, Any] | None = None
    selection: tuple[Field, ...] = ()
    on: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable's place in an argument."""

    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: `query` or `mutation`."""

    kind: str
    selection: tuple[Field, ...]


def parse(document: str) -> Operation:
    """The first operation of a document. Raises `GraphQLError`."""
    parser = _Parser(_tokens(document))
    kind = "query"
    if parser.peek() in {"query", "mutation"}:
        kind = parser.take()
        if parser.peek() not in {"{", "("}:
            parser.take()
        if parser.peek() == "(":
            parser.skip_parentheses()
    return Operation(kind, parser.selection())


def execute(
    selection: Sequence[Field],
    source: Resolver,
    variables: Mapping[str, Any],
    absent: Absent | None = None,
) -> Any:
    """The selected fields of a value. Raises `GraphQLError` for a field that is not there.

    With `absent`, what cannot be resolved is null and noted there, as the specification has it for
    nullable fields.
    """
    out: dict[str, Any] = {}
    for field in selection:
        if field.on:
            if source.get("__typename") == field.on:
                out |= execute(field.selection, source, variables, absent)
            continue
        if field.name not in source:
            kind = source.get("__typename", "Query")
            said = f"Field '{field.name}' doesn't exist on type '{kind}'"
            raise GraphQLError(said, "undefinedField")
        value = source[field.name]
        if callable(value):
            arguments = {k: _bound(v, variables) for k, v in (field.arguments or {}).items()}
            value = _resolved(field, value, arguments, absent)
        key = field.alias or field.name
        below = absent.below(key) if absent else None
        out[key] = _complete(field, value, variables, below)
    return out


def _resolved(field: Field, resolve: Any, arguments: Resolver, absent: Absent | None) -> Any:
    try:
        return resolve(**arguments)
    except GraphQLError as broken:
        if absent is None or not broken.kind:
            raise
        path = [*absent.path, field.alias or field.name]
        absent.errors.append({"message": str(broken), "type": broken.kind, "path": path})
        if field.name in _NEVER_NULL:
            raise _NullParentError from broken
        return None


def _complete(field: Field, value: Any, variables: Mapping[str, Any], absent: Absent | None) -> Any:
    if value is None or not field.selection:
        return value
    if isinstance(value, list):
        return [execute(field.selection, item, variables, absent) for item in value]
    try:
        return execute(field.selection, value, variables, absent)
    except _NullParentError:
        return None


def _bound(value: Any, variables: Mapping[str, Any]) -> Any:
    if isinstance(value, Variable):
        return variables.get(value.name)
    if isinstance(value, dict):
        return {k: _bound(v, variables) for k, v in value.items()}
    return [_bound(v, variables) for v in value] if isinstance(value, list) else value


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens

    def peek(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def take(self, wanted: str = "") -> str:
        if not self.tokens or (wanted and self.tokens[0] != wanted):
            found = self.tokens[0] if self.tokens else "end of file"
            raise GraphQLError(f"Parse error: expected {wanted or 'a token'}, found {found}")
        return self.tokens.pop(0)

    def skip_parentheses(self) -> None:
        depth = 0
        while depth or self.peek() == "(":
            depth += {"(": 1, ")": -1}.get(self.take(), 0)

    def selection(self) -> tuple[Field, ...]:
        self.take("{")
        fields = []
        while self.peek() != "}":
            fields.append(self.field())
        self.take("}")
        return tuple(fields)

    def field(self) -> Field:
        name = self.take()
        if name == "...":
            self.take("on")
            return Field("", on=self.take(), selection=self.selection())
        alias = ""
        if self.peek() == ":":
            self.take()
            alias, name = name, self.take()
        arguments = self.arguments("(", ")") if self.peek() == "(" else None
        selection = self.selection() if self.peek() == "{" else ()
        return Field(name, alias, arguments, selection)

    def arguments(self, opening: str, closing: str) -> dict[str, Any]:
        self.take(opening)
        found = {}
        while self.peek() != closing:
            name = self.take()
            self.take(":")
            found[name] = self.value()
        self.take(closing)
        return found

    def value(self) -> Any:
        if self.peek() == "{":
            return self.arguments("{", "}")
        token = self.take()
        if token == "[":  # noqa: S105 - a token of the language
            items = []
            while self.peek() != "]":
                items.append(self.value())
            self.take("]")
            return items
        if token.startswith("$"):
            return Variable(token[1:])
        return _literal(token)


_WORDS: Mapping[str, Any] = {"true": True, "false": False, "null": None}


def _literal(token: str) -> Any:
    if token.startswith('"'):
        return json.loads(token)
    if re.fullmatch(r"-?\d+", token):
        return int(token)
    return _WORDS.get(token, token)


def _tokens(document: str) -> list[str]:
    found, position = [], 0
    end = len(document.rstrip(" \t\r\n,"))
    while position < end:
        match = _TOKEN.match(document, position)
        if match is None:
            raise GraphQLError("Parse error: unexpected character")
        found.append(match["token"])
        position = match.end()
    return found
