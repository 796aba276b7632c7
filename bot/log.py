"""What the process tells while it works: lines for people, or JSON with `LOG_FORMAT=json`.

Everything is rendered as outside text is, for some of our sentences quote it, and printed by the
runner, which defuses commands.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import cached_property
from typing import Any, Protocol

Event = MutableMapping[str, Any]


class Printer(Protocol):
    """Where lines go."""

    def say(self, text: str) -> None:
        """Print the lines, harmless for the runner."""


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
        level = event.pop("level", "info")
        values = " ".join(f"{k}={v}" for k, v in event.items())
        return f"{'debug: ' if level == 'debug' else ''}{text}{' ' if values else ''}{values}"

    processors: list[Any] = [structlog.processors.add_log_level, rendered]
    if as_json:
        processors.append(structlog.processors.TimeStamper(fmt="iso", utc=True))
        processors.append(structlog.processors.JSONRenderer())
    else:
        processors.append(plain)
    return structlog.wrap_logger(
        _Lines(printer),
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(10 if debug else 20),
    )


class _Lines:
    """The logger below structlog: each message is one call of the printer."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer

    def msg(self, message: str) -> None:
        self._printer.say(message)

    debug = info = warning = error = msg
