"""What the sandbox GitHub's tests share: clients, workflows and a repository with everything."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import httpx
from github import Auth, Github

from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.git_command import git_environment
from bot.sandbox.github import SandboxGitHub
from bot.sandbox.github_handle import SandboxRepository
from bot.sandbox.github_runs import Annotation

EVERYTHING = {
    "actions": "write",
    "checks": "write",
    "contents": "write",
    "issues": "write",
    "pull-requests": "write",
    "statuses": "write",
    "vulnerability-alerts": "read",
    "administration": "read",
    "secrets": "read",
    "dependabot-secrets": "read",
}
CI_PATH = ".github/workflows/ci.yml"
CI = """\
name: CI
on: {push: {branches: ["**"]}, pull_request: {}, workflow_dispatch: {}}
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: sh check.sh
"""


def ci_repository(github: SandboxGitHub, *, green: bool = True) -> SandboxRepository:
    """`octo/app` with a workflow whose one check passes or fails; a token `all` that may all."""
    github.tokens.grant("all", login="dev", permissions=EVERYTHING)
    check = f"echo checking\nexit {0 if green else 1}\n"
    return github.create_repository("octo/app", {CI_PATH: CI, "check.sh": check})


def pygithub(github: SandboxGitHub, who: str = "all") -> Github:
    """The client that the product uses, without its pauses and retries."""
    return Github(
        base_url=github.url,
        auth=Auth.Token(who),
        retry=None,
        per_page=100,
        seconds_between_requests=0,
        seconds_between_writes=0,
    )


def rest(github: SandboxGitHub, who: str = "all") -> httpx.Client:
    """A plain client for one repository-independent path at a time."""
    headers = {"authorization": f"Bearer {who}"} if who else {}
    return httpx.Client(base_url=github.url, headers=headers, trust_env=False, verify=False)  # noqa: S501 - http


def error(answer: httpx.Response) -> tuple[int, str]:
    """Status and message of a refusal."""
    return answer.status_code, answer.json()["message"]


def git(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The user's git, without the user's configuration."""
    env = {**git_environment(), "NO_PROXY": "127.0.0.1", "PATH": os.environ["PATH"]}
    command = ["git", *arguments]
    return subprocess.run(
        command, cwd=directory, env=env, capture_output=True, text=True, check=False
    )


def clone(repository: SandboxRepository, directory: Path, who: str = "all") -> Path:
    """A working copy below `directory`."""
    git(directory, "clone", "-q", repository.authenticated_url(who), "copy")
    return directory / "copy"


def push_change(copy: Path, branch: str, path: str = "new.txt", text: str = "new\n") -> str:
    """Commit one file on a branch and push it; returns what git said where it failed."""
    git(copy, "checkout", "-q", "-B", branch)
    (copy / path).parent.mkdir(parents=True, exist_ok=True)
    (copy / path).write_text(text)
    git(copy, "add", ".")
    git(copy, "commit", "-q", "-m", f"Change {path}")
    done = git(copy, "push", "-q", "origin", branch)
    return done.stderr if done.returncode else ""


def full_repository(github: SandboxGitHub) -> dict[str, Any]:
    """`octo/app` with one of everything; the values that paths of the API ask for."""
    repository = ci_repository(github)
    github.tokens.grant("app-token", kind="app", app="checker", permissions=EVERYTHING)
    sha = repository.commit("fix", {"check.sh": "exit 0\n", "new.txt": "x\n"}, "Fix", start=False)
    pull = repository.open_pull_request("fix", title="Fix", author="dev")
    github.wait_idle()
    comment = repository.comment(pull.number, "hello")
    notes = [Annotation("wrong", path="check.sh", start_line=2, end_line=2)]
    run = github.add_run(
        repository, [JobSeed("test", "failure", "boom\n", annotations=notes)], branch="fix"
    )
    repository.collaborator("dev", "write")
    repository.alert("jinja2")
    with rest(github) as client:
        base = "/repos/octo/app"
        client.post(f"{base}/issues/{pull.number}/labels", json={"labels": ["bug"]})
        client.post(f"{base}/issues/{pull.number}/reactions", json={"content": "eyes"})
        client.post(f"{base}/statuses/{sha}", json={"state": "success"})
        review = client.post(f"{base}/pulls/{pull.number}/reviews", json={"event": "COMMENT"})
        note = {"body": "here", "path": "new.txt", "commit_id": sha, "line": 1}
        line = client.post(f"{base}/pulls/{pull.number}/comments", json=note)
    github.seed_artifact(run, "report", {"junit.xml": b"<testsuite/>"})
    return {
        "owner": "octo",
        "repo": "app",
        "branch": "fix",
        "ref": "heads/fix",
        "commit_sha": sha,
        "sha": sha,
        "tree_sha": sha,
        "basehead": "main...fix",
        "path": "check.sh",
        "pull_number": pull.number,
        "issue_number": pull.number,
        "comment_id": comment.id,
        "review_comment_id": line.json()["id"],
        "review_id": review.json()["id"],
        "name": "bug",
        "run_id": run.id,
        "attempt_number": 1,
        "job_id": run.jobs[0].id,
        "check_run_id": run.jobs[0].id,
        "check_suite_id": run.suite_id,
        "artifact_id": run.artifacts[0].id,
        "archive_format": "zip",
        "workflow_id": "ci.yml",
        "username": "dev",
        "alert_number": 1,
    }
