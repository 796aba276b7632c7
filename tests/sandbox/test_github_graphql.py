"""GraphQL of the sandbox GitHub: every operation that the cut of the schema was made for."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest

from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.github import SandboxGitHub
from bot.sandbox.github_handle import SandboxRepository
from tests.contract.github_contract import CONTRACTS
from tests.sandbox.github_rig import ci_repository, rest

DOCUMENTS = {
    text.split()[1].split("(")[0]: text
    for text in re.split(
        r"\n(?=query|mutation)", (CONTRACTS / "graphql-operations.graphql").read_text().strip()
    )
}
ADDRESS: dict[str, Any] = {"owner": "octo", "name": "app", "number": 1}


def _send(
    github: SandboxGitHub, operation: str, who: str = "all", **variables: Any
) -> dict[str, Any]:
    with rest(github, who) as client:
        sent = {"query": DOCUMENTS[operation], "variables": variables}
        answer: dict[str, Any] = client.post(github.graphql_url, json=sent).json()
    return answer


def _with_pull(github: SandboxGitHub) -> SandboxRepository:
    repository = ci_repository(github)
    repository.commit("x", {"x.txt": "x\n"}, "X", start=False)
    github.script_runs(lambda _: [JobSeed("test", "failure")])
    repository.open_pull_request("x", title="X")
    return repository


def test_the_state_of_a_pull_request(github_sandbox: SandboxGitHub) -> None:
    """Checks, statuses and review threads come in one answer."""
    repository = _with_pull(github_sandbox)
    sha = repository.head("x")
    with rest(github_sandbox) as client:
        client.post(f"/repos/octo/app/statuses/{sha}", json={"state": "success", "context": "c"})
        note = {"body": "here", "path": "x.txt", "commit_id": sha, "line": 1}
        client.post("/repos/octo/app/pulls/1/comments", json=note)
    pull = _send(github_sandbox, "PullRequestState", **ADDRESS)["data"]["repository"]["pullRequest"]
    rollup = pull["commits"]["nodes"][0]["commit"]["statusCheckRollup"]
    contexts = [node["__typename"] for node in rollup["contexts"]["nodes"]]
    thread = pull["reviewThreads"]["nodes"][0]
    assert (pull["headRefOid"], pull["state"], pull["mergeStateStatus"]) == (sha, "OPEN", "CLEAN")
    assert (rollup["state"], contexts) == ("FAILURE", ["CheckRun", "StatusContext"])
    assert [c["body"] for c in thread["comments"]["nodes"]] == ["here"]
    _send(github_sandbox, "Resolve", input={"threadId": thread["id"]})
    after = _send(github_sandbox, "PullRequestState", **ADDRESS)["data"]["repository"]
    assert after["pullRequest"]["reviewThreads"]["nodes"][0]["isResolved"] is True


def test_an_issue_and_its_edits(github_sandbox: SandboxGitHub) -> None:
    """New text and new titles have their times, by REST and by hand; an issue or a pull request."""
    repository = _with_pull(github_sandbox)
    number = repository.open_issue("Red", author="watcher[bot]", labels=["bug"]).number
    told = []
    with rest(github_sandbox) as client:
        for thread in (1, number):
            told.append(_thread_of(github_sandbox, thread))
            client.patch(f"/repos/octo/app/issues/{thread}", json={"title": "New", "labels": []})
            client.patch(f"/repos/octo/app/issues/{thread}", json={"state": "closed"})
            told.append(_thread_of(github_sandbox, thread))
            repository.edit_issue(thread, body="Text")
            told.append(_thread_of(github_sandbox, thread))
        client.patch("/repos/octo/app/pulls/1", json={"title": "Newer"})
    told.append(_thread_of(github_sandbox, 1))
    edits = [
        (len(t["timelineItems"]["nodes"]), t["lastEditedAt"] is not None, t["closed"]) for t in told
    ]
    one = [(0, False, False), (1, False, True), (1, True, True)]
    assert edits == [*one, *one, (1, True, True)]
    assert [t["__typename"] for t in told[::3]] == ["PullRequest", "Issue", "PullRequest"]
    assert told[3]["author"] == {"__typename": "Bot", "login": "watcher"}
    assert len(repository.state.issues[1].renamed_at) == 2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("itemTypes: [RENAMED_TITLE_EVENT]", "`first` or `last`"),
        ("last: 1, itemTypes: [LOCKED_EVENT]", "no timeline items but"),
        ("last: 1", "no timeline items but"),
    ],
)
def test_a_timeline_is_asked_for_in_one_way(
    github_sandbox: SandboxGitHub, asked: str, said: str
) -> None:
    """Without a bound GitHub refuses it; of other events the sandbox knows nothing."""
    ci_repository(github_sandbox).open_issue("Red")
    query = (
        '{ repository(owner: "octo", name: "app") { issueOrPullRequest(number: 1) '
        f"{{ ... on Issue {{ timelineItems({asked}) {{ nodes {{ __typename }} }} }} }} }} }}"
    )
    with rest(github_sandbox) as client:
        answer = client.post(github_sandbox.graphql_url, json={"query": query}).json()
    assert said in answer["errors"][0]["message"]


def _thread_of(github: SandboxGitHub, number: int) -> Any:
    answer = _send(github, "Thread", **ADDRESS | {"number": number})
    return answer["data"]["repository"]["thread"]


def test_drafts_and_automatic_merges(github_sandbox: SandboxGitHub) -> None:
    """Each mutation changes what it says and gives the client's own id back."""
    repository = _with_pull(github_sandbox)
    pull = repository.state.pulls[1]
    node = {"pullRequestId": f"PR_{pull.id}"}
    seen = []
    for name in ("ToDraft", "Ready", "EnableAutoMerge", "DisableAutoMerge"):
        _send(github_sandbox, name, input=node)
        seen.append((pull.draft, pull.auto_merge))
    assert seen == [(True, ""), (False, ""), (False, "MERGE"), (False, "")]
    answer = _send(github_sandbox, "Ready", input={**node, "clientMutationId": "mine"})
    assert answer["data"]["markPullRequestReadyForReview"]["clientMutationId"] == "mine"


def test_a_commit_on_a_branch(github_sandbox: SandboxGitHub) -> None:
    """It adds and deletes files on top of the expected head, and refuses a stale one."""
    repository = ci_repository(github_sandbox)
    head = repository.head("main")
    content = base64.b64encode(b"new\n").decode()
    order = {
        "branch": {"repositoryNameWithOwner": "octo/app", "branchName": "main"},
        "expectedHeadOid": head,
        "message": {"headline": "Add a", "body": "Why not"},
        "fileChanges": {
            "additions": [{"path": "a.txt", "contents": content}],
            "deletions": [{"path": "check.sh"}],
        },
    }
    made = _send(github_sandbox, "Commit", input=order)["data"]["createCommitOnBranch"]["commit"]
    github_sandbox.wait_idle()
    stale = _send(github_sandbox, "Commit", input=order)
    assert (made["oid"], repository.read("main", "a.txt")) == (repository.head("main"), "new\n")
    assert [entry.path for entry in repository.state.git.entries("main")] == [".github", "a.txt"]
    assert stale["errors"][0]["type"] == "STALE_DATA"


@pytest.mark.parametrize(
    ("name", "variables", "expected"),
    [
        ("PullRequestState", {**ADDRESS, "number": 9}, "NOT_FOUND"),
        ("PullRequestState", {**ADDRESS, "name": "none"}, "NOT_FOUND"),
        ("Thread", {**ADDRESS, "number": 9}, "NOT_FOUND"),
        ("Ready", {"input": {"pullRequestId": "PR_9"}}, "NOT_FOUND"),
        ("Minimize", {"input": {"subjectId": "IC_9", "classifier": "SPAM"}}, "NOT_FOUND"),
        ("Resolve", {"input": {"threadId": "PRRT_9"}}, "NOT_FOUND"),
    ],
)
def test_what_is_not_there(
    github_sandbox: SandboxGitHub, name: str, variables: dict[str, Any], expected: str
) -> None:
    """Unknown repositories, numbers and ids are errors of a type, with status 200."""
    ci_repository(github_sandbox)
    answer = _send(github_sandbox, name, **variables)
    assert [error["type"] for error in answer["errors"]] == [expected]


def test_mutations_ask_for_permission(github_sandbox: SandboxGitHub) -> None:
    """Without write access to pull requests and issues nothing is changed."""
    repository = _with_pull(github_sandbox)
    github_sandbox.tokens.grant("reader", permissions={"contents": "read"})
    pull = repository.state.pulls[1]
    for name in ("ToDraft", "PullRequestState"):
        sent = {"input": {"pullRequestId": f"PR_{pull.id}"}} if name == "ToDraft" else ADDRESS
        answer = _send(github_sandbox, name, "reader", **sent)
        assert [error["type"] for error in answer["errors"]] == ["FORBIDDEN"]
    assert pull.draft is False


def test_limits_and_viewer(github_sandbox: SandboxGitHub) -> None:
    """The viewer is the token's account; the limit is that of REST."""
    ci_repository(github_sandbox)
    viewer = _send(github_sandbox, "Viewer")["data"]["viewer"]
    limit = _send(github_sandbox, "RateLimit")["data"]["rateLimit"]
    assert (viewer, limit["limit"]) == ({"login": "dev"}, 5_000)


def test_a_history_comes_in_pages_the_newest_change_first(github_sandbox: SandboxGitHub) -> None:
    """Pull requests and issues apart, each list by its own cursor; a cursor is not made up."""
    repository = _with_pull(github_sandbox)
    for title in "abc":
        repository.open_issue(title).updated_at = f"2026-01-0{ord(title) - 96}T00:00:00Z"
    repository.comment(2, "hello")
    variables = {"owner": "octo", "name": "app", "since": "2026-01-02T00:00:00Z"}
    told = _send(github_sandbox, "History", **variables)["data"]["repository"]
    assert [node["number"] for node in told["issues"]["nodes"]] == [2, 4, 3]
    assert told["issues"]["nodes"][0]["comments"]["nodes"] == [{"body": "hello"}]
    assert [node["number"] for node in told["pulls"]["nodes"]] == [1]
    after = told["issues"]["pageInfo"]["endCursor"]
    rest = _send(github_sandbox, "History", **variables, issues=after)["data"]["repository"]
    assert rest["issues"] == {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}
    wrong = _send(github_sandbox, "History", **variables, issues="4")
    assert "valid cursor" in wrong["errors"][0]["message"]


def test_a_list_that_may_not_be_read_takes_its_repository_along(
    github_sandbox: SandboxGitHub,
) -> None:
    """A list is never null: without the right for one of two the whole answer is null."""
    _with_pull(github_sandbox)
    github_sandbox.tokens.grant("half", permissions={"pull-requests": "read"})
    told = _send(github_sandbox, "History", "half", owner="octo", name="app",
                 since="2026-01-02T00:00:00Z")  # fmt: skip
    assert told["data"] == {"repository": None}
    (error,) = told["errors"]
    assert (error["type"], error["path"]) == ("FORBIDDEN", ["repository", "issues"])


def test_the_ends_of_checks_and_the_repositories_of_an_account(
    github_sandbox: SandboxGitHub,
) -> None:
    """A check tells when it ended; an account its repositories by name, and only what is seen."""
    repository = _with_pull(github_sandbox)
    where = {"owner": "octo", "name": "app", "oid": repository.head("x")}
    commit = _send(github_sandbox, "Ended", **where)["data"]["repository"]["commit"]
    (check,) = commit["statusCheckRollup"]["contexts"]["nodes"]
    assert check["completedAt"] == repository.runs[-1].jobs[-1].completed_at
    github_sandbox.create_repository("octo/Abc")
    github_sandbox.tokens.grant("one", repositories=["octo/app"])
    for who, names in (("all", ["octo/Abc", "octo/app"]), ("one", ["octo/app"])):
        owner = _send(github_sandbox, "Owned", who, login="octo")["data"]["repositoryOwner"]
        assert [node["nameWithOwner"] for node in owner["repositories"]["nodes"]] == names
    nobody = _send(github_sandbox, "Owned", login="nobody")
    assert nobody["errors"][0]["type"] == "NOT_FOUND"
