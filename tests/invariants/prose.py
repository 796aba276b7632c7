"""The invariant of control: what people and agents write moves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from tests.invariants.capture import Capture


def prose_moves_nothing(capture: Capture) -> Iterator[str]:
    """26: no request's address, and no output that steers a workflow, holds outside text.

    That the same calls follow whatever a log or an agent says takes two runs of one story:
    `tests/faults/test_nothing_twice.py::test_prose_changes_nothing`.
    """
    for sent in capture.ours:
        address = unquote(sent.exchange.request.url)
        if piece := next((p for p in capture.outside if p in address), ""):
            yield f"{sent.method} {address}: {piece!r}"
    for run in capture.runs:
        for name in ("outcome", "skip-reason", "pull-request-branch", "verified", "session-id"):
            value = run.outputs.get(name, "")
            if any(piece in value for piece in capture.outside):
                yield f"run {run.number}: `{name}` is {value[:80]!r}"
