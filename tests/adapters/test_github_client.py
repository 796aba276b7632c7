"""GitHub over HTTP: what is repeated and what never, limits, addresses, trust, words."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from github.Requester import HTTPRequestsConnectionClass

from bot.adapters.github_api import FixedToken, GitHubApi, Server
from bot.errors import ConfigurationError, UpstreamError
from bot.model import RunRef
from bot.outcomes import ErrorKind
from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.http import HttpResponse
from tests.adapters.backends.stand_ins import FakeClock
from tests.adapters.github_rig import (
    NAME,
    TOKEN,
    StandIn,
    adapter,
    failing_times,
    seeded,
    sent,
)

BAD_GATEWAY = HttpResponse(502, b"<html>Unicorn!</html>", {"content-type": "text/html"})
REPOSITORY = {
    "full_name": NAME, "id": 1, "default_branch": "main", "html_url": "https://github.com/octo/app"
}  # fmt: skip


def test_a_get_is_repeated_with_growing_pauses(github_sandbox):
    """Three bad answers are waited out, each pause longer than the one before."""
    seeded(github_sandbox)
    github_sandbox.fault_hooks.append(failing_times(3, "GET", NAME, BAD_GATEWAY))
    clock = FakeClock()
    with adapter(github_sandbox.url, clock) as api:
        assert api.repository().full_name == NAME

    assert clock.slept == sorted(clock.slept)
    assert [0.5 * 2**n <= pause <= 2**n for n, pause in enumerate(clock.slept)] == [True] * 3


@pytest.mark.parametrize("answer", [BAD_GATEWAY, None], ids=["502", "connection lost"])
def test_a_get_is_given_up_in_the_end(github_sandbox, answer):
    """Four tries, then an error of kind `github` that names the call."""
    seeded(github_sandbox)
    github_sandbox.fault_hooks.append(failing_times(9, "GET", NAME, answer))
    with adapter(github_sandbox.url) as api, pytest.raises(UpstreamError) as told:
        api.repository()

    assert (told.value.kind, sent(github_sandbox, "GET", NAME)) == (ErrorKind.GITHUB, 4)
    assert f"GET /repos/{NAME}" in told.value.message


@pytest.mark.parametrize("answer", [BAD_GATEWAY, None], ids=["502", "connection lost"])
@pytest.mark.parametrize("after", [True, False], ids=["after the effect", "before it"])
def test_a_comment_is_never_posted_twice(github_sandbox, answer, after):
    """The one POST is not repeated; where it had its effect its comment is found and returned."""
    repository = seeded(github_sandbox)
    number = repository.open_issue("Red").number
    github_sandbox.fault_hooks.append(failing_times(9, "POST", "/comments", answer, after=after))
    with adapter(github_sandbox.url) as api:
        if after:
            assert api.upsert_comment(number, "mark-1", "mark-1 body").author == "fixer"
        else:
            with pytest.raises(UpstreamError) as told:
                api.upsert_comment(number, "mark-1", "mark-1 body")
            assert told.value.maybe_done

    assert sent(github_sandbox, "POST", "/comments") == 1
    assert len(repository.state.issues[number].comments) == int(after)


@pytest.mark.parametrize("answer", [BAD_GATEWAY, None], ids=["502", "connection lost"])
def test_a_pull_request_is_never_opened_twice(github_sandbox, answer):
    """A lost answer is looked up before anything else."""
    repository = seeded(github_sandbox)
    repository.commit("fix", {"app.py": "new\n"}, "Fix")
    github_sandbox.fault_hooks.append(failing_times(9, "POST", "/pulls", answer, after=True))
    with adapter(github_sandbox.url) as api:
        made = api.open_pull_request(head="fix", base="main", title="T", body="B", draft=True)

    assert (made.number, sent(github_sandbox, "POST", "/pulls")) == (1, 1)
    assert list(repository.state.pulls) == [1]


def limited(status: int, **headers: str) -> HttpResponse:
    """A refusal by one of GitHub's rate limits."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(status, {"message": "You have exceeded a secondary rate limit."}, named)


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize(
    ("headers", "pause"),
    [({"retry_after": "7"}, 7.0), ({}, 60.0), ({"x_ratelimit_remaining": "0"}, 1.0)],
    ids=["retry-after", "nothing said", "reset long ago"],
)
def test_rate_limits_are_waited_out(status, headers, pause):
    """The pause is what GitHub asks for, and a minute where it asks for nothing."""
    clock = FakeClock()
    with (
        StandIn(limited(status, **headers), HttpResponse(200, REPOSITORY)) as github,
        adapter(github.origin, clock) as api,
    ):
        assert api.repository().id == 1
    assert clock.slept == [pause]


def test_a_limit_is_no_answer():
    """Where 403 alone means that commits cannot be compared, a limit is still waited for."""
    clock = FakeClock()
    told = HttpResponse(200, {"status": "ahead", "files": []})
    with (
        StandIn(limited(403, retry_after="7"), told) as github,
        adapter(github.origin, clock) as api,
    ):
        assert api.compare("a" * 40, "b" * 40).is_readable
    assert clock.slept == [7.0]


def test_a_used_up_limit_is_waited_for_by_the_servers_clock():
    """The pause ends at the reset time, whatever the runner's own clock says."""
    now = datetime.now(UTC).timestamp()  # what the stand-in's `Date` says; the fake clock does not
    answer = limited(403, x_ratelimit_remaining="0", x_ratelimit_reset=str(int(now) + 42))
    clock = FakeClock()
    with (
        StandIn(answer, HttpResponse(200, REPOSITORY)) as github,
        adapter(github.origin, clock) as api,
    ):
        assert api.repository().id == 1
    assert 40 <= sum(clock.slept) <= 42


def test_a_limit_that_lasts_too_long_ends_at_once(github_sandbox):
    """An hour is not waited for; the words blame the limit, not the token's permissions."""
    seeded(github_sandbox)
    github_sandbox.tokens.grant(TOKEN, permissions={}).limit = 0
    clock = FakeClock()
    with adapter(github_sandbox.url, clock) as api, pytest.raises(UpstreamError) as told:
        api.repository()

    assert (told.value.kind, clock.slept) == (ErrorKind.GITHUB, [])
    assert "rate limit" in told.value.message


def test_nothing_is_sent_before_a_limit_is_over():
    """Neither by another call nor by a later try of the engine."""
    clock = FakeClock()
    answers = limited(403, retry_after="600"), HttpResponse(200, REPOSITORY)
    with StandIn(*answers) as github, adapter(github.origin, clock) as api:
        for _ in range(2):
            with pytest.raises(UpstreamError, match=r"rate limit .* 600 s"):
                api.repository()
        assert len(github.asked) == 1
        clock.sleep(600)
        assert api.repository().id == 1


def test_a_write_is_sent_again_after_a_short_limit():
    """A limit refuses before any effect, so nothing is written twice."""
    clock = FakeClock()
    made = {"number": 7, "html_url": "https://github.com/octo/app/issues/7", "body": "B"}
    with (
        StandIn(limited(403, retry_after="30"), HttpResponse(201, made)) as github,
        adapter(github.origin, clock) as api,
    ):
        assert api._client.post("/repos/octo/app/issues", {"title": "T"})["number"] == 7
    assert (clock.slept, len(github.asked)) == ([30.0], 2)


def test_threads_get_their_own_answers(monkeypatch):
    """Both requests are made up before either is sent: each still gets what it asked for."""
    ready, made_up = threading.Barrier(2, timeout=5), HTTPRequestsConnectionClass.request

    def request(self, *what):
        made_up(self, *what)
        ready.wait()

    monkeypatch.setattr(HTTPRequestsConnectionClass, "request", request)
    paths = ["/repos/octo/one", "/repos/octo/two"]
    with (
        StandIn(lambda asked: HttpResponse(200, {"seen": asked.path})) as github,
        adapter(github.origin) as api,
        ThreadPoolExecutor(2) as pool,
    ):
        seen = [answer["seen"] for answer in pool.map(api._client.get, paths)]

    assert seen == paths


def test_what_did_not_change_is_not_sent_again(github_sandbox):
    """The second read of a resource is a 304, which costs nothing, and says the same."""
    seeded(github_sandbox)
    with adapter(github_sandbox.url) as api:
        assert api.repository() == api.repository()

    assert [x.response.status for x in github_sandbox.exchanges] == [200, 304]


def test_what_changed_is_seen_in_spite_of_the_tag(github_sandbox):
    """A branch that moved is read anew."""
    repository = seeded(github_sandbox)
    with adapter(github_sandbox.url) as api:
        before = api.branch_head("main")
        moved = repository.commit("main", {"app.py": "new\n"}, "Move")
        assert (api.branch_head("main"), before == moved) == (moved, False)


def test_a_wrong_token_is_named(github_sandbox):
    """401 is `github-auth` and names the input; it is asked once."""
    seeded(github_sandbox)
    with (
        adapter(github_sandbox.url, token="ghp_wrong") as api,
        pytest.raises(UpstreamError, match="`github-token`") as told,
    ):
        api.repository()

    assert (told.value.kind, len(github_sandbox.exchanges)) == (ErrorKind.GITHUB_AUTH, 1)


def test_a_missing_permission_is_named(github_sandbox):
    """403 is `github-permission` with GitHub's own words as detail; it is asked once."""
    repository = seeded(github_sandbox, permissions={"contents": "read"})
    run = github_sandbox.add_run(repository, [JobSeed("test", "failure")])
    with adapter(github_sandbox.url) as api, pytest.raises(UpstreamError) as told:
        api.run(RunRef(run.id))

    assert (told.value.kind, len(github_sandbox.exchanges)) == (ErrorKind.GITHUB_PERMISSION, 1)
    assert "permissions:" in told.value.remedy
    assert told.value.detail.raw == "Resource not accessible by personal access token"


def test_a_repository_that_cannot_be_seen_is_a_configuration_error(github_sandbox):
    """404 names the variable and the token."""
    seeded(github_sandbox)
    with (
        adapter(github_sandbox.url, full_name="octo/other") as api,
        pytest.raises(ConfigurationError, match=r"octo/other.*GITHUB_REPOSITORY"),
    ):
        api.repository()


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (HttpResponse(200, b"<!DOCTYPE html>"), ErrorKind.CONFIGURATION, "is not GitHub's API"),
        (HttpResponse(403, b"<html>proxy</html>"), ErrorKind.CONFIGURATION, "not GitHub's API"),
        (HttpResponse(200, b""), ErrorKind.GITHUB, "is not GitHub's API"),
        (HttpResponse(200, b"pong"), ErrorKind.GITHUB, "is not GitHub's API"),
        (
            HttpResponse(308, b"", {"location": "https://sso.example.com/login"}),
            ErrorKind.CONFIGURATION,
            "redirects GET /repos/octo/app to sso.example.com",
        ),
        (
            HttpResponse(301, b"", {"location": "https://ghe.example.com/x"}),
            ErrorKind.CONFIGURATION,
            "redirects GET /repos/octo/app to ghe.example.com",
        ),
    ],
    ids=["HTML", "a proxy's HTML", "nothing", "no JSON", "redirect", "moved host"],
)
def test_what_is_not_githubs_api(answer, kind, words):
    """The error names the variable that holds the address."""
    with (
        StandIn(answer) as github,
        adapter(github.origin) as api,
        pytest.raises(UpstreamError, match=words) as told,
    ):
        api.repository()
    assert told.value.kind is kind
    assert told.value.kind is ErrorKind.GITHUB or "GITHUB_API_URL" in str(told.value)


def test_a_list_that_is_none():
    """An answer of another shape is an error of ours, not a crash."""
    with (
        StandIn(HttpResponse(200, {"ok": True})) as github,
        adapter(github.origin) as api,
        pytest.raises(UpstreamError, match="is not GitHub's API"),
    ):
        api.jobs(RunRef(1))


@pytest.mark.parametrize("url", ["api.github.com", "ftp://api.github.com", "https://", ""])
def test_an_address_that_is_none(url):
    """GITHUB_API_URL is checked before it is used."""
    with pytest.raises(ConfigurationError, match="GITHUB_API_URL"):
        GitHubApi(Server(url), FixedToken(TOKEN), full_name=NAME, clock=FakeClock())


@pytest.mark.parametrize("slash", ["", "/"])
def test_enterprise_server(strict_github, slash):
    """REST below `/api/v3`, GraphQL at `/api/graphql`, pages by the server's own links."""
    github = strict_github(enterprise=True)
    repository = seeded(github)
    run = github.add_run(repository, [JobSeed(f"leg {n}") for n in range(101)])
    with adapter(github.url + slash) as api:
        assert (len(api.jobs(RunRef(run.id, 1))), api.viewer()) == (101, "fixer")

    paths = {x.request.path for x in github.exchanges}
    assert paths == {f"/api/v3/repos/{NAME}/actions/runs/{run.id}/attempts/1/jobs", "/api/graphql"}


def test_graphql_errors_are_errors():
    """GraphQL says 200 whatever happens; its own errors count."""
    answer = HttpResponse(200, {"data": None, "errors": [{"message": "Something went wrong"}]})
    with (
        StandIn(answer) as github,
        adapter(github.origin) as api,
        pytest.raises(UpstreamError) as told,
    ):
        api.viewer()
    assert told.value.detail.raw == "Something went wrong"
