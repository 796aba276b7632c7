"""The templates in the package: whole, formatted, pinned, with the rules that keep them safe."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tarfile
from itertools import product
from pathlib import Path

import pytest

from bot.sandbox.coder_template_source import declared
from bot.templates import (
    Agent,
    Credentials,
    Kind,
    Platform,
    Recipe,
    archive,
    compose,
    variables,
)

FOLDER = Path(__file__).resolve().parents[2] / "bot" / "templates"
RECIPES = [
    Recipe(kind, platform, agent, credentials)
    for kind, platform, agent, credentials in product(Kind, Platform, Agent, Credentials)
    if kind is not Kind.CHATS or agent is Agent.CLAUDE_CODE
]
IDS = [f"{r.kind}-{r.platform}-{r.agent}-{r.credentials}" for r in RECIPES]


def text(recipe: Recipe) -> str:
    """All of its Terraform."""
    return "\n".join(c.decode() for n, c in compose(recipe).items() if n.endswith(".tf"))


@pytest.mark.parametrize("recipe", RECIPES, ids=IDS)
def test_each_reference_has_its_declaration(recipe: Recipe) -> None:
    """No part refers to a variable, local or data source that another part does not bring."""
    source = re.sub(r"#.*", "", text(recipe))
    named = {v.name for v in variables(compose(recipe))}
    blocks = "\n".join(re.findall(r"^locals \{\n(.*?)^\}", source, re.MULTILINE | re.DOTALL))
    local = set(re.findall(r"^  (\w+)\s*=", blocks, re.MULTILINE))
    data = set(re.findall(r'^data "(\w+)" "(\w+)"', source, re.MULTILINE))

    assert set(re.findall(r"\bvar\.(\w+)", source)) <= named
    assert set(re.findall(r"\blocal\.(\w+)", source)) <= local
    assert set(re.findall(r"\bdata\.(\w+)\.(\w+)", source)) <= data
    assert len(named) == source.count('\nvariable "')


@pytest.mark.parametrize("recipe", RECIPES, ids=IDS)
def test_each_is_fit_for_an_agent_that_nobody_attends(recipe: Recipe) -> None:
    """No parameter without a default, no required sign-in, no `plan`; tasks where it says so."""
    found = declared(archive(compose(recipe)))

    assert found.ai_task == (recipe.kind is not Kind.CHATS)
    assert [name for name, default in found.parameters.items() if default is None] == []
    assert found.external_auth == []
    assert ("AI Prompt" in found.parameters) == (recipe.kind is Kind.TASKS_AI_PROMPT)
    assert "permission_mode" not in text(recipe)


@pytest.mark.parametrize("recipe", RECIPES, ids=IDS)
def test_each_keeps_the_rules(recipe: Recipe) -> None:
    """Pinned by commit; time to stop; no rights beyond need; secrets sensitive; told to report."""
    source = text(recipe)

    for reference in re.findall(r'source\s*=\s*"(git::[^"]+)"', source):
        assert re.fullmatch(
            r"git::https://github\.com/coder/registry\.git//[\w/-]+\?ref=[0-9a-f]{40}", reference
        )
    assert (
        "300" in source.split("stop_timeout" if "docker" in recipe.platform else "grace_period")[1]
    )
    secret = {v.name for v in variables(compose(recipe)) if v.sensitive}
    keys = {v.name for v in variables(compose(recipe)) if re.search(r"token$|_key$|^env", v.name)}
    assert keys == secret
    if recipe.kind is not Kind.CHATS:
        assert "Push only to the branch that the task names." in source
        assert "report it: state complete" in source
    if recipe.credentials is Credentials.TOKEN:
        assert 'agent_key_scope = "no_user_data"' in source
        assert "gh auth setup-git" in source


def test_archive_is_the_same_bytes_every_time() -> None:
    """Coder knows a file by its content; ustar, since its importer wants no pax."""
    sources = compose(Recipe(Kind.TASKS))
    packed = archive(sources)

    assert packed == archive(dict(reversed(sources.items())))
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        members = tar.getmembers()
    assert [m.name for m in members] == sorted(sources)
    assert {(m.mtime, m.uid, m.mode) for m in members} == {(0, 0, 0o644)}


def test_every_part_is_used() -> None:
    """No file of the folder is left over."""
    used = {name for recipe in RECIPES for name in recipe.parts()}

    assert used == {path.name for path in FOLDER.iterdir() if path.suffix in {".tf", ".sh"}}


@pytest.mark.skipif(shutil.which("terraform") is None, reason="there is no terraform")
def test_terraform_finds_them_formatted() -> None:
    """`terraform fmt` has nothing to change; it parses each file."""
    done = subprocess.run(
        ["terraform", "fmt", "-check", "-list=true", str(FOLDER)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("command", "state", "shown"),
    [("cat >got", "complete", "The command ended"), ("exit 7", "failure", "ended with 7")],
)
def test_command_gets_its_prompt_and_its_end_is_reported(
    tmp_path: Path, command: str, state: str, shown: str
) -> None:
    """The prompt with the rules on standard input; one report of its end; the token no argument."""
    binaries = tmp_path / "bin"
    binaries.mkdir()
    curl = binaries / "curl"
    curl.write_text('#!/bin/sh\necho "ARGS $*" >>"$HOME/calls"\ncat >>"$HOME/calls"\n')
    curl.chmod(0o755)
    env = {
        "PATH": f"{binaries}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "CODER_AGENT_URL": "https://coder.example.com/",
        "CODER_AGENT_TOKEN": "t0k3n",
        "CODER_FIX_COMMAND": command,
        "CODER_FIX_PROMPT": "Repair it.",
        "CODER_FIX_RULES": "Push only there.",
    }
    typed = "\x1b[200~More ~\nof it\x1b[201~\n"
    first = subprocess.run(
        ["bash", str(FOLDER / "agent.sh"), str(tmp_path / "work")],
        env=env, input=typed, capture_output=True, text=True, check=True,
    )  # fmt: skip

    calls = (tmp_path / "calls").read_text()
    assert shown in first.stdout
    assert calls.count(f'\\"state\\":\\"{state}\\"') == 2
    assert "t0k3n" not in "".join(line for line in calls.splitlines() if line.startswith("ARGS"))
    if state == "complete":
        assert (tmp_path / "work" / "got").read_text() == "Push only there.\n\nMore ~\nof it\n"
