"""`coder-fix distill` on files, archives and stdin."""

import gzip
import io
import json
import sys
import zipfile

import pytest

from bot.commands.distill import main
from tests.evidence.logs import failed_step, stamped

RED = stamped(
    failed_step("pytest", ["Error: \x1b[31mboom\x1b[0m ##[error]x", "::error::y"])
).encode()


@pytest.fixture
def red(tmp_path):
    path = tmp_path / "red.log"
    path.write_bytes(RED)
    return path


def test_text_has_class_command_and_numbered_lines(red, capsys):
    """The text form: class and reason, the command, the lines with their numbers."""
    assert main([str(red)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("== Run pytest")
    assert "5| Error: boom ## [error]x" in lines


@pytest.mark.parametrize("budget", [1, 40, 100, 500, 5000])
def test_budget_counts_all_that_is_printed(red, capsys, budget):
    """Not a character more than asked for, headings included."""
    main([str(red), "--budget-chars", str(budget)])
    assert len(capsys.readouterr().out) <= budget


def test_packed_logs_are_unpacked(red, tmp_path, capsys):
    """Gzip, zip and plain files give the same lines."""
    packed, archive = tmp_path / "a.log.gz", tmp_path / "a.zip"
    packed.write_bytes(gzip.compress(RED))
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("0_test.txt", RED)
    outputs = []
    for path in (red, packed, archive):
        assert main([str(path), "--format", "json"]) == 0
        outputs.append(json.loads(capsys.readouterr().out)["excerpts"][0]["lines"])
    assert outputs[0] == outputs[1] == outputs[2]


def test_stdin_is_read(capsys, monkeypatch):
    """Without a file, the log comes from stdin."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(RED)))
    assert main([]) == 0
    assert "boom" in capsys.readouterr().out


def test_nothing_found_is_exit_code_4(tmp_path, capsys):
    """A log that tells of no failure shows its end and says so by the exit code."""
    path = tmp_path / "green.log"
    path.write_text("all is well\n")
    assert main([str(path)]) == 4
    assert "1| all is well" in capsys.readouterr().out


def test_markdown_links_to_the_run(red, capsys):
    """The markdown form folds nothing out: a fenced block, and the link that was given."""
    main([str(red), "--format", "markdown", "--url", "https://github.com/o/r/actions/runs/1"])
    out = capsys.readouterr().out
    assert "([log](https://github.com/o/r/actions/runs/1))" in out
    assert "```text" in out


def test_explain_says_why(red, capsys):
    """Each kept line is followed by the reason."""
    main([str(red), "--explain"])
    assert "starts with an error" in capsys.readouterr().out


def test_compare_takes_a_green_log(red, tmp_path, capsys):
    """A green log may be given."""
    green = tmp_path / "green.log"
    green.write_text("fine\n")
    assert main([str(red), "--compare", str(green)]) == 0
    assert "boom" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("none.log", None, "cannot be read"),
        ("a.gz", b"\x1f\x8bxx", "cannot be read"),
        ("a.zip", b"PK\x03\x04", ""),
    ],
)
def test_wrong_input_is_one_sentence(tmp_path, capsys, name, data, word):
    """A file that is not there or broken: a sentence on stderr, no trace back."""
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    code = main([str(path)])
    assert code in {2, 4}
    assert word in capsys.readouterr().err
