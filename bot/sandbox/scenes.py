"""What there is to see in a played story: the log, the prompt, the diff, texts for people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.sandbox.git_diff import diff
from bot.sandbox.github_state import PullRequest
from bot.sandbox.world import BOT, SandboxWorld

_STAMP = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z ")
_FENCED = re.compile(r"^<data-(\w+)>\n(.*?)\n</data-\1>$", re.DOTALL | re.MULTILINE)
_HIDDEN = re.compile(r"\s*<!--.*?-->\s*", re.DOTALL)
_FOLD = re.compile(
    r"^<details>\s*<summary>(.*?)</summary>(.*?)^</details>$", re.DOTALL | re.MULTILINE
)


def failed_log(world: SandboxWorld, run_id: int, attempt: int, most: int = 12) -> list[str]:
    """The last lines of the first failed job's log, without their stamps."""
    return whole_log(world, run_id, attempt).splitlines()[-most:]


def whole_log(world: SandboxWorld, run_id: int, attempt: int) -> str:
    """The first failed job's log, without its stamps."""
    jobs = world.repository.run(run_id).jobs
    red = (j for j in jobs if j.attempt == attempt and j.conclusion == "failure" and j.log)
    text = next((j.log.decode(errors="replace") for j in red if j.log), "")
    return "\n".join(_STAMP.sub("", line, count=1) for line in text.split("\n"))


def evidence_told(world: SandboxWorld, most: int = 40) -> list[str]:
    """The evidence in the newest session's prompt: what stands last between two fence lines."""
    found = list(_FENCED.finditer(newest_prompt(world)))
    lines = found[-1][2].splitlines() if found else []
    return _first(lines, most)


def newest_prompt(world: SandboxWorld) -> str:
    """What the newest session began with, or nothing."""
    return next(reversed(list(_prompts(world))), "")


def _prompts(world: SandboxWorld) -> Iterator[str]:
    """What each session began with, oldest first."""
    for task in world.coder.tasks:
        yield task.workspace.prompt
    for chat in world.coder.chats:
        yield from [m.text for m in chat.messages if m.role == "user"][:1]


def repairs(world: SandboxWorld) -> list[PullRequest]:
    """The pull requests that the bot opened."""
    pulls = world.repository.state.pulls.values()
    return [pull for pull in pulls if pull.issue.user.login == BOT]


def pushed(world: SandboxWorld, pull: PullRequest, most: int = 40) -> list[str]:
    """The diff of a pull request, from its base."""
    lines: list[str] = []
    for change in diff(world.repository.state.git, pull.base_sha, pull.head_sha):
        lines += [f"--- {change.path}", *(change.patch or "(binary)").splitlines()]
    return _first(lines, most)


def visible(body: str) -> list[str]:
    """A Markdown text as its page shows it: nothing hidden, folds closed."""
    shown = _FOLD.sub(_closed, _HIDDEN.sub("\n", body))
    return [line.rstrip() for line in shown.strip().splitlines()]


def _closed(fold: re.Match[str]) -> str:
    count = len(fold[2].strip().splitlines())
    return f"▸ {fold[1].strip()} (folded, {count} line{'' if count == 1 else 's'})"


def _first(lines: Sequence[str], most: int) -> list[str]:
    left = len(lines) - most
    return [
        *lines[:most],
        *([f"… ({left} more line{'' if left == 1 else 's'})"] if left > 0 else []),
    ]
