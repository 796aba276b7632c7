"""Pages of the sandbox GitHub: the addresses in its answers lead somewhere a person can read."""

from __future__ import annotations

import httpx
import pytest

from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.github import SandboxGitHub
from tests.sandbox.github_rig import ci_repository, pygithub

BROWSER = {"accept": "text/html,application/xhtml+xml"}


def test_the_links_of_the_api_are_pages(github_sandbox: SandboxGitHub) -> None:
    """Pull request, run and job show what they are about; outside text is escaped."""
    repository = ci_repository(github_sandbox)
    repository.commit("x", {"x": "x"}, "X", start=False)
    github_sandbox.script_runs(lambda _: [JobSeed("test", "failure", log="<b>boom</b>\n")])
    repository.open_pull_request("x", title="<script>alert(1)</script>", body="the body")
    repository.comment(1, "a comment")
    api = pygithub(github_sandbox).get_repo("octo/app")
    run = api.get_workflow_runs()[0]
    expected = {
        github_sandbox.server_url + "/": "octo/app",
        api.html_url: "refs/heads/x",
        api.get_pull(1).html_url: "&lt;script&gt;alert(1)&lt;/script&gt;",
        run.html_url: "attempt 1",
        next(iter(run.jobs())).html_url: "&lt;b&gt;boom&lt;/b&gt;",
    }
    pages = {url: httpx.get(url, headers=BROWSER, trust_env=False).text for url in expected}
    assert [word in pages[url] for url, word in expected.items()] == [True] * len(expected)
    assert "<script" not in "".join(pages.values())


@pytest.mark.parametrize(
    "path", ["/octo/none", "/octo/app/pull/9", "/octo/app/actions/runs/9", "/x"]
)
def test_a_page_that_is_not_there(github_sandbox: SandboxGitHub, path: str) -> None:
    """Unknown addresses are 404 pages."""
    ci_repository(github_sandbox)
    page = httpx.get(github_sandbox.server_url + path, headers=BROWSER, trust_env=False)
    assert page.status_code == 404
