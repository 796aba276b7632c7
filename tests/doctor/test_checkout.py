"""What the doctor finds by itself: the repository of a checkout, and what its policy files say."""

from __future__ import annotations

import subprocess

import pytest

from bot.adapters.checkout import Checkout
from bot.sandbox.http import Fault, HttpRequest, HttpResponse
from tests.doctor.world import World, world

__all__ = ["world"]
ADDRESSES = {
    "https://github.com/octo/shop.git": "octo/shop",
    "https://alice:t0ken@ghe.example.com/octo/shop": "octo/shop",
    "https://github.com/octo/shop.js.git/": "octo/shop.js",
    "ssh://git@ghe.example.com:7999/octo/shop.git": "octo/shop",
    "git@github.com:octo/shop.git": "octo/shop",
    "/srv/mirrors/octo/shop.git": "",
    "https://gitlab.example.com/group/octo/shop.git": "",
    "https://github.com/shop.git": "",
}


def _origin(world: World, address: str) -> None:
    for command in (("init", "--quiet"), ("remote", "add", "origin", address)):
        subprocess.run(["git", *command], cwd=world.folder, check=True)


@pytest.mark.parametrize(("address", "name"), ADDRESSES.items())
def test_the_repository_of_a_checkout(world: World, address: str, name: str) -> None:
    """By the address of `origin` in each of its forms; what is no owner/name is not guessed at."""
    _origin(world, address)

    assert Checkout.around(world.folder).repository == name


def test_a_checkout_names_the_repository(world: World) -> None:
    """Where neither flag nor variable does."""
    _origin(world, f"{world.github.server_url}/acme/widgets.git")
    world.env["GITHUB_REPOSITORY"] = ""

    assert world.doctor().bad == {}
    assert "github-inputs" in world.doctor("--repository", "nobody").bad


def test_the_policy_names_the_template(world: World) -> None:
    """As in a run: the file counts where no input speaks, the repository's before its owner's."""
    world.env |= {"INPUT_CODER-TEMPLATE-NAME": ""}
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


def test_a_policy_that_cannot_be_seen(world: World) -> None:
    """It is not taken for none: who can look is told. A server that refuses it is no crash."""

    def refuses(request: HttpRequest) -> None:
        if request.path.endswith("/contents/.github/coder-fix.yml"):
            raise Fault("refused", respond=HttpResponse(403, {"message": "Not accessible"}))

    world.github.fault_hooks.append(refuses)
    found = world.doctor().findings["policy-file"]

    assert (found["status"], found["who"]) == ("unseen", "A token with `contents: read`.")
