"""The servers of the start-up figures, in a process of their own: `python -m bench.world FOLDER`.

It makes some red pull requests, writes `ready.json` there, and answers each line on its standard
input with one JSON line: the requests since the last one, in order.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.coder import SandboxCoder
from bot.sandbox.github import SandboxGitHub
from bot.sandbox.world import BOT, PERMISSIONS, TEMPLATE

ITEMS = 12
TOKEN = "ghp_" + "0" * 36
LOG = "collected 2 items\n\nE       assert -250 == 0\n\nFAILED test_{name}.py::test_{name}\n"
NAMES = [
    "ash",
    "beech",
    "cedar",
    "elm",
    "fir",
    "hazel",
    "larch",
    "maple",
    "oak",
    "pine",
    "rowan",
    "yew",
]
"""Each red for a reason of its own: the same one is repaired once."""


def main(folder: Path) -> None:
    """Serve until standard input ends."""
    with SandboxGitHub() as github, SandboxCoder(folder / "coder", version="v2.36.0") as coder:
        _, token = coder.add_user(BOT)
        coder.add_template(TEMPLATE, presets=["Small"], default_preset="Small")
        env = _repository(github, folder) | {
            "INPUT_CODER-URL": coder.url,
            "INPUT_CODER-TOKEN": token.text,
            "INPUT_CODER-TEMPLATE-NAME": TEMPLATE,
            "INPUT_CODER-BACKEND": "tasks",
            "INPUT_WAIT": "none",
            # As many branches turn red at once here as in an outage.
            "INPUT_OUTAGE-THRESHOLD": "1000",
            "INPUT_MAX-OPEN-PULL-REQUESTS": "0",
        }
        servers = (github, github.blobs, coder)
        seen: list[Any] = []
        for server in servers:
            server.observers.append(seen.append)
        (folder / "ready.json").write_text(json.dumps(env), encoding="utf-8")
        for _ in sys.stdin:
            told = [_plain(exchange) for exchange in seen]
            seen.clear()
            print(json.dumps(told), flush=True)


def _repository(github: SandboxGitHub, folder: Path) -> dict[str, str]:
    """Red pull requests, the event of each in a file `event-N.json`."""
    github.tokens.grant(TOKEN, login=BOT, permissions=PERMISSIONS)
    repository = github.create_repository("acme/widgets", {"prices.py": "whole\n"})
    events: list[Any] = []
    github.on_event(lambda name, payload: events.append((name, payload)))
    for number in range(1, ITEMS + 1):
        branch = f"feature-{number}"
        repository.commit(branch, {"prices.py": f"broken {number}\n"}, "Break", start=False)
        pull = repository.open_pull_request(branch, author="alice")
        log = LOG.format(name=NAMES[number - 1])
        seed = JobSeed("test", "failure", log=log * 20)
        github.add_run(repository, [seed], event="pull_request", pull_number=pull.number)
    github.wait_idle()
    done = [p for name, p in events if name == "workflow_run" and p["action"] == "completed"]
    for number, payload in enumerate(done, start=1):
        (folder / f"event-{number}.json").write_text(json.dumps(payload), encoding="utf-8")
    return github.runner_env(repository, token=TOKEN) | {
        "GITHUB_EVENT_NAME": "workflow_run",
        "GITHUB_RUN_ID": "1",
    }


def _plain(exchange: Any) -> dict[str, Any]:
    request = exchange.request
    return {
        "server": exchange.server,
        "method": request.method,
        "url": request.url,
        "body": request.body.decode(),
        "status": exchange.response.status,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
