"""Tokens of the sandbox GitHub: who they are, what they may do, how much is left of them."""

from __future__ import annotations

import base64

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from github import Auth, Github, GithubIntegration

from bot.sandbox.github import SandboxGitHub
from tests.sandbox.github_rig import (
    EVERYTHING,
    ci_repository,
    error,
    full_repository,
    pygithub,
    rest,
)

REPO = "/repos/octo/app"
# Reference: docs "Permissions required for GitHub Apps" and npm @octokit/app-permissions.
DEMANDS = [
    ("GET", "/actions/runs", "actions", "read"),
    ("GET", "/actions/jobs/{job_id}/logs", "actions", "read"),
    ("POST", "/actions/runs/{run_id}/rerun-failed-jobs", "actions", "write"),
    ("POST", "/actions/workflows/ci.yml/dispatches", "actions", "write"),
    ("GET", "/check-runs/{check_run_id}/annotations", "checks", "read"),
    ("GET", "/commits/fix/check-runs", "checks", "read"),
    ("GET", "/commits/fix/status", "statuses", "read"),
    ("POST", "/statuses/{sha}", "statuses", "write"),
    ("GET", "/branches/fix", "contents", "read"),
    ("GET", "/compare/main...fix", "contents", "read"),
    ("GET", "/contents/check.sh", "contents", "read"),
    ("DELETE", "/git/refs/heads/fix", "contents", "write"),
    ("GET", "/pulls", "pull-requests", "read"),
    ("PATCH", "/pulls/{pull_number}", "pull-requests", "write"),
    ("POST", "/issues", "issues", "write"),
    ("GET", "/dependabot/alerts", "vulnerability-alerts", "read"),
]
BODIES = {
    "/actions/workflows/ci.yml/dispatches": {"ref": "main"},
    "/statuses/{sha}": {"state": "success"},
    "/pulls/{pull_number}": {"title": "T"},
    "/issues": {"title": "T"},
}


def test_each_call_needs_its_permission(github_sandbox: SandboxGitHub) -> None:
    """Everything but the one permission is 403 in GitHub's words; the one alone is enough."""
    values = full_repository(github_sandbox)
    refused, granted = [], []
    for method, path, name, level in DEMANDS:
        others = {key: value for key, value in EVERYTHING.items() if key != name}
        below = {name: "read"} if level == "write" else {}
        tokens = github_sandbox.tokens
        tokens.grant("without", kind="github-token", permissions={**others, **below})
        tokens.grant("with", kind="github-token", permissions={name: level})
        url, body = REPO + path.format(**values), BODIES.get(path)
        with rest(github_sandbox, "without") as client:
            refused.append(error(client.request(method, url, json=body)))
        with rest(github_sandbox, "with") as client:
            granted.append(client.request(method, url, json=body).status_code < 400)
    assert refused == [(403, "Resource not accessible by integration")] * len(DEMANDS)
    assert granted == [True] * len(DEMANDS)


@pytest.mark.parametrize(
    ("key", "expected"),
    [("issues", [200, 200]), ("pull-requests", [403, 200]), ("contents", [403, 403])],
)
def test_reading_an_issue_and_a_pull_requests_issue(
    github_sandbox: SandboxGitHub, key: str, expected: list[int]
) -> None:
    """`pull-requests: read` opens the conversations of pull requests only."""
    number = full_repository(github_sandbox)["issue_number"]
    plain = github_sandbox.repository("octo/app").open_issue("Plain").number
    github_sandbox.tokens.grant("one", permissions={key: "read"})
    with rest(github_sandbox, "one") as client:
        answers = [client.get(f"{REPO}/issues/{n}") for n in (plain, number)]
    assert [answer.status_code for answer in answers] == expected


@pytest.mark.parametrize("key", ["issues", "pull-requests"])
def test_either_key_lets_comment(github_sandbox: SandboxGitHub, key: str) -> None:
    """Comments on pull requests need issues: write or pull-requests: write, not both."""
    values = full_repository(github_sandbox)
    github_sandbox.tokens.grant("one", permissions={key: "write"})
    with rest(github_sandbox, "one") as client:
        path = f"{REPO}/issues/{values['issue_number']}/comments"
        assert client.post(path, json={"body": "text"}).status_code == 201


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", (401, "Requires authentication")),
        ("Bearer nobody", (401, "Bad credentials")),
        ("token all", (200, "octo/app")),
        ("Basic " + base64.b64encode(b"x-access-token:all").decode(), (200, "octo/app")),
    ],
)
def test_who_calls_is_told_by_the_header(
    github_sandbox: SandboxGitHub, header: str, expected: tuple[int, str]
) -> None:
    """Bearer, token and Basic are read; no or an unknown token is 401."""
    ci_repository(github_sandbox)
    headers = {"authorization": header} if header else {}
    answer = httpx.get(f"{github_sandbox.url}{REPO}", headers=headers, trust_env=False)
    body = answer.json()
    assert (answer.status_code, body.get("message", body.get("full_name"))) == expected


def test_a_revoked_token_and_another_repository(github_sandbox: SandboxGitHub) -> None:
    """A revoked token is 401; one of another repository sees a 404, as on GitHub."""
    ci_repository(github_sandbox)
    tokens = github_sandbox.tokens
    tokens.grant("elsewhere", permissions=EVERYTHING, repositories=["octo/other"])
    with rest(github_sandbox, "elsewhere") as client:
        assert error(client.get(REPO)) == (404, "Not Found")
    tokens.revoke("elsewhere")
    with rest(github_sandbox, "elsewhere") as client:
        assert error(client.get(REPO)) == (401, "Bad credentials")


def test_a_misspelt_level_is_told_at_once(github_sandbox: SandboxGitHub) -> None:
    """A grant with a level that GitHub does not have is the caller's mistake."""
    with pytest.raises(ValueError, match="'wirte' is none of none, read, write, admin"):
        github_sandbox.tokens.grant("t", permissions={"contents": "wirte"})


def test_only_people_are_users(github_sandbox: SandboxGitHub) -> None:
    """`GET /user` is 403 for tokens of Apps and workflows; check runs are 403 for people."""
    sha = ci_repository(github_sandbox).head("main")
    github_sandbox.tokens.grant("job", kind="github-token", permissions={"checks": "write"})
    check = {"name": "c", "head_sha": sha}
    with rest(github_sandbox, "job") as client:
        assert error(client.get("/user")) == (403, "Resource not accessible by integration")
        assert client.post(f"{REPO}/check-runs", json=check).status_code == 201
    with rest(github_sandbox) as client:
        assert client.get("/user").json()["login"] == "dev"
        answer = client.post(f"{REPO}/check-runs", json=check)
    assert error(answer) == (403, "You must authenticate via a GitHub App.")


def test_roles_of_collaborators(github_sandbox: SandboxGitHub) -> None:
    """Maintain shows as write and triage as read; an account that does not exist is 404."""
    repository = ci_repository(github_sandbox)
    for login, role in {"m": "maintain", "t": "triage", "w": "write"}.items():
        repository.collaborator(login, role)
    github_sandbox.state.user("stranger")
    api = pygithub(github_sandbox).get_repo("octo/app")
    seen = {login: api.get_collaborator_permission(login) for login in ("m", "t", "w", "octo")}
    assert seen == {"m": "write", "t": "read", "w": "write", "octo": "admin"}
    assert api.get_collaborator_permission("stranger") == "read"
    with rest(github_sandbox) as client:
        missing = client.get(f"{REPO}/collaborators/nobody-at-all/permission")
    assert error(missing) == (404, "Not Found")


def test_an_unchanged_answer_is_304_and_free(github_sandbox: SandboxGitHub) -> None:
    """With the ETag sent back an unchanged answer has no body and costs no quota."""
    repository = ci_repository(github_sandbox)
    with rest(github_sandbox) as client:
        first = client.get(f"{REPO}/pulls")
        again = client.get(f"{REPO}/pulls", headers={"if-none-match": first.headers["etag"]})
        repository.commit("x", {"x": "x"}, "X", start=False)
        repository.open_pull_request("x")
        changed = client.get(f"{REPO}/pulls", headers={"if-none-match": first.headers["etag"]})
    github_sandbox.wait_idle()
    left = [answer.headers["x-ratelimit-remaining"] for answer in (first, again, changed)]
    assert [first.status_code, again.status_code, changed.status_code] == [200, 304, 200]
    assert (again.content, left) == (b"", ["4999", "4999", "4998"])


def test_a_used_up_token_waits_for_its_hour(github_sandbox: SandboxGitHub) -> None:
    """At the limit every call is 403 with nothing remaining, until the reset."""
    ci_repository(github_sandbox)
    grant = github_sandbox.tokens.grant("job", kind="github-token")
    grant.used = 1_000
    with rest(github_sandbox, "job") as client:
        refused = client.get(REPO)
        github_sandbox.clock.advance(3_601)
        served = client.get(REPO)
    assert error(refused) == (403, "API rate limit exceeded for github-actions[bot].")
    assert refused.headers["x-ratelimit-remaining"] == "0"
    assert served.status_code == 200


def test_an_app_trades_its_key_for_a_token(github_sandbox: SandboxGitHub) -> None:
    """JWT → installation → token, which then acts as the App and no longer than an hour."""
    ci_repository(github_sandbox)
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    granted = {"pull_requests": "write", "metadata": "read"}
    github_sandbox.tokens.register_app(7, "fixer", granted, public_key=public.decode())
    integration = GithubIntegration(auth=Auth.AppAuth(7, pem), base_url=github_sandbox.url)
    installation = integration.get_repo_installation("octo", "app")
    token = integration.get_access_token(installation.id).token
    github = Github(base_url=github_sandbox.url, auth=Auth.Token(token), retry=None)
    _, answer = github.requester.graphql_query("{ viewer { login } }", {})
    assert answer["data"]["viewer"] == {"login": "fixer[bot]"}
    assert (token.startswith("ghs_7_"), len(token) > 100) == (True, True)
    with rest(github_sandbox, token) as client:
        assert client.get(f"{REPO}/pulls").status_code == 200
        assert client.get(f"{REPO}/actions/runs").status_code == 403
        github_sandbox.clock.advance(3_700)
        assert error(client.get(f"{REPO}/pulls")) == (401, "Bad credentials")


def test_enterprise_serves_below_its_prefix(strict_github: object) -> None:
    """With `enterprise` REST is below /api/v3, GraphQL at /api/graphql, and links say so."""
    assert callable(strict_github)
    github: SandboxGitHub = strict_github(enterprise=True)
    repository = ci_repository(github)
    repository.comment(repository.open_issue("One").number, "text")
    client = pygithub(github)
    seen = client.get_repo("octo/app").get_issue(1)
    _, answer = client.requester.graphql_query("{ viewer { login } }", {})
    assert github.url.endswith("/api/v3")
    assert seen.url == f"{github.url}/repos/octo/app/issues/1"
    assert [comment.body for comment in seen.get_comments()] == ["text"]
    assert answer["data"]["viewer"] == {"login": "dev"}
