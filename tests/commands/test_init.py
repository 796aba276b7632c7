"""`coder-fix init` in real git repositories, through the real entry; on a terminal by a pty."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from bot.adapters import checkout
from bot.adapters.checkout import Checkout
from bot.errors import ConfigurationError
from bot.policy_file import PATH
from bot.policy_file.reading import read
from bot.scaffold import Door
from bot.untrusted import Untrusted
from tests.report.test_golden import GOLDEN

ROOT = Path(__file__).resolve().parents[2]
COMMIT = "0123456789abcdef0123456789abcdef01234567"
USES = f"coder-fix/coder-fix@{COMMIT} # v9.8.7"
CI = """\
name: CI
on:
  push:
  pull_request:
permissions: {}
concurrency:
  group: ci-${{ github.ref }}
  cancel-in-progress: true
jobs:
  test:
    name: test
    runs-on: ubuntu-24.04
    permissions: {}
    steps:
      - run: make test # as on a developer's machine
"""
NIGHTLY = "on:\n  schedule:\n    - cron: '1 1 * * *'\njobs:\n  x:\n    runs-on: ubuntu-24.04\n"


@dataclass
class Repository:
    """A checkout, and the ways to run `init` in it."""

    root: Path

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, capture_output=True, text=True, check=True
        )
        return done.stdout

    def write(self, path: str, text: str) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, newline="")

    def text(self, path: str) -> str:
        return (self.root / path).read_text()

    def files(self) -> dict[str, bytes]:
        """Everything outside of `.git`."""
        found = (p for p in self.root.rglob("*") if ".git" not in p.relative_to(self.root).parts)
        return {str(p.relative_to(self.root)): p.read_bytes() for p in found if p.is_file()}

    def init(self, *flags: str, at: str = ".", **env: str):
        """Without a terminal."""
        return subprocess.run(
            [sys.executable, "-P", "-m", "bot", "init", *flags],
            cwd=self.root / at, env=_environment(env), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def asked(self, answers: Sequence[str], *flags: str, **env: str) -> tuple[int, str]:
        """On a terminal: the exit code, and what stood on the screen."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "bot", "init", *flags],
            cwd=self.root, env=_environment({"TERM": "xterm"} | env),
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        screen, left = "", list(answers)
        deadline = time.monotonic() + 60
        while select.select([ours], [], [], max(0.0, deadline - time.monotonic()))[0]:
            try:
                heard = os.read(ours, 65536).decode(errors="replace")
            except OSError:  # the other end is closed: it has ended
                break
            screen += heard
            if re.search(r"\]: $", screen):
                os.write(ours, f"{left.pop(0)}\n".encode() if left else b"\x04")
        os.close(ours)
        return process.wait(20), screen.replace("\r\n", "\n")


def _environment(more: dict[str, str]) -> dict[str, str]:
    # No release can be asked there, so that nothing leaves the machine.
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return bare | {"HOME": "/nonexistent", "GITHUB_SERVER_URL": "file:///nonexistent"} | more


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository with CI and a nightly workflow that has no name."""
    made = Repository(tmp_path / "widgets")
    made.root.mkdir()
    made.git("init", "--quiet", "--initial-branch=main")
    made.write(".github/workflows/ci.yml", CI)
    made.write(".github/workflows/nightly.yaml", NIGHTLY)
    return made


def test_the_defaults(repository: Repository):
    """Three doors, the workflows that run for changes, a policy file; word for word."""
    done = repository.init("--yes", "--uses", USES, "--coder-url", "https://coder.example.com")
    golden = GOLDEN / "init-defaults.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(done.stdout)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == golden.read_text()
    page = (ROOT / "docs" / "set-up.md").read_text()
    assert f"$ coder-fix init --yes --coder-url https://coder.example.com\n{done.stdout}```" in page
    made = set(repository.files()) - {".github/workflows/ci.yml", ".github/workflows/nightly.yaml"}
    assert made == {
        PATH,
        ".github/workflows/coder-fix.yml",
        ".github/workflows/coder-fix-comments.yml",
        ".github/workflows/coder-fix-reconcile.yml",
    }
    assert "    workflows: [CI]\n" in repository.text(".github/workflows/coder-fix.yml")
    assert read(PATH, Untrusted(repository.text(PATH))) == {"coder_template_name": "ci-repair"}


@pytest.mark.parametrize(
    "flags",
    [
        ("--doors", "failure,comment,upgrade,reconcile,by-hand"),
        ("--doors", "follow-up-job,comment", "--force"),
        ("--mode", "report", "--doors", "failure"),
        ("--backend", "chats", "--template", "platform/repair", "--mode", "fix"),
    ],
)
def test_running_it_again_changes_nothing(repository: Repository, flags):
    """Neither with the same flags nor with none: what stands there is the default."""
    first = repository.init("--yes", "--uses", USES, *flags)
    before = repository.files()
    again = [repository.init("--yes", *flags), repository.init("--yes"), repository.init()]

    assert first.returncode == 0, first.stderr
    assert [done.returncode for done in again] == [0, 0, 0], again
    assert all("Nothing was written." in done.stdout for done in again)
    assert repository.files() == before


def _zizmor(repository: Repository) -> str:
    """What it finds in the workflows that are ours; nothing where they are clean."""
    files = [p for p in repository.files() if "/coder-fix" in p and p != PATH]
    checked = subprocess.run(
        [Path(sys.executable).with_name("zizmor"), "--offline", "--pedantic", "--quiet", *files],
        cwd=repository.root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert files
    return checked.stdout if checked.returncode else ""


def test_the_files_are_sound(repository: Repository):
    """Every door: zizmor finds nothing, all is pinned, nothing may do more than it needs."""
    doors = "failure,comment,upgrade,reconcile,by-hand"
    assert repository.init("--yes", "--uses", USES, "--doors", doors).returncode == 0
    files = [p for p in repository.files() if "/coder-fix" in p and p != PATH]

    assert len(files) == 5
    assert _zizmor(repository) == ""
    for path in files:
        told = yaml.safe_load(repository.text(path))
        assert told["permissions"] == {}
        for job in told["jobs"].values():
            assert job["permissions"]["contents"] == "read"
            assert job["concurrency"]["cancel-in-progress"] is False
            assert [step["uses"] for step in job["steps"]] == [USES.partition(" ")[0]]


def test_the_follow_up_job(repository: Repository):
    """It is added to the end of the workflow, needs every job, and changes nothing else."""
    two = CI + "  'lint it':\n    runs-on: ubuntu-24.04\n    steps: []\n"
    repository.write(".github/workflows/ci.yml", two.replace("\n", "\r\n"))
    refused = repository.init("--yes", "--uses", USES, "--doors", "follow-up-job")
    done = repository.init("--yes", "--uses", USES, "--doors", "follow-up-job", "--force")
    made = (repository.root / ".github/workflows/ci.yml").read_bytes().decode()
    old, new = yaml.safe_load(two), yaml.safe_load(made)
    job = new["jobs"].pop("coder-fix")

    assert (refused.returncode, done.returncode) == (2, 0)
    assert made.startswith(two.replace("\n", "\r\n"))
    assert "\n" not in made.replace("\r\n", "")
    assert new == old
    assert (job["needs"], job["if"]) == (["test", "lint it"], "failure()")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (CI + "env:\n  X: 1\n", "`jobs` is not the last key"),
        ("name: CI\non: push\njobs: {a: {runs-on: x}}\n", "`jobs` is not the last key"),
        (CI.replace("  test:", "  coder-fix:"), "a job `coder-fix` of its own"),
        (CI + "      - run: |\n          a\n  # end\n        ", "")
    ],
)  # fmt: skip
def test_a_workflow_that_takes_no_job(repository: Repository, text, words):
    """Where the end of the file is not the end of the jobs, it is said and nothing is touched."""
    repository.write(".github/workflows/ci.yml", text)
    before = repository.files()
    done = repository.init("--yes", "--uses", USES, "--doors", "follow-up-job", "--force")
    if not words:  # a comment and blanks after the last job are no hindrance
        assert done.returncode == 0, done.stderr
        return

    assert done.returncode == 2
    assert ".github/workflows/ci.yml: " in done.stderr
    assert words in done.stderr
    assert repository.files() == before


def test_a_bots_token(repository: Repository):
    """Every step takes it from that secret, which the list names; it stays when run again."""
    doors = ",".join(door for door in Door if door is not Door.FOLLOW_UP_JOB)
    given = ("--yes", "--uses", USES, "--github-token-secret", "BOT_TOKEN", "--doors", doors)
    done = repository.init(*given)
    before = repository.files()

    assert done.returncode == 0, done.stderr
    assert "gh secret set BOT_TOKEN" in done.stdout
    assert "allow GitHub Actions to create" not in done.stdout
    for door in doors.split(","):
        (job,) = yaml.safe_load(repository.text(Door(door).path))["jobs"].values()
        assert job["steps"][0]["with"]["github-token"] == "${{ secrets.BOT_TOKEN }}"
    assert repository.init("--yes").returncode == 0
    assert repository.files() == before


AS_AN_APP = ("--github-app-key-secret", "FIXER_KEY", "--github-app-id-variable", "FIXER_ID")


def test_a_github_app(repository: Repository):
    """Every step takes id and key from there, and no token; it stays when run again."""
    doors = ",".join(door for door in Door if door is not Door.FOLLOW_UP_JOB)
    done = repository.init("--yes", "--uses", USES, "--doors", doors, *AS_AN_APP)
    before = repository.files()

    assert done.returncode == 0, done.stderr
    for words in ("gh variable set FIXER_ID --body ID", "gh secret set FIXER_KEY < KEY.pem"):
        assert words in done.stdout
    assert "allow GitHub Actions to create" not in done.stdout
    for door in doors.split(","):
        (job,) = yaml.safe_load(repository.text(Door(door).path))["jobs"].values()
        given = {k: v for k, v in job["steps"][0]["with"].items() if k.startswith("github-")}
        assert given == {
            "github-app-id": "${{ vars.FIXER_ID }}",
            "github-app-private-key": "${{ secrets.FIXER_KEY }}",
        }
    assert repository.init("--yes").returncode == 0
    assert repository.files() == before


@pytest.mark.parametrize("flag", ["--github-app-key-secret", "--github-app-id-variable"])
def test_one_name_of_an_app_is_enough(repository: Repository, flag):
    """The other is the one that the pages name; zizmor finds nothing in what is written."""
    assert repository.init("--yes", "--uses", USES, flag, "FIXER").returncode == 0
    text = repository.text(Door.FAILURE.path)
    names = {"--github-app-key-secret": ("CODER_FIX_APP_ID", "FIXER"),
             "--github-app-id-variable": ("FIXER", "CODER_FIX_APP_KEY")}[flag]  # fmt: skip

    assert f"github-app-id: ${{{{ vars.{names[0]} }}}}\n" in text
    assert f"github-app-private-key: ${{{{ secrets.{names[1]} }}}}\n" in text
    assert _zizmor(repository) == ""


def test_from_a_token_to_an_app_and_back(repository: Repository):
    """A flag goes before what stands there, and what it replaces is gone."""
    token = ("--github-token-secret", "BOT_TOKEN")
    repository.init("--yes", "--uses", USES, *token)
    before = repository.files()
    there = repository.init("--yes", "--force", *AS_AN_APP)
    assert "github-token:" not in repository.text(Door.FAILURE.path)
    back = repository.init("--yes", "--force", *token)

    assert (there.returncode, back.returncode) == (0, 0)
    assert repository.files() == before


def test_a_bots_token_in_a_follow_up_job(repository: Repository):
    """The job that was added keeps it for the doors that come later."""
    token = ("--github-token-secret", "BOT_TOKEN")
    first = repository.init("--yes", "--force", "--uses", USES, "--doors", "follow-up-job", *token)
    done = repository.init("--yes", "--doors", "follow-up-job,comment")

    assert "gh secret set BOT_TOKEN --app dependabot" in first.stdout
    assert done.returncode == 0, done.stderr
    for path in (".github/workflows/ci.yml", Door.COMMENT.path):
        assert "github-token: ${{ secrets.BOT_TOKEN }}" in repository.text(path)


CHATS = "coder-fix setup --coder-organization ai --template mender --backend chats"


@pytest.mark.parametrize(
    ("template", "backend", "command"),
    [("ci-repair", "auto", "coder-fix setup"), ("ai/mender", "chats", CHATS)],
)
def test_the_command_for_coder(repository: Repository, template, backend, command):
    """What `setup` has to be told so that it makes what the files name; Coder is CODER_URL's."""
    flags = ("--template", template, "--backend", backend)
    done = repository.init("--yes", "--uses", USES, *flags, CODER_URL="https://dev.example.com")

    assert f"       {command}\n" in done.stdout
    assert "--body 'https://dev.example.com'" in done.stdout


def test_a_file_that_a_person_changed(repository: Repository):
    """The difference is shown and nothing is written, until --force says so."""
    repository.init("--yes", "--uses", USES)
    path = ".github/workflows/coder-fix.yml"
    repository.write(path, repository.text(path).replace("minutes: 100", "minutes: 7"))
    (repository.root / PATH).unlink()
    before = repository.files()
    done = repository.init("--yes")

    assert done.returncode == 2
    assert "    -    timeout-minutes: 7\n    +    timeout-minutes: 100\n" in done.stdout
    assert f"Nothing was written: {path} would be changed." in done.stderr
    assert repository.files() == before
    assert repository.init("--yes", "--force").returncode == 0
    assert "minutes: 100" in repository.text(path)
    assert (repository.root / PATH).exists()


def test_the_policy_keeps_what_nobody_asked_about(repository: Repository):
    """Keys and comments of people stay; only the lines of the answers change."""
    repository.write(PATH, "# ours\nmode: propose\nprotected-paths: [db/**] # mind\n")
    done = repository.init("--yes", "--uses", USES, "--mode", "fix", "--template", "t", "--force")

    assert done.returncode == 0, done.stderr
    assert repository.text(PATH) == (
        "# ours\nmode: fix\nprotected-paths: [db/**] # mind\ncoder-template-name: t\n"
    )


def test_a_broken_policy_is_told(repository: Repository):
    """With its line, and it is not overwritten unasked."""
    repository.write(PATH, "mode: fix\nmode: fix\n")
    done = repository.init("--yes", "--uses", USES)

    assert done.returncode == 2
    assert f"{PATH}, line 2: `mode` stands on line 1 already." in done.stdout
    assert repository.text(PATH) == "mode: fix\nmode: fix\n"


def test_a_dry_run(repository: Repository):
    """Everything is shown, nothing is written."""
    before = repository.files()
    done = repository.init("--dry-run", "--uses", USES)

    assert done.returncode == 0
    assert f"    +      - uses: {USES}\n" in done.stdout
    assert "    +coder-template-name: ci-repair\n" in done.stdout
    assert "Dry run: nothing was written." in done.stdout
    assert repository.files() == before


def _release(folder: Path) -> str:
    """Where coder-fix lives, with releases; the commit of the newest one."""
    home = Repository(folder / "coder-fix" / "coder-fix")
    home.root.mkdir(parents=True)
    home.git("init", "--quiet")
    home.git("config", "user.name", "x")
    home.git("config", "user.email", "x@localhost")
    for tag in ("v0.9.0", "v0.10.0", "v1.0.0-rc.1", "nightly"):
        home.git("commit", "--quiet", "--allow-empty", "-m", tag)
        home.git("tag", "-a", "-m", tag, tag)
    return home.git("rev-parse", "v0.10.0^{commit}").strip()


def test_the_newest_release_is_pinned(repository: Repository, tmp_path: Path):
    """By its commit, with the version behind it, and in the schema's address; later kept."""
    commit = _release(tmp_path)
    done = repository.init("--yes", GITHUB_SERVER_URL=f"file://{tmp_path}")
    text = repository.text(".github/workflows/coder-fix.yml")

    assert done.returncode == 0, done.stderr
    assert f"uses: coder-fix/coder-fix@{commit} # v0.10.0\n" in text
    assert repository.text(PATH).startswith(
        "# yaml-language-server: $schema=https://raw.githubusercontent.com/coder-fix/coder-fix/"
        f"{commit}/.github/coder-fix.schema.json\n"
    )
    assert "Nothing was written." in repository.init("--yes", GITHUB_SERVER_URL="file:///x").stdout


def test_without_a_release(repository: Repository):
    """The commit that runs is pinned where it is known, and that is said; never a tag."""
    done = repository.init("--yes")
    if done.returncode:  # no checkout of coder-fix, such as an unpacked archive
        assert "Give --uses coder-fix/coder-fix@COMMIT." in done.stderr
        return
    head = Repository(ROOT).git("rev-parse", "HEAD").strip()

    assert f"@{head} # " in repository.text(".github/workflows/coder-fix.yml")
    assert "No release of coder-fix could be asked of file:///nonexistent" in done.stdout


BAD = {
    "no door": (("--doors", "window"), "--doors: there is no door window."),
    "two doors for one": (("--doors", "failure,follow-up-job"), "would both answer"),
    "unknown workflow": (("--doors", "follow-up-job", "--workflows", "Nope"), 'named "Nope"'),
    "a tag": (("--uses", "coder-fix/coder-fix@v1"), "--uses is not of the form"),
    "no URL": (("--coder-url", "coder"), "--coder-url is not an http(s) URL."),
    "password": (("--coder-url", "https://u:pw@x.example"), "--coder-url holds a user name"),
    "quote": (("--coder-url", "https://x.example/'$(id)'"), "--coder-url holds"),
    "template": (("--template", "a: b"), "--template is not a template's name."),
    "a secret, no name": (("--github-token-secret", "ghp_x"), "is not a secret's name."),
    "an id, no name": (("--github-app-id-variable", "4711"), "is not a variable's name."),
    "GitHub's name": (("--github-app-key-secret", "GITHUB_KEY"), "is not a secret's name."),
    "two tokens": (
        ("--github-token-secret", "A", "--github-app-key-secret", "B"),
        "are both given.",
    ),
}


@pytest.mark.parametrize(("flags", "words"), BAD.values(), ids=BAD)
def test_bad_flags(repository: Repository, flags, words):
    """Exit 2, the flag is named, nothing is written."""
    before = repository.files()
    done = repository.init("--yes", *(("--uses", USES) if "--uses" not in flags else ()), *flags)

    assert (done.returncode, words in done.stderr) == (2, True), done.stderr
    assert "pw@" not in done.stderr + done.stdout
    assert repository.files() == before


def test_no_workflow_at_all(repository: Repository):
    """Nothing to listen to is said; a name given by hand is taken."""
    for name in ("ci.yml", "nightly.yaml"):
        (repository.root / ".github/workflows" / name).unlink()
    done = repository.init("--yes", "--uses", USES)

    assert (done.returncode, "--workflows" in done.stderr) == (2, True)
    assert repository.init("--yes", "--uses", USES, "--workflows", "CI").returncode == 0


def test_names_that_yaml_would_misread(repository: Repository):
    """They are quoted; a nameless workflow is known by its path; a broken file is passed over."""
    names = ["on", "Build: all", 'say "hi"', "[x]", "ünï 🚀", "CI"]
    for number, name in enumerate(names):
        repository.write(f".github/workflows/w{number}.yml",
                         CI.replace("name: CI", f"name: {json.dumps(name)}", 1))  # fmt: skip
    repository.write(".github/workflows/nightly.yaml", CI.replace("name: CI\n", "", 1))
    repository.write(".github/workflows/broken.yml", "a: [\x1b[31m")
    done = repository.init("--yes", "--uses", USES)

    assert done.returncode == 0, done.stderr
    told = yaml.safe_load(repository.text(".github/workflows/coder-fix.yml"))
    chosen = told[True]["workflow_run"]["workflows"]
    assert sorted(chosen) == sorted([*names, ".github/workflows/nightly.yaml"])
    assert ".github/workflows/broken.yml is not read as a workflow." in done.stdout
    assert "Nothing was written." in repository.init("--yes").stdout


UNREAD = {
    "UTF-16": (".github/coder-fix.yml", "mode: fix\n".encode("utf-16")),
    "Latin-1": (".github/workflows/coder-fix.yml", b"# caf\xe9\nname: Deploy\n"),
    "10 MB": (".github/coder-fix.yml", b"protected-paths:\n" + b"  - a\n" * 1_700_000),
}


@pytest.mark.parametrize(("path", "content"), UNREAD.values(), ids=UNREAD)
@pytest.mark.parametrize("force", [(), ("--force",)], ids=["", "forced"])
def test_what_cannot_be_shown_is_not_overwritten(repository: Repository, path, content, force):
    """A file that was not read stays; so does everything else."""
    (repository.root / path).write_bytes(content)
    done = repository.init("--yes", "--uses", USES, *force)

    assert (done.returncode, f"{path} is no small text in UTF-8" in done.stderr) == (2, True)
    assert (repository.root / path).read_bytes() == content
    assert not (repository.root / ".github/workflows/coder-fix-comments.yml").exists()


def test_a_name_that_no_workflow_bears(repository: Repository):
    """It may come with the next commit, so that it is taken; but it is told, with the nearest."""
    done = repository.init("--yes", "--uses", USES, "--workflows", "ci,CI,Deploy", "--dry-run")

    assert done.returncode == 0
    assert "No workflow here is named ci; did you mean CI?\n" in done.stdout
    assert "No workflow here is named Deploy.\n" in done.stdout
    assert "is named CI" not in done.stdout


def test_where_one_stands(repository: Repository, tmp_path: Path):
    """Below the top the top is meant; outside of a checkout, or in a bare one, it is refused."""
    (repository.root / "src").mkdir()
    outside = Repository(tmp_path / "outside")
    outside.root.mkdir()
    bare = Repository(tmp_path / "bare")
    bare.root.mkdir()
    bare.git("init", "--quiet", "--bare")

    assert repository.init("--yes", "--uses", USES, at="src").returncode == 0
    assert (repository.root / PATH).exists()
    for place in (outside, bare):
        done = place.init("--yes", "--uses", USES)
        assert (done.returncode, "is not in a git checkout" in done.stderr) == (2, True)
    assert list(outside.root.iterdir()) == []


def test_a_detached_work_tree(repository: Repository, tmp_path: Path):
    """A linked work tree without a branch is as good a place; that HEAD is detached is said."""
    repository.git("add", ".")
    repository.git("-c", "user.name=x", "-c", "user.email=x@localhost", "commit", "-qm", "CI")
    repository.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    linked = Repository(tmp_path / "linked")
    done = linked.init("--yes", "--uses", USES)

    assert done.returncode == 0, done.stderr
    assert (linked.root / PATH).exists()
    assert not (repository.root / PATH).exists()
    assert "HEAD is detached here" in done.stdout


@pytest.mark.parametrize(
    "link", [".github", ".github/workflows", ".github/workflows/coder-fix.yml"]
)
def test_a_link_out_of_the_tree(repository: Repository, tmp_path: Path, link):
    """Nothing is written through it."""
    outside = tmp_path / "outside"
    (outside / "workflows").mkdir(parents=True)
    place = repository.root / link
    if place.exists():
        place.rename(tmp_path / "moved")
    place.symlink_to(outside / "file" if link.endswith(".yml") else outside)
    done = repository.init("--yes", "--uses", USES, "--workflows", "CI", "--force")

    assert done.returncode == 2
    assert "a link" in done.stderr
    assert [p for p in outside.rglob("*") if p.is_file()] == []


@contextmanager
def _as_nobody() -> Iterator[None]:
    """Root may write everywhere, so that it steps down for a while."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_cannot_be_written(monkeypatch):
    """It is named, and nothing is half-done: the policy file, which could be written, is not."""
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "safe.directory")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "*")
    with tempfile.TemporaryDirectory() as name:
        repository = Repository(Path(name) / "widgets")
        repository.root.mkdir()
        repository.git("init", "--quiet")
        repository.write(".github/workflows/ci.yml", CI)
        for place, mode in ((name, 0o755), (".github", 0o777), (".github/workflows", 0o555)):
            (repository.root / place).chmod(mode)
        before = repository.files()
        with _as_nobody(), pytest.raises(ConfigurationError) as told:
            Checkout.around(repository.root).write({PATH: "x", Door.FAILURE.path: "x"})

        assert f"{repository.root}/.github/workflows cannot be written by you" in str(told.value)
        assert repository.files() == before


def test_what_fails_half_way_is_taken_back(repository: Repository, monkeypatch):
    """A disk that is full at the second file leaves neither the first one nor its folder."""
    real, calls = checkout._replace, []

    def failing(place, data, **how):
        calls.append(place)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        real(place, data, **how)

    monkeypatch.setattr(checkout, "_replace", failing)
    before = repository.files()
    with pytest.raises(ConfigurationError, match="No space left on device"):
        Checkout.around(repository.root).write(
            {".github/workflows/ci.yml": "x", "a/b/c.yml": "x", PATH: "x"}
        )

    assert repository.files() == before
    assert not (repository.root / "a").exists()


def test_the_questions(repository: Repository):
    """Answers by number and by name; Enter takes what is in brackets; nonsense is asked again."""
    answers = [
        "1, window",
        "1, ²",
        "1,upgrade",
        "",
        "fix",
        "https://coder.example.com",
        "mine",
        "chats",
        "",
    ]
    code, screen = repository.asked(answers, "--uses", USES, NO_COLOR="1")

    assert code == 0, screen
    assert screen.count("That was not understood.") == 2
    assert "  1  failure        repair each failed run" in screen
    assert "gh variable set CODER_URL --body 'https://coder.example.com'" in screen
    assert read(PATH, Untrusted(repository.text(PATH))) == {
        "mode": "fix", "coder_template_name": "mine", "coder_backend": "chats",
    }  # fmt: skip
    assert {p for p in repository.files() if "/coder-fix" in p} == {
        PATH, ".github/workflows/coder-fix.yml", ".github/workflows/coder-fix-upgrades.yml",
    }  # fmt: skip
    assert "\x1b[" not in screen


ENTER = ["", "", "", "", "", ""]


@pytest.mark.parametrize(
    ("answers", "flags"),
    [
        (["job"], ()),
        (["token", ""], ("--github-token-secret", "BOT_TOKEN")),
        (["robot", "token", "ghp_x", "MY_BOT"], ("--github-token-secret", "MY_BOT")),
        (["app", "", ""], ("--github-app-id-variable", "CODER_FIX_APP_ID")),
        (["app", "FIXER_ID", "a key", "FIXER_KEY"], AS_AN_APP),
    ],
    ids=["the job's", "a token", "its name", "an App", "its names"],
)
def test_the_question_for_the_token(repository: Repository, tmp_path: Path, answers, flags):
    """Whose, then the names, each asked again until it is one; the flags write the same."""
    other = Repository(tmp_path / "other")
    shutil.copytree(repository.root, other.root)
    code, screen = repository.asked(ENTER + answers, "--uses", USES)
    done = other.init("--yes", "--uses", USES, *flags)

    assert (code, done.returncode) == (0, 0), screen + done.stderr
    assert "Token for GitHub. job: the job's own" in screen
    nonsense = {"robot", "ghp_x", "a key"} & set(answers)
    assert screen.count("That was not understood.") == len(nonsense)
    assert repository.files() == other.files()
    assert _zizmor(repository) == ""


def test_the_token_that_is_there_is_the_default(repository: Repository):
    """Enter keeps it, whichever it is; a flag or a diagnosis spares the question."""
    repository.init("--yes", "--uses", USES, *AS_AN_APP)
    before = repository.files()
    code, screen = repository.asked([*ENTER, "", "", ""])
    flagged = repository.asked(ENTER, *AS_AN_APP)
    _, report = repository.asked(["", "", "report"], "--dry-run")

    assert (code, flagged[0], repository.files() == before) == (0, 0, True), screen
    assert "[app]: " in screen
    assert "[FIXER_ID]: " in screen
    assert "Token for GitHub" not in flagged[1] + report


def test_a_terminal_is_asked_before_anything_is_overwritten(repository: Repository):
    """After the difference; Enter is no. Colors are for terminals."""
    repository.init("--yes", "--uses", USES)
    path = ".github/workflows/coder-fix.yml"
    repository.write(path, repository.text(path).replace("minutes: 100", "minutes: 7"))
    code, screen = repository.asked([""] * 7 + [""])

    assert code == 0, screen
    assert "\x1b[31m-    timeout-minutes: 7\x1b[0m" in screen
    assert f"Change {path}? [y/N]: " in screen
    assert f"Kept {path} as it is." in screen
    assert "minutes: 7" in repository.text(path)
    assert repository.asked([""] * 7 + ["y"])[0] == 0
    assert "minutes: 100" in repository.text(path)


def test_a_terminal_that_hangs_up(repository: Repository):
    """The end of the input before the last question: nothing was written."""
    before = repository.files()
    code, screen = repository.asked(["1"], "--uses", USES)

    assert code == 2
    assert "nothing was written" in screen
    assert repository.files() == before


def test_yes_asks_nothing(repository: Repository):
    """Nor does a terminal change that."""
    code, screen = repository.asked([], "--yes", "--uses", USES)

    assert (code, "]: " in screen) == (0, False)
