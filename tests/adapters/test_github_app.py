"""Acting as a GitHub App: from key to token, no wider than needed, for as long as it lasts."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from typing import Any

import jwt
import pytest

from bot.adapters.github_api import AppKey, Permissions, Server, installation, revocation
from bot.adapters.github_api.app_key import AHEAD, BACK_DATED
from bot.errors import ConfigurationError, UpstreamError
from bot.outcomes import ErrorKind
from bot.sandbox.github import SandboxGitHub
from bot.sandbox.http import HttpResponse
from tests.adapters.backends.stand_ins import START, FakeClock
from tests.adapters.github_rig import NAME, TOKEN, adapter, failing_times, sent
from tests.app_keys import APP_ID, SLUG, key, registered

WANTED = Permissions({"metadata": "read", "pull_requests": "write"}, {"actions": "write"})
MINT = "/access_tokens"


class Rig:
    """An App at a sandbox, both by one clock."""

    def __init__(self, github: SandboxGitHub, **of_app: Any) -> None:
        self.github = github
        self.app = registered(github, **of_app)
        self.concealed: list[str] = []
        self.clock = FakeClock(github.clock.advance)
        github.clock.advance((START - github.clock.now()).total_seconds())
        github.create_repository(NAME, {"app.py": "whole\n"})

    def acting(self, wanted: Permissions = WANTED, **more: Any) -> Any:
        """The adapter with the App's credentials."""
        key_of = AppKey(more.pop("app_id", str(APP_ID)), more.pop("pem", key().private))
        url = more.pop("url", self.github.url)
        name = more.get("full_name", NAME)
        made = installation(
            Server(url), key_of, wanted, scope=name, clock=self.clock,
            conceal=self.concealed.append,
        )  # fmt: skip
        return adapter(url, self.clock, credentials=made, **more)

    @property
    def minted(self) -> int:
        """How many tokens were asked for."""
        return sent(self.github, "POST", MINT)

    def bodies(self) -> list[Any]:
        """What each token was asked for with."""
        mints = (x for x in self.github.exchanges if x.request.path.endswith(MINT))
        return [json.loads(x.request.body) for x in mints]


@pytest.fixture
def rig(github_sandbox: SandboxGitHub) -> Rig:
    """An App that is installed."""
    return Rig(github_sandbox)


def test_one_token_for_many_requests(rig: Rig):
    """Installation, token, work: and our login is the App's, of which `GET /user` knows nothing."""
    with rig.acting() as api:
        assert (api.repository().full_name, api.viewer()) == (NAME, f"{SLUG}[bot]")
        assert api.is_us(f"{SLUG}[bot]")
    asked = [f"{x.request.method} {x.request.path}" for x in rig.github.exchanges]
    assert asked == [
        f"GET /repos/{NAME}/installation",
        f"POST /app/installations/{rig.app.installation_id}/access_tokens",
        f"GET /repos/{NAME}",
        "POST /graphql",
        "DELETE /installation/token",
    ]


def test_the_token_is_for_this_repository_and_no_wider_than_asked(rig: Rig):
    """Of all that the App was granted the token has what was asked; another repository is 404."""
    rig.github.create_repository("octo/other", {"x": "x\n"})
    with rig.acting() as api:
        api.repository()
        with pytest.raises(UpstreamError) as told:
            api._client.get("/repos/octo/other")
        assert told.value.status == 404
        with pytest.raises(UpstreamError) as told:
            api._client.get(f"/repos/{NAME}/git/matching-refs/heads/main")
        assert (told.value.kind, told.value.status) == (ErrorKind.GITHUB_PERMISSION, 403)
    permissions = {"metadata": "read", "pull_requests": "write", "actions": "write"}
    assert rig.bodies() == [{"repositories": ["app"], "permissions": permissions}]


def test_a_403_says_that_the_app_lacks_it(rig: Rig):
    """The remedy sends nobody to a workflow's `permissions:`."""
    with rig.acting() as api, pytest.raises(UpstreamError) as told:
        api.branch_head("main")
    assert told.value.remedy.startswith("Grant `contents: read` to the GitHub App")


def test_what_is_welcome_is_taken_where_it_is_granted(github_sandbox: SandboxGitHub):
    """An App without `actions: write` gets a token all the same."""
    rig = Rig(github_sandbox, permissions={"pull_requests": "write", "actions": "read"})
    with rig.acting() as api:
        api.repository()
    assert rig.bodies()[0]["permissions"] == {"metadata": "read", "pull_requests": "write"}


def test_what_is_missing_is_named_before_anything_else(github_sandbox: SandboxGitHub):
    """All of it at once, with where to grant it; no token is made."""
    rig = Rig(github_sandbox, permissions={"pull_requests": "read", "issues": "read"})
    wanted = Permissions({"pull_requests": "write", "issues": "read", "checks": "read"})
    with rig.acting(wanted) as api, pytest.raises(UpstreamError) as told:
        api.repository()
    assert told.value.kind is ErrorKind.GITHUB_PERMISSION
    assert "`pull-requests: write` and `checks: read`" in told.value.message
    assert "Permissions & events" in told.value.remedy
    assert rig.minted == 0


def test_it_is_renewed_before_it_ends(rig: Rig):
    """At 54 minutes the token serves; at 56 the next one is there, and no request was refused."""
    with rig.acting() as api:
        api.repository()
        rig.clock.sleep(54 * 60)
        api.repository()
        assert rig.minted == 1
        rig.clock.sleep(2 * 60)
        api.repository()
    assert rig.minted == 2
    assert 401 not in {x.response.status for x in rig.github.exchanges}


def test_it_is_renewed_by_githubs_clock(rig: Rig):
    """Ours is an hour off, so the time at which it ends would be wrong by that much."""
    rig.github.clock.advance(3600)
    with rig.acting() as api:
        for _ in range(3):
            api.repository()
            rig.clock.sleep(20 * 60)
    assert (rig.minted, sent(rig.github, "GET", NAME)) == (1, 3)


@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_a_revoked_token_is_replaced_once(rig: Rig, verb: str):
    """A 401 has no effect, so even a write is sent again, with the next token."""
    wanted = Permissions({"issues": "write", "metadata": "read"})
    with rig.acting(wanted) as api:
        api.repository()
        rig.github.tokens.revoke(rig.concealed[-1])
        if verb == "GET":
            assert api.repository().full_name == NAME
        else:
            api._client.post(f"/repos/{NAME}/issues", {"title": "Red"})
    assert (rig.minted, len(rig.github.repository(NAME).state.issues)) == (2, int(verb == "POST"))


def test_a_401_after_the_renewal_stops(rig: Rig):
    """No loop: the second refusal is the end, and says what to look at."""
    unauthorized = HttpResponse(401, {"message": "Bad credentials"})
    with rig.acting() as api:
        api.repository()
        rig.github.fault_hooks.append(failing_times(9, "GET", NAME, unauthorized))
        with pytest.raises(UpstreamError, match=f"App {APP_ID} is still installed") as told:
            api.repository()
    assert (told.value.kind, rig.minted) == (ErrorKind.GITHUB_AUTH, 2)


def test_threads_share_one_token(rig: Rig):
    """Sixteen requests at once make one token, and again one where it was revoked meanwhile."""
    together = threading.Barrier(16, timeout=10)

    def ask(_: int) -> str:
        together.wait()
        return str(api.repository().full_name)

    with rig.acting() as api, ThreadPoolExecutor(16) as pool:
        assert set(pool.map(ask, range(16))) == {NAME}
        assert rig.minted == 1
        rig.github.tokens.revoke(rig.concealed[-1])
        assert set(pool.map(ask, range(16))) == {NAME}
    assert rig.minted == 2


@pytest.mark.parametrize("seconds", [-3600, -700, -40, 0, 40, 59, 700, 3600])
def test_a_clock_that_is_off(rig: Rig, seconds: int):
    """By less than a minute nobody notices; by more GitHub's own clock is taken, once."""
    rig.github.clock.advance(-seconds)
    with rig.acting() as api:
        assert api.repository().full_name == NAME
    refused = [x for x in rig.github.exchanges if x.response.status == 401]
    assert len(refused) == int(seconds > BACK_DATED or seconds < -AHEAD)


def test_a_clock_that_jumps_in_the_middle(rig: Rig):
    """A machine that slept, or was set right: the renewal works by the time that GitHub tells."""
    with rig.acting() as api:
        api.repository()
        rig.github.clock.advance(7200)
        assert api.repository().full_name == NAME
    assert rig.minted == 2


def test_a_token_whose_answer_was_lost_is_made_again(rig: Rig):
    """Twice does no harm: the one that nobody heard of ends by itself."""
    rig.github.fault_hooks.append(failing_times(1, "POST", MINT, None, after=True))
    with rig.acting() as api:
        assert api.repository().full_name == NAME
    assert rig.minted == 2


def test_everything_secret_is_concealed_before_its_use(rig: Rig):
    """The JSON web token and the token: each is told before a request carries it."""
    seen: list[str] = []

    def known(request: Any) -> None:
        bearer = request.headers["authorization"].split()[-1]
        seen.append(bearer)
        assert bearer in rig.concealed

    rig.github.fault_hooks.append(known)
    with rig.acting() as api:
        api.repository()
    assert [s[:4] for s in dict.fromkeys(seen)] == ["eyJh", "ghs_"]
    assert rig.github.crashes == []


def test_the_wrong_key(rig: Rig):
    """401 for good: the error is about the two inputs, and there is no second try."""
    with rig.acting(pem=key("another").private) as api, pytest.raises(UpstreamError) as told:
        api.repository()
    assert (told.value.kind, len(rig.github.exchanges)) == (ErrorKind.GITHUB_AUTH, 1)
    assert "`github-app-private-key`" in told.value.remedy
    assert told.value.detail.raw == "A JSON web token could not be decoded"


def test_an_app_that_is_not_installed(github_sandbox: SandboxGitHub):
    """And an id that no App has: the error names both, since GitHub says 404 to both."""
    rig = Rig(github_sandbox, repositories=["octo/other"])
    for app_id in (str(APP_ID), "999"):
        with (
            rig.acting(app_id=app_id) as api,
            pytest.raises(ConfigurationError, match="not installed"),
        ):
            api.repository()


def test_a_suspended_installation(rig: Rig):
    """Said as it is; no token is asked for."""
    rig.app.suspended = True
    with rig.acting() as api, pytest.raises(UpstreamError, match="suspended") as told:
        api.repository()
    assert (told.value.kind, rig.minted) == (ErrorKind.GITHUB_AUTH, 0)


def test_enterprise_server(strict_github: Any):
    """Both requests lie below /api/v3, GraphQL beside it."""
    rig = Rig(strict_github(enterprise=True))
    with rig.acting() as api:
        assert (api.repository().full_name, api.viewer()) == (NAME, f"{SLUG}[bot]")
    assert rig.github.exchanges[0].request.path == f"/api/v3/repos/{NAME}/installation"


def _body(pem: str) -> str:
    return "".join(pem.split("\n")[1:-2])


SHAPES = {
    "as it is": lambda pem: pem,
    "without a line end": str.strip,
    "Windows": lambda pem: pem.replace("\n", "\r\n"),
    "written line ends": lambda pem: pem.strip().replace("\n", "\\n"),
    "written Windows line ends": lambda pem: pem.strip().replace("\n", "\\r\\n"),
    "folded by YAML": lambda pem: pem.strip().replace("\n", " "),
    "indented": lambda pem: pem.replace("\n", "\n    "),
    "one line": lambda pem: pem.replace("\n", ""),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_key_in_any_shape(shape: Any):
    """Secrets lose their line ends on many ways; the token is signed by that key all the same."""
    made = AppKey("7", shape(key().private)).token(START)
    claims = jwt.decode(
        made, key().public, algorithms=["RS256"], options={"verify_exp": False, "verify_iat": False}
    )
    now = int(START.timestamp())
    assert claims == {"iat": now - 60, "exp": now + 540, "iss": "7"}
    assert claims["exp"] - (START + timedelta(minutes=10)).timestamp() < 0


@pytest.mark.parametrize("app_id", ["7", " 7 ", "Iv1.0123456789abcdef", "Iv23liABCDEFGHIJKLMN"])
def test_an_id_is_a_number_or_a_client_id(app_id: str):
    """GitHub takes both as `iss`."""
    assert AppKey(app_id, key().private).id == app_id.strip()


BAD_KEYS = {
    "a path": "/github/workspace/key.pem",
    "a public key": key().public,
    "a certificate": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "an OpenSSH key": "-----BEGIN OPENSSH PRIVATE KEY-----\nb3\n-----END OPENSSH PRIVATE KEY-----",
    "cut off": key().private[:600],
    "broken": key().private.replace(_body(key().private)[64:128], ""),
    "a token": "ghp_" + "x" * 36,
}


@pytest.mark.parametrize("text", BAD_KEYS.values(), ids=BAD_KEYS)
def test_what_is_no_key(text: str):
    """The input is named, the remedy says what to give, and nothing of it is shown."""
    with pytest.raises(ConfigurationError, match="`github-app-private-key`") as told:
        AppKey("7", text).check()
    assert "a path is not read" in told.value.remedy
    assert (told.value.__cause__, told.value.__context__) == (None, None)
    body = text.replace("-----", "")[10:40]
    assert body not in str(told.value)


@pytest.mark.parametrize("app_id", ["", "my-app", "../7", "7\n8", "12 34", "https://github.com/x"])
def test_what_is_no_id(app_id: str):
    """It becomes a claim and words, no path; still only what GitHub gives out is taken."""
    with pytest.raises(ConfigurationError, match="`github-app-id`"):
        AppKey(app_id, key().private)


def test_nothing_is_asked_before_it_is_needed(rig: Rig):
    """Making the credentials sends nothing: an event that is none of ours costs no token."""
    with rig.acting() as api, closing(api):
        pass
    assert rig.github.exchanges == []


REVOKE = "/installation/token"


def test_what_was_made_is_revoked_at_the_end(rig: Rig):
    """Also the token that was replaced some minutes before its end; one that has ended is not."""
    with rig.acting() as api:
        for _ in range(2):
            api.repository()
            rig.clock.sleep(57 * 60)
        api.repository()
        made = [token for token in rig.concealed if token.startswith("ghs_")]
        assert len(made) == 3
    revoked = [
        x.request.headers["authorization"].removeprefix("token ")
        for x in rig.github.exchanges
        if x.request.path == REVOKE
    ]
    assert revoked == made[1:]
    assert all(rig.github.tokens.authenticate(f"token {token}") is None for token in made)


def test_the_end_comes_once(rig: Rig):
    """Closing it again sends nothing; whoever still asks is refused, and no token is made."""
    with rig.acting() as api:
        api.repository()
        assert api.revoke()
        sent_so_far = len(rig.github.exchanges)
        with pytest.raises(UpstreamError, match=f"the GitHub App {APP_ID} is revoked"):
            api.repository()
    assert (len(rig.github.exchanges), rig.minted) == (sent_so_far, 1)


def test_a_token_that_somebody_else_made_is_left_alone(github_sandbox: SandboxGitHub):
    """A personal token, or the workflow's: it may be needed longer than we are."""
    Rig(github_sandbox).github.tokens.grant(TOKEN, permissions={"metadata": "read"})
    with adapter(github_sandbox.url) as api:
        api.repository()
    assert sent(github_sandbox, "DELETE", REVOKE) == 0


BROKEN = {
    "403": HttpResponse(403, {"message": "Forbidden"}),
    "500": HttpResponse(500, {"message": "Server Error"}),
    "a page": HttpResponse(200, b"<html>Sign in", {"content-type": "text/html"}),
    "moved": HttpResponse(301, None, {"location": "https://github.example/"}),
    "lost": None,
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_a_revocation_that_fails_fails_nothing(rig: Rig, answer: Any):
    """One try, no error; only the answer says that the token lives on."""
    rig.github.fault_hooks.append(failing_times(9, "DELETE", REVOKE, answer))
    with rig.acting() as api:
        api.repository()
        assert api.revoke() is False
    assert sent(rig.github, "DELETE", REVOKE) == 1


def test_a_token_that_is_gone_already_is_revoked(rig: Rig):
    """By its owner meanwhile: GitHub knows it no more, which is what was wanted."""
    with rig.acting() as api:
        api.repository()
        rig.github.tokens.revoke(rig.concealed[-1])
        assert api.revoke() is True
    assert rig.minted == 1


def test_a_silent_server_does_not_hold_up_the_end(rig: Rig, monkeypatch: pytest.MonkeyPatch):
    """The revocation is waited for so long and no longer."""
    release, asked = threading.Event(), threading.Event()

    def silent(request: Any) -> None:
        if request.path == REVOKE:
            asked.set()
            release.wait(10)

    monkeypatch.setattr(revocation, "PATIENCE", 0.2)
    rig.github.fault_hooks.append(silent)
    try:
        with rig.acting() as api:
            api.repository()
            assert (api.revoke(), asked.is_set()) == (False, True)
    finally:
        release.set()


def test_what_is_under_way_is_finished_first(rig: Rig, monkeypatch: pytest.MonkeyPatch):
    """A request of another thread, such as a log's address, gets its answer before the end."""
    begun, release = threading.Event(), threading.Event()

    def slow(request: Any) -> None:
        if request.path == f"/repos/{NAME}/actions/runs/1":
            begun.set()
            release.wait(10)

    monkeypatch.setattr(revocation, "PATIENCE", 20.0)
    with rig.acting() as api, ThreadPoolExecutor(2) as pool:
        api.repository()
        rig.github.fault_hooks.append(slow)
        asked = pool.submit(api._client.get, f"/repos/{NAME}/actions/runs/1", none_on=(403, 404))
        assert begun.wait(10)
        ended = pool.submit(api.revoke)
        with pytest.raises(TimeoutError):
            ended.result(0.2)
        release.set()
        assert (ended.result(10), asked.result(10)) == (True, None)
    order = [x.request.path for x in rig.github.exchanges][-2:]
    assert order == [f"/repos/{NAME}/actions/runs/1", REVOKE]
