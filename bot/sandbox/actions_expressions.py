"""`${{ }}` and `if:` as far as ordinary test workflows use them; anything else is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<op>==|!=|<=|>=|&&|\|\||[!<>()\[\],.])|(?P<name>[A-Za-z_][\w-]*))"
)
_STATUS_FUNCTIONS = ("success", "failure", "always", "cancelled")
_LITERALS: Mapping[str, Any] = {"true": True, "false": False, "null": None}


class ExpressionError(ValueError):
    """An expression that the sandbox cannot evaluate; the message quotes it."""


@dataclass(frozen=True, slots=True)
class Context:
    """What an expression may look at. `status` is success, failure or cancelled so far."""

    values: Mapping[str, Any]
    status: str = "success"


def expand(text: str, context: Context) -> str:
    """Replace every `${{ }}` in a text."""
    return re.sub(
        r"\$\{\{(.*?)\}\}", lambda m: as_text(evaluate(m[1], context)), text, flags=re.DOTALL
    )


def condition(text: str | None, context: Context) -> bool:
    """Whether an `if:` holds; without a status function, only while all went well."""
    if text is None:
        return context.status == "success"
    inner = re.sub(r"^\s*\$\{\{(.*)\}\}\s*$", r"\1", text, flags=re.DOTALL)
    holds = truthy(evaluate(inner, context))
    if any(re.search(rf"\b{name}\s*\(", inner) for name in _STATUS_FUNCTIONS):
        return holds
    return holds and context.status == "success"


def evaluate(text: str, context: Context) -> Any:
    """The value of one expression. Raises `ExpressionError`."""
    parser = _Parser(text, context)
    value = parser.either()
    if parser.peek():
        raise ExpressionError(f"cannot evaluate {text.strip()!r} at {parser.peek()!r}")
    return value


def as_text(value: Any) -> str:
    """A value as it appears in a string."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def truthy(value: Any) -> bool:
    """GitHub's idea of true."""
    return value not in (None, False, 0, "")


class _Parser:
    """Recursive descent over `||`, `&&`, comparisons, `!` and primaries."""

    def __init__(self, text: str, context: Context) -> None:
        self.text, self.context = text, context
        self.tokens = _tokens(text)

    def peek(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def take(self, wanted: str = "") -> str:
        if not self.tokens or (wanted and self.tokens[0] != wanted):
            raise ExpressionError(
                f"cannot evaluate {self.text.strip()!r}: {wanted or 'more'} missing"
            )
        return self.tokens.pop(0)

    def either(self) -> Any:
        value = self.both()
        while self.peek() == "||":
            self.take()
            other = self.both()
            value = value if truthy(value) else other
        return value

    def both(self) -> Any:
        value = self.comparison()
        while self.peek() == "&&":
            self.take()
            other = self.comparison()
            value = other if truthy(value) else value
        return value

    def comparison(self) -> Any:
        left = self.negation()
        while self.peek() in _COMPARE:
            compare = _COMPARE[self.take()]
            left = compare(*_comparable(left, self.negation()))
        return left

    def negation(self) -> Any:
        if self.peek() == "!":
            self.take()
            return not truthy(self.negation())
        return self.primary()

    def primary(self) -> Any:
        token = self.take()
        if token == "(":  # noqa: S105 - a token of the language
            value = self.either()
            self.take(")")
            return value
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if re.fullmatch(r"-?\d+(\.\d+)?", token):
            return float(token) if "." in token else int(token)
        if token in _LITERALS:
            return _LITERALS[token]
        return self.call(token) if self.peek() == "(" else self.lookup(token)

    def lookup(self, name: str) -> Any:
        if name not in self.context.values:
            raise ExpressionError(
                f"the sandbox knows no context {name!r} (in {self.text.strip()!r})"
            )
        value = self.context.values[name]
        while self.peek() in {".", "["}:
            if self.take() == ".":
                key = self.take()
            else:
                key = as_text(self.either())
                self.take("]")
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    def call(self, name: str) -> Any:
        arguments = []
        self.take("(")
        while self.peek() != ")":
            arguments.append(self.either())
            if self.peek() == ",":
                self.take()
        self.take(")")
        if name in _STATUS_FUNCTIONS:
            return name in {"always", self.context.status}
        if name not in _FUNCTIONS:
            raise ExpressionError(
                f"the sandbox knows no function {name}() (in {self.text.strip()!r})"
            )
        return _FUNCTIONS[name](*arguments)


def _tokens(text: str) -> list[str]:
    found, position = [], 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            raise ExpressionError(f"cannot read {text.strip()!r}")
        found.append(match.group().strip())
        position = match.end()
    return found


def _comparable(left: Any, right: Any) -> tuple[Any, Any]:
    """GitHub compares texts without case, and numbers with whatever looks like one."""
    if isinstance(left, str) and isinstance(right, str):
        return left.lower(), right.lower()
    if type(left) is type(right):
        return left, right
    return _number(left), _number(right)


def _number(value: Any) -> float:
    try:
        return float(value or 0)
    except (TypeError, ValueError):
        return float("nan")


_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


def _contains(whole: Any, part: Any) -> bool:
    if isinstance(whole, list):
        return as_text(part).lower() in {as_text(item).lower() for item in whole}
    return as_text(part).lower() in as_text(whole).lower()


def _format(template: str, *values: Any) -> str:
    return re.sub(r"\{(\d+)\}", lambda m: as_text(values[int(m[1])]), template)


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "contains": _contains,
    "startsWith": lambda whole, part: as_text(whole).lower().startswith(as_text(part).lower()),
    "endsWith": lambda whole, part: as_text(whole).lower().endswith(as_text(part).lower()),
    "format": _format,
}
