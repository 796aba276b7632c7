"""The small part of YAML that a policy file may use: one mapping, with the line of each key.

By YAML 1.2's core schema, as editors and GitHub read it: `off` is a word, `010` is ten. No anchor,
alias, tag or second document, no key twice: nothing that a reader could take for something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import yaml

DEEPEST: Final = 20
WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
"""A key that may be shown as it is; whatever else stands there may be anything."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The value of a key, and the line, from 1, on which the key stands."""

    line: int
    value: Any


class YamlRefusedError(Exception):
    """What is wrong, as a sentence without its stop, and the line, from 1; 0 where none is told."""

    def __init__(self, text: str, line: int = 0) -> None:
        super().__init__(text)
        self.text = text
        self.line = line


def entries(text: str) -> dict[str, Entry]:
    """The keys of the one mapping, in order; none for an empty file. Raises `YamlRefusedError`."""
    try:
        return _root(_Loader(text))
    except yaml.MarkedYAMLError as failure:
        mark = failure.problem_mark or failure.context_mark
        raise YamlRefusedError(_said(failure), _line(mark) if mark else 0) from failure
    except yaml.reader.ReaderError as failure:
        line = text.count("\n", 0, failure.position) + 1
        raise YamlRefusedError("a character that YAML does not allow", line) from failure


class _Loader(yaml.SafeLoader):
    """Refuses while it reads, so that nothing is ever built of what is refused."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own way
    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        line = _line(event.start_mark)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise YamlRefusedError("anchors (`&`) and aliases (`*`) are not allowed", line)
        if getattr(event, "tag", None):
            raise YamlRefusedError("tags (`!`) are not allowed", line)
        self.depth += 1
        if self.depth > DEEPEST:
            raise YamlRefusedError("it is nested too deeply", line)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_DIGITS: Final = 18
for _tag, _pattern, _first in (
    ("bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), "tTfF"),
    ("null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]),
    ("int", re.compile(rf"^(?:{_INT.pattern})$"), "-+0123456789"),
    (
        "float",
        re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$"),
        "-+.0123456789",
    ),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", _pattern, list(_first))


def _root(loader: _Loader) -> dict[str, Entry]:
    node = loader.get_single_node()
    if node is None:
        return {}
    if not isinstance(node, yaml.MappingNode):
        line = _line(node.start_mark)
        raise YamlRefusedError("it must hold keys with values, such as `mode: propose`", line)
    return _mapping(loader, node)


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for key_node, value_node in node.value:
        line = _line(key_node.start_mark)
        if not isinstance(key_node, yaml.ScalarNode):
            raise YamlRefusedError("a key must be a word", line)
        key = str(key_node.value)
        if key in found:
            shown = f"`{key}`" if WORD.fullmatch(key) else "this key"
            raise YamlRefusedError(f"{shown} stands on line {found[key].line} already", line)
        found[key] = Entry(line, _value(loader, value_node))
    return found


def _value(loader: _Loader, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {key: entry.value for key, entry in _mapping(loader, node).items()}
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, item) for item in node.value]
    return _scalar(node.tag.rpartition(":")[2], str(node.value), _line(node.start_mark))


def _scalar(kind: str, text: str, line: int) -> Any:
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise YamlRefusedError("half of a character (`\\ud800` to `\\udfff`)", line)
    if kind == "int" and len(text) > _DIGITS:
        raise YamlRefusedError("this number is too long", line)
    made: dict[str, Callable[[], Any]] = {
        "bool": lambda: text.lower() == "true",
        "null": lambda: None,
        "int": lambda: int(text, 0 if text.startswith(("0o", "0x")) else 10),
        "float": lambda: float(text),
    }
    return made.get(kind, lambda: text)()


def _line(mark: Any) -> int:
    return int(mark.line) + 1


def _said(failure: yaml.MarkedYAMLError) -> str:
    """PyYAML's own words hold pieces of the text, so that they are not repeated."""
    problem = failure.problem or ""
    if "'\\t'" in problem or "\t" in problem:
        return "a tab stands where YAML allows only blanks; indent with blanks"
    if "expected a single document" in (failure.context or ""):
        return "it holds a second document (`---`)"
    if "could not find expected ':'" in problem:
        return "a key without `:`"
    if "mapping values are not allowed" in problem:
        return "a `:` stands where none can; put the value in quotes"
    return "this is not YAML; look at indentation, quotes and brackets"
