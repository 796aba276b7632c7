"""Git over HTTP against the sandbox GitHub: the system's git on both sides."""

from __future__ import annotations

from pathlib import Path

import pytest
from github import InputGitTreeElement

from bot.sandbox import github_rest_git
from bot.sandbox.git_repository import GitRepository
from bot.sandbox.github import SandboxGitHub
from tests.sandbox.github_rig import (
    CI_PATH,
    ci_repository,
    clone,
    error,
    git,
    push_change,
    pygithub,
    rest,
)


def test_a_push_starts_the_workflow_at_its_commit(
    github_sandbox: SandboxGitHub, tmp_path: Path
) -> None:
    """A branch pushed by git is on GitHub, and its run tests exactly that commit."""
    repository = ci_repository(github_sandbox)
    copy = clone(repository, tmp_path)
    assert push_change(copy, "feature/x") == ""
    github_sandbox.wait_idle()
    sha = git(copy, "rev-parse", "HEAD").stdout.strip()
    seen = [(r.event, r.head_branch, r.head_sha, r.conclusion) for r in repository.runs]
    assert seen == [("push", "feature/x", sha, "success")]
    assert pygithub(github_sandbox).get_repo("octo/app").get_branch("feature/x").commit.sha == sha


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("nobody", "Authentication failed"),
        ("reader", "403"),
        ("elsewhere", "not found"),
    ],
)
def test_a_push_without_the_right_is_refused(
    github_sandbox: SandboxGitHub, tmp_path: Path, who: str, words: str
) -> None:
    """Unknown tokens, tokens without contents: write and tokens of other repositories fail."""
    repository = ci_repository(github_sandbox)
    tokens = github_sandbox.tokens
    tokens.grant("reader", permissions={"contents": "read"})
    tokens.grant("elsewhere", permissions={"contents": "write"}, repositories=["octo/other"])
    copy = clone(repository, tmp_path)
    git(copy, "remote", "set-url", "origin", repository.authenticated_url(who))
    assert words in push_change(copy, "x")
    assert repository.state.git.branch("x") is None


def test_a_read_needs_contents_read(github_sandbox: SandboxGitHub, tmp_path: Path) -> None:
    """A token without contents cannot even clone."""
    repository = ci_repository(github_sandbox)
    github_sandbox.tokens.grant("blind", permissions={"issues": "write"})
    done = git(tmp_path, "clone", "-q", repository.authenticated_url("blind"), "copy")
    assert "403" in done.stderr


def test_the_end_of_the_address_may_be_left_out(
    github_sandbox: SandboxGitHub, tmp_path: Path
) -> None:
    """GitHub serves git with and without `.git`."""
    repository = ci_repository(github_sandbox)
    github_sandbox.tokens.grant("reader", permissions={"contents": "read"})
    url = repository.authenticated_url("reader")
    told = [git(tmp_path, "ls-remote", a).stdout for a in (url, url.removesuffix(".git"))]
    assert told[0] == told[1]
    assert repository.head("main") in told[0]


def test_github_token_pushes_start_nothing_and_pull_request_runs_wait(
    github_sandbox: SandboxGitHub, tmp_path: Path
) -> None:
    """What GITHUB_TOKEN pushes starts no push run; its pull request runs wait for approval."""
    repository = ci_repository(github_sandbox)
    github_sandbox.tokens.grant(
        "job", kind="github-token", permissions={"contents": "write", "pull-requests": "write"}
    )
    copy = clone(repository, tmp_path, "job")
    assert push_change(copy, "x") == ""
    pygithub(github_sandbox, "job").get_repo("octo/app").create_pull("main", "x", title="X")
    seen = [(r.event, r.status, r.conclusion, len(r.jobs)) for r in repository.runs]
    assert seen == [("pull_request", "completed", "action_required", 0)]
    pygithub(github_sandbox).get_repo("octo/app").get_workflow_run(
        repository.runs[0].id
    )  # the same run, seen through the API
    with rest(github_sandbox) as client:
        path = f"/repos/octo/app/actions/runs/{repository.runs[0].id}/approve"
        assert client.post(path).status_code == 201
    github_sandbox.wait_idle()
    assert repository.runs[0].conclusion == "success"


def test_only_some_tokens_may_push_workflow_files(
    github_sandbox: SandboxGitHub, tmp_path: Path
) -> None:
    """A GITHUB_TOKEN that touches a workflow file is refused in GitHub's words, a PAT is not."""
    repository = ci_repository(github_sandbox)
    github_sandbox.tokens.grant("job", kind="github-token", permissions={"contents": "write"})
    copy = clone(repository, tmp_path, "job")
    refused = push_change(copy, "x", CI_PATH, "name: other\n")
    assert "refusing to allow a GitHub App to create or update workflow" in refused
    git(copy, "remote", "set-url", "origin", repository.authenticated_url("all"))
    assert git(copy, "push", "-q", "origin", "x").returncode == 0


def test_the_test_merge_can_be_fetched(github_sandbox: SandboxGitHub, tmp_path: Path) -> None:
    """`refs/pull/N/merge` is there for git, and it holds both sides."""
    repository = ci_repository(github_sandbox)
    repository.commit("x", {"x.txt": "x\n"}, "X", start=False)
    repository.commit("main", {"main.txt": "main\n"}, "Main", start=False)
    pull = repository.open_pull_request("x", title="X")
    copy = clone(repository, tmp_path)
    git(copy, "fetch", "-q", "origin", f"refs/pull/{pull.number}/merge")
    listed = git(copy, "ls-tree", "--name-only", "FETCH_HEAD").stdout.split()
    assert {"x.txt", "main.txt"} <= set(listed)


def test_an_older_git_merges_the_same(tmp_path: Path) -> None:
    """Without `merge-tree --write-tree` a checkout gives the same tree, and the same conflicts."""
    repository = GitRepository.create(tmp_path / "r.git", "main")
    author = ("dev", "dev@localhost", 1_700_000_000)

    def commit(ref: str, text: str, parent: str | None = None) -> str:
        files = {"same.txt": text, f"{ref}.txt": ref}
        return repository.write_commit(
            f"refs/heads/{ref}", files, ref, parent=parent, author=author
        )

    root = commit("main", "root\n")
    one, other, clash = (
        commit(r, t, root) for r, t in (("a", "root\n"), ("b", "b\n"), ("c", "c\n"))
    )
    merged = repository.merge(one, other, "Merge")
    assert merged is not None
    assert repository.merge_in_worktree(one, other) == repository.commit(merged).tree
    assert repository.merge_in_worktree(other, clash) is None
    assert repository.merge(other, clash, "Merge") is None


def test_the_api_and_git_see_the_same_branches(
    github_sandbox: SandboxGitHub, tmp_path: Path
) -> None:
    """A file written and a ref made through the API arrive in a clone, and start runs."""
    repository = ci_repository(github_sandbox)
    api = pygithub(github_sandbox).get_repo("octo/app")
    api.create_git_ref("refs/heads/made", repository.head("main"))
    api.create_file("docs/a.md", "Add a", "text\n", branch="made")
    github_sandbox.wait_idle()
    copy = clone(repository, tmp_path)
    assert git(copy, "show", "origin/made:docs/a.md").stdout == "text\n"
    assert [r.head_branch for r in repository.runs] == ["made", "made"]


def test_a_commit_is_built_from_objects(github_sandbox: SandboxGitHub) -> None:
    """Blob, tree, commit and ref made one by one through the API are one real commit."""
    repository = ci_repository(github_sandbox)
    api = pygithub(github_sandbox).get_repo("octo/app")
    head = api.get_git_commit(repository.head("main"))
    blob = api.create_git_blob("blob\n", "utf-8")
    rows = [
        InputGitTreeElement("dir/blob.txt", "100644", "blob", sha=blob.sha),
        InputGitTreeElement("text.txt", "100644", "blob", content="text\n"),
        InputGitTreeElement("check.sh", "100644", "blob", sha=None),
    ]
    tree = api.create_git_tree(rows, head.tree)
    commit = api.create_git_commit("Built", tree, [head])
    api.create_git_ref("refs/heads/built", commit.sha)
    github_sandbox.wait_idle()
    seen = {f.filename: f.status for f in api.compare("main", "built").files}
    assert seen == {"dir/blob.txt": "added", "text.txt": "added", "check.sh": "removed"}
    assert repository.read("built", "dir/blob.txt") == "blob\n"


def test_a_tree(github_sandbox: SandboxGitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recursive for any value of the word; cut, and said so, where it is too large."""
    repository = ci_repository(github_sandbox)
    sha = repository.commit("deep", {"a/b.txt": "x", "check.sh": None}, "Deep", start=False)
    path = f"/repos/octo/app/git/trees/{sha}"
    with rest(github_sandbox) as client:
        flat, deep = (client.get(path + query).json() for query in ("", "?recursive=0"))
        monkeypatch.setattr(github_rest_git, "MOST_ENTRIES", 2)
        cut = client.get(f"{path}?recursive=1").json()
    assert [entry["path"] for entry in flat["tree"]] == [".github", "a"]
    blobs = [entry["path"] for entry in deep["tree"] if entry["type"] == "blob"]
    assert blobs == [CI_PATH, "a/b.txt"]
    assert [len(cut["tree"]), cut["truncated"], deep["truncated"]] == [2, True, False]


def test_no_tree(github_sandbox: SandboxGitHub) -> None:
    """404 for an empty tree; 409 where nothing was ever pushed."""
    repository = ci_repository(github_sandbox)
    nothing = {CI_PATH: None, "check.sh": None}
    sha = repository.commit("empty", nothing, "Empty", start=False)
    with rest(github_sandbox) as client:
        empty = error(client.get(f"/repos/octo/app/git/trees/{sha}"))
        for ref in repository.state.git.refs():
            repository.state.git.delete_ref(ref)
        never = error(client.get("/repos/octo/app/git/trees/main"))
    assert (empty, never) == ((404, "Not Found"), (409, "Git Repository is empty."))


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", "git/refs", {"ref": "main", "sha": "{head}"},
            (422, "Reference name is not well-formed")),
        ("POST", "git/refs", {"ref": "refs/heads/main", "sha": "{head}"},
            (422, "Reference already exists")),
        ("POST", "git/refs", {"ref": "refs/heads/x", "sha": "0" * 39 + "1"},
            (422, "Object does not exist")),
        ("PATCH", "git/refs/heads/nowhere", {"sha": "{head}"}, (422, "Reference does not exist")),
        ("PATCH", "git/refs/heads/main", {"sha": "{other}"}, (422, "Update is not a fast forward")),
        ("DELETE", "git/refs/heads/nowhere", None, (422, "Reference does not exist")),
        ("GET", "git/ref/heads/mai", None, (404, "Not Found")),
        ("GET", "branches/nowhere", None, (404, "Branch not found")),
        ("GET", "commits/nowhere", None, (422, "No commit found for SHA: nowhere")),
        ("GET", "compare/main...nowhere", None, (404, "Not Found")),
        ("GET", "contents/nowhere", None, (404, "Not Found")),
        ("PUT", "contents/check.sh", {"message": "m", "content": ""},
            (422, 'Invalid request.\n\n"sha" wasn\'t supplied.')),
        ("PUT", "contents/check.sh", {"message": "m", "content": "", "sha": "old"},
            (409, "check.sh does not match old")),
    ],
)  # fmt: skip
def test_what_git_data_refuses(
    github_sandbox: SandboxGitHub,
    method: str,
    path: str,
    body: dict[str, str] | None,
    expected: tuple[int, str],
) -> None:
    """Refs and files that do not fit are refused in GitHub's words."""
    repository = ci_repository(github_sandbox)
    shas = {
        "{head}": repository.head("main"),
        "{other}": repository.commit("other", {}, "Other", start=False),
    }
    repository.commit("main", {"more": "more"}, "More", start=False)
    sent = body and {key: shas.get(value, value) for key, value in body.items()}
    with rest(github_sandbox) as client:
        answer = client.request(method, f"/repos/octo/app/{path}", json=sent)
    assert error(answer) == expected
