"""What a run does to the world and to its machine, and nothing else: writes, hosts, files."""

from __future__ import annotations

import ast
import re
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.scenarios.hands import say
from tests.scenarios.stage import Stage

BOT = Path(__file__).parents[2] / "bot"
FIX = {"prices.py": "repaired\n"}
EVERY_RIGHT = dict.fromkeys(
    ("actions", "administration", "checks", "contents", "issues", "pull_requests"), "write"
)
WRITES = (
    "POST /repos/acme/widgets/issues/N/comments",
    "PATCH /repos/acme/widgets/issues/comments/N",
    "POST /repos/acme/widgets/issues/comments/N/reactions",
    "POST /repos/acme/widgets/pulls",
    "PATCH /repos/acme/widgets/pulls/N",
)
"""All that these stories take; a rerun, a dispatch and one issue exist besides, each by its row."""


def _written(stage: Stage) -> list[tuple[str, str]]:
    """Method, path and query document of whatever may have changed something at GitHub."""
    told = []
    for exchange in stage.github.exchanges:
        request = exchange.request
        if request.method not in {"GET", "HEAD"} and not request.path.startswith("/acme/"):
            path = re.sub(r"/\d+(?=/|$)", "/N", request.path)
            told.append((f"{request.method} {path}", request.body.decode()))
    return told


@pytest.mark.parametrize("mode", ["propose", "fix"])
def test_only_these_writes(stage: Stage, mode):
    """With every right: comments, reactions, its own pull request. Nothing merges or approves."""
    stage.grant(**EVERY_RIGHT)
    number = stage.red_pull_request()
    stage.fixes += [FIX, {"prices.py": "repaired at last\n"}]
    stage.colors.append("red")
    assert stage.run(mode=mode).outcome == "fixed"
    say(stage, number, "/coder status")
    written = _written(stage)

    assert "POST /repos/acme/widgets/issues/N/comments" in {call for call, _ in written}
    for call, body in written:
        assert call in WRITES or (call == "POST /graphql" and "mutation" not in body), call


def test_only_these_hosts(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    """Connections go to the two configured addresses, and to the store that GitHub names."""
    reached: set[int] = set()
    connect = socket.socket.connect

    def seen(self: socket.socket, address: tuple[str, int]) -> None:
        reached.add(address[1])
        connect(self, address)

    stage.red_pull_request()
    stage.fixes.append(FIX)
    monkeypatch.setattr(socket.socket, "connect", seen)
    assert stage.run().outcome == "fixed"

    github, coder = (urlsplit(url).port for url in (stage.github.url, stage.coder.url))
    assert reached == {github, coder, stage.github.blobs.port}


def test_only_these_files(
    stage: Stage,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
):
    """Outputs and summary stay; the temporary directory is empty afterwards."""
    temporary = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    stage.red_pull_request()
    stage.fixes.append(FIX)
    assert stage.run().outcome == "fixed"

    assert list(temporary.iterdir()) == []
    assert {p.name for p in (tmp_path / "run-1").iterdir()} == {
        "event.json", "output", "summary.md",
    }  # fmt: skip


def test_each_run_fences_with_a_word_of_its_own(stage: Stage):
    """Who has seen one prompt cannot write the end of the next one's data."""
    stage.red_pull_request()
    runs = [stage.run(dry_run="true") for _ in range(2)]
    fences = [set(re.findall(r"<data-(\w+)>", told.stdout + told.summary)) for told in runs]

    assert [len(words) for words in fences] == [1, 1]
    assert fences[0] != fences[1]


def _sources() -> Iterator[tuple[str, ast.Module]]:
    """The modules that are in the image: all but the sandbox and its two verbs."""
    for path in sorted(BOT.rglob("*.py")):
        name = path.relative_to(BOT).as_posix()
        if not name.startswith("sandbox/") and name not in OF_A_PERSON:
            yield name, ast.parse(path.read_text(encoding="utf-8"))


OF_A_PERSON = {
    "adapters/checkout.py",
    "adapters/gh_cli.py",
    "commands/demo.py",
    "commands/sandbox.py",
}
"""What people run on their own machine: the demo, `init` with their git, `setup` with their gh."""


def _runs_code(node: ast.AST) -> str:
    """What in that node could run something that came from outside, or nothing."""
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        names = [node.module or ""]
    elif isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        if called in {"eval", "exec", "compile", "__import__", "yaml.load", "yaml.unsafe_load"}:
            return called
        if called.startswith(("os.system", "os.popen", "os.exec", "os.spawn", "os.posix_spawn")):
            return called
    banned = {"subprocess", "pty", "multiprocessing", "pickle", "marshal", "shelve", "ctypes"}
    return next((name for name in names if name.split(".")[0] in banned), "")


def test_nothing_starts_a_process():
    """No module of the image can start a program or load code that a log or a branch brought."""
    sources = dict(_sources())
    found = {
        name: word for name, tree in sources.items() for node in ast.walk(tree)
        if (word := _runs_code(node))
    }  # fmt: skip

    assert "adapters/runner.py" in sources
    assert found == {}


@pytest.mark.parametrize(
    "line",
    ["import subprocess", "from subprocess import run", "eval(x)", "os.system(x)", "yaml.load(x)"],
)
def test_a_started_process_is_found(line):
    """The check above is not blind."""
    assert any(_runs_code(node) for node in ast.walk(ast.parse(line)))
