"""Every format against the real output of its tool."""

import json
from pathlib import Path

import pytest

from bot import log_formats
from bot.evidence import distill
from bot.log_formats import FORMATS
from tests.log_formats.golden import DATA, cases, job_log, reading

README = Path(log_formats.__file__).with_name("README.md")
NOT_FORMATS = {"__init__", "reading", "step_end"}
MODULES = sorted(
    path.stem
    for path in Path(log_formats.__file__).parent.glob("*.py")
    if path.stem not in NOT_FORMATS
)
TOKENS_500 = 2000


def _name(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


@pytest.mark.parametrize("path", cases(), ids=_name)
def test_reading_is_golden(path):
    """The format reads from the log exactly what its golden file says."""
    expected = json.loads(path.with_suffix(".json").read_text("utf-8"))["reading"]
    assert expected == reading(path)


@pytest.mark.parametrize("path", cases(), ids=_name)
def test_excerpt_shows_what_matters(path):
    """With all formats at work, an excerpt of 500 tokens holds the key texts of the case."""
    wanted = json.loads(path.with_suffix(".json").read_text("utf-8"))["must_show"]
    evidence = distill([job_log(path)], budget_chars=TOKENS_500)
    shown = "\n".join(line.text.raw for e in evidence.excerpts for line in e.lines)
    assert wanted
    assert [text for text in wanted if text not in shown] == []


@pytest.mark.parametrize("module", MODULES)
def test_format_is_complete(module):
    """A format is registered, has a recorded case, and a row in the README."""
    registered = {f.read.__module__.rpartition(".")[2] for f in FORMATS}
    assert module in registered
    assert list((DATA / module).glob("*.log")), f"no tests/data/logs/{module}/*.log"
    assert f"`{module}.py`" in README.read_text("utf-8")


def test_data_belongs_to_a_format():
    """No folder of data outlives its format."""
    folders = {p.name for p in DATA.iterdir() if p.is_dir() and p.name != "__pycache__"}

    assert folders - set(MODULES) == set()


def test_format_names_are_unique():
    """A tool's name in a diagnostic means one format."""
    names = [format_.name for format_ in FORMATS]
    assert sorted(set(names)) == sorted(names)
