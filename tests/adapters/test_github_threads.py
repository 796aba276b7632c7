"""One issue, or the conversation of a pull request, as it stands now."""

from __future__ import annotations

import pytest

from bot.errors import UpstreamError
from bot.model import Thread
from bot.outcomes import ErrorKind
from bot.sandbox.http import HttpResponse
from bot.untrusted import Untrusted
from tests.adapters.backends.stand_ins import FakeClock
from tests.adapters.github_rig import StandIn, adapter, seeded

ISSUE = {
    "number": 7, "title": "T", "body": None, "user": None, "labels": ["a", {"name": "b"}],
    "state": "open", "locked": False, "html_url": "https://github.com/octo/app/issues/7",
    "created_at": "2026-01-01T00:00:00Z", "repository_url": "https://api.github.com/repos/Octo/App",
}  # fmt: skip


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
        is_pull_request=False,
        locked=True,
        url=f"{github_sandbox.server_url}/octo/app/issues/1",
        created_at=found.created_at,
    )


def test_a_pull_request(github_sandbox):
    """It is told apart from an issue; `pull-requests: read` is enough."""
    repository = seeded(github_sandbox, permissions={"pull-requests": "read"})
    repository.commit("fix", {"app.py": "new\n"}, "Fix")
    repository.open_pull_request("fix", author="dev")
    with adapter(github_sandbox.url) as api:
        found = api.thread(1)
    assert found is not None
    assert (found.is_pull_request, found.author, found.body) == (True, "dev", Untrusted(""))


def test_an_issue_needs_its_own_permission(github_sandbox):
    """That of pull requests does not open an issue."""
    repository = seeded(github_sandbox, permissions={"pull-requests": "read"})
    repository.open_issue("Red")
    with adapter(github_sandbox.url) as api, pytest.raises(UpstreamError) as told:
        api.thread(1)
    assert told.value.kind is ErrorKind.GITHUB_PERMISSION
    assert "`issues: read`" in told.value.remedy


def test_one_that_is_not_there(github_sandbox):
    """Deleted (410) or never there (404): None, asked once."""
    repository = seeded(github_sandbox)
    repository.delete_issue(repository.open_issue("Gone").number)
    with adapter(github_sandbox.url) as api:
        assert (api.thread(1), api.thread(99)) == (None, None)
    assert [x.response.status for x in github_sandbox.exchanges] == [410, 404]


def test_one_that_was_transferred():
    """GitHub leads to where it is now; that is not followed, for it is none of ours."""
    clock = FakeClock()
    with StandIn() as github:
        away = {"location": f"{github.origin}/repositories/2/issues/7"}
        github.answers = [HttpResponse(301, {"message": "Moved Permanently"}, away)]
        with adapter(github.origin, clock) as api:
            assert api.thread(7) is None
        assert github.asked == ["GET /repos/octo/app/issues/7"]
    assert clock.slept == []


def test_what_may_be_missing():
    """A deleted account, no body, labels as bare texts, a name in other letters."""
    with StandIn(HttpResponse(200, ISSUE)) as github, adapter(github.origin) as api:
        found = api.thread(7)
    assert found is not None
    assert (found.author, found.body, found.labels) == ("", Untrusted(""), ("a", "b"))
