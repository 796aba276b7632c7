"""A run of the action whose surroundings say something hostile, and all that left it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.coder_agents import Report, Say
from tests.scenarios.hands import FIX
from tests.scenarios.hostile import RED_LOG
from tests.scenarios.stage import BOT, Stage, Told, branch_in

_OPENING = re.compile(r"^<data-(\w+)>$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What others wrote: the log of the red job, names, a message, what the agent says."""

    log: str | bytes = RED_LOG
    title: str = "Vouchers"
    body: str = ""
    branch: str = "feature"
    message: str = "Vouchers"
    prose: Sequence[str] = field(default=("Done",))


@dataclass(frozen=True, slots=True)
class Left:
    """Everything that left the product, by its sink."""

    told: Told
    stdout: str
    output: str
    markdown: Sequence[str]
    prompts: Sequence[str]

    def region(self, prompt: str) -> tuple[str, str]:
        """The two delimiters of the untrusted part of a prompt."""
        found = _OPENING.search(prompt)
        assert found, "the prompt has no data"
        return found[0], f"</data-{found[1]}>"


def play(stage: Stage, around: Surroundings, **inputs: Any) -> Left:
    """A red pull request with those surroundings, and the repair of it."""
    repository = stage.repository
    seeds = iter([JobSeed("test", "failure", log=around.log)])
    stage.github.script_runs(lambda _: [next(seeds, JobSeed("test"))])
    repository.commit(around.branch, {"prices.py": "broken\n"}, around.message, start=False)
    repository.open_pull_request(
        around.branch, title=around.title, body=around.body, author="alice"
    )
    stage.github.wait_idle()
    stage.behave(partial(_agent, stage, around))
    ended = stage.run(None, **inputs)
    seen = stage.watch.capture(repository)
    (run,) = seen.runs
    ours = [c.body for c in seen.comments if c.author == BOT]
    return Left(
        ended,
        run.stdout + run.stderr,
        run.output,
        (*seen.bodies, *ours, run.summary),
        [sent.prompt for sent in seen.prompts],
    )


def _agent(stage: Stage, around: Surroundings, prompt: str, _work: Path) -> Iterator[Any]:
    """Says it all and pushes a repair."""
    for text in around.prose:
        yield Say(text)
    stage.repository.commit(
        branch_in(prompt), FIX, "Repair it", from_branch=around.branch, author=BOT
    )
    yield Report("complete", around.prose[-1])
