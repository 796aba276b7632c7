"""Dependabot alerts: all of them, in order, and a clear word where GitHub shows none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.errors import UpstreamError
from bot.model import Alert, Severity
from bot.outcomes import ErrorKind
from bot.sandbox.http import Fault, HttpRequest, HttpResponse
from bot.untrusted import Untrusted
from tests.adapters.backends.stand_ins import FakeClock
from tests.adapters.github_rig import TOKEN, StandIn, adapter, seeded, sent

READS = {"vulnerability-alerts": "read"}
PATH = "/repos/octo/app/dependabot/alerts"


@pytest.fixture
def repository(github_sandbox):
    """The repository, and a token that may read its alerts and nothing else."""
    return seeded(github_sandbox, permissions=READS)


def test_an_alert(github_sandbox, repository):
    """Everything that an alert says of package, fault and place."""
    repository.alert(
        "@types/node",
        created_at="2026-03-04T05:06:07Z",
        ecosystem="npm",
        severity="critical",
        patched="20.1.2",
        manifest="web/package-lock.json",
        ghsa_id="GHSA-2qrg-x229-3v8q",
        summary="It runs what it reads",
    )
    with adapter(github_sandbox.url) as api:
        found = api.alerts()
    assert found == (
        Alert(
            number=1,
            package="@types/node",
            ecosystem="npm",
            severity=Severity.CRITICAL,
            patched="20.1.2",
            advisory="GHSA-2qrg-x229-3v8q",
            summary=Untrusted("It runs what it reads"),
            manifest=Untrusted("web/package-lock.json"),
            url=f"{github_sandbox.server_url}/octo/app/security/dependabot/1",
            created_at=datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
        ),
    )


def test_only_open_ones_on_every_page_oldest_first(github_sandbox, repository):
    """250 open ones among others come once each, over three requests that follow the cursors."""
    for n in range(250):
        stamp = f"2026-01-01T{(249 - n) // 60:02}:{(249 - n) % 60:02}:00Z"
        repository.alert(f"open-{n}", created_at=stamp)
    for state in ("fixed", "dismissed", "auto_dismissed"):
        repository.alert(state, state=state)
    with adapter(github_sandbox.url) as api:
        names = [alert.package for alert in api.alerts()]
    assert names == [f"open-{n}" for n in reversed(range(250))]
    asked = [x.request for x in github_sandbox.exchanges]
    assert ["after" in request.query for request in asked] == [False, True, True]
    assert {request.param("state") for request in asked} == {"open"}
    assert not any("page" in request.query for request in asked)


def test_none_at_all(github_sandbox, repository):
    """No alert is no error."""
    with adapter(github_sandbox.url) as api:
        assert api.alerts() == ()


@pytest.mark.parametrize(
    "name",
    [
        "x; rm -rf /",
        "$(id)",
        "../../etc/passwd",
        "--index-url",
        "https://evil.example/x",
        "a b",
        "httpx\n",
        "httpx@1.0",
        "n" * 215,
        "раураl",
        "",
    ],
)
def test_a_hostile_name(github_sandbox, repository, name):
    """What is no package name is never given as one; the alert stays, so that it can be told."""
    repository.alert(name)
    with adapter(github_sandbox.url) as api:
        (alert,) = api.alerts()
    assert (alert.package, alert.patched, alert.number) == ("", "", 1)


@pytest.mark.parametrize(
    "name",
    ["httpx", "@types/node", "org.slf4j:slf4j-api", "github.com/go-chi/chi/v5", "vendor/package"],
)
def test_an_honest_name(github_sandbox, repository, name):
    """Each ecosystem's form is kept as it is."""
    repository.alert(name, patched="v2.0.0-rc.1")
    with adapter(github_sandbox.url) as api:
        (alert,) = api.alerts()
    assert (alert.package, alert.patched) == (name, "v2.0.0-rc.1")


@pytest.mark.parametrize("version", ["", "1.2; id", "`id`", "1.2 --pre", "../1"])
def test_a_hostile_or_missing_version(github_sandbox, repository, version):
    """What does not read as a version is none; the name stays."""
    repository.alert("httpx", patched=version)
    with adapter(github_sandbox.url) as api:
        (alert,) = api.alerts()
    assert (alert.package, alert.patched) == ("httpx", "")


def test_other_hostile_texts(github_sandbox, repository):
    """An advisory's id and an ecosystem of another form are empty; prose is `Untrusted`."""
    repository.alert(
        "httpx",
        ghsa_id="GHSA-x](http://e",
        ecosystem="pip`id`",
        summary="<!--x-->",
        manifest="a\nb",
    )
    with adapter(github_sandbox.url) as api:
        (alert,) = api.alerts()
    assert (alert.advisory, alert.ecosystem) == ("", "")
    assert (alert.summary, alert.manifest) == (Untrusted("<!--x-->"), Untrusted("a\nb"))


@pytest.mark.parametrize(
    ("word", "severity"),
    [("moderate", Severity.MEDIUM), ("HIGH", Severity.HIGH), ("apocalyptic", Severity.LOW)],
)
def test_a_word_for_severity_that_is_not_described(word, severity):
    """One such alert loses none of the others, and a word that nobody knows counts as low."""
    alert = _answer(severity=word)
    with StandIn(HttpResponse(200, [alert])) as github, adapter(github.origin) as api:
        assert [found.severity for found in api.alerts()] == [severity]


def test_severities_are_ordered():
    """By how bad they are, not by their letters; `alerts: high` compares so."""
    words = ["critical", "low", "high", "medium"]
    assert sorted(map(Severity, words)) == ["low", "medium", "high", "critical"]
    assert Severity.CRITICAL > Severity.HIGH >= Severity("high") > Severity.MEDIUM > Severity.LOW
    assert not Severity.LOW >= Severity.MEDIUM
    assert Severity.LOW <= Severity.LOW < Severity.MEDIUM


# --- refusals ------------------------------------------------------------------------------------


def _refused(url: str) -> UpstreamError:
    clock = FakeClock()
    with adapter(url, clock) as api, pytest.raises(UpstreamError) as told:
        api.alerts()
    assert clock.slept == []
    return told.value


@pytest.mark.parametrize("kind", ["github-token", "pat", "app"])
def test_without_the_permission(github_sandbox, repository, kind):
    """`security-events` does not cover it: the message names the one that does."""
    github_sandbox.tokens.grant(
        TOKEN, kind=kind, permissions={"contents": "write", "security-events": "write"}
    )
    refused = _refused(github_sandbox.url)
    assert (refused.kind, refused.status) == (ErrorKind.GITHUB_PERMISSION, 403)
    assert "`vulnerability-alerts: read`" in refused.message
    assert '"Dependabot alerts: read"' in refused.remedy
    assert "disabled" not in str(refused)
    assert sent(github_sandbox, "GET", "/alerts") == 1


def test_where_they_are_disabled(github_sandbox, repository):
    """The same kind of error says so, and asks for no permission."""
    repository.state.settings.dependabot_alerts = False
    refused = _refused(github_sandbox.url)
    assert (refused.kind, refused.status) == (ErrorKind.GITHUB_PERMISSION, 403)
    assert refused.message == "Dependabot alerts are disabled for this repository."
    assert "vulnerability-alerts" not in str(refused)


@pytest.mark.parametrize(
    ("status", "said", "words"),
    [
        (403, "Dependabot alerts are not available for archived repositories.", "archived"),
        (403, "You are not authorized to perform this operation.", "vulnerability-alerts: read"),
        (404, "Not Found", "disabled here, or hidden"),
        (404, "Not Found", "vulnerability-alerts: read"),
    ],
)
def test_other_words_of_refusal(github_sandbox, repository, status, said, words):
    """An archive, a classic token without the scope, and a 404 of any cause."""

    def refuse(request: HttpRequest) -> None:
        raise Fault("refused", respond=HttpResponse(status, {"message": said}))

    github_sandbox.fault_hooks.append(refuse)
    refused = _refused(github_sandbox.url)
    assert (refused.kind, refused.status) == (ErrorKind.GITHUB_PERMISSION, status)
    assert words in str(refused)


def test_other_trouble_stays_what_it_is(github_sandbox, repository):
    """A wrong token is no missing permission."""
    github_sandbox.tokens.revoke(TOKEN)
    with adapter(github_sandbox.url) as api, pytest.raises(UpstreamError) as told:
        api.alerts()
    assert told.value.kind is ErrorKind.GITHUB_AUTH


def test_a_refusal_on_a_later_page(github_sandbox, repository):
    """Half of the alerts is not all of them: nothing is given."""
    for n in range(101):
        repository.alert(f"p{n}")

    def refuse(request: HttpRequest) -> None:
        if "after" in request.query:
            repository.state.settings.dependabot_alerts = False

    github_sandbox.fault_hooks.append(refuse)
    assert "disabled" in _refused(github_sandbox.url).message


# --- links ---------------------------------------------------------------------------------------


def _answer(severity: str = "low") -> dict[str, object]:
    package = {"ecosystem": "pip", "name": "httpx"}
    return {
        "number": 1,
        "html_url": "https://github.com/octo/app/security/dependabot/1",
        "created_at": "2026-01-01T00:00:00Z",
        "dependency": {"package": package, "manifest_path": "a.txt"},
        "security_advisory": {"ghsa_id": "GHSA-2qrg-x229-3v8q", "summary": "s"},
        "security_vulnerability": {"package": package, "severity": severity},
    }


def test_a_link_to_another_server_is_not_followed_there():
    """It is asked for nothing, and the list is refused rather than told in part."""
    with StandIn(HttpResponse(200, [_answer()])) as stranger:
        link = {"link": f'<{stranger.origin}{PATH}?after=x>; rel="next"'}
        with (
            StandIn(HttpResponse(200, [_answer()], link)) as github,
            adapter(github.origin) as api,
            pytest.raises(UpstreamError, match="which is not GITHUB_API_URL"),
        ):
            api.alerts()
        assert len(github.exchanges) == 1
        assert stranger.exchanges == []


def test_a_link_in_a_circle():
    """A page that names itself as the next one is no answer of GitHub's."""
    with StandIn() as github:
        link = {"link": f'<{github.origin}{PATH}?after=x>; rel="next"'}
        github.answers = [HttpResponse(200, [_answer()], link)]
        with adapter(github.origin) as api, pytest.raises(UpstreamError, match="not GitHub's API"):
            api.alerts()
        assert len(github.exchanges) == 2
