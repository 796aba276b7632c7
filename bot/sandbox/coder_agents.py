"""What works inside a workspace: a command as a real process, a scripted agent, or a test's hand.

A command gets the text to work on at its standard input and as `CODER_TASK_PROMPT`; each line that
it prints is a line of the conversation; exit code 0 is `complete`, any other `failure`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.sandbox.coder_timeline import Timeline

# One environment string holds 128 KiB on Linux; standard input has no such limit.
_ENVIRONMENT_LIMIT = 131_000


class Run(Protocol):
    """One turn of an agent, under way."""

    def stop(self) -> None:
        """End it at once; nothing is heard of it afterwards."""

    def wait(self, timeout: float) -> None:
        """Wait for a real process to end; `TimeoutError` if it does not. Never under the lock."""


class Listener(Protocol):
    """Who hears what an agent says and does during one turn."""

    def said(self, text: str) -> None:
        """A line of the conversation."""

    def reported(self, state: str, message: str, uri: str, *, via_tool: bool) -> None:
        """A self-report: working, complete or failure."""

    def ended(self, exit_code: int) -> None:
        """The command is over; a scripted agent has no exit code and calls `quieted`."""

    def quieted(self) -> None:
        """The agent has nothing more to do: finished, asking or blocked."""

    def silent(self) -> None:
        """The agent works on, but its screen stands still."""

    def died(self) -> None:
        """The agent's process is gone without a word."""


class Agent(Protocol):
    """Something that can work on a text in a workspace."""

    def start(self, text: str, workspace: Path, listener: Listener) -> Run:
        """Begin a turn in `workspace/work`."""


@dataclass(frozen=True, slots=True)
class Say:
    """A scripted agent prints a line."""

    text: str


@dataclass(frozen=True, slots=True)
class Work:
    """A scripted agent is busy for that long."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Silence:
    """A scripted agent works that long without a sign: a task looks idle in the middle of it."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """A scripted agent reports: `working`, `complete` or `failure`.

    Through Coder's MCP tool a message above 160 bytes is refused and lost; with `via_tool` False
    (the old PATCH of `app-status`) the idle that follows has no text.
    """

    state: str
    message: str = ""
    uri: str = ""
    via_tool: bool = True

    def __post_init__(self) -> None:
        if self.state not in {"working", "complete", "failure"}:
            raise ValueError(f"an agent reports working, complete or failure, not {self.state}")


@dataclass(frozen=True, slots=True)
class Die:
    """A scripted agent's process ends without a word."""


Step = Say | Work | Silence | Report | Die
Script = Callable[[str, Path], Iterable[Step]]


class ScriptedAgent:
    """Runs a Python callable: it yields steps, and acts on the workspace between them.

    It is called under the sandbox's lock, so it must not send requests to this sandbox.
    """

    def __init__(self, script: Script, timeline: Timeline) -> None:
        self._script = script
        self._timeline = timeline

    def start(self, text: str, workspace: Path, listener: Listener) -> Run:
        """Begin; steps up to the first `Work` happen at once."""
        run = _ScriptedRun(iter(self._script(text, workspace / "work")), listener, self._timeline)
        self._timeline.after(0, run.go_on)
        return run


class _ScriptedRun:
    def __init__(self, steps: Iterator[Step], listener: Listener, timeline: Timeline) -> None:
        self._steps = steps
        self._listener = listener
        self._timeline = timeline
        self._stopped = False

    def stop(self) -> None:
        self._stopped = True

    def wait(self, timeout: float) -> None:
        """A script has no time of its own."""

    def go_on(self) -> None:
        while not self._stopped:
            step = next(self._steps, None)
            match step:
                case Say(text):
                    self._listener.said(text)
                case Report(state, message, uri, via_tool):
                    self._listener.reported(state, message, uri, via_tool=via_tool)
                case Work(seconds):
                    self._timeline.after(seconds, self.go_on)
                    return
                case Silence(seconds):
                    self._listener.silent()
                    self._timeline.after(seconds, self.go_on)
                    return
                case Die():
                    self._stopped = True
                    self._listener.died()
                case None:
                    self._stopped = True
                    self._listener.quieted()


class ManualAgent:
    """Does nothing by itself: the test says what is reported, and when."""

    def start(self, text: str, workspace: Path, listener: Listener) -> Run:
        """Begin a turn that only the test can end."""
        del text, workspace, listener
        return _Nothing()


class _Nothing:
    def stop(self) -> None:
        """There is nothing to end."""

    def wait(self, timeout: float) -> None:
        """There is nothing to wait for."""


class CommandAgent:
    """Runs a command in the workspace, for each turn anew: a shell line, or an argument list."""

    def __init__(
        self, command: str | Sequence[str], environment: Mapping[str, str], lock: threading.RLock
    ) -> None:
        self.argv = ["/bin/sh", "-c", command] if isinstance(command, str) else list(command)
        self._environment = environment
        self._lock = lock

    def start(self, text: str, workspace: Path, listener: Listener) -> Run:
        """Start the process; its output is heard from a thread, under the sandbox's lock."""
        home = workspace / "home"
        home.mkdir(parents=True, exist_ok=True)
        (workspace / "work").mkdir(exist_ok=True)
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(home),
            "LANG": "C.UTF-8",
            **self._environment,
        }
        if len(text.encode()) < _ENVIRONMENT_LIMIT:
            environment["CODER_TASK_PROMPT"] = text
        prompt = workspace / "prompt.txt"
        prompt.write_text(text, encoding="utf-8")
        run = _CommandRun(listener, self._lock)
        run.start(self.argv, environment, workspace / "work", prompt)
        return run


class _CommandRun:
    def __init__(self, listener: Listener, lock: threading.RLock) -> None:
        self._listener = listener
        self._lock = lock
        self._stopped = False
        self._over = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None

    def wait(self, timeout: float) -> None:
        if not self._over.wait(timeout):
            raise TimeoutError(f"the agent's command still runs after {timeout} s")

    def start(
        self, argv: Sequence[str], environment: Mapping[str, str], work: Path, prompt: Path
    ) -> None:
        try:
            with prompt.open("rb") as text, (prompt.parent / "agent.log").open("ab") as log:
                self._process = subprocess.Popen(
                    argv,
                    stdin=text,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    cwd=work,
                    env=dict(environment),
                    start_new_session=True,
                )
        except OSError as error:
            self._listener.said(f"{argv[0]}: {error.strerror}")
            self._listener.ended(127)
            self._over.set()
            return
        threading.Thread(target=self._watch, args=(self._process,), daemon=True).start()

    def stop(self) -> None:
        self._stopped = True
        if self._process:
            _end_group(self._process)
            self._process.wait(timeout=10)

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        reader = threading.Thread(target=self._read, args=(process,), daemon=True)
        reader.start()
        code = process.wait()
        # A child left behind may hold the pipe open: what it says late is not waited for.
        reader.join(timeout=0.2)
        _end_group(process)
        reader.join()
        with self._lock:
            if not self._stopped:
                self._stopped = True
                self._listener.ended(code)
        self._over.set()

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdout is None:
            return
        with process.stdout as lines:
            for line in lines:
                with self._lock:
                    if not self._stopped:
                        self._listener.said(line.decode(errors="replace").rstrip("\r\n"))


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and all that it started; its group outlives it only with children left."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    except PermissionError:
        # macOS says so for a group whose only member is a zombie.
        return
