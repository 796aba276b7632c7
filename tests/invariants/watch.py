"""Watches a scenario and, when it is over, holds it to every invariant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.sandbox.coder import SandboxCoder
from bot.sandbox.github import SandboxGitHub
from bot.sandbox.github_handle import SandboxRepository
from bot.sandbox.http import Exchange
from bot.sanitize import clean
from tests.invariants.audit import a_thread_of_the_product, deeds
from tests.invariants.capture import Capture, Comment, Deed, Pull, Ran, Sent
from tests.scenarios.story_clock import StoryClock
from tests.security.inertness import CANARY

_STAMP = re.compile(r"\A\ufeff?\d{4}-\d\d-\d\dT[\d:.]+Z ")
_PROSE = frozenset({"title", "body", "message", "display_title", "text", "content"})
_TELLING = 20
"""Characters from which on a line with a blank in it is nobody else's."""
_HEAD = 60
"""Characters of such a line that are looked for: its end may be cut off where it is shown."""
_MOST = 400
_TOKEN = 16
"""Characters of a token; what is shorter is a bad input."""


@dataclass(slots=True)
class Watch:
    """One scenario as it happens. `secrets` are the tokens of both servers."""

    github: SandboxGitHub
    coder: SandboxCoder
    clock: StoryClock
    bot: str
    secrets: dict[str, str]
    runs: list[Ran] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    _running: int = 0
    _polls: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for server in (self.github, self.github.blobs, self.coder):
            server.observers.append(self._observe)
        self.clock.on_sleep.append(self._polled)

    def _observe(self, exchange: Exchange) -> None:
        self.sent.append(Sent(exchange, self._running, self.clock.passed))

    def _polled(self, _seconds: float) -> None:
        self._polls[self._running] = self._polls.get(self._running, 0) + 1

    @contextmanager
    def run(self, number: int) -> Iterator[list[Deed]]:
        """A run of the action: its deeds are those of the block."""
        outer = self._running, self.clock.world_moves
        # A run may begin while another one sleeps.
        self._running, self.clock.world_moves = number, False
        self._polls[number] = 0

        def is_ours() -> bool:
            mine = self._running == number and not self.clock.world_moves
            return mine and a_thread_of_the_product()

        try:
            with deeds(is_ours) as done:
                yield done
        finally:
            self._running, self.clock.world_moves = outer

    def ended(
        self,
        number: int,
        event: tuple[str, Any],
        variables: Mapping[str, str],
        told: tuple[int, str, str],
        done: tuple[float, list[Deed]],
    ) -> None:
        """What that run left: its code, stdout and stderr; when it began, and its deeds."""
        for kind in ("github-token", "coder-token"):
            value = variables.get(f"INPUT_{kind.upper()}", "")
            if len(value) >= _TOKEN and value not in self.secrets.values():
                self.secrets[f"{kind} of run {number}"] = value
        folder = Path(variables["GITHUB_OUTPUT"]).parent
        output, summary = Path(variables["GITHUB_OUTPUT"]), folder / "summary.md"
        self.runs.append(
            Ran(
                number,
                *event,
                {k: v for k, v in variables.items() if k.startswith("INPUT_")},
                frozenset(v for k, v in variables.items() if k.endswith(("_URL", "-URL"))),
                str(folder),
                told[0],
                output.read_text() if output.exists() else "",
                summary.read_text() if summary.exists() else "",
                told[1],
                told[2],
                done[0],
                self.clock.passed,
                self._polls[number],
                tuple(done[1]),
            )
        )

    def capture(self, repository: SandboxRepository) -> Capture:
        """Everything, now that it is over."""
        state, bots = repository.state, self._bots()
        comments = [
            Comment(c.id, issue.number, c.user.login, c.body)
            for issue in state.issues.values()
            for c in issue.comments
        ]
        pulls = [
            Pull(
                pull.number,
                pull.issue.user.login,
                pull.head.full_name,
                pull.head_ref,
                pull.head_sha,
            )
            for pull in state.pulls.values()
        ]
        return Capture(
            tuple(self.runs),
            tuple(self.sent),
            tuple(comments),
            tuple(pulls),
            dict(self.secrets),
            tuple(dict.fromkeys(self._outside(bots))),
            bots,
            repository.full_name,
        )

    def _bots(self) -> frozenset[str]:
        """Our logins: that of the agent, and whose token the runs were given."""
        tokens = (v for k, v in self.secrets.items() if k.startswith("github-token"))
        grants = (self.github.tokens.authenticate(f"Bearer {token}") for token in tokens)
        apps = (f"{app.slug}[bot]" for app in self.github.tokens.apps.values())
        return frozenset({self.bot, *apps, *(grant.login for grant in grants if grant)})

    def _outside(self, bots: frozenset[str]) -> Iterator[str]:
        """Telling pieces of what others wrote, as far as a run was given it."""
        yield CANARY
        found = (line for sent in self.sent if sent.run for line in self._lines(sent, bots))
        pieces = (_STAMP.sub("", clean(line)).strip()[:_HEAD].strip() for line in found)
        telling = (p for p in dict.fromkeys(pieces) if len(p) >= _TELLING and " " in p)
        yield from (piece for piece, _ in zip(telling, range(_MOST), strict=False))

    def _lines(self, sent: Sent, bots: frozenset[str]) -> Iterator[str]:
        body = sent.exchange.response.body
        if sent.status not in {200, 201}:
            return
        if sent.server == "blobs" and isinstance(body, bytes) and not body.startswith(b"PK"):
            yield from body.decode(errors="replace").splitlines()
        elif sent.method == "GET":
            yield from _prose(sent.answer, bots)


def _prose(told: Any, bots: frozenset[str], key: str = "") -> Iterator[str]:
    """Titles, bodies and messages; not those that we or the product's servers wrote."""
    if isinstance(told, list):
        for part in told:
            yield from _prose(part, bots, key)
    elif isinstance(told, dict):
        user = told.get("user")
        is_ours = isinstance(user, dict) and user.get("login") in bots
        is_prompt = told.get("role") == "user" or told.get("type") == "input"
        if not (is_ours or is_prompt):
            for name, part in told.items():
                yield from _prose(part, bots, name)
    elif isinstance(told, str) and key in _PROSE:
        yield from told.splitlines()
