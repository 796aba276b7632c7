"""Issues, comments, reactions and labels of the sandbox GitHub."""

from __future__ import annotations

import pytest
from github import GithubException

from bot.sandbox.github import SandboxGitHub
from tests.sandbox.github_rig import ci_repository, error, pygithub, rest


def test_comments_come_in_pages_that_link_to_each_other(github_sandbox: SandboxGitHub) -> None:
    """Following `next` reaches every comment once, oldest first."""
    repository = ci_repository(github_sandbox)
    number = repository.open_issue("One").number
    for index in range(5):
        repository.comment(number, f"comment {index}")
    bodies, links = [], []
    with rest(github_sandbox) as client:
        url = f"/repos/octo/app/issues/{number}/comments?per_page=2"
        while url:
            answer = client.get(url)
            bodies += [comment["body"] for comment in answer.json()]
            links.append(sorted(map(str, answer.links)))
            url = answer.links.get("next", {}).get("url", "")
    assert bodies == [f"comment {index}" for index in range(5)]
    assert links == [["last", "next"], ["first", "last", "next", "prev"], ["first", "prev"]]


def test_a_page_holds_at_most_a_hundred(github_sandbox: SandboxGitHub) -> None:
    """A larger `per_page` is cut to 100, none given means 30."""
    repository = ci_repository(github_sandbox)
    for index in range(101):
        repository.open_issue(f"Issue {index}")
    with rest(github_sandbox) as client:
        pages = [client.get("/repos/octo/app/issues", params=p) for p in ({"per_page": 500}, {})]
    assert [len(page.json()) for page in pages] == [100, 30]


def test_a_comment_is_edited_and_deleted(github_sandbox: SandboxGitHub) -> None:
    """Its author is the token's login; after deletion it is gone."""
    repository = ci_repository(github_sandbox)
    issue = pygithub(github_sandbox).get_repo("octo/app").get_issue(
        repository.open_issue("One").number
    )  # fmt: skip
    comment = issue.create_comment("first")
    comment.edit("second")
    assert [(c.user.login, c.body) for c in issue.get_comments()] == [("dev", "second")]
    comment.delete()
    assert list(issue.get_comments()) == []
    with pytest.raises(GithubException, match="404"):
        issue.get_comment(comment.id)


def test_a_body_that_is_too_long_is_refused(github_sandbox: SandboxGitHub) -> None:
    """65,536 characters are stored, one more is 422 and stores nothing."""
    repository = ci_repository(github_sandbox)
    path = f"/repos/octo/app/issues/{repository.open_issue('One').number}/comments"
    with rest(github_sandbox) as client:
        stored = client.post(path, json={"body": "x" * 65_536})
        refused = client.post(path, json={"body": "x" * 65_537})
        kept = client.get(path).json()
    assert (stored.status_code, error(refused), len(kept)) == (201, (422, "Validation Failed"), 1)


def test_a_reaction_is_made_once(github_sandbox: SandboxGitHub) -> None:
    """The first is 201, the same again is 200 with the same id, deleting takes it away."""
    repository = ci_repository(github_sandbox)
    comment = repository.comment(repository.open_issue("One").number, "text")
    path = f"/repos/octo/app/issues/comments/{comment.id}/reactions"
    with rest(github_sandbox) as client:
        first, again = (client.post(path, json={"content": "eyes"}) for _ in range(2))
        listed = client.get(path, params={"content": "eyes"}).json()
        gone = client.delete(f"{path}/{first.json()['id']}")
    assert [first.status_code, again.status_code, gone.status_code] == [201, 200, 204]
    assert [reaction["id"] for reaction in listed] == [first.json()["id"]] == [again.json()["id"]]
    assert comment.reactions == []


def test_labels_are_made_when_first_used(github_sandbox: SandboxGitHub) -> None:
    """Adding, replacing and removing labels works on issues and pull requests alike."""
    repository = ci_repository(github_sandbox)
    path = f"/repos/octo/app/issues/{repository.open_issue('One').number}/labels"

    with rest(github_sandbox) as client:
        client.post(path, json={"labels": ["bug", "red"]})
        client.put(path, json={"labels": ["red", "blue"]})
        client.delete(f"{path}/red")
        left = [label["name"] for label in client.get(path).json()]
        known = [label["name"] for label in client.get("/repos/octo/app/labels").json()]
        missing = client.delete(f"{path}/red")
    assert (left, known, error(missing)) == (
        ["blue"],
        ["bug", "red", "blue"],
        (404, "Label does not exist"),
    )


def test_an_issue_is_planted(github_sandbox: SandboxGitHub) -> None:
    """By any account, with labels that are made when new; the API tells it so."""
    repository = ci_repository(github_sandbox)
    issue = repository.open_issue("One", body="text", author="stranger", labels=["bug", "Bug"])
    issue.locked = True
    found = pygithub(github_sandbox).get_repo("octo/app").get_issue(issue.number)
    assert (found.user.login, found.body, found.locked) == ("stranger", "text", True)
    assert [label.name for label in found.labels] == ["bug", "bug"]


def test_a_deleted_issue_is_gone(github_sandbox: SandboxGitHub) -> None:
    """410 for itself and what lies below it; in no list, and its number is not given again."""
    repository = ci_repository(github_sandbox)
    number = repository.open_issue("One").number
    repository.delete_issue(number)
    with rest(github_sandbox) as client:
        path = f"/repos/octo/app/issues/{number}"
        told = [error(client.get(p)) for p in (path, f"{path}/comments")]
        assert client.get("/repos/octo/app/issues").json() == []
    assert told == [(410, "This issue was deleted")] * 2
    assert repository.open_issue("Two").number == number + 1


def test_issues_are_found_by_state_label_and_search(github_sandbox: SandboxGitHub) -> None:
    """Lists and the search agree on what is open and labelled."""
    ci_repository(github_sandbox)
    github = pygithub(github_sandbox)
    repository = github.get_repo("octo/app")
    repository.create_issue("Build is red", body="marker-1", labels=["coder-fix"])
    repository.create_issue("Other").edit(state="closed")
    assert [i.title for i in repository.get_issues()] == ["Build is red"]
    assert [i.title for i in repository.get_issues(state="closed")] == ["Other"]
    found = github.search_issues("repo:octo/app is:issue label:coder-fix marker-1")
    assert [issue.title for issue in found] == ["Build is red"]


def test_a_comment_is_minimized_by_graphql(github_sandbox: SandboxGitHub) -> None:
    """Minimizing keeps the reason; the viewer is whoever holds the token."""
    repository = ci_repository(github_sandbox)
    comment = repository.comment(repository.open_issue("One").number, "text")
    github = pygithub(github_sandbox)
    issue = github.get_repo("octo/app").get_issue(comment.number)
    issue.get_comment(comment.id).minimize("OUTDATED")
    assert comment.minimized == "outdated"
    _, answer = github.requester.graphql_query("{ viewer { login } }", {})
    assert answer["data"] == {"viewer": {"login": "dev"}}
