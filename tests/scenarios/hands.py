"""What else happens on a stage: what the agent plays, what befalls it, what was written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.sandbox.coder_agents import Die, Report, Say, Silence, Work
from tests.scenarios.stage import BOT, Stage, branch_in

FIX = {"prices.py": "repaired\n"}
EXAMPLES = Path(__file__).resolve().parent.parent.parent / ".github" / "examples"
Step = Say | Work | Silence | Report | Die | None


def plays(stage: Stage, *steps: Step) -> None:
    """The agent does these steps; None is its push."""

    def script(prompt: str, _work: Any) -> Iterator[Any]:
        for step in steps:
            if step is None:
                branch = branch_in(prompt)
                stage.repository.commit(branch, FIX, "Fix", from_branch="feature", author=BOT)
            else:
                yield step

    agent: Any = stage.coder.world.agent
    agent._script = script


def at(stage: Stage, second: float, happens: Callable[[], object]) -> None:
    """Let something happen once so many seconds have passed."""
    pending = [happens]

    def look(_seconds: float) -> None:
        if pending and stage.clock.passed >= second:
            pending.pop()()

    stage.clock.on_sleep.append(look)


def session(stage: Stage) -> Any:
    """The sandbox's own record of the one task or chat."""
    kept: Any = stage.coder.tasks if stage.backend == "tasks" else stage.coder.chats
    (only,) = kept
    return only


def is_stopped(stage: Stage) -> bool:
    """Whether the session's workspace was stopped, and not started since."""
    stage.coder.timeline.settle()
    return bool(session(stage).workspace.build.transition == "stop")


def written(stage: Stage) -> list[str]:
    """Every request so far that asked for a change, on both servers."""
    return [
        f"{x.request.method} {x.request.path}"
        for x in (*stage.github.exchanges, *stage.coder.exchanges)
        if x.request.method != "GET" and not x.request.path.endswith("graphql")
    ]


def say(stage: Stage, number: int, text: str, *, author: str = "alice", **given: str) -> Any:
    """The comment, and the action on its event."""
    stage.github.clock.advance(1)
    comments(stage, number, text, author=author)
    inputs: dict[str, Any] = given
    return stage.run(newest(stage), event="issue_comment", **inputs)


def comments(stage: Stage, number: int, text: str, *, author: str = "alice") -> Any:
    """The comment, whose event has been delivered."""
    comment = stage.repository.comment(number, text, author=author)
    stage.github.wait_idle()
    return comment


def newest(stage: Stage) -> Any:
    """The newest event of a new comment by a person."""
    return next(
        payload
        for name, payload in reversed(stage.events)
        if name == "issue_comment"
        and payload["action"] == "created"
        and payload["sender"]["login"] != "coder-fix-bot"
    )


def granted(example: str, job: str) -> Mapping[str, str]:
    """The permissions of that job of an example, as the sandbox's tokens name them."""
    told = yaml.safe_load((EXAMPLES / example).read_text())["jobs"][job]["permissions"]
    return {name.replace("-", "_"): level for name, level in told.items()}
