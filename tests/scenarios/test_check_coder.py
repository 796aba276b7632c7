"""What somebody with a Coder can ask of it, asked of the sandbox."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.sandbox.coder import SandboxCoder
from tests.coder_fixtures import SERVED, CoderFactory
from tests.scenarios.first_steps import ROOT


def _check(coder: SandboxCoder, token: str, home: Path, *flags: str) -> tuple[int, str]:
    command = [sys.executable, str(ROOT / "scripts" / "check_coder.py"), "--poll", "0.1"]
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}
    env |= {"CODER_URL": coder.url, "CODER_SESSION_TOKEN": token, "TF_VAR_github_token": "x" * 40}
    ended = subprocess.run(
        [*command, "--patience", "30", *flags],
        env=env,
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout


@pytest.mark.parametrize("backend", ["tasks", "chats"])
def test_every_step_holds(coder_sandbox: CoderFactory, tmp_path: Path, backend: str):
    """From a Coder with nobody but its owner to a session that was deleted, and again."""
    coder = coder_sandbox(now=None, agent_command=["echo", "Done."], **SERVED[backend])
    _, admin = coder.add_user("root", roles=("owner",))
    for _ in range(2):
        code, said = _check(coder, admin.text, tmp_path)

        assert (code, "all of it held" in said, "✗" in said) == (0, True, False), said
        assert f"✓ started by {backend}" in said


def test_the_first_step_that_fails_ends_it(coder_sandbox: CoderFactory, tmp_path: Path):
    """A member of Coder may make nobody; nothing after that is tried."""
    coder = coder_sandbox(now=None)
    _, member = coder.add_user("somebody")
    code, said = _check(coder, member.text, tmp_path)

    assert code == 1
    assert said.count("✗") == 1
    assert "check-coder: not so: " in said
    assert "A session" not in said
