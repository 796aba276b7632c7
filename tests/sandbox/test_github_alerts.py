"""Dependabot alerts of the sandbox GitHub: cursors, filters, order, and the switch."""

from __future__ import annotations

import pytest

from bot.sandbox.github import SandboxGitHub
from bot.sandbox.github_handle import SandboxRepository
from tests.sandbox.github_rig import ci_repository, error, pygithub, rest

PATH = "/repos/octo/app/dependabot/alerts"


def _some(github: SandboxGitHub) -> SandboxRepository:
    """Five alerts, a day between each and the next."""
    repository = ci_repository(github)
    for day, (name, more) in enumerate(
        {
            "a": {"severity": "low"},
            "b": {"severity": "critical", "ecosystem": "npm", "manifest": "web/package.json"},
            "c": {"severity": "high", "state": "fixed"},
            "d": {"severity": "high", "patched": ""},
            "e": {"severity": "medium", "scope": "development"},
        }.items(),
        1,
    ):
        repository.alert(name, created_at=f"2026-01-0{day}T00:00:00Z", **more)
    return repository


def _names(answer: object) -> str:
    assert isinstance(answer, list)
    return "".join(alert["dependency"]["package"]["name"] for alert in answer)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, "edcba"),
        ({"direction": "asc"}, "abcde"),
        ({"state": "open", "direction": "asc"}, "abde"),
        ({"state": "fixed,dismissed"}, "c"),
        ({"severity": "high,critical", "state": "open"}, "db"),
        ({"ecosystem": "npm"}, "b"),
        ({"package": "a,e", "sort": "created"}, "ea"),
        ({"manifest": "web/package.json"}, "b"),
        ({"scope": "development"}, "e"),
        ({"sort": "updated", "direction": "asc"}, "bcdea"),
    ],
)
def test_filters_and_order(
    github_sandbox: SandboxGitHub, query: dict[str, str], names: str
) -> None:
    """Comma lists filter; newest first unless asked; nothing asked means every state."""
    _some(github_sandbox).state.alerts[0].updated_at = "2026-02-01T00:00:00Z"
    with rest(github_sandbox) as client:
        assert _names(client.get(PATH, params=query).json()) == names


def test_cursors_lead_through_the_pages(github_sandbox: SandboxGitHub) -> None:
    """`next` to the end and `prev` back, with the query kept; cursors tell nothing of a page."""
    _some(github_sandbox)
    seen, links, back = [], [], []
    with rest(github_sandbox) as client:
        url = f"{PATH}?per_page=2&direction=asc"
        while url:
            answer = client.get(url)
            seen.append(_names(answer.json()))
            links.append(sorted(map(str, answer.links)))
            url = answer.links.get("next", {}).get("url", "")
        while "prev" in answer.links:
            answer = client.get(answer.links["prev"]["url"])
            back.append(_names(answer.json()))
    assert seen == ["ab", "cd", "e"]
    assert links == [["next"], ["next", "prev"], ["prev"]]
    assert back == ["cd", "ab"]


@pytest.mark.parametrize(("direction", "names"), [("asc", "de"), ("desc", "cba")])
def test_a_cursor_outlives_its_alert(
    github_sandbox: SandboxGitHub, direction: str, names: str
) -> None:
    """What is mended between two pages neither hides nor repeats another alert."""
    repository = _some(github_sandbox)
    repository.state.alerts[2].state = "open"
    size = 3 if direction == "asc" else 2
    query = f"?state=open&per_page={size}&direction={direction}"
    with rest(github_sandbox) as client:
        first = client.get(PATH + query)
        last = _names(first.json())[-1]
        next(a for a in repository.state.alerts if a.package == last).state = "fixed"
        left, url = "", first.links["next"]["url"]
        while url:
            answer = client.get(url)
            left += _names(answer.json())
            url = answer.links.get("next", {}).get("url", "")
    assert left == names


def test_a_page_holds_at_most_a_hundred(github_sandbox: SandboxGitHub) -> None:
    """A larger `per_page` is cut to 100, none given means 30."""
    repository = ci_repository(github_sandbox)
    for n in range(101):
        repository.alert(f"p{n}")
    with rest(github_sandbox) as client:
        sizes = [len(client.get(PATH, params=p).json()) for p in ({"per_page": 500}, {})]
    assert sizes == [100, 30]


def test_pygithub_reads_them_all(github_sandbox: SandboxGitHub) -> None:
    """The library's own paging agrees with the cursors."""
    repository = ci_repository(github_sandbox)
    for n in range(101):
        repository.alert(f"p{n}")
    found = pygithub(github_sandbox).get_repo("octo/app").get_dependabot_alerts(state="open")
    assert len({alert.number for alert in found}) == 101


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?page=2", "Pagination using the `page` parameter is not supported."),
        ("?after=nonsense", "Bad Request"),
    ],
)
def test_what_is_no_cursor(query: str, said: str) -> None:
    """Pages are refused in GitHub's words, and so is a cursor of nobody's."""
    with SandboxGitHub() as github:
        ci_repository(github)
        with rest(github) as client:
            assert error(client.get(PATH + query)) == (400, said)


def test_alerts_can_be_disabled(github_sandbox: SandboxGitHub) -> None:
    """403 in GitHub's words, for one and for all; a missing right is told first."""
    repository = _some(github_sandbox)
    repository.state.settings.dependabot_alerts = False
    github_sandbox.tokens.grant("poor", kind="github-token", permissions={"contents": "write"})
    told = []
    for who in ("all", "poor"):
        with rest(github_sandbox, who) as client:
            told += [error(client.get(PATH)), error(client.get(f"{PATH}/1"))]
    disabled = (403, "Dependabot alerts are disabled for this repository.")
    assert told == [disabled] * 2 + [(403, "Resource not accessible by integration")] * 2
