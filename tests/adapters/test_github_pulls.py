"""Pull requests and branches: found by head, opened once, as a draft where that is possible."""

from __future__ import annotations

import pytest

from bot.errors import UpstreamError
from bot.outcomes import ErrorKind
from bot.sandbox import github_rest_git
from bot.sandbox.http import Fault, HttpRequest, HttpResponse
from tests.adapters.github_rig import (
    PERMISSIONS,
    TOKEN,
    StandIn,
    adapter,
    failing_times,
    seeded,
    sent,
)

TEXT = {"title": "T", "body": "B"}


@pytest.fixture
def repository(github_sandbox):
    """One branch beside `main`, with a commit."""
    made = seeded(github_sandbox)
    made.commit("fix", {"app.py": "new\n"}, "Fix")
    return made


def test_a_forks_pull_request_is_found_by_head(github_sandbox, repository):
    """The owner's name finds it; our own branch of the same name is another head."""
    fork = github_sandbox.fork(repository, "eve")
    fork.commit("fix", {"app.py": "evil\n"}, "Evil")
    repository.open_pull_request("eve:fix", author="eve")
    repository.open_pull_request("fix")
    with adapter(github_sandbox.url) as api:
        found = [
            api.pull_requests_for("fix", owner="eve"),
            api.pull_requests_for("fix"),
            api.pull_requests_for("none"),
        ]

    assert [[p.number for p in pulls] for pulls in found] == [[1], [2], []]
    assert found[0][0].head_repository == "eve/app"


def test_drafts(github_sandbox, repository):
    """A pull request is opened as the draft that was asked for."""
    with adapter(github_sandbox.url) as api:
        made = api.open_pull_request(head="fix", base="main", draft=True, **TEXT)
    assert (made.draft, made.author, made.base_ref) == (True, "fixer", "main")


def test_where_drafts_are_refused(github_sandbox, repository):
    """A plan without drafts gets a ready pull request instead."""
    repository.state.settings.drafts = False
    with adapter(github_sandbox.url) as api:
        made = api.open_pull_request(head="fix", base="main", draft=True, **TEXT)
    assert (made.draft, sent(github_sandbox, "POST", "/pulls")) == (False, 2)


def test_an_open_one_is_returned(github_sandbox, repository):
    """Nothing is sent where the pull request is there, whoever opened it."""
    repository.open_pull_request("fix", title="The agent's", author="agent")
    with adapter(github_sandbox.url) as api:
        found = api.open_pull_request(head="fix", base="main", draft=True, **TEXT)
    assert (found.author, sent(github_sandbox, "POST", "/pulls")) == ("agent", 0)


def test_another_base_is_another_pull_request(github_sandbox, repository):
    """An open one to another base is not taken for ours."""
    repository.commit("next", {"b.py": "b\n"}, "Next")
    repository.open_pull_request("fix", "next")
    with adapter(github_sandbox.url) as api:
        made = api.open_pull_request(head="fix", base="main", draft=False, **TEXT)
    assert (made.number, made.base_ref) == (2, "main")


def test_where_the_setting_forbids_it(github_sandbox, repository):
    """GitHub's own words are the detail of `github-permission`."""
    repository.state.settings.actions_may_open_pull_requests = False
    github_sandbox.tokens.grant(TOKEN, kind="github-token", permissions=PERMISSIONS)
    with adapter(github_sandbox.url) as api, pytest.raises(UpstreamError) as told:
        api.open_pull_request(head="fix", base="main", draft=True, **TEXT)

    assert told.value.kind is ErrorKind.GITHUB_PERMISSION
    assert "not permitted to create" in told.value.detail.raw


@pytest.mark.parametrize("branch", ["fix/ä&b#1", "a/b/c", "50%25", "semi;colon"])
def test_any_branch_name_is_found(github_sandbox, branch):
    """Characters that mean something in an address are only characters."""
    repository = seeded(github_sandbox)
    sha = repository.commit(branch, {"app.py": "x\n"}, "Odd")
    with adapter(github_sandbox.url) as api:
        assert (api.branch_head(branch), api.branch_head(branch[:-1])) == (sha, "")


def test_a_file_at_a_commit(github_sandbox, repository):
    """Its text at exactly that commit; nothing for a path that is not there, or a folder."""
    repository.commit("feature", {"src/ä b.py": "été\n"}, "Add")
    head = repository.head("feature")
    with adapter(github_sandbox.url) as api:
        told = api.text_at("src/ä b.py", head)
        assert told is not None
        assert told.raw == "été\n"
        assert api.text_at("src/ä b.py", repository.head("main")) is None
        assert api.text_at("src", head) is None


def test_a_lost_answer_is_no_missing_file(github_sandbox, repository):
    """Only a refusal, or that there is none, is an answer about the file."""
    head = repository.head("main")
    with adapter(github_sandbox.url) as api:
        for status in (403, 404):
            told = HttpResponse(status, {"message": "No"})
            github_sandbox.fault_hooks.append(failing_times(1, "GET", "/app.py", told))
            assert api.text_at("app.py", head) is None
        broken = HttpResponse(502, {"message": "Bad Gateway"})
        github_sandbox.fault_hooks.append(failing_times(9, "GET", "/app.py", broken))
        with pytest.raises(UpstreamError):
            api.text_at("app.py", head)


@pytest.mark.parametrize(
    "answer",
    [
        {"type": "file", "encoding": "none", "content": ""},
        {"type": "submodule"},
        {"encoding": "base64", "content": "x"},
    ],
)
def test_what_holds_no_text(answer):
    """A file above 1 MB comes without its content; what is not as it should be tells nothing."""
    with StandIn(HttpResponse(200, answer)) as github, adapter(github.origin) as api:
        assert api.text_at("big.yml", "a" * 40) is None


def comparing(url):
    """How often a comparison was asked for."""
    return sum("/compare/" in x.request.path for x in url.exchanges)


def test_a_comparison(github_sandbox, repository):
    """What the commits between change, how they stand to each other; asked once for each pair."""
    repository.commit("feature", {"a.py": "1\n", "docs/b.md": "2\n"}, "Add")
    main, head = repository.head("main"), repository.head("feature")
    with adapter(github_sandbox.url) as api:
        found = api.compare(main, head)
        again = api.compare(main, head)
        back, same = api.compare(head, main), api.compare(head, head)
    assert (found.status, found.paths) == ("ahead", ("a.py", "docs/b.md"))
    assert (found.descends, back.descends, same.descends) == (True, False, True)
    assert found.files[0].hunks is not None
    assert again is found
    assert comparing(github_sandbox) == 3


def test_a_comparison_of_two_histories(github_sandbox, repository):
    """Both have commits of their own."""
    repository.commit("feature", {"a.py": "1\n"}, "Add")
    repository.commit("other", {"b.py": "1\n"}, "Add")
    with adapter(github_sandbox.url) as api:
        found = api.compare(repository.head("feature"), repository.head("other"))
    assert (found.status, found.descends, found.paths) == ("diverged", False, ("b.py",))


GIVES_UP = {
    "message": "Server Error: Sorry, this diff is taking too long to generate.",
    "errors": [{"resource": "Comparison", "field": "diff", "code": "not_available"}],
}


@pytest.mark.parametrize(
    ("status", "body", "asked"),
    [
        (404, {"message": "No common ancestor between a and b."}, 2),
        (403, {"message": "Resource not accessible by integration"}, 2),
        (500, GIVES_UP, 4),
        (200, {"status": "entangled", "files": []}, 2),
        (200, ["no object"], 2),
    ],
)
def test_what_cannot_be_compared(github_sandbox, repository, status, body, asked):
    """It is no error, and never an empty change: whoever asks sees that nothing was read."""

    def refuse(request: HttpRequest) -> None:
        if "/compare/" in request.path:
            raise Fault("refused", respond=HttpResponse(status, body))

    github_sandbox.fault_hooks.append(refuse)
    with adapter(github_sandbox.url) as api:
        found = api.compare("1" * 40, repository.head("main"))
    assert (found.is_readable, found.descends, found.paths) == (False, False, ())
    assert comparing(github_sandbox) == asked


def test_trouble_with_a_comparison(github_sandbox, repository):
    """Any other trouble is trouble, and is waited out by whoever asks."""

    def refuse(request: HttpRequest) -> None:
        if "/compare/" in request.path:
            raise Fault("refused", respond=HttpResponse(502, {"message": "Server Error"}))

    github_sandbox.fault_hooks.append(refuse)
    with adapter(github_sandbox.url) as api, pytest.raises(UpstreamError):
        api.compare(repository.head("main"), repository.head("main"))


def test_the_files_of_a_commit(github_sandbox, repository):
    """Every path below every folder, with any characters; no folders; of exactly that commit."""
    files = {"a/b/c.py": "1\n", "a/ä b.txt": "2\n", "requirements.txt": "3\n"}
    repository.commit("feature", files, "Add")
    with adapter(github_sandbox.url) as api:
        assert set(api.files(repository.head("feature"))) == {*files, "app.py"}
        assert api.files(repository.head("main")) == ("app.py",)
    assert len(github_sandbox.exchanges) == 2


def test_more_files_than_github_shows(github_sandbox, repository, monkeypatch):
    """What came is given, in one request."""
    monkeypatch.setattr(github_rest_git, "MOST_ENTRIES", 3)
    repository.commit("feature", {f"{n}.py": "" for n in range(5)}, "Add")
    with adapter(github_sandbox.url) as api:
        assert api.files(repository.head("feature")) == ("0.py", "1.py", "2.py")
    assert [x.response.body["truncated"] for x in github_sandbox.exchanges] == [True]


def test_no_files(github_sandbox, repository):
    """An empty tree, a commit that is not there, an empty repository: nothing, and no trouble."""
    repository.commit("bare", {"app.py": None}, "Remove")
    head = repository.head("bare")
    with adapter(github_sandbox.url) as api:
        assert (api.files(head), api.files("1" * 40)) == ((), ())
        for ref in repository.state.git.refs():
            repository.state.git.delete_ref(ref)
        assert api.files(head) == ()
    assert [x.response.status for x in github_sandbox.exchanges] == [404, 404, 409]


def test_files_that_may_not_be_read(github_sandbox, repository):
    """A missing permission is no empty repository."""
    github_sandbox.tokens.grant(TOKEN, permissions={"issues": "read"})
    with adapter(github_sandbox.url) as api, pytest.raises(UpstreamError) as told:
        api.files(repository.head("main"))
    assert told.value.kind is ErrorKind.GITHUB_PERMISSION
    assert "`contents: read`" in told.value.remedy
