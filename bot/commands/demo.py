"""`coder-fix demo`: the whole story on this machine, everything real but the two servers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.commands.parsing import Flags
from bot.outcomes import ExitCode
from bot.sandbox import hostile
from bot.sandbox.scenes import (
    evidence_told,
    failed_log,
    newest_prompt,
    pushed,
    repairs,
    visible,
    whole_log,
)
from bot.sandbox.stories import STORIES
from bot.sandbox.world import EDITOR, PERSON, SandboxWorld, agent_argv
from bot.sanitize import prompt_block
from bot.untrusted import Untrusted

PATIENCE = 60.0
PATIENCE_WITH_AGENTS = 1800.0
"""Seconds that one run of the bot may take: the scripted repair is quick, an agent is not."""
_NOISE = ("::add-mask::", "::group::", "::endgroup::")

_DEFAULT = "default: %(default)s"
_STORIES = f"{_DEFAULT}; there is {', '.join(sorted(STORIES))}"


def main(argv: list[str]) -> int:
    """0 when the story ended as it should, or as an agent of one's own would have it."""
    parser = Flags(
        "demo",
        "The whole story on this machine, everything real but the two servers.",
        codes="0 it ended as it should, 1 it did not, 2 wrong input.",
        example="coder-fix demo --story cheating --backend chats",
    )
    parser.add_argument(
        "--story", metavar="NAME", choices=sorted(STORIES), default="failing-test", help=_STORIES
    )
    parser.add_argument("--backend", choices=("tasks", "chats"), default="tasks", help=_DEFAULT)
    parser.add_argument("--agent", metavar="COMMAND", help=f"edits a checkout, such as '{EDITOR}'")
    parser.add_argument("--write", metavar="DIR", help="write comment.md and summary.md there")
    parser.add_argument("--keep", action="store_true", help="leave the state to look at")
    given = parser.read(argv)
    agent = agent_argv(given.agent) if given.agent is not None else None
    world = SandboxWorld(STORIES[given.story], given.backend, agent, keep=given.keep)
    with world:
        told = Demo(world, Path(given.write) if given.write else None).play()
        if given.keep:
            print(f"\nKept in {world.root}")
    return ExitCode.DONE if told else ExitCode.BUG


@dataclass(frozen=True, slots=True)
class Occasion:
    """The event on which the bot runs, and the input `trigger`, empty for `auto`."""

    event: str
    payload: Mapping[str, Any]
    trigger: str = ""


@dataclass(slots=True)
class Demo:
    """Plays one story and shows each part of it."""

    world: SandboxWorld
    write: Path | None = None
    events: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    _number: int = 0
    _turns: int = 0
    _lines: list[str] = field(default_factory=list)

    def play(self) -> bool:
        """True when every outcome is the story's own, or an agent of one's own made another."""
        self.world.github.on_event(lambda name, payload: self.events.append((name, payload)))
        self._headline("A pull request turns CI red")
        number = self.world.break_it()
        story = self.world.story
        for turn, expected in enumerate(story.outcomes):
            self.world.github.wait_idle()
            if not turn or not (story.says or story.triggers):
                if turn:
                    self._headline("The run ends again")
                self._tell_of(self._newest_run(), number)
            if story.says:
                self._show(f"{PERSON} comments on #{number}", story.says[turn].splitlines())
                self.world.say(number, story.says[turn])
            if not self._answer(self._occasion(turn), number, expected):
                return False
        return True

    def _occasion(self, turn: int) -> Occasion:
        """What the bot hears of in that turn."""
        story = self.world.story
        if story.triggers:
            return Occasion("schedule", {}, story.triggers[turn])
        if story.says:
            return Occasion("issue_comment", self._newest_comment())
        return Occasion("workflow_run", self._newest_run())

    def _tell_of(self, payload: Mapping[str, Any], number: int) -> None:
        run = payload["workflow_run"]
        said = f"attempt {run['run_attempt']} ended as {run['conclusion']}"
        print(f"  #{number} “{run['display_title']}”: run {run['id']}, {said}")
        self._show("The end of its log", failed_log(self.world, run["id"], run["run_attempt"]))

    def _answer(self, occasion: Occasion, number: int, expected: str) -> bool:
        """Whether that ended well. A sweep takes one step of the item each time that it runs."""
        door = f", trigger: {occasion.trigger}" if occasion.trigger else ""
        said = f"coder-fix runs on the {occasion.event} event{door}, backend {self.world.backend}"
        self._headline(said)
        code, outputs, summary = self._run_action(occasion)
        until = time.monotonic() + PATIENCE
        while occasion.trigger == "reconcile" and outputs.get("outcome") == "pending":
            if time.monotonic() > until:
                break
            time.sleep(1)
            code, outputs, summary = self._run_action(occasion)
        if outputs.get("session-id"):
            self._show("What the agent was told of the failure", evidence_told(self.world))
        for pull in repairs(self.world):
            self._show(f"What it pushed to {pull.head_ref}", pushed(self.world, pull))
            body = visible(pull.issue.body or "")
            self._show(f"The repair, #{pull.number} “{pull.issue.title}”", body)
        comment = self._comment(number)
        self._show(f"The comment on #{number}", visible(comment) or ["(none)"])
        self._show("The job summary", visible(summary))
        self._headline("The outputs")
        for name, value in ((n, v) for n, v in outputs.items() if v):
            print(f"  {name}: {value}")  # redacted when it was written
        self._written({"comment.md": comment, "summary.md": summary})
        outcome = "/".join(filter(None, (outputs.get("outcome"), outputs.get("skip-reason"))))
        is_inert = not self.world.story.is_hostile or self._is_inert(comment, summary, outputs)
        return self._judge(outcome, expected, code) and is_inert

    def _is_inert(self, comment: str, summary: str, outputs: Mapping[str, str]) -> bool:
        """Shows what each attack came to; false where something of it is live."""
        run = self._newest_run()["workflow_run"]
        log = whole_log(self.world, run["id"], run["run_attempt"])
        prompt = newest_prompt(self.world)
        self._headline("What the log held, and what is shown instead")
        for attack in hostile.ATTACKS:
            shown = {"prompt": prompt, "comment": comment, "summary": summary}
            print("  " + "\n  ".join(hostile.told(attack, log, shown)))
        pages = {"comment": comment, "summary": summary}
        pages |= {f"body of #{pull.number}": pull.issue.body or "" for pull in repairs(self.world)}
        plain = {"prompt": prompt, "output": "\n".join(self._lines)} | {
            f"output {name}": value for name, value in outputs.items()
        }
        found = list(hostile.live(pages, plain))
        self._headline("What of it is live")
        print(
            "  "
            + "\n  ".join(
                found
                or ["Nothing: no secret, no command, nothing hidden, nothing outside of code."]
            )
        )
        return not found

    def _judge(self, outcome: str, expected: str, code: int) -> bool:
        """Says how it ended. What an agent of one's own achieves is not for us to promise."""
        self._headline(f"Ended as `{outcome or 'nothing'}`, exit code {code}")
        if code == 0 and outcome == expected:
            return True
        if self.world.agent is None:
            print(f"  This is wrong: expected `{expected}`, exit code 0.")
            return False
        print(f"  The scripted agent of this story ends as `{expected}`; yours ended otherwise.")
        return code == 0

    def _newest_run(self) -> Mapping[str, Any]:
        return next(
            payload
            for name, payload in reversed(self.events)
            if name == "workflow_run"
            and payload["action"] == "completed"
            and payload["workflow_run"]["head_branch"] == self.world.story.branch
        )

    def _newest_comment(self) -> Mapping[str, Any]:
        return next(
            payload
            for name, payload in reversed(self.events)
            if name == "issue_comment" and payload["sender"]["login"] == PERSON
        )

    def _run_action(self, occasion: Occasion) -> tuple[int, dict[str, str], str]:
        """`python -m bot` with a runner's variables, its lines shown as they come."""
        self._turns += 1
        folder = self.world.root / f"runner-{self._turns}"
        folder.mkdir()
        event, output, summary = (folder / n for n in ("event.json", "output", "summary.md"))
        event.write_text(json.dumps(occasion.payload), encoding="utf-8")
        env = {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(Path(__file__).resolve().parent.parent.parent),
            "GITHUB_EVENT_NAME": occasion.event,
            "INPUT_TRIGGER": occasion.trigger,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_RUN_ID": "1",
            "GITHUB_WORKFLOW_REF": "acme/widgets/.github/workflows/coder-fix.yml@refs/heads/main",
            "INPUT_IDLE-SECONDS": "1",
            "INPUT_POLL-INTERVAL-SECONDS": "0.5",
            **self.world.inputs(),
        }
        code = self._watched(env, folder)
        text = summary.read_text(encoding="utf-8") if summary.exists() else ""
        return code, read_outputs(output), text

    def _watched(self, env: Mapping[str, str], folder: Path) -> int:
        """Run the bot there; its exit code."""
        patience = PATIENCE if self.world.agent is None else PATIENCE_WITH_AGENTS
        began = time.monotonic()
        with subprocess.Popen(
            [sys.executable, "-P", "-m", "bot"],
            env=dict(env),
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            timer = threading.Timer(patience, process.terminate)
            timer.start()
            for line in process.stdout or ():
                if not line.startswith(_NOISE):
                    self._lines.append(line.rstrip("\n"))
                    print(f"  {time.monotonic() - began:5.1f} s  {line.rstrip()}", flush=True)
            code = process.wait()
            timer.cancel()
        return code

    def _comment(self, number: int) -> str:
        comments = self.world.repository.state.pulls[number].issue.comments
        ours = [comment for comment in comments if comment.user.login != PERSON]
        return "\n\n".join(comment.body for comment in ours)

    def _written(self, files: Mapping[str, str]) -> None:
        if self.write is not None:
            self.write.mkdir(parents=True, exist_ok=True)
            for name, text in files.items():
                (self.write / name).write_text(text.rstrip("\n") + "\n", encoding="utf-8")

    def _headline(self, text: str) -> None:
        self._number += 1
        print(f"\n{_bold(f'{self._number}. {text}')}", flush=True)

    def _show(self, title: str, lines: list[str]) -> None:
        """Nothing for nothing: a run that is skipped tells no agent anything."""
        if not lines:
            return
        self._headline(title)
        for line in prompt_block([Untrusted(line) for line in lines]):
            print(f"  {line}".rstrip())


def read_outputs(path: Path) -> dict[str, str]:
    """What the step set, by the runner's own grammar: `NAME<<DELIMITER`, lines, DELIMITER."""
    values: dict[str, str] = {}
    lines = iter(path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else ())
    for line in lines:
        name, _, delimiter = line.partition("<<")
        held: list[str] = []
        for held_line in lines:
            if held_line == delimiter:
                break
            held.append(held_line)
        values[name] = "\n".join(held)
    return values


def _bold(text: str) -> str:
    colored = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    return f"\x1b[1m{text}\x1b[0m" if colored else text
