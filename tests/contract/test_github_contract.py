"""The check itself: every described operation is served as described, and wrong ones are found."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from bot.sandbox.github import SandboxGitHub
from tests import sandbox_fixtures
from tests.contract.github_contract import CONTRACTS, GitHubContract, Operation, all_operations
from tests.sandbox.github_rig import ci_repository, full_repository, rest

NOT_SERVED = {
    "dependency-graph/export-sbom",
    "dependency-graph/diff-range",
    "pulls/list-comments-for-review",
}
BY_APP = {"apps/get-authenticated", "apps/list-installations", "apps/get-installation",
          "apps/get-repo-installation", "apps/get-org-installation",
          "apps/get-user-installation"}  # fmt: skip


def _filled(template: str, values: dict[str, Any]) -> str:
    if template.startswith("/repos/{owner}/{repo}/pulls/comments"):
        values = {**values, "comment_id": values["review_comment_id"]}
    if re.search(r"/commits/\{ref\}", template):
        values = {**values, "ref": "fix"}
    return re.sub(r"\{(\w+)\}", lambda m: str(values[m[1]]), template)


def _query(operation: Operation) -> dict[str, str]:
    return {"q": "repo:octo/app fix"} if operation.template == "/search/issues" else {}


def test_every_read_is_answered_as_described(github_sandbox: SandboxGitHub) -> None:
    """Each GET of the description succeeds on a repository that has one of everything."""
    values = full_repository(github_sandbox)
    reads = [
        operation
        for operation in all_operations()
        if operation.method == "GET"
        and operation.description["operationId"] not in NOT_SERVED | BY_APP
    ]
    with rest(github_sandbox) as client:
        statuses = {
            operation.template: client.get(
                _filled(operation.template, values), params=_query(operation)
            ).status_code
            for operation in reads
        }
    assert {path: s for path, s in statuses.items() if s not in {200, 204, 302}} == {}


def test_what_is_not_served_is_known(github_sandbox: SandboxGitHub) -> None:
    """The described operations that the sandbox answers with no route are exactly these three."""
    missing = set()
    for operation in all_operations():
        path = re.sub(r"\{\w+\}", "1", operation.template).replace(
            "/artifacts/1/1", "/artifacts/1/zip"
        )
        routes = github_sandbox._by_method[operation.method]
        if not any(route.pattern.match(path) for route in routes):
            missing.add(operation.description["operationId"])
    assert missing == NOT_SERVED


@pytest.mark.parametrize(
    ("method", "path", "body", "finding"),
    [
        ("POST", "pulls", {"head": "x", "base": "main", "title": "t", "labels": []}, "labels"),
        ("POST", "pulls", {"base": "main", "title": "t"}, "'head' is a required property"),
        ("POST", "pulls", None, "the body is missing"),
        ("POST", "issues/1/reactions", {"content": "thumbsup"}, "is not one of"),
        ("POST", "issues/1/labels", ["bug"], "is not"),
        ("POST", "issues/1/comments", {"body": 1}, "is not of type 'string'"),
        ("POST", "actions/runs/1/cancel", {"force": True}, "none is described"),
        ("GET", "issues/abc", None, "path parameter issue_number"),
        ("GET", "pulls?state=opened", None, "query parameter state"),
        ("GET", "pulls?heads=a:b", None, "query parameter heads is not described"),
        ("GET", "actions/runs?exclude_pull_requests=1", None, "is not of type 'boolean'"),
        ("GET", "dependabot/alerts?sort=severity", None, "query parameter sort"),
        ("GET", "dependabot/alerts?page=2", None, "query parameter page is not described"),
        ("GET", "git/trees/main?recurse=1", None, "query parameter recurse is not described"),
        ("GET", "issues/1?state=open", None, "query parameter state is not described"),
        ("GET", "statuses/main", None, "there is no such operation"),
        ("POST", "git/ref/heads/x", {}, "there is no such operation"),
    ],
)
def test_a_wrong_request_is_found(method: str, path: str, body: Any, finding: str) -> None:
    """Extra members, wrong values, unknown parameters and unknown paths are findings."""
    with SandboxGitHub() as github:
        ci_repository(github)
        contract = GitHubContract()
        github.observers.append(contract.observe)
        with rest(github) as client:
            client.request(method, f"/repos/octo/app/{path}", json=body)
    assert any(finding in found for found in contract.findings), contract.findings


@pytest.mark.parametrize(
    ("sent", "finding"),
    [
        ({"query": "{ viewer { loggin } }"}, "Cannot query field 'loggin'"),
        ({"query": "{ viewer { login }"}, "Syntax Error"),
        ({"query": "{ viewer { login } }", "extra": 1}, "extra"),
        (
            {"query": "mutation M($i: MinimizeCommentInput!) "
                      "{ minimizeComment(input: $i) { clientMutationId } }",
             "variables": {"i": {"subjectId": "IC_1", "classifier": "OLD"}}},
            "OLD",
        ),
    ],
)  # fmt: skip
def test_a_wrong_graphql_document_is_found(sent: dict[str, Any], finding: str) -> None:
    """Unknown fields, broken syntax and wrong variables are findings."""
    with SandboxGitHub() as github:
        repository = ci_repository(github)
        repository.comment(repository.open_issue("One").number, "text")
        contract = GitHubContract()
        github.observers.append(contract.observe)
        with rest(github) as client:
            client.post(github.graphql_url, json=sent)
    contract.findings = [found.replace("IC_1", "") for found in contract.findings]
    assert any(finding in found for found in contract.findings), contract.findings


def test_a_drifting_answer_is_found() -> None:
    """An answer with a member that GitHub does not have, or without one that it has, is found."""
    with SandboxGitHub() as github:
        ci_repository(github)
        contract = GitHubContract()
        github.observers.append(contract.observe)
        route = next(r for r in github._by_method["GET"] if r.endpoint.__name__ == "get_repository")
        plain = route.endpoint
        drifting = type(route)(
            "GET",
            route.pattern,
            route.permission,
            lambda call: {**{k: v for k, v in plain(call).items() if k != "id"}, "mood": "good"},
        )
        github._by_method["GET"].insert(0, drifting)
        with rest(github) as client:
            client.get("/repos/octo/app")
    assert contract.findings == [
        "GET /repos/octo/app: answer: it: 'id' is a required property",
        "GET /repos/octo/app: answer: member mood is not described",
    ]


@pytest.mark.parametrize(
    ("wrong", "finding"),
    [
        ({"severity": "moderate"}, "'moderate' is not one of"),
        ({"state": "closed"}, "'closed' is not one of"),
        ({"scope": "build"}, "scope: 'build' is not"),
        ({"created_at": "yesterday"}, "is not a 'date-time'"),
    ],
)
def test_an_alert_that_github_would_not_tell_is_found(wrong: dict[str, str], finding: str) -> None:
    """Words that an alert cannot have are findings, in the list and alone."""
    with SandboxGitHub() as github:
        ci_repository(github).alert("httpx", **wrong)
        contract = GitHubContract()
        github.observers.append(contract.observe)
        with rest(github) as client:
            client.get("/repos/octo/app/dependabot/alerts")
            client.get("/repos/octo/app/dependabot/alerts/1")
    places = {found.partition(": answer: ")[0] for found in contract.findings if finding in found}
    path = "GET /repos/octo/app/dependabot/alerts"
    assert places == {path, f"{path}/1"}, contract.findings


def test_a_token_on_a_signed_link_is_found() -> None:
    """The store behind log links refuses a request with a token, and the check names it."""
    with SandboxGitHub() as github:
        contract = GitHubContract()
        github.blobs.observers.append(contract.observe)
        link = github.blobs.link("log.txt", lambda: b"log")
        answer = httpx.get(link, headers={"authorization": "Bearer all"}, trust_env=False)
    assert answer.status_code == 400
    assert ["a signed link was sent a token" in found for found in contract.findings] == [True]


def test_a_finding_fails_the_test_that_caused_it() -> None:
    """Closing the strict sandboxes of a test returns what was found in them."""
    strict = sandbox_fixtures.StrictGitHub()
    github = strict.start()
    with rest(github, "") as client:
        client.get("/repos/octo/app/nothing")
    found = strict.close()
    assert found == ["GET /repos/octo/app/nothing: there is no such operation"]


def test_a_deviation_that_is_not_needed_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole run ends red when a listed deviation never occurred."""
    monkeypatch.setattr(sandbox_fixtures, "KNOWN_DEVIATIONS", {("GET", "/nowhere"): "no reason"})
    config = SimpleNamespace(
        args=["tests"], getini=lambda _: ["tests"], option=SimpleNamespace(keyword="", markexpr="")
    )
    session: Any = SimpleNamespace(config=config, testsfailed=0, exitstatus=0)
    with pytest.raises(pytest.UsageError, match=r"no longer needed: .*nowhere"):
        sandbox_fixtures.pytest_sessionfinish(session)
    assert session.exitstatus == 1


def test_the_operations_file_is_valid_graphql() -> None:
    """Every operation that the schema was cut for is answered by the sandbox's own executor."""
    from bot.sandbox.github_graphql_document import parse

    text = (CONTRACTS / "graphql-operations.graphql").read_text()
    operations = re.split(r"\n(?=query|mutation)", text.strip())
    kinds = [parse(operation).kind for operation in operations]
    assert [operation.split()[0] for operation in operations] == kinds
