"""The conversation of a task: terminal text, wrapped at about 80 columns and padded. Pure."""

from __future__ import annotations

from typing import Any

from bot.adapters.backends.coder_wire import WireLogs, read


def conversation(data: Any, lines: int) -> tuple[str, ...]:
    """The last lines of all entries, without the padding of the terminal."""
    texts = [
        line.rstrip()
        for entry in read(WireLogs, data).logs
        for line in entry.content.splitlines()
        if line.strip()
    ]
    return tuple(texts[-lines:])


def last_input_is(data: Any, text: str) -> bool:
    """Whether `text` is the last thing said to the agent; white space is the terminal's affair."""
    said = [entry.content for entry in read(WireLogs, data).logs if entry.type == "input"]
    return bool(said) and _bare(said[-1]) == _bare(text)


def _bare(text: str) -> str:
    return "".join(text.split())
