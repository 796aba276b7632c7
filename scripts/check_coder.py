"""Walk a Coder that you name from nothing to a session's end, and say what held.

    CODER_URL=https://… CODER_SESSION_TOKEN=… python scripts/check_coder.py [-- flags of setup]

The token is an administrator's, of a Coder meant for trying things. Asked is what tests ask of the
sandbox alone: that `setup` makes the bot's user, its role, its template and its token there, and
changes nothing the second time; that the template is found fit; that by that token a session is
started, found again, watched, paused and deleted.

`-- --no-template --template NAME` takes a template that is there already. The bot's user, role and
template stay; they are called `coder-fix-check` unless the flags say otherwise.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.adapters.backends import CoderOptions, connect  # noqa: E402 - after the path
from bot.adapters.clock import SystemClock  # noqa: E402
from bot.errors import BotError  # noqa: E402
from bot.identity import session_key  # noqa: E402
from bot.model import BackendName, Cleanup, Item, Session, SessionState, TargetKind  # noqa: E402
from bot.ports import AgentBackend  # noqa: E402
from bot.sanitize import to_prompt  # noqa: E402
from bot.untrusted import Untrusted  # noqa: E402

NAME = "coder-fix-check"
TITLE = "A trial of coder-fix"
PROMPT = "This is a trial of the set-up. Change nothing, and report that you are done."
SETTLED = frozenset({SessionState.IDLE, SessionState.BLOCKED, SessionState.FAILED})
LINES = 5


class NotSoError(Exception):
    """What was claimed does not hold."""


@dataclass(slots=True)
class Walk:
    """One Coder; the first step that fails ends it."""

    env: Mapping[str, str] = field(repr=False)
    backend: str
    patience: float
    poll: float

    def whole(self, flags: Sequence[str]) -> None:
        """Every step, in order."""
        parser = argparse.ArgumentParser(add_help=False)
        parser.add_argument("--username", default=NAME)
        parser.add_argument("--template", default=NAME)
        named, others = parser.parse_known_args(list(flags))
        asked = [*others, "--backend", self.backend]
        asked += ["--username", named.username, "--template", named.template]
        self.verb("the plan is shown", "setup", "--dry-run", *asked)
        token = self.verb("user, role, template and token", "setup", "--renew-token", *asked)
        _held("one token on standard output", len(token.split()) == 1)
        again = self.verb("the same once more", "setup", *asked)
        _held("nothing was made the second time", not again.strip())
        self.verb("the template is fit", "setup", "--check", named.template)
        self.session(token.strip(), named.template)

    def verb(self, what: str, *argv: str) -> str:
        """What `coder-fix …` gave to standard output; what it told people is seen as it comes."""
        _tell(f"\n$ coder-fix {' '.join(argv)}")
        command = [sys.executable, "-m", "bot", *argv]
        ended = subprocess.run(
            command, cwd=ROOT, env=self.env, stdout=subprocess.PIPE, text=True, check=False
        )
        if "--dry-run" in argv:
            _tell(ended.stdout.rstrip())
        _held(f"{what} (exit code {ended.returncode})", ended.returncode == 0)
        return ended.stdout

    def session(self, token: str, template: str) -> None:
        """One session's life as a run would lead it, by the bot's own token."""
        options = CoderOptions(
            url=self.env["CODER_URL"],
            token=token,
            backend=None if self.backend == "auto" else BackendName(self.backend),
            template=template,
        )
        agent = connect(options, clock=SystemClock())
        # Another item each time: a task that was deleted holds its name for a while.
        key = session_key(Item(int(time.time()), TargetKind.PULL_REQUEST, "1"), 1)
        _tell("\nA session, by the bot's own token")
        _held("none of that name at first", agent.find(key) is None)
        session = agent.start(key, prompt=PROMPT, title=TITLE)
        _held(f"started by {session.backend}: {session.url}", session.created)
        again = agent.start(key, prompt=PROMPT, title=TITLE)
        _held("not started twice", again.id == session.id and not again.created)
        _held("listed", session.id in {one.id for one in agent.list(key.name)})
        session = self.settled(agent, session)
        for line in agent.logs(session, LINES):
            _tell(f"    | {_plain(line)}")
        _held(_plain(session.error) or "the agent took it up", not session.error.raw)
        agent.end(session, Cleanup.PAUSE)
        _held("at rest when paused", self.comes_to(agent, session, _rests))
        agent.end(session, Cleanup.DELETE)
        _held("gone when deleted", self.comes_to(agent, session, _is_gone))

    def settled(self, agent: AgentBackend, session: Session) -> Session:
        """As it is when the agent is done with its turn, or patience is at its end."""
        began, state = time.monotonic(), None
        while True:
            session, passed = agent.observe(session), time.monotonic() - began
            if session.state is not state:
                state = session.state
                _tell(f"{passed:6.0f} s  {state}  {_plain(session.message)}".rstrip())
            if state in SETTLED or passed > self.patience:
                return session
            time.sleep(self.poll)

    def comes_to(
        self, agent: AgentBackend, session: Session, wanted: Callable[[Session], bool]
    ) -> bool:
        """Whether it gets there while patience lasts."""
        began = time.monotonic()
        while not wanted(agent.observe(session)):
            if time.monotonic() - began > self.patience:
                return False
            time.sleep(self.poll)
        return True


def main(argv: Sequence[str]) -> int:
    """0 when all of it held."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--backend", choices=("auto", "tasks", "chats"), default="auto")
    parser.add_argument("--patience", type=float, default=600.0, help="seconds, for each wait")
    parser.add_argument("--poll", type=float, default=2.0, help="seconds between two looks")
    parser.add_argument("flags", nargs="*", help="flags of `coder-fix setup`, after --")
    given = parser.parse_args(argv)
    if missing := [n for n in ("CODER_URL", "CODER_SESSION_TOKEN") if not os.environ.get(n)]:
        parser.error(f"{' and '.join(missing)} must be set")
    walk = Walk(dict(os.environ), given.backend, given.patience, given.poll)
    try:
        walk.whole(given.flags)
    except NotSoError as claim:
        _tell(f"\ncheck-coder: not so: {claim}")
        return 1
    except BotError as failure:
        _tell(f"\ncheck-coder: {failure}")
        return 1
    _tell("\ncheck-coder: all of it held")
    return 0


def _held(claim: str, so: object) -> None:
    _tell(f"{'✓' if so else '✗'} {claim}")
    if not so:
        raise NotSoError(claim)


def _rests(now: Session) -> bool:
    """A task's workspace is stopped; a chat only has nothing to do."""
    at_work = now.state in {SessionState.PENDING, SessionState.WORKING}
    return now.paused or (now.backend is BackendName.CHATS and not at_work)


def _is_gone(now: Session) -> bool:
    """A chat cannot be deleted: it is in the archive, which reads as paused."""
    archived = now.backend is BackendName.CHATS and now.paused
    return archived or now.state is SessionState.GONE


def _plain(text: Untrusted) -> str:
    return to_prompt(text, limit=160) if text.raw else ""


def _tell(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
