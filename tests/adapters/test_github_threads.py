"""One issue, or the conversation of a pull request, as it stands now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from bot.errors import UpstreamError
from bot.model import Thread
from bot.outcomes import ErrorKind
from bot.sandbox.http import HttpResponse
from bot.untrusted import Untrusted
from tests.adapters.github_rig import StandIn, adapter, failing_times, seeded

ISSUE: dict[str, Any] = {
    "__typename": "Issue", "number": 7, "title": "T", "body": "", "author": None, "closed": False,
    "locked": False, "url": "https://github.com/octo/app/issues/7", "labels": None,
    "createdAt": "2026-01-01T00:00:00Z", "lastEditedAt": None, "timelineItems": {"nodes": []},
    "repository": {"nameWithOwner": "Octo/App"},
}  # fmt: skip


def answer(**changes: Any) -> HttpResponse:
    """That issue, as GraphQL tells it."""
    told = {"nameWithOwner": "Octo/App", "thread": ISSUE | changes}
    return HttpResponse(200, {"data": {"repository": told}})


def test_an_issue(github_sandbox):
    """What it says, who wrote it, and whether it is closed and locked; `issues: read` is enough."""
    repository = seeded(github_sandbox, permissions={"issues": "read"})
    issue = repository.open_issue(
        "It is $(broken)", body="Since <!-- x -->", author="eve", labels=["bug", "ci"]
    )
    issue.state, issue.locked = "closed", True
    with adapter(github_sandbox.url) as api:
        found = api.thread(issue.number)
    assert found is not None
    assert found.created_at is not None
    assert found == Thread(
        number=1,
        title=Untrusted("It is $(broken)"),
        body=Untrusted("Since <!-- x -->"),
        author="eve",
        labels=("bug", "ci"),
        state="closed",
        locked=True,
        url=f"{github_sandbox.server_url}/octo/app/issues/1",
        created_at=found.created_at,
    )


def test_a_pull_request(github_sandbox):
    """Its conversation is a thread too; `pull-requests: read` is enough."""
    repository = seeded(github_sandbox, permissions={"pull-requests": "read"})
    repository.commit("fix", {"app.py": "new\n"}, "Fix")
    repository.open_pull_request("fix", author="dev")
    with adapter(github_sandbox.url) as api:
        found = api.thread(1)
    assert found is not None
    assert (found.author, found.body) == ("dev", Untrusted(""))


def test_an_issue_needs_its_own_permission(github_sandbox):
    """That of pull requests does not open an issue."""
    repository = seeded(github_sandbox, permissions={"pull-requests": "read"})
    repository.open_issue("Red")
    with adapter(github_sandbox.url) as api, pytest.raises(UpstreamError) as told:
        api.thread(1)
    assert told.value.kind is ErrorKind.GITHUB_PERMISSION
    assert "`issues: read`" in told.value.remedy


def test_one_that_is_not_there(github_sandbox):
    """Deleted or never there: None, asked once each."""
    repository = seeded(github_sandbox)
    repository.delete_issue(repository.open_issue("Gone").number)
    with adapter(github_sandbox.url) as api:
        assert (api.thread(1), api.thread(99)) == (None, None)
    assert len(github_sandbox.exchanges) == 2


def test_when_it_was_edited(github_sandbox):
    """The later one of body and title; a comment, a label or the same text is no edit."""
    repository = seeded(github_sandbox)
    number = repository.open_issue("Red", body="Since noon", author="eve").number
    told = []
    with adapter(github_sandbox.url) as api:
        for edit in (
            {"title": "Red", "body": "Since noon"},
            {"body": "Since one"},
            {"title": "Green"},
            {"title": "Blue"},
            {"body": ""},
        ):
            github_sandbox.clock.advance(60)
            repository.edit_issue(number, **edit)
            repository.comment(number, "Me too")
            found = api.thread(number)
            assert found is not None
            told.append((found.title.raw, found.body.raw, found.edited_at))
    issue = repository.state.issues[number]
    renamed = [datetime.fromisoformat(stamp) for stamp in issue.renamed_at]
    assert told[0] == ("Red", "Since noon", None)
    first = told[1][2]
    assert first is not None
    assert first < renamed[0]
    assert told[2:] == [
        ("Green", "Since one", renamed[0]),
        ("Blue", "Since one", renamed[1]),
        ("Blue", "", datetime.fromisoformat(issue.body_edited_at)),
    ]


@pytest.mark.parametrize("trouble", [HttpResponse(502, b"<html>"), None], ids=["502", "lost"])
def test_trouble_passes(github_sandbox, trouble):
    """It is a read, though it travels by POST: tried again."""
    repository = seeded(github_sandbox)
    repository.open_issue("Red")
    github_sandbox.fault_hooks.append(failing_times(3, "POST", "/graphql", trouble))
    with adapter(github_sandbox.url) as api:
        found = api.thread(1)
    assert found is not None
    assert found.title == Untrusted("Red")


def test_another_error_is_no_answer():
    """Only what is not there is None; GitHub's trouble with the query is an error."""
    errors = [{"type": "NOT_FOUND", "message": "no"}, {"message": "Something went wrong"}]
    with (
        StandIn(HttpResponse(200, {"data": None, "errors": errors})) as github,
        adapter(github.origin) as api,
        pytest.raises(UpstreamError) as told,
    ):
        api.thread(7)
    assert told.value.kind is ErrorKind.GITHUB


def test_one_that_was_transferred():
    """GitHub tells of it by its old number; an issue of another repository is none of ours."""
    elsewhere = answer(repository={"nameWithOwner": "octo/application"}, number=3)
    with StandIn(elsewhere) as github, adapter(github.origin) as api:
        assert api.thread(7) is None


def test_what_may_be_missing():
    """A deleted account, no labels, a name in other letters; or nothing at all."""
    nothing = HttpResponse(200, {"data": {"repository": {"nameWithOwner": "o/a", "thread": None}}})
    with StandIn(answer(), nothing) as github, adapter(github.origin) as api:
        found = api.thread(7)
        assert api.thread(7) is None
    assert found is not None
    assert (found.author, found.body, found.labels) == ("", Untrusted(""), ())
    assert found.edited_at is None


def test_an_app_wrote_it(github_sandbox):
    """Its login is REST's."""
    repository = seeded(github_sandbox)
    repository.open_issue("Red", author="watcher[bot]")
    with adapter(github_sandbox.url) as api:
        found = api.thread(1)
    assert found is not None
    assert found.author == "watcher[bot]"
