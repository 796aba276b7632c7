"""A strict sandbox with one backend on it, whose agent the test plays by hand."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.adapters.backends import CoderOptions, connect
from bot.model import BackendName, Session, SessionKey
from bot.ports import AgentBackend
from bot.sandbox.coder import SandboxCoder
from bot.sandbox.http import Fault, HttpRequest
from tests.adapters.backends.stand_ins import FakeClock
from tests.coder_fixtures import START, CoderFactory

KEY = SessionKey("cf-0123abcd-0123456789ab-1", (("coder-fix/item", "0123456789ab"),))

NOBODY = "11111111-1111-4111-8111-111111111111"
"""The id of no session."""

SERVED: dict[str, tuple[BackendName | None, dict[str, str]]] = {
    "tasks-v2": (BackendName.TASKS, {"version": "v2.36.0", "tasks": "v2", "chats": "off"}),
    "tasks-experimental": (
        BackendName.TASKS,
        {"version": "v2.28.0", "tasks": "experimental", "chats": "off"},
    ),
    "chats-v2": (BackendName.CHATS, {"version": "v2.37.0", "tasks": "off", "chats": "v2"}),
    "chats-experimental": (
        BackendName.CHATS,
        {"version": "v2.36.0", "tasks": "off", "chats": "experimental"},
    ),
    "sandbox": (None, {}),
}


@dataclass
class Target:
    """One Coder with one backend on it, and the agent's part by hand."""

    coder: SandboxCoder
    name: BackendName
    options: CoderOptions
    clock: FakeClock
    backend: AgentBackend = field(init=False)

    def __post_init__(self) -> None:
        self.backend = self.another_process()

    @property
    def is_tasks(self) -> bool:
        """Whether sessions are tasks."""
        return self.name is BackendName.TASKS

    @property
    def reports_count(self) -> bool:
        """Whether Coder tells `complete` from `working` (v2.31.1; chats always)."""
        return self.coder.version != "v2.28.0"

    def another_process(self) -> AgentBackend:
        """A backend that remembers nothing."""
        return connect(self.options, clock=self.clock)

    def start(self, prompt: str = "Repair it.") -> Session:
        """A session with an agent that works."""
        session = self.backend.start(KEY, prompt=prompt, title="CI repair")
        self.coder.advance(1)
        return self.backend.observe(session)

    def agent_says(self, session: Session, text: str) -> None:
        """The agent ends its turn with that text."""
        if self.is_tasks:
            self.coder.tasks.report(session.name, "complete", text)
            self.coder.advance(1)
            self.coder.tasks.report(session.name, "idle")
        else:
            self.coder.chats.answer(session.id, text)
        self.coder.advance(1)

    def agent_fails(self, session: Session) -> None:
        """The agent is gone for good."""
        if self.is_tasks:
            self.coder.tasks.named(session.name).died()
        else:
            self.coder.chats[session.id].fail("The provider refused the key.")
        self.coder.advance(60)

    def finished(self, text: str = "Done.") -> Session:
        """A session whose first turn is over."""
        session = self.start()
        self.agent_says(session, text)
        return self.backend.observe(session)

    def requests(self, *methods: str) -> list[str]:
        """Method and path of each request so far."""
        wanted = methods or ("GET", "POST", "PATCH", "DELETE")
        sent = [exchange.request for exchange in self.coder.exchanges]
        return [f"{r.method} {r.path}" for r in sent if r.method in wanted]

    def sessions(self) -> int:
        """How many sessions there are in Coder that were not put away."""
        if self.is_tasks:
            return len(list(self.coder.tasks))
        return len([chat for chat in self.coder.chats if not chat.archived])

    def fault(self, fault: Fault, when: Callable[[HttpRequest], bool], times: int = 1) -> None:
        """Raise `fault` for the first requests for which `when` holds."""
        left = [times]

        def hook(request: HttpRequest) -> None:
            if left[0] and when(request):
                left[0] -= 1
                raise fault

        self.coder.fault_hooks.append(hook)


def is_create(request: HttpRequest) -> bool:
    """The call that makes a session."""
    last = request.path.rsplit("/", 1)[-1]
    return request.method == "POST" and last in {"me", "chats"}


def make_target(coder_sandbox: CoderFactory, name: BackendName | None, **served: Any) -> Target:
    """A target on a new sandbox."""
    # A microsecond for each look at the clock: real servers give no two sessions one time stamp.
    ticks = itertools.count()
    coder = coder_sandbox(now=lambda: START + timedelta(microseconds=next(ticks)), **served)
    _, token = coder.add_user("ci-repair-bot")
    template = "" if name is BackendName.CHATS else "ci-repair"
    coder.add_template("ci-repair", presets=["Small", "Large"], default_preset="Large")
    options = CoderOptions(coder.url, token.text, backend=name, template=template)
    clock = FakeClock(coder.advance)
    return Target(coder, name or BackendName.TASKS, options, clock)
