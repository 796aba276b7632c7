"""What the process says to the runner parses to exactly what was meant, whatever it holds."""

from __future__ import annotations

import io
import json
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.runner import SUMMARY_LIMIT, Runner, said
from bot.commands.demo import read_outputs
from bot.errors import ConfigurationError
from bot.model import RunRef

COMMAND = re.compile(r"^\s*::[a-z-]+.*::|##\[[a-z-]+", re.IGNORECASE | re.MULTILINE)


@pytest.mark.parametrize(
    "line",
    [
        "::set-output name=x::y",
        "   ::error::x",
        "text ##[set-output name=pr-url]evil",
        "a\r::add-mask::x",
        "##[stop-commands]x",
    ],
)
def test_no_command_in_what_is_said(line):
    """Neither syntax of the runner's commands survives in a printed line."""
    assert not COMMAND.search(said(line))


@given(st.text())
def test_no_text_makes_a_command(text):
    """Any text at all."""
    assert not COMMAND.search(said(text))


@given(st.dictionaries(st.from_regex(r"[a-z-]{1,9}", fullmatch=True), st.text()))
def test_outputs_read_back(values):
    """Outputs hold exactly the keys that were meant, whatever the values."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "output"
        path.touch()
        Runner({"GITHUB_OUTPUT": str(path)}).outputs(values)

        assert set(read_outputs(path)) == set(values)


def test_masks_and_annotations_are_commands():
    """Masks and one annotation are printed as commands, with their data escaped."""
    out = io.StringIO()
    runner = Runner({"GITHUB_ACTIONS": "true"}, out)
    runner.mask(("secret\nline", "abc"))
    runner.annotate("error", "a:b", "one\ntwo, 100%")

    assert out.getvalue() == ("::add-mask::secret%0Aline\n::error title=a%3Ab::one%0Atwo, 100%25\n")


def test_a_key_is_masked_line_by_line():
    """Its head, which every key has, and a short last line are not; nor anything twice."""
    lines = ["MIIEpAIBAAKCAQEA" + letter * 48 for letter in "ab"]
    key = "\n".join(["-----BEGIN RSA PRIVATE KEY-----", *lines, "Zz==", "-----END", ""])
    out = io.StringIO()
    runner = Runner({"GITHUB_ACTIONS": "true"}, out)
    for shape in (key, key.replace("\n", "\\n"), key.replace("\n", "\r\n")):
        runner.mask((shape,))

    assert out.getvalue().splitlines() == [f"::add-mask::{line}" for line in lines]


def test_a_terminal_gets_plain_lines(capsys):
    """Off a runner an annotation is a line on stderr, and nothing is masked."""
    runner = Runner({})
    runner.mask(("secret",))
    runner.annotate("error", "x", "broken")

    assert capsys.readouterr() == ("", "error: broken\n")


def test_a_debugging_line_is_the_runners(capsys):
    """The runner shows it where debug logging is on; a terminal gets it as it is."""
    out = io.StringIO()
    Runner({"GITHUB_ACTIONS": "true"}, out).debug("path=/a%2Fb")
    Runner({}).debug("path=/a%2Fb")

    assert out.getvalue() == "::debug::path=/a%252Fb\n"
    assert capsys.readouterr().out == "debug: path=/a%2Fb\n"


def test_summary_is_cut_before_the_runner_drops_it(tmp_path):
    """A summary above the limit is cut, since the runner would drop it whole."""
    path = tmp_path / "summary"
    written = Runner({"GITHUB_STEP_SUMMARY": str(path)}).summary("ä" * SUMMARY_LIMIT)

    assert written
    assert path.stat().st_size <= SUMMARY_LIMIT


def test_a_full_disk_loses_nothing_but_the_file(capsys):
    """A summary that cannot be written is said on stderr and is no crash."""
    assert Runner({"GITHUB_STEP_SUMMARY": "/dev/full"}).summary("x" * 10_000) is False
    assert "cannot write full" in capsys.readouterr().err


def test_event_is_read(tmp_path):
    """Name and payload of the delivered event."""
    path = tmp_path / "event.json"
    path.write_text(json.dumps({"action": "completed"}))
    event = Runner({"GITHUB_EVENT_PATH": str(path), "GITHUB_EVENT_NAME": "workflow_run"}).event()

    assert (event.name, event.payload) == ("workflow_run", {"action": "completed"})


@pytest.mark.parametrize("text", ["{", "[]", "\xff"])
def test_a_broken_event_file_is_named(tmp_path, text):
    """What is no JSON object is a configuration error."""
    path = tmp_path / "event.json"
    path.write_bytes(text.encode("latin-1"))

    with pytest.raises(ConfigurationError, match="GITHUB_EVENT_PATH"):
        Runner({"GITHUB_EVENT_PATH": str(path)}).event()


def test_our_own_run_and_workflow():
    """The run and the workflow file in which we run."""
    runner = Runner(
        {
            "GITHUB_RUN_ID": "5",
            "GITHUB_RUN_ATTEMPT": "2",
            "GITHUB_WORKFLOW_REF": "o/r/.github/workflows/fix.yml@refs/heads/main",
        }
    )

    assert (runner.own_run, runner.own_workflow) == (RunRef(5, 2), ".github/workflows/fix.yml")


def test_a_terminal_has_no_run():
    """Without a runner's variables there is no run of ours."""
    assert (Runner({}).own_run, Runner({}).own_workflow) == (None, "")
