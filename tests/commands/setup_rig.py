"""`coder-fix setup` against a Coder of the sandbox, and what stands there after it."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bot import app
from bot.adapters.clock import SystemClock
from bot.sandbox.coder import SandboxCoder
from bot.sandbox.http import Fault, HttpRequest

ROOT = Path(__file__).resolve().parents[2]
GITHUB_TOKEN = "ghp_" + "s3cr3t" * 6
PATIENCE = 60.0
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
ADMIN = "owner"


@dataclass
class Ran:
    """How it ended and what it printed."""

    code: int
    stdout: str
    stderr: str

    @property
    def token(self) -> str:
        """The one line of standard output."""
        return self.stdout.strip()


@dataclass
class Rig:
    """One Coder, its administrator, and a machine on which the command is run."""

    coder: SandboxCoder
    home: Path
    env: dict[str, str] = field(default_factory=dict)

    @classmethod
    def make(cls, coder: SandboxCoder, home: Path, roles: tuple[str, ...] = (ADMIN,)) -> Rig:
        """With an administrator that has these roles."""
        _, token = coder.add_user("admin", roles=roles)
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "error",
            "CODER_URL": coder.url,
            "CODER_SESSION_TOKEN": token.text,
            "TF_VAR_github_token": GITHUB_TOKEN,
        }
        home.mkdir(exist_ok=True)
        return cls(coder, home, env)

    def run(self, *arguments: str, **more: str) -> Ran:
        """To its end, in this process: its entry, its variables, and no real pauses."""
        out, err = io.StringIO(), io.StringIO()
        with (
            patch.dict(os.environ, {k: v for k, v in (self.env | more).items() if v}, clear=True),
            patch.object(SystemClock, "sleep", lambda *_: None),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            try:
                code = app.main(["setup", *arguments])
            except SystemExit as ended:
                code = int(ended.code or 0)
        return Ran(code, out.getvalue(), err.getvalue())

    def process(self, *arguments: str) -> Ran:
        """To its end, as a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", "setup", *arguments],
            env=self.env, cwd=self.home, capture_output=True, text=True, timeout=PATIENCE,
            check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return Ran(done.returncode, done.stdout, done.stderr)

    def killed(self, nth: int, *, after: bool) -> bool:
        """Run it, and kill it at its `nth` write, before or after the effect; False without one."""
        process: list[subprocess.Popen[str]] = []
        started = threading.Event()

        def strike(_: HttpRequest) -> None:
            started.wait(PATIENCE)
            process[0].send_signal(signal.SIGKILL)
            process[0].wait(PATIENCE)
            raise Fault("killed", after_effect=after)

        hook = self.at_write(nth, strike)
        process.append(
            subprocess.Popen(
                [sys.executable, "-m", "bot", "setup"],
                env=self.env, cwd=self.home, text=True, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )
        )  # fmt: skip
        started.set()
        process[0].communicate(timeout=PATIENCE)
        self.coder.fault_hooks.remove(hook)
        return process[0].returncode == -signal.SIGKILL

    def at_write(
        self, nth: int, do: Callable[[HttpRequest], None]
    ) -> Callable[[HttpRequest], None]:
        """A hook for the `nth` request from now on that changes something."""
        seen = 0

        def hook(request: HttpRequest) -> None:
            nonlocal seen
            if is_write(request):
                seen += 1
                if seen == nth:
                    do(request)

        self.coder.fault_hooks.append(hook)
        return hook

    def writes(self) -> list[str]:
        """Method and path of everything that changed something, or tried."""
        asked = [exchange.request for exchange in self.coder.exchanges]
        return [f"{r.method} {r.path}" for r in asked if is_write(r)]

    def state(self) -> dict[str, Any]:
        """What stands, without what differs from run to run."""
        world = self.coder.world
        return {
            "users": [
                (u.username, u.login_type, u.service_account, u.member, sorted(u.org_roles))
                for u in world.users
            ],
            "templates": [
                (t.name, t.active.name, t.active.ai_task, [v.name for v in t.versions])
                for t in world.templates
            ],
            "tokens": [(t.user.username, t.name, t.last_used is not None) for t in world.tokens],
            "files": len(world.files),
        }

    def authenticates(self, token: str) -> bool:
        """Whether a token is one of the bot's."""
        return any(
            t.text == token and t.user.username == "ci-repair-bot" for t in self.coder.world.tokens
        )


def is_write(request: HttpRequest) -> bool:
    """Whether it changes something; asking for one's rights does not."""
    return request.method in WRITES and request.path != "/api/v2/authcheck"
