"""Time in the loop: deadlines, adaptive pauses, outages survived, a line of progress."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.decide.snapshot import ItemState
from bot.errors import UpstreamError
from bot.model import TimelineEntry
from bot.policy import Policy
from bot.ports import Clock, Narrator

QUIET = 60.0
"""Seconds after which a wait says that it still waits."""

OUTAGE = 900.0
"""Seconds of failing reads that a wait survives."""

FIRST_PAUSE = 0.5
GROWTH = 1.6
LAST_WAIT = 5.0
"""Seconds beyond all deadlines together for which a run still waits."""


@dataclass(slots=True)
class Watch:
    """Keeps the monotonic times of one run."""

    clock: Clock
    narrator: Narrator
    policy: Policy
    began: float = 0.0
    timeline: list[TimelineEntry] = field(default_factory=list)
    _pause: float = FIRST_PAUSE
    _said: str = ""
    _said_at: float = 0.0
    _heads: set[str] = field(default_factory=set)
    _trouble_since: float | None = None

    def __post_init__(self) -> None:
        self.began = self.clock.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return self.clock.monotonic() - self.began

    @property
    def is_over(self) -> bool:
        """Whether the bound on the whole has passed, whatever the servers do."""
        return self._left <= 0

    @property
    def _left(self) -> float:
        """Seconds until then. What is done at the end has the rest of the ten that are granted."""
        each = self.policy.wait_timeout + self.policy.verify_timeout
        return each * self.policy.max_attempts + LAST_WAIT - self.elapsed

    def note(self, text: str, url: str = "") -> None:
        """A line of the timeline, told at once; the address stands elsewhere in a summary."""
        self.timeline.append(TimelineEntry(self.elapsed, f"{text}."))
        self.narrator.tell(f"{text}: {url}" if url else f"{text}.")
        self._pause = FIRST_PAUSE

    def saw_head(self, head: str, state: ItemState | None) -> None:
        """A push of the agent is a line of the timeline, once."""
        known = {a.head for a in state.attempts} if state else set()
        if head and head not in known | self._heads:
            first = state is not None and head == state.evidence_sha
            self._heads.add(head)
            if not first:
                self.note(f"The branch is at `{head[:7]}`")

    def pause(self, reason: str) -> None:
        """Sleep a little longer each time, up to the poll interval; progress is told."""
        if reason != self._said:
            self._pause = FIRST_PAUSE
            self._tell(reason)
        now, wanted = self.clock.monotonic(), min(self._pause, self.policy.poll_interval)
        until = now + (min(wanted, self._left) if self._left > 0 else wanted)
        while (now := self.clock.monotonic()) < until:
            if now >= self._said_at + QUIET:
                self._tell(f"{reason} ({round(self.elapsed)} s)", key=reason)
            self.clock.sleep(min(until, self._said_at + QUIET) - now)
        self._pause = min(self._pause * GROWTH, self.policy.poll_interval)

    def _tell(self, text: str, *, key: str = "") -> None:
        self.narrator.tell(text)
        self._said, self._said_at = key or text, self.clock.monotonic()

    def trouble(self, failure: UpstreamError) -> None:
        """A read failed during a wait: go on for a while, or raise it for good."""
        lasting = failure.status in {400, 401, 403, 404, 409, 422}
        now = self.clock.monotonic()
        if self._trouble_since is None:
            self._trouble_since = now
        if lasting or now - self._trouble_since > OUTAGE:
            raise failure
        self.pause(f"{failure.message} Waiting for it to come back.")

    def fine(self) -> None:
        """A read succeeded."""
        self._trouble_since = None
