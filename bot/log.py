"""What the process tells while it works: lines for people, or JSON with `LOG_FORMAT=json`.

Everything is rendered as outside text is, for some of our sentences quote it, and printed by the
runner, which defuses commands.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import cached_property
from typing import Any, Protocol

from bot.decide import Decision
from bot.decide.commands import Admission, Ruling
from bot.decide.snapshot import Snapshot
from bot.decide.steps import Read
from bot.model import Item, Request
from bot.policy import Policy
from bot.ports import Record, Recorder

Event = MutableMapping[str, Any]


class Printer(Protocol):
    """Where lines go."""

    def say(self, text: str) -> None:
        """Print the lines, harmless for the runner."""

    def debug(self, text: str) -> None:
        """Print the lines as debugging ones."""


class StructuredNarrator:
    """Implements `bot.ports.Narrator` over structlog, which is loaded for the first line.

    That comes when the session runs, so the loading delays nobody.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    @cached_property
    def _logger(self) -> Any:
        return self._make()

    def tell(self, text: str) -> None:
        """One line of progress."""
        self._logger.info(text)

    def detail(self, event: str, **values: object) -> None:
        """A line for debugging: a dotted event name and its values."""
        self._logger.debug(event, **values)


class DebugLog:
    """What a run asks and decides, a debugging line for each: no body, no query, no header."""

    def __init__(self, narrator: StructuredNarrator) -> None:
        self._narrator = narrator

    def exchanged(self, method: str, path: str, status: int, seconds: float) -> None:
        """Implements `bot.ports.Exchanged`."""
        self._narrator.detail(
            "http", method=method, path=path, status=status, ms=round(seconds * 1000)
        )

    def before(self, recorder: Recorder) -> Recorder:
        """That recorder, with a line before each decision that it is told of."""
        return _Told(recorder, self._narrator)


class _Told:
    """Implements `bot.ports.Recorder`."""

    def __init__(self, recorder: Recorder, narrator: StructuredNarrator) -> None:
        self._recorder = recorder
        self._narrator = narrator

    def begin(self, request: Request, policy: Policy) -> Record:
        """Of one request."""
        return _ToldRecord(self._recorder.begin(request, policy), self._narrator)

    def ruled(self, ruling: Ruling) -> None:
        """The author's right and the word of a refusal, or a verb and what is done for it."""
        if isinstance(ruling, Admission):
            refused = ruling.refused
            word = refused.skip_reason or refused.kind if refused else None
            told = {"permission": ruling.now.permission, "refused": word.value if word else "no"}
            self._narrator.detail("admission", **told)
        else:
            verb, response = ruling.command.verb.value, ruling.response.value
            self._narrator.detail("following", verb=verb, response=response)
        self._recorder.ruled(ruling)


class _ToldRecord:
    """Implements `bot.ports.Record`."""

    def __init__(self, record: Record, narrator: StructuredNarrator) -> None:
        self._record = record
        self._narrator = narrator

    def decided(self, facts: Snapshot, answer: Decision | Exception, *, glance: bool) -> None:
        """The item, the row and its step; of a step that reads, what it reads."""
        self._narrator.detail("decided", **_in_short(facts, answer), glance=glance)
        self._record.decided(facts, answer, glance=glance)


def _in_short(facts: Snapshot, answer: Decision | Exception) -> dict[str, str]:
    item = facts.item.name if isinstance(facts.item, Item) else "unknown"
    if isinstance(answer, Exception):
        return {"item": item, "raised": type(answer).__name__}
    told = {"item": item, "row": answer.row, "step": type(answer.step).__name__.lower()}
    if isinstance(answer.step, Read):
        told["facts"] = ",".join(facet.value for facet in answer.step.facets)
    return told


class Forewarned:
    """Implements `bot.ports.Narrator`: a note stands before the first line of another one.

    That line comes when something begins, so a run that begins nothing is spared the note.
    """

    def __init__(self, narrator: StructuredNarrator, note: Callable[[], str]) -> None:
        self._narrator = narrator
        self._note: Callable[[], str] | None = note

    def tell(self, text: str) -> None:
        """The note, where there is one, then the line."""
        if self._note is not None:
            note, self._note = self._note(), None
            if note:
                self._narrator.tell(note)
        self._narrator.tell(text)


def narrator(
    printer: Printer, render: Callable[[str], str], *, as_json: bool = False, debug: bool = False
) -> StructuredNarrator:
    """Give the one narrator of the process."""
    return StructuredNarrator(lambda: _logger(printer, render, as_json=as_json, debug=debug))


def _logger(printer: Printer, render: Callable[[str], str], *, as_json: bool, debug: bool) -> Any:
    import structlog

    def rendered(_logger: object, _method: str, event: Event) -> Event:
        return {k: render(v) if isinstance(v, str) else v for k, v in event.items()}

    def plain(_logger: object, _method: str, event: Event) -> str:
        text = str(event.pop("event"))
        event.pop("level", "")
        values = " ".join(f"{k}={v}" for k, v in event.items())
        return f"{text}{' ' if values else ''}{values}"

    processors: list[Any] = [structlog.processors.add_log_level, rendered]
    if as_json:
        processors.append(structlog.processors.TimeStamper(fmt="iso", utc=True))
        processors.append(structlog.processors.JSONRenderer())
    else:
        processors.append(plain)
    return structlog.wrap_logger(
        _Lines(printer, printer.say if as_json else printer.debug),
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(10 if debug else 20),
    )


class _Lines:
    """The logger below structlog: each message is one call of the printer."""

    def __init__(self, printer: Printer, debug: Callable[[str], None]) -> None:
        self._printer = printer
        self.debug = debug

    def info(self, message: str) -> None:
        self._printer.say(message)
