"""An event of a comment → a request, silence, or a complaint; and for whom something is started."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.decide.commands import Response, Standing, refusal, respond
from bot.errors import ConfigurationError
from bot.model import Event, Ignored, Repository, Request
from bot.outcomes import SkipReason
from bot.policy import Policy
from bot.triggers import Surroundings, recognize
from bot.triggers.coder_commands import parse
from tests.security.corpus import CORPUS, needs_corpus

REPOSITORY = Repository("octo/app", 7, "main", "https://github.example.test/octo/app")
AROUND = Surroundings(REPOSITORY, actor="alice")


def payload(body: str | None = "/coder fix", **changes: Any) -> dict[str, Any]:
    """As much of GitHub's payload as is looked at."""
    comment = {
        "id": 5,
        "user": {"login": "alice", "type": "User"},
        "body": body,
        "created_at": "2026-11-21T12:00:00Z",
    }
    return {
        "action": "created",
        "comment": comment | changes.pop("comment", {}),
        "issue": {"number": 12, "pull_request": {"url": "x"}},
    } | changes


def asked(data: Any, name: str = "issue_comment", around: Surroundings = AROUND) -> Any:
    """What the event asks for."""
    return recognize(Event(name, data), around)


def test_a_comment_on_a_pull_request():
    """The request names the comment; nothing of its text is believed yet."""
    found = asked(payload())

    assert isinstance(found, Request)
    assert found.comment is not None
    assert (found.comment.id, found.comment.number, found.comment.author) == (5, 12, "alice")
    assert (found.comment.on_pull_request, found.comment.review) == (True, False)
    assert (found.run, found.commanded) == (None, False)


def test_a_comment_on_an_issue_and_one_on_a_line():
    """An issue has no `pull_request`; a review's comment has its place."""
    issue = asked(payload(issue={"number": 3}))
    line = asked(
        payload(pull_request={"number": 12}, issue=None, comment={"path": "a.py", "line": 7}),
        "pull_request_review_comment",
    )

    assert isinstance(issue, Request)
    assert isinstance(line, Request)
    assert issue.comment is not None
    assert line.comment is not None
    assert not issue.comment.on_pull_request
    assert (line.comment.review, line.comment.path, line.comment.line) == (True, "a.py", 7)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (payload("Thanks"), SkipReason.NOTHING_TO_DO),
        (payload(None), SkipReason.NOTHING_TO_DO),
        (payload(action="edited"), SkipReason.NOTHING_TO_DO),
        (payload(action="deleted"), SkipReason.NOTHING_TO_DO),
        (payload(comment={"user": None}), SkipReason.NOTHING_TO_DO),
        (payload(comment={"user": {"login": "x[bot]"}}), SkipReason.NOT_ALLOWED),
        (payload(comment={"user": {"login": "x", "type": "Bot"}}), SkipReason.NOT_ALLOWED),
    ],
)
def test_what_asks_for_nothing(data, reason):
    """Other words, other actions, deleted accounts, bots."""
    found = asked(data)

    assert isinstance(found, Ignored)
    assert found.skip_reason is reason


def test_a_bot_that_is_allowed():
    """By its login, whatever the case."""
    around = Surroundings(REPOSITORY, allow_bots=("Renovate[bot]",))
    data = payload(comment={"user": {"login": "renovate[bot]", "type": "Bot"}})

    assert isinstance(asked(data, around=around), Request)


@pytest.mark.parametrize("data", [{}, {"action": "created"}, payload(comment={"id": "x"})])
def test_a_payload_that_is_none(data):
    """The complaint names the event and what is missing."""
    with pytest.raises(ConfigurationError, match="The `issue_comment` event has no usable `"):
        asked(data)


@needs_corpus
def test_whom_of_the_corpus_something_is_started_for():
    """Event, right and text together: nobody starts anything who should not."""
    lines = (CORPUS / "commands.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    wrong = [r["id"] for r in records if r["strict"] and _starts(r) != _expected(r)]
    # The corpus takes `retry` for a verb that starts nothing; here it begins a session anew.
    silent = [r for r in records if r["expected"].get("starts_task") is False]
    startled = [r["id"] for r in silent if r["expected"].get("verb") != "retry" and _starts(r)]

    assert len(records) > 20
    assert (wrong, startled) == ([], [])


def _expected(record: dict[str, Any]) -> bool:
    return bool(record["expected"].get("starts_task"))


def _starts(record: dict[str, Any]) -> bool:
    event, login = record["event"], record["event"]["sender"]
    data = payload(
        record["body"],
        action=event["action"],
        comment={"user": {"login": login, "type": event["sender_type"]}},
    )
    found = asked(data)
    if isinstance(found, Ignored) or found.comment is None:
        return False
    standing = Standing(login, edited=False, permission=event["permission"])
    if refusal(found.comment, standing, Policy()) is not None:
        return False
    responses = [respond(c, None, None, started=False) for c in parse(record["body"]).commands]
    return any(r in {Response.START, Response.START_AFRESH} for r in responses)
