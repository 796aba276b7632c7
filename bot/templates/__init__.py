"""Coder templates in parts: what is pushed is one kind, one platform, one agent, one credential.

A part is a file of this package, and is pushed as it is: what a team reads in Coder is what stands
here. Attributes of modules are those of the pinned revisions in github.com/coder/registry.
"""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files


class Kind(StrEnum):
    """For which API: current Tasks, Tasks up to v2.29, or Chats."""

    TASKS = "tasks"
    TASKS_AI_PROMPT = "tasks-ai-prompt"
    CHATS = "chats"


class Platform(StrEnum):
    """Where workspaces run."""

    DOCKER = "docker"
    KUBERNETES = "kubernetes"


class Agent(StrEnum):
    """The coding agent; a chat has Coder's own instead."""

    CLAUDE_CODE = "claude-code"
    CODEX = "codex"
    GEMINI = "gemini"
    AIDER = "aider"
    GOOSE = "goose"
    COMMAND = "command"


class Credentials(StrEnum):
    """How the agent reaches GitHub: a token of the bot, or what the owner linked in Coder."""

    TOKEN = "token"  # noqa: S105 - a word, not a token
    EXTERNAL_AUTH = "external-auth"


@dataclass(frozen=True, slots=True)
class Recipe:
    """Which template. `agent` says nothing for chats."""

    kind: Kind
    platform: Platform = Platform.DOCKER
    agent: Agent = Agent.CLAUDE_CODE
    credentials: Credentials = Credentials.TOKEN

    def parts(self) -> Iterator[str]:
        """The names of its files."""
        yield "base.tf"
        yield f"platform-{self.platform}.tf"
        yield f"credentials-{self.credentials}.tf"
        yield f"kind-{self.kind}.tf"
        if self.kind is Kind.CHATS:
            return
        yield "model.tf"
        yield f"agent-{self.agent}.tf"
        if self.agent in {Agent.AIDER, Agent.COMMAND}:
            yield "command.tf"
            yield "agent.sh"


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of a template. `required`: it has no default."""

    name: str
    required: bool
    sensitive: bool
    description: str


_VARIABLE = re.compile(r'^variable "([\w-]+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)


def variables(sources: Mapping[str, bytes]) -> tuple[Variable, ...]:
    """What our own parts ask for; they are formatted, so their blocks are known by their shape."""
    text = "\n".join(content.decode() for _, content in sorted(sources.items()))
    return tuple(
        Variable(
            name,
            required=not re.search(r"^  default\s*=", body, re.MULTILINE),
            sensitive=bool(re.search(r"^  sensitive\s*=\s*true", body, re.MULTILINE)),
            description="".join(re.findall(r'^  description\s*=\s*"(.*)"$', body, re.MULTILINE)),
        )
        for name, body in _VARIABLE.findall(text)
    )


def compose(recipe: Recipe) -> dict[str, bytes]:
    """File name → content, in the order of the names."""
    folder = files(__name__)
    return {name: (folder / name).read_bytes() for name in sorted(recipe.parts())}


def archive(sources: Mapping[str, bytes]) -> bytes:
    """An uncompressed ustar archive, the same bytes for the same sources (Coder wants no pax)."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in sorted(sources.items()):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o644
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()
