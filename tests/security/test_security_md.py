"""SECURITY.md: each claim names a test that exists, each door the rights of its example."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAGE = ROOT / ".github" / "SECURITY.md"
TEXT = PAGE.read_text(encoding="utf-8")


def _rows(heading: str) -> list[list[str]]:
    """The cells of the tables below a heading, without head and rule."""
    section = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| \n").split(" | ") for line in section.splitlines() if line[:1] == "|"]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def _attacks() -> list[list[str]]:
    """The numbered rows; the others name a group."""
    return [row for row in _rows("Attacks") if row[0].isdigit()]


def _missing(cell: str) -> list[str]:
    """What a cell names that is no test function; all of it where it names none."""
    named = re.findall(r"`([^`]+)`", cell)
    return [name for name in named if not _is_test(name)] or ([] if named else [cell])


def _is_test(name: str) -> bool:
    path, _, function = name.partition("::")
    file = ROOT / path
    if not (path.startswith("tests/") and file.is_file() and function.startswith("test_")):
        return False
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == function for node in tree.body)


def test_attacks_are_many_and_numbered():
    """At least thirty, counted without a gap, each said once."""
    rows = _attacks()

    assert len(rows) >= 30
    assert [int(row[0]) for row in rows] == list(range(1, len(rows) + 1))
    assert len({row[1] for row in rows}) == len(rows)


@pytest.mark.parametrize("row", _attacks(), ids=lambda row: row[0])
def test_each_attack_names_tests_that_exist(row: list[str]):
    """Attack, what stops it, and one or more tests by file and name."""
    number, attack, stopped_by, tests = row

    assert number
    assert attack
    assert stopped_by
    assert _missing(tests) == []


@pytest.mark.parametrize(
    "cell",
    [
        "`tests/security/test_security_md.py::test_of_nothing`",
        "`tests/security/test_gone.py::test_attacks_are_many_and_numbered`",
        "`tests/security/test_security_md.py::_is_test`",
        "`tests/security/test_security_md.py`",
        "`bot/app.py::test_x`",
        "somewhere",
    ],
)
def test_a_test_that_does_not_exist_is_found(cell):
    """The check above is not blind."""
    assert _missing(cell) == [cell.strip("`")]


DOORS = [row for row in _rows("Settings") if "](examples/" in row[0]]


def test_each_door_has_its_row():
    """All triggers of the input, and the two places inside of a failing workflow."""
    doors = [row[0].partition(",")[0] for row in DOORS]

    assert doors == ["failed workflow", "step", "follow-up job", "comment", "upgrade", "reconcile"]


@pytest.mark.parametrize("row", DOORS, ids=lambda row: row[0].partition(",")[0])
def test_a_door_may_write_what_its_example_grants(row: list[str]):
    """The table says no less, and no more, than the file that people copy."""
    found = re.search(r"\]\((examples/[\w-]+\.yml)\)", row[0])
    assert found
    example = (PAGE.parent / found[1]).read_text(encoding="utf-8")
    granted = [
        job["permissions"]
        for job in yaml.safe_load(example)["jobs"].values()
        if any("coder-fix/coder-fix@" in step.get("uses", "") for step in job["steps"])
    ]

    assert len(granted) == 1
    writes = sorted(name for name, level in granted[0].items() if level == "write")
    assert re.findall(r"`([\w-]+)`", row[2]) == writes
    assert all(row)


def test_links_lead_somewhere():
    """Every example that the page names is there."""
    links = re.findall(r"\]\(([^)#]+)\)", TEXT)

    assert len(links) >= len(DOORS)
    assert [link for link in links if not (PAGE.parent / link).is_file()] == []
