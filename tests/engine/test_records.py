"""When an issue's work was asked for, as it is written down."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.decide.assigned import AssignmentFacts
from bot.engine.records import begun
from bot.model import Assignment, CommentRef, Package
from tests.builders import RED, a_session, a_snapshot, ago

ISSUE = AssignmentFacts(Assignment(issue=7), "main", RED)
UPGRADE = AssignmentFacts(Assignment(packages=(Package("httpx"),)), "main", RED)
COMMENT = CommentRef(77, 7, "alice", on_pull_request=False, at=ago(500))


@pytest.mark.parametrize(
    ("assignment", "comment", "at"),
    [
        (ISSUE, COMMENT, ago(500)),
        (ISSUE, None, ago(300)),
        (ISSUE, CommentRef(77, 7, "alice", on_pull_request=False), ago(300)),
        (UPGRADE, COMMENT, None),
        (None, COMMENT, None),
    ],
)
def test_when_it_was_asked_for(
    assignment: AssignmentFacts | None, comment: CommentRef | None, at: datetime | None
):
    """By the command's own time; where that is lost, by the session's, which is later."""
    facts = a_snapshot(assignment=assignment, **{"run": None} if assignment else {})
    state = begun(facts, a_session(), ago(300), comment)

    assert state.asked_at == at
