"""Listens while a run goes on. Facts are immutable, so that keeping them costs a reference."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot import __version__
from bot.bundle.bundle import Bundle, Decided, Record, Ruled, Told
from bot.bundle.event import parts
from bot.bundle.overheard import overheard
from bot.bundle.replay import raised
from bot.decide import Decision
from bot.decide.commands import Ruling
from bot.decide.snapshot import Snapshot
from bot.model import Event, Outcome, Request, TimelineEntry
from bot.policy import Policy
from bot.ports import AgentBackend, Clock
from bot.untrusted import Untrusted


@dataclass(slots=True)
class _Growing:
    """The record of one request, as long as it grows."""

    recording: Recording
    number: int
    request: Request
    policy: Policy
    decisions: list[Decided] = field(default_factory=list)

    def decided(self, facts: Snapshot, answer: Decision | Exception, *, glance: bool) -> None:
        told = raised(answer) if isinstance(answer, Exception) else answer
        self.decisions.append(Decided(self.recording.elapsed, facts, told, glance))
        self.recording.latest = self


class Recording:
    """Implements `bot.ports.Recorder`. A run's end may look at it from another thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began = clock.monotonic()
        self._event = Event("", {})
        self._records: list[_Growing] = []
        self._told: list[Told] = []
        self._rulings: list[Ruled] = []
        self.latest: _Growing | None = None

    @property
    def elapsed(self) -> float:
        """Seconds since the recording began."""
        return round(self._clock.monotonic() - self._began, 3)

    def event(self, event: Event) -> None:
        """What started the run."""
        self._event = event

    def begin(self, request: Request, policy: Policy) -> _Growing:
        """The record of what is decided about that one from now on."""
        record = _Growing(self, len(self._records), request, policy)
        self._records.append(record)
        return record

    def ruled(self, ruling: Ruling) -> None:
        """What was made of a comment, or of one of its commands."""
        self._rulings.append(Ruled(self.elapsed, ruling))

    def told(self, session: str, text: str, *, sent: bool = True) -> None:
        """A prompt, which belongs to the decision before it."""
        latest = self.latest
        record, after = (latest.number, len(latest.decisions)) if latest else (0, 0)
        self._told.append(Told(self.elapsed, record, after, session, Untrusted(text), sent=sent))

    def ended(
        self,
        outcome: Outcome,
        timeline: tuple[TimelineEntry, ...],
        items: tuple[Outcome, ...] = (),
    ) -> Bundle:
        """Everything so far. A request about which nothing was decided leaves no record."""
        kept = [record for record in tuple(self._records) if record.decisions]
        place = {record.number: n for n, record in enumerate(kept)}
        return Bundle(
            version=__version__,
            written=self._clock.now(),
            event=self._event.name,
            parts=parts(self._event),
            records=tuple(Record(r.request, r.policy, tuple(r.decisions)) for r in kept),
            told=tuple(_placed(told, place) for told in tuple(self._told)),
            timeline=timeline,
            outcome=outcome,
            items=items,
            duration=self.elapsed,
            rulings=tuple(self._rulings),
        )

    def overhearing(self, agent: AgentBackend) -> AgentBackend:
        """The same agent, each of whose prompts is kept."""
        return overheard(agent, self.told)


def _placed(told: Told, place: dict[int, int]) -> Told:
    return Told(
        told.at, place.get(told.record, 0), told.after, told.session, told.text, sent=told.sent
    )
