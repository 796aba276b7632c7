"""Invariants of what is made: sessions, comments, pull requests, and how many attempts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.invariants.capture import Capture, Ran, Sent

PREFIX = "coder-fix/"
_NAME = re.compile(r"cf-[0-9a-f]{8}-[0-9a-f]{12}-[0-9]+")
_MARKER = re.compile(r"<!-- (coder-fix(?:-answer)?:[0-9a-f]{12})[ >{-]")
_SHA = re.compile(r"\b[0-9a-f]{40}\b")


def one_session_for_a_key(capture: Capture) -> Iterator[str]:
    """1: at most one session lives under a key, and its name is one that we can find again."""
    living: Counter[str] = Counter()
    of: dict[str, str] = {}
    for sent in capture.ours:
        if sent.creates_session and sent.status == 201:
            key = sent.session_key
            name = sent.json.get("name")
            if name is not None and not _NAME.fullmatch(name):
                yield f"a session named {name}"
            living[key] += 1
            of[str(sent.answer.get("id"))] = key
        archived = sent.method == "PATCH" and sent.json.get("archived") and sent.status < 300
        ended = archived or (sent.method == "DELETE" and "/tasks/" in sent.path)
        identity = sent.path.rpartition("/")[2]
        if ended and identity in of:
            living[of.pop(identity)] -= 1
    yield from (f"{n} sessions for {key}" for key, n in living.items() if n > 1)


def one_comment_and_one_pull(capture: Capture) -> Iterator[str]:
    """2: at the end one comment for each marker, and one pull request for each branch of ours."""
    comments = Counter(
        (c.number, marker)
        for c in capture.comments
        if c.author in capture.bots
        for marker in _MARKER.findall(c.body)
    )
    yield from (f"{n} comments {m} on #{i}" for (i, m), n in comments.items() if n > 1)
    opened = Counter(
        str(sent.json.get("head"))
        for sent in capture.ours
        if sent.method == "POST" and sent.path.endswith("/pulls") and sent.status == 201
    )
    yield from (f"{n} pull requests from {head}" for head, n in opened.items() if n > 1)


def attempts_are_bounded(capture: Capture) -> Iterator[str]:
    """16: a red run of ours begins no session; no session is told more rounds than allowed."""
    rounds: dict[str, set[str]] = {}
    most = 1
    for run in capture.runs:
        most = max(most, int(run.number_of("max_attempts")))
        ours = str(_workflow_run(run).get("head_branch")).startswith(PREFIX)
        for sent in capture.of(run):
            if ours and sent.creates_session and sent.status == 201:
                yield f"run {run.number}: a session for a branch of ours"
            if (number := _round(sent)) and sent.status < 300:
                key = sent.session_key if sent.creates_session else sent.path
                rounds.setdefault(key, set()).add(number)
    for key, numbers in rounds.items():
        if len(numbers) > most:
            yield f"{key}: rounds {sorted(numbers)}, {most} allowed"


def _workflow_run(run: Ran) -> dict[str, Any]:
    """The run that the event is about; empty where it is about none."""
    told = run.payload.get("workflow_run") if isinstance(run.payload, dict) else None
    return told if isinstance(told, dict) else {}


def _round(sent: Sent) -> str:
    """The number of the attempt that a prompt asks for; empty for any other message."""
    found = re.search(r"^This is attempt (\d+) of \d+", sent.prompt, re.MULTILINE)
    return found[1] if found else ""


def the_commit_of_the_event(capture: Capture) -> Iterator[str]:
    """17: the first prompt speaks of the commit whose run is red, and of no other."""
    for run in capture.runs:
        told = _workflow_run(run)
        head = told.get("head_sha")
        for sent in capture.of(run):
            if not (head and sent.creates_session):
                continue
            trusted = re.sub(r"(?s)<data-(\w+)>.*?</data-\1>", "", sent.prompt)
            # A merge queue's commit is nobody's to repair: the pull request's own is.
            queued = told.get("event") == "merge_group"
            known = {pull.sha for pull in capture.pulls} if queued else {head}
            others = set(_SHA.findall(trusted)) - known
            if others:
                yield f"run {run.number}: the prompt speaks of {sorted(others)}, not {head}"


def reports_only_its_own(capture: Capture) -> Iterator[str]:
    """20: a pull request that is reported lies in this repository, on a branch that is ours."""
    for run in capture.runs:
        number = run.outputs.get("pull-request-number", "")
        if not number:
            continue
        pull = next((p for p in capture.pulls if str(p.number) == number), None)
        if pull is None:
            yield f"run {run.number}: #{number} does not exist"
        elif pull.repository != capture.repository:
            yield f"run {run.number}: #{number} is from {pull.repository}"
        elif not pull.head.startswith(_prefix(run)) and not _is_the_failing_one(run, number):
            yield f"run {run.number}: #{number} is on {pull.head}"


def _prefix(run: Ran) -> str:
    return run.inputs.get("INPUT_BRANCH-PREFIX") or PREFIX


def _is_the_failing_one(run: Ran, number: str) -> bool:
    """Where the repair is pushed to the failing branch itself, its pull request is reported."""
    in_place = run.inputs.get("INPUT_MODE") == "fix" or "| Mode | fix |" in run.summary
    return in_place or run.outputs.get("outcome") == "swept"
