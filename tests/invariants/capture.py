"""What one scenario let be seen: each run's ends and deeds, each exchange, what stands at the end.

Plain values, so that a planted violation is a `dataclasses.replace` of an honest capture.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.sandbox.http import Exchange
from bot.settings import Settings

_CREATES_SESSION = re.compile(r"/api/(?:v2|experimental)/(?:tasks/[^/]+|chats)")
_TELLS_SESSION = re.compile(
    r"/api/(?:v2|experimental)/(?:tasks/[^/]+/[^/]+/send|chats/[^/]+/messages)"
)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something a process does beside HTTP: `write`, `start`, `shell`, `connect` or `sleep`."""

    kind: str
    what: str


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of the action. `began` and `ended` are the story's seconds, `polls` its sleeps."""

    number: int
    event: str
    payload: Any
    inputs: Mapping[str, str]
    addresses: frozenset[str]
    folder: str
    code: int
    output: str
    summary: str
    stdout: str
    stderr: str
    began: float
    ended: float
    polls: int = 0
    deeds: tuple[Deed, ...] = ()

    @property
    def is_comment(self) -> bool:
        """Whether the event is one of a comment."""
        return self.event in {"issue_comment", "pull_request_review_comment"}

    def number_of(self, name: str) -> float:
        """An input that is a number, by its field's name; its default where it is none."""
        given = self.inputs.get(f"INPUT_{name.upper().replace('_', '-')}", "")
        try:
            return float(given)
        except ValueError:
            return float(Settings.model_fields[name].default)

    @property
    def outputs(self) -> dict[str, str]:
        """The step's outputs, as far as a runner can read the file."""
        found: dict[str, str] = {}
        with suppress(ValueError):
            found.update(written_outputs(self.output))
        return found


def written_outputs(text: str) -> Iterator[tuple[str, str]]:
    """Every `name<<delimiter` record; raises `ValueError` where a runner would."""
    lines = iter(text.split("\n"))
    for line in lines:
        if not line:
            continue
        name, there, delimiter = line.partition("<<")
        if not there or not name or not delimiter:
            raise ValueError(f"not a record: {line[:60]!r}")
        value: list[str] = []
        for held in lines:
            if held == delimiter:
                break
            value.append(held)
        else:
            raise ValueError(f"never closed: {name}")
        yield name, "\n".join(value)


@dataclass(frozen=True, slots=True)
class Sent:
    """One exchange: of which run (0 for nobody's), and when in the story."""

    exchange: Exchange
    run: int
    at: float

    @property
    def server(self) -> str:
        """`github`, `blobs` or `coder`."""
        return self.exchange.server

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.exchange.request.method

    @property
    def path(self) -> str:
        """The path, without the query."""
        return self.exchange.request.path

    @property
    def status(self) -> int:
        """The HTTP status; 0 where no answer came."""
        return self.exchange.response.status

    @property
    def is_write(self) -> bool:
        """Whether it asks for a change; a GraphQL query does not."""
        if self.path.endswith("/graphql"):
            return "mutation" in self.text
        return self.method not in {"GET", "HEAD"}

    @property
    def text(self) -> str:
        """The body, as far as it is text."""
        return self.exchange.request.body.decode(errors="replace")

    @property
    def json(self) -> Any:
        """The body; an empty mapping where it is no JSON object."""
        try:
            body = self.exchange.request.json()
        except ValueError:
            body = None
        return body if isinstance(body, dict) else {}

    @property
    def answer(self) -> Any:
        """What came back, where it is JSON; an empty mapping otherwise."""
        body = self.exchange.response.body
        if isinstance(body, bytes):
            try:
                body = json.loads(body)
            except ValueError:
                body = None
        return body if body is not None else {}

    @property
    def creates_session(self) -> bool:
        """Whether it asks for a session."""
        return self.method == "POST" and bool(_CREATES_SESSION.fullmatch(self.path))

    @property
    def tells_session(self) -> bool:
        """Whether it sends a session a message."""
        return self.method == "POST" and bool(_TELLS_SESSION.fullmatch(self.path))

    @property
    def session_key(self) -> str:
        """What the session that it creates is found by: the task's name, or a chat's labels."""
        labels = self.json.get("labels") or {}
        told = [
            labels.get(f"coder-fix/{part}", "") for part in ("repository", "item", "generation")
        ]
        return str(self.json.get("name") or "/".join(told))

    @property
    def prompt(self) -> str:
        """What an agent is told by it; empty where that is nothing."""
        if not (self.creates_session or self.tells_session):
            return ""
        body = self.json
        said = body.get("input", body.get("content", ""))
        parts = said if isinstance(said, list) else [{"text": said}]
        return "\n".join(str(part.get("text", "")) for part in parts)

    @property
    def markdown(self) -> str:
        """The body of a comment, an issue or a pull request that it writes."""
        told = self.server == "github" and self.is_write and self.json.get("body")
        return told if isinstance(told, str) else ""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment that stands at the end."""

    id: int
    number: int
    author: str
    body: str


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request that stands at the end."""

    number: int
    author: str
    repository: str
    head: str
    sha: str


@dataclass(frozen=True)
class Capture:
    """A whole scenario. `outside` are telling pieces of what others wrote."""

    runs: tuple[Ran, ...]
    sent: tuple[Sent, ...]
    comments: tuple[Comment, ...]
    pulls: tuple[Pull, ...]
    secrets: Mapping[str, str]
    outside: tuple[str, ...]
    bots: frozenset[str]
    repository: str

    def of(self, run: Ran) -> list[Sent]:
        """What that run sent, in order."""
        return [sent for sent in self.sent if sent.run == run.number]

    @cached_property
    def ours(self) -> list[Sent]:
        """What the product sent, in order."""
        return [sent for sent in self.sent if sent.run]

    @cached_property
    def prompts(self) -> list[Sent]:
        """What agents were told."""
        return [sent for sent in self.ours if sent.prompt]

    @cached_property
    def bodies(self) -> list[str]:
        """Every Markdown text that was sent to GitHub."""
        return [sent.markdown for sent in self.ours if sent.markdown]
