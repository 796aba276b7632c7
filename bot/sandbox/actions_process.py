"""A step's script as a real process, its output line by line, its end by exit, time or cancel."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


def base_environment(home: Path) -> dict[str, str]:
    """What a step inherits from this machine: the tools on the path and nothing of the user's.

    The interpreter that runs the sandbox comes first, so that `python` is always there.
    """
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {
        "PATH": tools,
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "CI": "true",
        "GIT_CONFIG_NOSYSTEM": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def shell_path(shell: Sequence[str]) -> str:
    """The shell's line in the log, with its full path as the runner prints it."""
    return " ".join([shutil.which(shell[0]) or shell[0], *shell[1:]])


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended. `timed_out` and `killed` are not the script's own doing."""

    exit_code: int
    timed_out: bool = False


class StepProcess:
    """One running script in a process group of its own, so that all of it can be ended."""

    def __init__(self, command: Sequence[str], *, directory: Path, env: Mapping[str, str]) -> None:
        self._timed_out = False
        self._process = subprocess.Popen(
            list(command),
            cwd=directory,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def follow(self, line: Callable[[str], None], seconds: float) -> Ended:
        """Hand over each line that it prints until it ends, or end it after `seconds`."""
        timer = threading.Timer(seconds, self._time_out)
        timer.daemon = True
        timer.start()
        stdout = self._process.stdout
        if stdout is not None:
            with stdout:
                for raw in stdout:
                    line(raw.rstrip(b"\n").decode(errors="surrogateescape"))
        code = self._process.wait()
        timer.cancel()
        self.kill()
        # A shell reports a child's signal as 128 + n; do the same for its own.
        return Ended(128 - code if code < 0 else code, self._timed_out)

    def kill(self) -> None:
        """End it and everything that it started."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def _time_out(self) -> None:
        self._timed_out = True
        self.kill()
