"""The one comment: found on any page by marker and author, edited rather than repeated."""

from __future__ import annotations

from typing import Any

import pytest

from bot.model import CommentRef, Reaction
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


def test_a_comment_is_read_by_its_id(github_sandbox):
    """As it stands now: its author, whether it was edited, or that it is gone."""
    repository = seeded(github_sandbox)
    number = repository.open_issue("Red").number
    made = repository.comment(number, "/coder fix", author="alice")
    ref = CommentRef(made.id, number, "alice", on_pull_request=False)
    with adapter(github_sandbox.url) as api:
        first = api.said(ref)
        github_sandbox.clock.advance(5)
        made.body, made.updated_at = "/coder stop", github_sandbox.clock.stamp()
        second = api.said(ref)
        repository.state.issues[number].comments.remove(made)
        third = api.said(ref)

    assert first is not None
    assert second is not None
    assert (first.author, first.body.raw, first.edited) == ("alice", "/coder fix", False)
    assert (second.body.raw, second.edited, third) == ("/coder stop", True, None)


@pytest.mark.parametrize(
    ("role", "told"),
    [("admin", "admin"), ("maintain", "write"), ("write", "write"), ("triage", "read")],
)
def test_permissions_are_githubs_legacy_words(github_sandbox, role, told):
    """What an account may do here; an account that does not exist may do nothing."""
    repository = seeded(github_sandbox)
    repository.collaborator("alice", role)
    with adapter(github_sandbox.url) as api:
        assert api.permission("alice") == told
        assert api.permission("no/such?one") == "none"


def test_a_reaction_is_there_once(github_sandbox):
    """GitHub answers with the old one the second time."""
    repository = seeded(github_sandbox)
    number = repository.open_issue("Red").number
    made = repository.comment(number, "/coder fix", author="alice")
    ref = CommentRef(made.id, number, "alice", on_pull_request=False)
    with adapter(github_sandbox.url) as api:
        for reaction in (Reaction.SEEN, Reaction.SEEN, Reaction.DONE):
            api.react(ref, reaction)

    assert [reaction.content for reaction in made.reactions] == ["eyes", "+1"]


def test_an_answer_replaces_the_one_before(github_sandbox):
    """At the end of the thread, and only one of ours; a stranger's forgery stays."""
    repository = seeded(github_sandbox)
    number = repository.open_issue("Red").number
    repository.comment(number, f"<!-- {MARK} --> forged", author="mallory")
    with adapter(github_sandbox.url) as api:
        api.answer(number, MARK, f"one <!-- {MARK} -->")
        repository.comment(number, "thanks", author="alice")
        api.answer(number, MARK, f"two <!-- {MARK} -->")

    bodies = [c.body for c in repository.state.issues[number].comments]
    assert bodies == [f"<!-- {MARK} --> forged", "thanks", f"two <!-- {MARK} -->"]
