"""Pull requests of the sandbox GitHub: what can be opened and what follows a push."""

from __future__ import annotations

from typing import Any

import pytest
from github import GithubException

from bot.sandbox.github import SandboxGitHub
from bot.sandbox.github_handle import SandboxRepository
from tests.sandbox.github_rig import ci_repository, error, pygithub, rest

NEW = {"head": "x", "base": "main", "title": "X"}


def _branch(github: SandboxGitHub) -> SandboxRepository:
    repository = ci_repository(github)
    repository.commit("x", {"x.txt": "x\n"}, "X", start=False)
    repository.commit("same", {}, "Nothing", start=False)
    repository.state.git.set_ref("refs/heads/same", repository.head("main"))
    return repository


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"title": ""}, {"field": "title", "code": "missing_field"}),
        ({"head": "nowhere"}, {"field": "head", "code": "invalid"}),
        ({"head": "stranger:x"}, {"field": "head", "code": "invalid"}),
        ({"base": "nowhere"}, {"field": "base", "code": "invalid"}),
        ({"head": "same"}, {"code": "custom", "message": "No commits between main and same"}),
        ({"body": "x" * 65_537}, {"code": "unprocessable", "field": "data",
            "message": "Body is too long (maximum is 65536 characters)"}),
    ],
)  # fmt: skip
def test_a_pull_request_that_cannot_be_opened(
    github_sandbox: SandboxGitHub, change: dict[str, Any], expected: dict[str, str]
) -> None:
    """Each reason is a 422 with GitHub's own entry in `errors`, and nothing is created."""
    repository = _branch(github_sandbox)
    with rest(github_sandbox) as client:
        answer = client.post("/repos/octo/app/pulls", json={**NEW, **change})
    assert error(answer) == (422, "Validation Failed")
    assert expected.items() <= answer.json()["errors"][0].items()
    assert repository.state.pulls == {}


def test_a_second_pull_request_of_a_branch_is_refused(github_sandbox: SandboxGitHub) -> None:
    """While one is open a second says that it exists; once closed a new one may be opened."""
    _branch(github_sandbox)
    api = pygithub(github_sandbox).get_repo("octo/app")
    first = api.create_pull("main", "x", title="X")
    with pytest.raises(GithubException, match=r"A pull request already exists for octo:x\."):
        api.create_pull("main", "x", title="Again")
    first.edit(state="closed")
    assert api.create_pull("main", "x", title="Again").number == first.number + 1


def test_the_switch_for_actions_refuses_github_token_only(github_sandbox: SandboxGitHub) -> None:
    """With the setting off, GITHUB_TOKEN may open none, a person may."""
    repository = _branch(github_sandbox)
    repository.state.settings.actions_may_open_pull_requests = False
    rights = {"pull-requests": "write"}
    github_sandbox.tokens.grant("job", kind="github-token", permissions=rights)
    with rest(github_sandbox, "job") as client:
        answer = client.post("/repos/octo/app/pulls", json=NEW)
    said = "GitHub Actions is not permitted to create or approve pull requests."
    assert error(answer) == (403, said)
    with rest(github_sandbox) as client:
        assert client.post("/repos/octo/app/pulls", json=NEW).status_code == 201


def test_drafts_can_be_unsupported_and_made_ready(github_sandbox: SandboxGitHub) -> None:
    """A draft is 422 where the repository has none; else GraphQL makes it ready."""
    repository = _branch(github_sandbox)
    api = pygithub(github_sandbox).get_repo("octo/app")
    repository.state.settings.drafts = False
    with pytest.raises(GithubException, match="Draft pull requests are not supported"):
        api.create_pull("main", "x", title="X", draft=True)
    repository.state.settings.drafts = True
    pull = api.create_pull("main", "x", title="X", draft=True)
    before = (pull.draft, pull.mergeable_state)
    pull.mark_ready_for_review()
    pull.update()
    assert (before, (pull.draft, pull.mergeable_state)) == ((True, "draft"), (False, "clean"))


def test_lists_filter_by_head_base_and_state(github_sandbox: SandboxGitHub) -> None:
    """`head` is owner:branch, `state` is open unless said otherwise, newest first."""
    repository = _branch(github_sandbox)
    repository.commit("y", {"y.txt": "y\n"}, "Y", start=False)
    api = pygithub(github_sandbox).get_repo("octo/app")
    api.create_pull("main", "x", title="X").edit(state="closed")
    api.create_pull("main", "y", title="Y")
    api.create_pull("x", "y", title="Y onto x")

    def titles(**filters: str) -> list[str]:
        return [pull.title for pull in api.get_pulls(**filters)]

    assert titles() == ["Y onto x", "Y"]
    assert titles(state="all") == ["Y onto x", "Y", "X"]
    assert titles(head="octo:x", state="all") == ["X"]
    assert titles(base="x") == ["Y onto x"]
    assert titles(head="stranger:y") == []


def test_a_push_moves_the_open_pull_request(github_sandbox: SandboxGitHub) -> None:
    """Head, files and test merge follow the branch, and a run tests the new merge commit."""
    repository = _branch(github_sandbox)
    pull = repository.open_pull_request("x", title="X", author="dev")
    sha = repository.commit("x", {"z.txt": "z\n"}, "Z", author="dev")
    github_sandbox.wait_idle()
    seen = pygithub(github_sandbox).get_repo("octo/app").get_pull(pull.number)
    assert (seen.head.sha, seen.commits, seen.additions) == (sha, 2, 2)
    assert [file.filename for file in seen.get_files()] == ["x.txt", "z.txt"]
    runs = [r for r in repository.runs if r.event == "pull_request"]
    assert [(r.head_sha == sha, r.tested_sha == pull.merge_sha) for r in runs] == [
        (False, False),
        (True, True),
    ]


def test_a_conflict_starts_no_pull_request_run(github_sandbox: SandboxGitHub) -> None:
    """A pull request that cannot be merged is dirty and has no run of its own."""
    repository = _branch(github_sandbox)
    repository.commit("main", {"x.txt": "other\n"}, "Other", start=False)
    pull = repository.open_pull_request("x", title="X")
    seen = pygithub(github_sandbox).get_repo("octo/app").get_pull(pull.number)
    assert (seen.mergeable, seen.mergeable_state, repository.runs) == (False, "dirty", [])


def test_a_branch_that_goes_takes_its_pull_request_along(github_sandbox: SandboxGitHub) -> None:
    """A deleted head closes it; a base that contains the head marks it merged."""
    repository = _branch(github_sandbox)
    repository.commit("y", {"y.txt": "y\n"}, "Y", start=False)
    api = pygithub(github_sandbox).get_repo("octo/app")
    gone, merged = (api.create_pull("main", head, title=head) for head in ("x", "y"))
    api.get_git_ref("heads/x").delete()
    api.get_git_ref("heads/main").edit(repository.head("y"))
    github_sandbox.wait_idle()
    states = [(p.state, p.merged) for p in map(api.get_pull, (gone.number, merged.number))]
    assert states == [("closed", False), ("closed", True)]


def test_a_fork_pull_request_targets_the_original(github_sandbox: SandboxGitHub) -> None:
    """Its head lies in the fork, its run's `pull_requests` is empty, it is found by head."""
    repository = _branch(github_sandbox)
    fork = github_sandbox.fork(repository, "stranger")
    sha = fork.commit("patch", {"p.txt": "p\n"}, "P", start=False)
    pull = repository.open_pull_request("stranger:patch", title="P")
    github_sandbox.wait_idle()
    api = pygithub(github_sandbox).get_repo("octo/app")
    seen = api.get_pull(pull.number)
    assert (seen.head.repo.full_name, seen.head.sha, seen.head.repo.fork) == (
        "stranger/app",
        sha,
        True,
    )
    run = api.get_workflow_runs(event="pull_request")[0]
    assert (run.head_repository.full_name, run.head_sha, run.pull_requests, run.conclusion) == (
        "stranger/app",
        sha,
        [],
        "success",
    )
    assert [p.number for p in api.get_pulls(head="stranger:patch")] == [pull.number]
    assert [p.number for p in api.get_commit(sha).get_pulls()] == [pull.number]


def test_fork_runs_can_wait_for_approval(github_sandbox: SandboxGitHub) -> None:
    """Where the policy asks for it, a fork's run waits instead of running."""
    repository = _branch(github_sandbox)
    repository.state.settings.fork_approval = True
    github_sandbox.fork(repository, "stranger").commit("patch", {"p": "p"}, "P", start=False)
    repository.open_pull_request("stranger:patch", title="P")
    assert [r.conclusion for r in repository.runs] == ["action_required"]


def test_reviews_and_review_comments_are_kept(github_sandbox: SandboxGitHub) -> None:
    """A review, a comment on a line and a reply to it come back as they were written."""
    repository = _branch(github_sandbox)
    number = repository.open_pull_request("x", title="X").number
    pull = pygithub(github_sandbox).get_repo("octo/app").get_pull(number)
    pull.create_review(body="Looks fine", event="APPROVE")
    commit = list(pull.get_commits())[-1]
    first = pull.create_review_comment("/coder fix", commit, "x.txt", line=1)
    pull.create_review_comment_reply(first.id, "yes")
    first.create_reaction("eyes")
    github_sandbox.wait_idle()
    assert [(r.state, r.body) for r in pull.get_reviews()] == [("APPROVED", "Looks fine")]
    assert [(c.body, c.in_reply_to_id) for c in pull.get_review_comments()] == [
        ("/coder fix", None),
        ("yes", first.id),
    ]


def test_edits_are_told_and_a_closed_one_is_reopened(github_sandbox: SandboxGitHub) -> None:
    """Title, base and state change, each with its own event."""
    repository = _branch(github_sandbox)
    repository.commit("base", {"b": "b"}, "B", start=False)
    number = repository.open_pull_request("x", title="X").number
    pull = pygithub(github_sandbox).get_repo("octo/app").get_pull(number)
    pull.edit(title="New", body="text", base="base")
    pull.edit(state="closed")
    pull.edit(state="open")
    github_sandbox.wait_idle()
    actions = [p["action"] for name, p in github_sandbox.events.sent if name == "pull_request"]
    assert actions == ["opened", "edited", "closed", "reopened"]
    assert (pull.title, pull.body, pull.base.ref, pull.state) == ("New", "text", "base", "open")
