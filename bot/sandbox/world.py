"""A GitHub and a Coder that know each other: workspaces can push, nothing else is shared."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from bot.errors import ConfigurationError
from bot.sandbox.coder import SandboxCoder
from bot.sandbox.github import SandboxGitHub
from bot.sandbox.github_handle import SandboxRepository
from bot.sandbox.hostile import OWN_TOKEN
from bot.sandbox.stories import Story

BOT = "coder-fix-bot"
PERSON = "alice"
"""Who writes the comments of a story."""
TEMPLATE = "ci-repair"
EDITOR = "claude -p --permission-mode acceptEdits"
"""A program that edits a checkout as its standard input says. Without leave it only reads."""
PERMISSIONS = {
    "actions": "write",
    "checks": "read",
    "contents": "read",
    "issues": "write",
    "pull_requests": "write",
    "statuses": "read",
}
"""What the product's token may do here: the block that README documents."""


@dataclass(slots=True)
class SandboxWorld:
    """Both servers, one repository with its story, the bot's tokens. Close it, or use `with`."""

    story: Story
    backend: str = "tasks"
    agent: Sequence[str] | None = None
    keep: bool = False
    root: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="coder-fix-")))
    github: SandboxGitHub = field(init=False)
    coder: SandboxCoder = field(init=False)
    repository: SandboxRepository = field(init=False)
    github_token: str = field(init=False)
    coder_token: str = field(init=False)

    def __post_init__(self) -> None:
        self.github = SandboxGitHub(directory=self.root / "github")
        self.github.start()
        grant = self.github.tokens.grant(OWN_TOKEN, login=BOT, permissions=PERMISSIONS)
        self.github_token = grant.token
        push = self.github.tokens.grant(
            "ghp_" + "1" * 36, login=BOT, permissions={"contents": "write"}
        )
        tasks = "v2+experimental" if self.backend == "tasks" else "off"
        chats = "experimental" if self.backend == "tasks" else "v2+experimental"
        version = "v2.36.0" if self.backend == "tasks" else "v2.37.0"
        self.coder = SandboxCoder(
            self.root / "coder",
            version=version,
            tasks=tasks,
            chats=chats,
            agent_command=self._agent_command(),
            environment=self._workspace(push.token),
        )
        self.coder.start()
        _, token = self.coder.add_user(BOT)
        self.coder_token = token.text
        self.coder.add_template(TEMPLATE, presets=["Small", "Large"], default_preset="Small")
        self.repository = self.github.create_repository("acme/widgets", self.story.files)

    def say(self, number: int, text: str) -> None:
        """A person with write permission comments there."""
        self.repository.collaborator(PERSON, "write")
        self.repository.comment(number, text, author=PERSON)
        self.github.wait_idle()

    def break_it(self) -> int:
        """Push the story's change and open a pull request; its number."""
        if self.story.breaks:
            self.repository.commit("main", dict(self.story.breaks), "Round down")
            self.github.wait_idle()
        story = self.story
        self.repository.commit(
            story.branch, dict(story.change), story.title, from_branch="main", start=False
        )
        pull = self.repository.open_pull_request(
            story.branch, "main", story.title, author=story.author
        )
        return pull.number

    def inputs(self) -> dict[str, str]:
        """The runner's variables and the inputs that reach both servers."""
        env = self.github.runner_env(self.repository, token=self.github_token)
        return env | {
            "INPUT_CODER-URL": self.coder.url,
            "INPUT_CODER-TOKEN": self.coder_token,
            "INPUT_CODER-TEMPLATE-NAME": TEMPLATE,
            "INPUT_CODER-BACKEND": self.backend,
        }

    def close(self) -> None:
        """Stop everything; the directory goes too unless it is kept."""
        self.coder.close(keep=self.keep)
        self.github.close()
        if not self.keep:
            shutil.rmtree(self.root, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _agent_command(self) -> list[str]:
        command = list(self.agent or self.story.repair)
        return [sys.executable, "-P", "-m", "bot.sandbox.workspace_agent", *command]

    def _workspace(self, token: str) -> dict[str, str]:
        """Git identity and push rights of the workspace; none of the bot's own tokens."""
        origin = self.github.server_url
        inside = origin.replace("://", f"://{BOT}:{token}@")
        package = Path(__file__).resolve().parent.parent.parent
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(package),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_AUTHOR_NAME": BOT,
            "GIT_AUTHOR_EMAIL": f"{BOT}@users.noreply.example.com",
            "GIT_COMMITTER_NAME": BOT,
            "GIT_COMMITTER_EMAIL": f"{BOT}@users.noreply.example.com",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{inside}/.insteadOf",
            "GIT_CONFIG_VALUE_0": f"{origin}/",
        }


def agent_argv(command: str) -> list[str]:
    """A command line of `--agent` as an argument list, its program by absolute path.

    Raises `ConfigurationError` for none, for an open quotation and for a program that is not there.
    """
    remedy = f"Give a command that edits a checkout, such as --agent '{EDITOR}'."
    try:
        program, *arguments = shlex.split(command)
    except ValueError as error:
        why = "It is empty" if not command.strip() else str(error).rstrip(".") or "It is empty"
        msg = f"The command of --agent cannot be read: {why.lower()}."
        raise ConfigurationError(msg, remedy=remedy) from error
    found = shutil.which(program)
    if found is None:
        msg = f"The command of --agent is not there: {program}."
        raise ConfigurationError(msg, remedy=remedy)
    return [str(Path(found).absolute()), *arguments]  # it runs in another directory
