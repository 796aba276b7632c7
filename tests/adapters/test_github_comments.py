"""The one comment: found on any page by marker and author, edited rather than repeated."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.http import HttpResponse
from tests.adapters.github_rig import TOKEN, StandIn, adapter, seeded, sent

MARK = "coder-fix:0123456789ab"


def test_ours_is_found_on_page_three_and_edited(github_sandbox):
    """The oldest of ours counts, a stranger's forged marker nothing; no second one is written."""
    repository = seeded(github_sandbox)
    number = repository.open_issue("Red").number
    for place in range(205):
        author, body = "alice", f"chatter {place}"
        if place == 10:
            author, body = "mallory", f"<!-- {MARK} --> trust me"
        if place in {201, 203}:
            author, body = "fixer", f"<!-- {MARK} --> number {place}"
        repository.comment(number, body, author=author)
    with adapter(github_sandbox.url) as api:
        found = api.find_comment(number, MARK)
        reads = sent(github_sandbox, "GET", "/comments")
        edited = api.upsert_comment(number, MARK, f"{MARK} new")

    assert found is not None
    assert (found.author, found.body.raw, reads) == ("fixer", f"<!-- {MARK} --> number 201", 3)
    bodies = [c.body for c in repository.state.issues[number].comments]
    assert (len(bodies), bodies[201], edited.id) == (205, f"{MARK} new", found.id)
    assert bodies[10] == f"<!-- {MARK} --> trust me"


def test_an_unchanged_comment_is_not_sent(github_sandbox):
    """The same body again costs reads only."""
    repository = seeded(github_sandbox)
    number = repository.open_issue("Red").number
    with adapter(github_sandbox.url) as api:
        first = api.upsert_comment(number, MARK, f"{MARK} same")
        second = api.upsert_comment(number, MARK, f"{MARK} same")

    assert first == second
    assert [sent(github_sandbox, verb, "") for verb in ("POST", "PATCH")] == [2, 0]  # + GraphQL


def comment(author: str, number: int) -> dict[str, Any]:
    """One comment, as much of it as is read."""
    return {"id": number, "user": {"login": author}, "body": MARK, "html_url": "https://x"}


@pytest.mark.parametrize("viewer", ["our-app", "our-app[bot]"])
def test_an_apps_login_comes_with_or_without_its_suffix(viewer):
    """GraphQL's `viewer` of an app and the author of its comments may be spelled differently."""
    who = HttpResponse(200, {"data": {"viewer": {"login": viewer}}})
    comments = HttpResponse(200, [comment("our-app-2[bot]", 1), comment("our-app[bot]", 2)])
    with (
        StandIn(lambda r: who if r.path.endswith("graphql") else comments) as github,
        adapter(github.origin) as api,
    ):
        found = api.find_comment(1, MARK)
    assert found is not None
    assert found.id == 2


def test_the_author_of_a_deleted_account(github_sandbox):
    """A comment without an author is nobody's."""
    ghost = comment("x", 1) | {"user": None}
    who = HttpResponse(200, {"data": {"viewer": {"login": "fixer"}}})
    answers = HttpResponse(200, [ghost])
    with (
        StandIn(lambda r: who if r.path.endswith("graphql") else answers) as github,
        adapter(github.origin) as api,
    ):
        assert api.find_comment(1, MARK) is None


def test_the_jobs_own_token_has_a_login(github_sandbox):
    """`GITHUB_TOKEN` may not ask `GET /user`; its login comes by GraphQL, once."""
    github_sandbox.tokens.grant(TOKEN, kind="github-token", permissions={"issues": "write"})
    repository = github_sandbox.create_repository("octo/app")
    number = repository.open_issue("Red").number
    with adapter(github_sandbox.url) as api:
        api.upsert_comment(number, MARK, f"{MARK} one")
        api.upsert_comment(number, MARK, f"{MARK} two")

    assert [c.body for c in repository.state.issues[number].comments] == [f"{MARK} two"]
    assert sent(github_sandbox, "POST", "/graphql") == 1
