"""GitHub Apps in the sandbox: JWTs are verified for real, tokens are narrowed and end."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from bot.sandbox.github import SandboxGitHub
from tests.app_keys import APP_ID, key, registered
from tests.sandbox.github_rig import ci_repository, error, rest

REPO = "/repos/octo/app"
FAR = "'Expiration time' claim ('exp') is too far in the future"
EXPIRED = "'Expiration time' claim ('exp') must be a numeric value representing the future time"
FUTURE = "'Issued at' claim ('iat') must be an Integer representing the time"
BAD = "A JSON web token could not be decoded"


def signed(github: SandboxGitHub, by: str = "", without: str = "", **other: Any) -> str:
    """A JWT; `iat` and `exp` are seconds from the sandbox's now."""
    algorithm: str = other.pop("algorithm", "RS256")
    signer: Any = None if algorithm == "none" else by or key().private
    now = int(github.clock.now().timestamp())
    said: dict[str, Any] = {"iat": -60, "exp": 540, "iss": str(APP_ID)} | other
    said |= {"iat": now + said["iat"], "exp": now + said["exp"]}
    said.pop(without, None)
    return jwt.encode(said, signer, algorithm)


@pytest.mark.parametrize(
    ("how", "status", "words"),
    [
        ({"by": key("a stranger's").private}, 401, BAD),
        ({"algorithm": "HS256", "by": "0" * 64}, 401, BAD),
        ({"algorithm": "none"}, 401, BAD),
        ({"iss": "999"}, 404, "Integration not found"),
        ({"without": "iss"}, 401, BAD),
        ({"iat": 5}, 401, FUTURE),
        ({"without": "iat"}, 401, FUTURE),
        ({"exp": -5}, 401, EXPIRED),
        ({"without": "exp"}, 401, EXPIRED),
        ({"exp": 660}, 401, FAR),
    ],
    ids=["another key", "HMAC", "unsigned", "unknown App", "no issuer", "from the future",
         "no iat", "expired", "no exp", "too long"],
)  # fmt: skip
def test_a_jwt_that_does_not_hold(github_sandbox: SandboxGitHub, how, status, words):
    """The signature and each claim count, in GitHub's own words."""
    registered(github_sandbox)
    ci_repository(github_sandbox)
    token = signed(github_sandbox, **how)
    with rest(github_sandbox, token) as client:
        got, message = error(client.get(f"{REPO}/installation"))
    assert (got, message[: len(words)]) == (status, words)


def test_a_jwt_ends(github_sandbox: SandboxGitHub):
    """One that held a moment ago is refused when its time is over."""
    registered(github_sandbox)
    ci_repository(github_sandbox)
    with rest(github_sandbox, signed(github_sandbox)) as client:
        assert client.get(f"{REPO}/installation").status_code == 200
        github_sandbox.clock.advance(600)
        assert error(client.get(f"{REPO}/installation"))[0] == 401


def mint(github: SandboxGitHub, **body: Any) -> Any:
    """The answer to a request for a token."""
    number = github.tokens.apps[APP_ID].installation_id
    with rest(github, signed(github)) as client:
        return client.post(f"/app/installations/{number}/access_tokens", json=body)


def test_a_token_is_as_narrow_as_it_was_asked_for(github_sandbox: SandboxGitHub):
    """One repository, one permission, and what every token may: nothing else works with it."""
    registered(github_sandbox)
    ci_repository(github_sandbox)
    github_sandbox.create_repository("octo/other", {"a": "a\n"})
    made = mint(github_sandbox, repositories=["app"], permissions={"issues": "write"}).json()
    assert made["permissions"] == {"metadata": "read", "issues": "write"}
    assert [r["full_name"] for r in made["repositories"]] == ["octo/app"]
    with rest(github_sandbox, made["token"]) as client:
        assert client.post(f"{REPO}/issues", json={"title": "t"}).status_code == 201
        assert client.get(f"{REPO}/pulls").status_code == 403
        assert client.get("/repos/octo/other").status_code == 404


def test_a_token_ends_when_it_says(github_sandbox: SandboxGitHub):
    """`expires_at` is the truth, and a scenario may bring it nearer."""
    registered(github_sandbox).token_life = 30
    ci_repository(github_sandbox)
    token = mint(github_sandbox).json()["token"]
    with rest(github_sandbox, token) as client:
        assert client.get(REPO).status_code == 200
        github_sandbox.clock.advance(31)
        assert error(client.get(REPO)) == (401, "Bad credentials")


def test_a_token_revokes_itself_and_no_other(github_sandbox: SandboxGitHub):
    """204, and after that it is `Bad credentials`; the next one lives; nothing else is revoked."""
    registered(github_sandbox)
    ci_repository(github_sandbox)
    first, second = (mint(github_sandbox).json()["token"] for _ in range(2))
    with rest(github_sandbox, first) as client:
        assert client.delete("/installation/token").status_code == 204
        assert error(client.get(REPO)) == (401, "Bad credentials")
        assert client.delete("/installation/token").status_code == 401
    with rest(github_sandbox, second) as client:
        assert client.get(REPO).status_code == 200
    with rest(github_sandbox) as client:
        assert client.delete("/installation/token").status_code == 403
        assert client.get(REPO).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/users/octo/installation", 200),
        ("/orgs/octo/installation", 404),
        ("/users/nobody/installation", 404),
    ],
)
def test_the_installation_of_an_account(github_sandbox: SandboxGitHub, path: str, status: int):
    """By its login, at the address for its kind."""
    app = registered(github_sandbox)
    ci_repository(github_sandbox)
    with rest(github_sandbox, signed(github_sandbox)) as client:
        answer = client.get(path)
    assert answer.status_code == status
    assert answer.json().get("id") == (app.installation_id if status == 200 else None)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"permissions": {"packages": "read"}}, "The permissions requested are not granted"),
        ({"permissions": {"checks": "write"}}, "The permissions requested are not granted"),
        ({"repositories": ["nothing"]}, "There is at least one repository that does not exist"),
        ({"repositories": ["app", "secret"]}, "There is at least one repository"),
    ],
)
def test_what_no_token_is_made_for(github_sandbox: SandboxGitHub, body, words):
    """More than was granted, or a repository for which it is not installed: 422."""
    registered(github_sandbox, repositories=["octo/app"])
    ci_repository(github_sandbox)
    github_sandbox.create_repository("octo/secret", {"a": "a\n"})
    status, message = error(mint(github_sandbox, **body))
    assert (status, message.startswith(words)) == (422, True)


def test_a_suspended_installation_makes_no_token(github_sandbox: SandboxGitHub):
    """403, as GitHub says it."""
    registered(github_sandbox).suspended = True
    ci_repository(github_sandbox)
    assert error(mint(github_sandbox)) == (403, "This installation has been suspended")


def test_an_installation_is_one_accounts(github_sandbox: SandboxGitHub):
    """A fork elsewhere is none of its repositories, though it has the same name."""
    registered(github_sandbox)
    github_sandbox.fork(ci_repository(github_sandbox), "eve")
    with rest(github_sandbox, signed(github_sandbox)) as client:
        assert error(client.get("/repos/eve/app/installation")) == (404, "Not Found")
    made = mint(github_sandbox, repositories=["app"]).json()
    assert [r["full_name"] for r in made["repositories"]] == ["octo/app"]


def test_the_date_is_the_sandboxs_own(github_sandbox: SandboxGitHub):
    """What ends by its clock is told by its clock."""
    ci_repository(github_sandbox)
    github_sandbox.clock.advance(86_400)
    with rest(github_sandbox) as client:
        told = client.get(REPO).headers.get_list("date")
    day = github_sandbox.clock.now().strftime("%a, %d %b %Y")
    assert [value.startswith(day) for value in told] == [True]
