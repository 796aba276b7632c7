"""The entry: verbs, help, what is not there, output that cannot be written."""

import gc
import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot import app
from bot.commands import run
from bot.errors import UpstreamError
from bot.outcomes import ErrorKind
from bot.untrusted import Untrusted

TOKEN = "correct-horse-battery-staple"
ROOT = Path(app.__file__).resolve().parent.parent


def coder_fix(*arguments, stdout):
    """The command as a process, its standard output that file."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the device is Linux's")
@pytest.mark.parametrize("lines", [1, 5000])
def test_full_disk_is_one_sentence(tmp_path, lines):
    """Output that cannot be written, at once or when it is flushed: a sentence and exit code 3."""
    log = tmp_path / "red.log"
    log.write_text("".join(f"a.py:{n}: error: wrong\n" for n in range(lines)))
    with Path("/dev/full").open("w") as full:
        done = coder_fix("distill", str(log), "--budget-chars", "90000", stdout=full)
    said = "coder-fix distill: The output cannot be written: No space left on device.\n"
    assert (3, said) == (done.returncode, done.stderr)


def test_closed_pipe_is_no_failure():
    """Whoever reads no further, as `head` does, has what it wants."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        done = coder_fix("--help", stdout=pipe)
    assert (0, "") == (done.returncode, done.stderr)


def test_closed_output_is_said_before_anything_is_done():
    """A token that nobody could be shown is not made."""
    line = f"{sys.executable} -m bot setup >&-"
    done = subprocess.run(
        ["sh", "-c", line], cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False
    )
    assert (3, "coder-fix: Standard output is closed.\n") == (done.returncode, done.stderr)


def test_a_terminal_is_told_what_there_is(monkeypatch, capsys):
    """Whoever types the bare command is no runner; `help VERB` is `VERB --help`."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    assert app.main([]) == 0
    assert capsys.readouterr().out.startswith("usage: coder-fix VERB")
    with pytest.raises(SystemExit) as ended:
        app.main(["help", "replay"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("usage: coder-fix replay")


@pytest.mark.parametrize("verb", ["demo", "sandbox"])
def test_image_without_sandbox_says_so(monkeypatch, capsys, verb):
    """The container image holds no sandbox: a sentence with the remedy and exit code 2."""

    def absent(name):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(app, "import_module", absent)
    assert app.main([verb]) == 2
    assert capsys.readouterr().err == (
        f"coder-fix {verb}: `{verb}` is not part of this image. "
        f"Clone the repository and run `python -m bot {verb}` there.\n"
    )


def test_missing_package_is_no_missing_verb(monkeypatch):
    """A library that is not installed is told as what it is."""
    monkeypatch.setattr(app, "import_module", lambda _: importlib.import_module("no_such_library"))
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        app.main(["distill"])


def test_reconcile_has_a_help_of_its_own(capsys):
    """Its name and text, and no flag for the trigger, which is settled."""
    with pytest.raises(SystemExit):
        app.main(["reconcile", "--help"])
    text = capsys.readouterr().out
    assert text.startswith("usage: coder-fix reconcile ")
    assert "Give every open work item its next step" in text
    assert "--trigger" not in text


@pytest.mark.parametrize("flags", [[], ["--mode", "propose"]])
def test_reconcile_settles_the_trigger(monkeypatch, flags):
    """With and without flags, `reconcile` runs with that trigger."""
    from bot.commands import reconcile, run

    given = {}
    monkeypatch.setattr(run.Run, "main", lambda _, fields: given.update(fields) or 0)
    assert reconcile.main(flags) == 0
    assert given["trigger"] == "reconcile"


class _Failing:
    """A verb that ends as a server has it: with an error that quotes the server."""

    @staticmethod
    def main(_argv):
        words = f"\x1b[31mno {TOKEN}\n::error::##[group]"
        raise UpstreamError(
            ErrorKind.CODER, f"It refused: {words}", detail=Untrusted(words), remedy="Look at it."
        )


def test_an_error_that_quotes_a_server_is_told_harmlessly(monkeypatch, capsys):
    """One line, without control characters, commands or our tokens, and with the remedy."""
    monkeypatch.setenv("CODER_SESSION_TOKEN", TOKEN)
    monkeypatch.setattr(app, "_command", lambda _: _Failing)
    assert app.main(["setup"]) == 3
    said = "no [CODER_SESSION_TOKEN] ::error::## [group]"
    assert capsys.readouterr().err == f"coder-fix setup: It refused: {said}: {said}. Look at it.\n"


def test_imports_that_fail_leave_the_collector_on(monkeypatch, tmp_path):
    """What the action loads is loaded without it; a broken installation is told as a bug."""
    monkeypatch.setitem(sys.modules, "bot.composition", None)
    assert run.Run({"GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}).main({}) == 1
    assert gc.isenabled()
