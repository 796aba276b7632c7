"""`coder-fix sandbox`: a GitHub and a Coder on this machine, with a red pull request to repair."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.commands.parsing import Flags
from bot.outcomes import ExitCode
from bot.sandbox.stories import STORIES
from bot.sandbox.world import EDITOR, SandboxWorld, agent_argv

_DEFAULT = "default: %(default)s"
_STORIES = f"{_DEFAULT}; there is {', '.join(sorted(STORIES))}"


def main(argv: list[str]) -> int:
    """Serve until SIGINT or SIGTERM."""
    parser = Flags(
        "sandbox",
        "A GitHub and a Coder on this machine, with a red pull request to repair.",
        codes="0 ended by a signal, 2 wrong input.",
        example="coder-fix sandbox --write /tmp/sandbox",
    )
    parser.add_argument(
        "--story", metavar="NAME", choices=sorted(STORIES), default="failing-test", help=_STORIES
    )
    parser.add_argument("--backend", choices=("tasks", "chats"), default="tasks", help=_DEFAULT)
    parser.add_argument("--agent", metavar="COMMAND", help=f"edits a checkout, such as '{EDITOR}'")
    parser.add_argument("--write", metavar="DIR", help="write inputs.env and event.json there")
    given = parser.read(argv)
    agent = agent_argv(given.agent) if given.agent is not None else None
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    with SandboxWorld(STORIES[given.story], given.backend, agent) as world:
        name, event = _asks(world)
        inputs = world.inputs() | {"GITHUB_EVENT_NAME": name, "GITHUB_RUN_ID": "1"}
        print(f"GitHub  {world.github.url}\nCoder   {world.coder.url}\n")
        if given.write:
            _write(Path(given.write), inputs, event)
        else:
            print("Point the product at them with these variables:\n")
            print("\n".join(f"{name}={value}" for name, value in inputs.items()))
        print("\nCtrl-C ends it and removes everything.", flush=True)
        over.wait()
    return ExitCode.DONE


def _asks(world: SandboxWorld) -> tuple[str, Mapping[str, Any]]:
    """Break the repository; the event that says so, or the comment's that asks for a repair."""
    events: list[tuple[str, Mapping[str, Any]]] = []
    world.github.on_event(lambda name, payload: events.append((name, payload)))
    number = world.break_it()
    world.github.wait_idle()
    wanted = ("workflow_run", "completed")
    story = world.story
    if story.says:
        world.say(number, story.says[story.outcomes.index("fixed")])
        wanted = ("issue_comment", "created")
    fitting = [(n, event) for n, event in events if (n, event.get("action")) == wanted]
    return fitting[-1]


def _write(folder: Path, inputs: Mapping[str, str], event: Mapping[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{name}={value}\n" for name, value in inputs.items())
    (folder / "inputs.env").write_text(lines, encoding="utf-8")
    (folder / "event.json").write_text(json.dumps(event), encoding="utf-8")
    print(f"Wrote {folder / 'inputs.env'} and {folder / 'event.json'}")
