"""What a page of Markdown promises: links, anchors, commands, YAML; and what of it is not so.

Every `wrong_…` gives one sentence for each thing that is wrong, with its line; none where all is
well.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Collection, Iterator, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from io import StringIO
from pathlib import Path, PurePosixPath
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote, urlsplit

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.app import VERBS
from bot.commands.parsing import Flags
from bot.errors import BotError
from bot.policy_file.reading import read
from bot.untrusted import Untrusted

OWN_PAGES = re.compile(
    r"https://(?:github\.com/coder-fix/coder-fix/(?:blob|tree)|raw\.githubusercontent\.com/coder-fix/coder-fix)/main/(.+)"
)
"""Addresses of files of this repository, which must be there as well."""

_TAG_LINK = re.compile(
    r"""<(?:a|img)\b[^>]*?\b(?:href|src)\s*=\s*["']([^"']*)["']""", re.IGNORECASE
)
_SHELL = frozenset({"", "console", "sh", "shell", "bash", "text"})
_OURS = "coder-fix/coder-fix@"


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, its first line in the file."""

    language: str
    text: str
    line: int


@dataclass(frozen=True)
class Page:
    """One file, `path` from the root of the repository."""

    path: PurePosixPath
    text: str

    @cached_property
    def _tokens(self) -> list[Token]:
        return MarkdownIt("commonmark", {"html": True}).enable("table").parse(self.text)

    @cached_property
    def _inline(self) -> list[tuple[int, Token]]:
        found, line = [], 0
        for token in self._tokens:
            line = token.map[0] + 1 if token.map else line
            found += [(line, child) for child in token.children or ()]
            if token.type == "html_block":
                found.append((line, token))
        return found

    @cached_property
    def links(self) -> list[tuple[int, str]]:
        """Line and target, images and HTML too."""
        found = []
        for line, token in self._inline:
            target = token.attrGet("href") or token.attrGet("src")
            if target is not None:
                found.append((line, str(target)))
            if token.type.startswith("html_"):
                found += [(line, target) for target in _TAG_LINK.findall(token.content)]
        return found

    @cached_property
    def headings(self) -> list[tuple[int, int, str]]:
        """Line, level and source text."""
        pairs = zip(self._tokens, self._tokens[1:], strict=False)
        return [
            ((opened.map or [0])[0] + 1, int(opened.tag[1:]), inline.content)
            for opened, inline in pairs
            if opened.type == "heading_open"
        ]

    @cached_property
    def anchors(self) -> frozenset[str]:
        """What GitHub makes of the headings: the second of a name gets `-1`, and so on."""
        made: list[str] = []
        for pair in zip(self._tokens, self._tokens[1:], strict=False):
            if pair[0].type == "heading_open":
                shown = "".join(child.content for child in pair[1].children or ())
                base = re.sub(r"[^\w\- ]", "", shown.strip().lower()).replace(" ", "-")
                taken = sum(re.fullmatch(rf"{re.escape(base)}(-\d+)?", m) is not None for m in made)
                made.append(f"{base}-{taken}" if taken else base)
        return frozenset(made)

    @cached_property
    def blocks(self) -> list[Block]:
        """Fenced code."""
        return [
            Block(token.info.split(" ")[0], token.content, (token.map or [0])[0] + 2)
            for token in self._tokens
            if token.type == "fence"
        ]

    @cached_property
    def code(self) -> list[tuple[int, str]]:
        """Line and text of code within sentences."""
        return [(line, t.content) for line, t in self._inline if t.type == "code_inline"]


def wrong_links(page: Page, files: Collection[str], pages: dict[str, Page]) -> Iterator[str]:
    """Targets that are not there, by all `files` of the repository and the headings of `pages`."""
    folders = {str(parent) for file in files for parent in PurePosixPath(file).parents}
    for line, target in page.links:
        at = f"{page.path}:{line}: {target}"
        own = OWN_PAGES.fullmatch(target)
        if own is None and re.match(r"[a-z][a-z0-9+.-]*:", target, re.IGNORECASE):
            if not _well_formed(target):
                yield f"{at} is no address"
            continue
        path, _, anchor = (own[1] if own else target).partition("#")
        wanted = (
            str(page.path)
            if not path
            else _joined(PurePosixPath() if own else page.path.parent, path)
        )
        if wanted not in files and wanted not in folders:
            yield f"{at} leads nowhere"
        elif anchor and unquote(anchor) not in (pages[wanted].anchors if wanted in pages else ()):
            yield f"{at} has no such heading"


def _well_formed(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if host in {"127.0.0.1", "localhost"}:
        return parts.scheme == "http"
    plain = re.fullmatch(r"[!-~]+", address) is not None
    return (
        plain
        and parts.scheme == "https"
        and re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host) is not None
    )


def _joined(folder: PurePosixPath, path: str) -> str:
    """From the root; what climbs out of it is no file of ours, and keeps its `..`."""
    parts: list[str] = [] if path.startswith("/") else list(folder.parts)
    for part in PurePosixPath(unquote(path).lstrip("/")).parts:
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts) or "."


def commands(page: Page) -> Iterator[tuple[int, list[str]]]:
    """Line and arguments of each `coder-fix …` or `python -m bot …` that a reader could type.

    In a transcript only what follows the prompt `$ ` is typed.
    """
    for block in page.blocks:
        if block.language in _SHELL:
            lines = list(enumerate(block.text.splitlines(), block.line))
            if any(line.startswith("$ ") for _, line in lines):
                lines = [(n, line[2:]) for n, line in lines if line.startswith("$ ")]
            for number, line in lines:
                yield from ((number, found) for found in _typed(line))
    for number, code in page.code:
        if code.startswith(("coder-fix ", "python -m bot ")):
            yield from ((number, found) for found in _typed(code))


def _typed(line: str) -> Iterator[list[str]]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>()")
    lexer.whitespace_split = True
    try:
        words = list(lexer)
    except ValueError:
        return  # prose with an apostrophe
    for n, word in enumerate(words):
        is_module = word == "bot" and words[n - 1 : n] == ["-m"]
        if is_module or (word == "coder-fix" and words[n - 1 : n] != ["cd"]):
            rest = words[n + 1 :]
            end = next((k for k, w in enumerate(rest) if set(w) <= set("|&;<>()")), len(rest))
            yield rest[:end]


def wrong_commands(page: Page) -> Iterator[str]:
    """Verbs that are not there, and what the verb's own parser refuses."""
    for line, words in commands(page):
        shown = f"{page.path}:{line}: coder-fix {' '.join(words)}"
        if not words or words[0] in {"--help", "--version", "VERB"}:
            continue
        if words[0] not in VERBS:
            yield f"{shown}: there is no such verb"
        elif said := _refused(words[0], words[1:]):
            yield f"{shown}: {said}"


class _ParsedError(Exception):
    """The arguments are fine; nothing more shall happen."""


def _refused(verb: str, rest: list[str]) -> str:
    """What the parser says against it; nothing is run."""
    if not rest:
        return ""  # without arguments some verbs do not ask their parser
    read = Flags.read

    def only_read(self: Flags, argv: Sequence[str]) -> None:
        read(self, argv)
        raise _ParsedError

    said = StringIO()
    try:
        with patch.object(Flags, "read", only_read), redirect_stderr(said):
            import_module(f"bot.commands.{verb}").main(rest)
    except _ParsedError:
        return ""
    except BotError as refused:
        return str(refused)
    except SystemExit as ended:
        return "" if ended.code == 0 else said.getvalue().strip().splitlines()[-1]
    raise AssertionError(f"{verb} did not ask a parser")


def wrong_data(page: Page, inputs: Collection[str]) -> Iterator[str]:
    """YAML and JSON that does not parse, inputs that action.yml has not, refused policy files."""
    for block in page.blocks:
        at = f"{page.path}:{block.line}"
        if block.language in {"yaml", "yml"}:
            yield from (f"{at}: {said}" for said in wrong_yaml(block.text, inputs))
        elif block.language == "json":
            try:
                json.loads(block.text)
            except ValueError as failure:
                yield f"{at}: {failure}"


def wrong_yaml(text: str, inputs: Collection[str]) -> Iterator[str]:
    """As above, of one text: a workflow, a part of one, or a policy file with its schema's line."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as failure:
        yield " ".join(str(failure).split())
        return
    for step in _steps(data):
        given = step.get("with") or {}
        yield from (f"action.yml has no input {name}" for name in given if name not in inputs)
    if "yaml-language-server: $schema=" in text:
        try:
            read(".github/coder-fix.yml", Untrusted(text))
        except BotError as refused:
            yield str(refused)


def _steps(data: Any) -> Iterator[dict[str, Any]]:
    """Each mapping, however deep, that uses our action."""
    if isinstance(data, dict):
        if str(data.get("uses", "")).startswith(_OURS):
            yield data
        data = list(data.values())
    for member in data if isinstance(data, list) else ():
        yield from _steps(member)


def tracked(root: Path) -> frozenset[str]:
    """The files that git knows or would take, from the root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        capture_output=True, text=True, check=True, cwd=root,
    )  # fmt: skip
    return frozenset(name for name in listed.stdout.split("\0") if name and (root / name).exists())
