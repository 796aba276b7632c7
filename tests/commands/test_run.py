"""The end of `run` where it is no outcome of the work; the scenarios hold every other one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.commands.run import Run
from bot.composition import Composition
from bot.sandbox.github import SandboxGitHub
from tests.app_keys import APP_ID, key, registered


def test_a_bug_ends_the_run_and_its_token(
    strict_github: Callable[..., SandboxGitHub],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    """Exit 1 with a traceback to report; the App's token is revoked before the process ends."""

    def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    github = strict_github()
    registered(github)
    repository = github.create_repository("acme/widgets", {"a": "a\n"})
    env = github.runner_env(repository) | {
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "INPUT_GITHUB-APP-ID": str(APP_ID),
        "INPUT_GITHUB-APP-PRIVATE-KEY": key().private,
        "INPUT_MODE": "report",
    }
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(Composition, "request", broken)

    assert Run(env).main({}) == 1
    assert "ZeroDivisionError" in capsys.readouterr().out
    sent = [f"{x.request.method} {x.request.path}" for x in github.exchanges]
    assert (sent[-1], sum("access_tokens" in call for call in sent)) == (
        "DELETE /installation/token",
        1,
    )
    assert [g for g in github.tokens._grants.values() if g.kind == "app"] == []
