"""Invariants of how a run ends, and of what its process does beside HTTP."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from bot.outcomes import ErrorKind, OutcomeKind, SkipReason
from faults.attempt import outcomes_in, summaries_in
from tests.invariants.capture import Capture, Ran, written_outputs

ROOT = Path(__file__).resolve().parent.parent.parent
DECLARED = frozenset(yaml.safe_load((ROOT / "action.yml").read_text())["outputs"])
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_WORDS = {
    "outcome": [kind.value for kind in OutcomeKind],
    "skip-reason": [reason.value for reason in SkipReason],
    "error-kind": [kind.value for kind in ErrorKind],
    "backend": ["tasks", "chats"],
    **{name: ["true", "false"] for name in ("session-created", "task-created", "chat-created")},
}
_SHAPES = {
    **dict.fromkeys(("session-url", "task-url", "chat-url", "pull-request-url"), r"https?://\S+"),
    **dict.fromkeys(("session-id", "chat-id", "workspace-id"), _UUID),
    **dict.fromkeys(("pull-request-head-sha", "verified-sha"), r"[0-9a-f]{40}"),
    **dict.fromkeys(
        ("attempt", "pull-request-number", "log-chars-in", "log-chars-out", "duration-seconds"),
        r"[0-9]+",
    ),
    "failure-fingerprint": r"[0-9a-f]{16}",
    "task-name": r"cf-[0-9a-f]{8}-[0-9a-f]{12}-[0-9]+",
}
_GRACE = 10.0


def outputs_are_as_declared(capture: Capture) -> Iterator[str]:
    """8: exactly the outputs of action.yml, each on one line and of its shape."""
    for run in capture.runs:
        try:
            written = list(written_outputs(run.output))
        except ValueError as broken:
            yield f"run {run.number}: {broken}"
            continue
        names = Counter(name for name, _ in written)
        # That there is one outcome, of the list, is another invariant's business.
        twice = {name for name, n in names.items() if n > 1} - {"outcome"}
        if wrong := (set(names) ^ DECLARED) | twice:
            yield f"run {run.number}: {sorted(wrong)}"
        for name, value in written:
            if not _is_well_formed(name, value):
                yield f"run {run.number}: `{name}` is {value[:80]!r}"


def _is_well_formed(name: str, value: str) -> bool:
    if "\n" in value or "\r" in value:
        return False
    if not value or name == "outcome":
        return True
    if name in _WORDS:
        return value in _WORDS[name]
    return re.fullmatch(_SHAPES.get(name, r".*"), value) is not None


def one_outcome_and_one_summary(capture: Capture) -> Iterator[str]:
    """22: one outcome, from the closed list, and one summary, whatever the way out."""
    for run in capture.runs:
        outcomes = outcomes_in(run.output)
        if len(outcomes) != 1 or outcomes[0] not in _WORDS["outcome"]:
            yield f"run {run.number}: outcomes {outcomes}"
        # Without a file for it, it is printed.
        summaries = summaries_in(run.summary or run.stdout)
        if summaries != 1:
            yield f"run {run.number}: {summaries} summaries"
        if "Traceback" in run.stdout + run.stderr:
            yield f"run {run.number}: a traceback"


def deadlines_hold(capture: Capture) -> Iterator[str]:
    """23: no run takes longer than its deadlines together, and ten seconds."""
    for run in capture.runs:
        each = run.number_of("wait_timeout_seconds") + run.number_of("verify_timeout_seconds")
        most = each * max(1.0, run.number_of("max_attempts")) + _GRACE
        if run.ended - run.began > most:
            yield f"run {run.number}: {run.ended - run.began:.0f} s of {most:.0f}"


def writes_only_where_it_may(capture: Capture) -> Iterator[str]:
    """18: files only in temporary folders, the runner's own, and a bundle; no process at all."""
    for run in capture.runs:
        places = {Path(tempfile.gettempdir()).resolve(), Path("/dev/shm")}  # noqa: S108
        own = {Path(run.folder, name) for name in ("output", "summary.md")}
        for deed in run.deeds:
            if deed.kind in {"start", "shell"}:
                yield f"run {run.number}: starts {deed.what[:80]}"
            if deed.kind == "write" and not _may_write(Path(deed.what), places, own, run):
                yield f"run {run.number}: writes {deed.what}"


def _may_write(path: Path, places: set[Path], own: set[Path], run: Ran) -> bool:
    if path in own or str(path) == "/dev/null" or "__pycache__" in path.parts:
        return True  # what is compiled on import is the interpreter's own
    if _is_bundle(path, run):
        return True
    # The scenario's own folder lies in the temporary one, and is no place of the product's.
    inside_run = path.is_relative_to(Path(run.folder).parent)
    if inside_run or not path.is_absolute():
        return False
    return any(path.is_relative_to(place) and "coder-fix-" in str(path) for place in places)


def _is_bundle(path: Path, run: Ran) -> bool:
    """Its parts, relative to the folder that holds each, and the name that it has in passing."""
    asked = run.inputs.get("INPUT_BUNDLE", "")
    passing = re.fullmatch(r"\.coder-fix-[0-9a-f]{16}", str(path))
    return bool(asked) and (passing is not None or str(path) in Path(asked).parts)


def waits_only_by_the_clock(capture: Capture) -> Iterator[str]:
    """24: nothing sleeps but by the clock that a signal wakes."""
    for run in capture.runs:
        yield from (
            f"run {run.number}: sleeps {deed.what} s" for deed in run.deeds if deed.kind == "sleep"
        )


def talks_to_nobody_else(capture: Capture) -> Iterator[str]:
    """27: connections go to the configured servers and to those that they name for a download."""
    for run in capture.runs:
        named = [
            value
            for sent in capture.of(run)
            for name, value in sent.exchange.response.headers.items()
            if name.lower() == "location"
        ]
        known = {urlsplit(address).port for address in (*run.addresses, *named)} - {None}
        for deed in run.deeds:
            host, _, port = deed.what.rpartition(":")
            on_loopback = host in {"127.0.0.1", "localhost", "::1"}
            if deed.kind == "connect" and not (on_loopback and int(port) in known):
                yield f"run {run.number}: connects to {deed.what}"
