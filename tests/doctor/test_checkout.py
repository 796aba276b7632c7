"""What the doctor finds by itself: the repository of a checkout, and what its policy files say."""

from __future__ import annotations

import subprocess

import pytest

from bot import app
from bot.adapters.remotes import Remote, assumed_api, remote
from bot.sandbox.http import Fault, HttpRequest, HttpResponse
from tests.doctor.world import World, example, world

__all__ = ["world"]
ADDRESSES = {
    "https://github.com/octo/shop.git": Remote("github.com", "octo/shop"),
    "https://alice:t0ken@ghe.example.com/octo/shop": Remote("ghe.example.com", "octo/shop"),
    "https://alice:p@ss@ghe.example.com:8443/octo/shop": Remote(
        "ghe.example.com:8443", "octo/shop"
    ),
    "https://GitHub.com/octo/shop.js.git/": Remote("github.com", "octo/shop.js"),
    "ssh://git@ghe.example.com:7999/octo/shop.git": Remote("ghe.example.com", "octo/shop"),
    "git@github.com:octo/shop.git": Remote("github.com", "octo/shop"),
    "git@github.com:/octo/shop.git": Remote("github.com", "octo/shop"),
    "ghe.example.com:octo/shop": Remote("ghe.example.com", "octo/shop"),
    "/srv/mirrors/octo/shop.git": None,
    "file:///srv/octo/shop.git": None,
    "https://gitlab.example.com/group/octo/shop.git": None,
    "https://github.com/shop.git": None,
    "-oProxyCommand=id:octo/shop": None,
}


def _origin(world: World, address: str) -> None:
    for command in (("init", "--quiet"), ("remote", "add", "origin", address)):
        subprocess.run(["git", *command], cwd=world.folder, check=True)


@pytest.mark.parametrize(("address", "found"), ADDRESSES.items())
def test_the_repository_of_a_checkout(address: str, found: Remote | None) -> None:
    """By the address of `origin` in each of its forms; what is no owner/name is not guessed at."""
    assert remote(address) == found


def test_an_alias_of_ssh_is_followed(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `github.com-work` is for somebody with two accounts."""
    ssh = tmp_path / "ssh"
    ssh.write_text('#!/bin/sh\necho "user git"; echo "hostname ${3%-work}"\n')
    ssh.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert remote("git@github.com-work:octo/shop.git") == Remote("github.com", "octo/shop")


def test_a_checkout_names_the_repository(world: World) -> None:
    """Where neither flag nor variable does."""
    _origin(world, f"{world.github.server_url}/acme/widgets.git")
    world.env["GITHUB_REPOSITORY"] = ""

    assert world.doctor().bad == {}
    for name in ("nobody", "../..", "acme/..", "https://github.com/acme/widgets", "acme/wid gets"):
        said = world.doctor("--repository", name).findings["github-inputs"]["says"]
        assert "No repository is named as owner/name: by --repository" in said


ELSEWHERE = {
    "git@ghe.example.com:acme/widgets.git": "https://ghe.example.com/api/v3",
    "https://ghe.example.com:8443/acme/widgets": "https://ghe.example.com:8443/api/v3",
    "https://acme.ghe.com/acme/widgets": "https://api.acme.ghe.com",
}


@pytest.mark.parametrize(("address", "api"), ELSEWHERE.items())
@pytest.mark.parametrize("flags", [(), ("--repository", "acme/widgets")], ids=["", "named"])
def test_no_token_of_another_server_goes_to_github_com(
    world: World, monkeypatch: pytest.MonkeyPatch, address: str, api: str, flags: tuple[str, ...]
) -> None:
    """In a checkout of an Enterprise Server's repository, until somebody says where its API is."""
    asked = len(world.github.exchanges)
    monkeypatch.setenv("HTTPS_PROXY", world.github.server_url)  # whoever asks, asks here
    _origin(world, address)
    world.env |= {"GITHUB_API_URL": "", "GITHUB_REPOSITORY": ""}

    found = world.doctor(*flags).findings["github-inputs"]
    assert found["status"] == "broken"
    assert f"Set GITHUB_API_URL to {api}, or to https://api.github.com" in found["says"]
    assert len(world.github.exchanges) == asked


@pytest.mark.parametrize("verb", [["report"], ["run", "--run-id", "1"]], ids=["report", "run"])
def test_nor_does_it_by_another_verb(
    tmp_path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], verb: list[str]
) -> None:
    """Exit code 2, with what to set."""
    for line in (("init", "--quiet"), ("remote", "add", "origin", "git@ghe.example.com:acme/w")):
        subprocess.run(["git", *line], cwd=tmp_path, check=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_" + "s3cr3t" * 6)

    assert app.main([*verb, "--repository", "acme/w"]) == 2
    out = capfd.readouterr()
    assert "Set GITHUB_API_URL to https://ghe.example.com/api/v3" in out.out + out.err


@pytest.mark.parametrize("address", ["git@github.com:octo/shop.git", "/srv/octo/shop.git", ""])
def test_github_com_is_assumed_where_nothing_speaks_against_it(tmp_path, address: str) -> None:
    """Its own repositories, and wherever there is no checkout of a server's."""
    if address:
        subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
        subprocess.run(["git", "remote", "add", "origin", address], cwd=tmp_path, check=True)

    assert assumed_api(tmp_path) == "https://api.github.com"


def test_the_policy_names_the_template(world: World) -> None:
    """As in a run: the file counts where no input speaks, the repository's before its owner's."""
    world.env |= {"INPUT_CODER-TEMPLATE-NAME": ""}
    for name in ("workflow-run.yml", "comment.yml", "reconcile.yml"):
        text = example(name, ("          coder-template-name: ci-repair\n", ""))
        world.write(name.replace("workflow-run", "coder-fix"), text)
    world.github.create_repository(
        "acme/.github", {".github/coder-fix.yml": "coder-template-name: other\n"}
    )
    assert "coder-template" in world.doctor().bad

    policy = "coder-template-name: ci-repair\nbranch-prefix: bot/\n"
    world.repository.commit("main", {".github/coder-fix.yml": policy}, "Policy", start=False)
    report = world.doctor()
    assert report.bad == {}
    assert "`ci-repair`" in report.findings["coder-template"]["says"]
    assert "acme/.github" in report.findings["policy-file"]["says"]
    assert "`bot/*`" in report.findings["branch-rules"]["says"]
    assert "coder-template" in world.doctor("--coder-template-name", "other").bad


def test_the_step_names_the_template(world: World) -> None:
    """As the examples have it: that one is examined, and a flag or a policy file says no more."""
    world.env |= {"INPUT_CODER-TEMPLATE-NAME": ""}
    good = world.doctor()
    named = ("coder-template-name: ci-repair", "coder-template-name: gone\n          mode: fix")
    world.write("coder-fix.yml", example("workflow-run.yml", named))
    world.write("comment.yml", None)
    world.write("reconcile.yml", None)
    policy = "coder-template-name: ci-repair\n"
    world.repository.commit("main", {".github/coder-fix.yml": policy}, "Policy", start=False)

    assert "A run would use tasks" in good.findings["coder-backend"]["says"]
    assert "`gone` does not exist" in world.doctor().findings["coder-template"]["says"]
    assert "coder-template" not in world.doctor("--coder-template-name", "ci-repair").bad


def test_a_step_that_only_reports_needs_no_coder(world: World) -> None:
    """The example for a diagnosis alone, and nothing else."""
    for name in ("coder-fix.yml", "comment.yml", "reconcile.yml"):
        world.write(name, None)
    world.write("report.yml", example("report-only.yml", token=False))
    world.env |= {"CODER_URL": "", "INPUT_CODER-URL": "", "INPUT_CODER-TOKEN": ""}

    assert "coder-inputs" not in world.doctor().bad


def test_a_policy_that_cannot_be_seen(world: World) -> None:
    """It is not taken for none: who can look is told. A server that refuses it is no crash."""

    def refuses(request: HttpRequest) -> None:
        if request.path.endswith("/contents/.github/coder-fix.yml"):
            raise Fault("refused", respond=HttpResponse(403, {"message": "Not accessible"}))

    world.github.fault_hooks.append(refuses)
    found = world.doctor().findings["policy-file"]

    assert (found["status"], found["who"]) == ("unseen", "A token with `contents: read`.")
