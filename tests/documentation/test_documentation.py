"""Every page tells the truth, as far as a machine can see: links, commands, data, messages."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

import pytest
import yaml

from tests.documentation import said
from tests.documentation.pages import (
    Page,
    commands,
    tracked,
    wrong_commands,
    wrong_data,
    wrong_links,
    wrong_yaml,
)

ROOT = Path(__file__).parents[2]
FILES = tracked(ROOT)
INPUTS = frozenset(yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"])
_NO_PAGES = ("tests/data/golden/", "tests/data/logs/")
"""What the product writes, and what tools print: they speak of repositories that are not here."""

PAGES = {
    name: Page(PurePosixPath(name), (ROOT / name).read_text(encoding="utf-8"))
    for name in sorted(FILES)
    if name.endswith(".md") and not name.startswith(_NO_PAGES)
}
WORKFLOWS = sorted(
    name for name in FILES if re.fullmatch(r"\.github/(examples|workflows)/.+\.yml", name)
)


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str):
    """Relative ones to a file and its heading, others at least to an address."""
    assert list(wrong_links(PAGES[name], FILES, PAGES)) == []


@pytest.mark.parametrize("name", PAGES)
def test_commands_parse(name: str):
    """Each is taken by the parser of its verb."""
    assert list(wrong_commands(PAGES[name])) == []


@pytest.mark.parametrize("name", PAGES)
def test_data_parses(name: str):
    """YAML and JSON, with inputs that action.yml has; a policy file is one that would be taken."""
    assert list(wrong_data(PAGES[name], INPUTS)) == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_workflows_give_inputs_that_there_are(name: str):
    """The same of the examples and of our own workflows."""
    assert list(wrong_yaml((ROOT / name).read_text(encoding="utf-8"), INPUTS)) == []


def test_there_is_something_to_check():
    """The pages are found, and hold links, commands and data."""
    assert {"README.md", "docs/troubleshooting.md", ".github/SECURITY.md"} <= set(PAGES)
    assert sum(len(page.links) for page in PAGES.values()) > 100
    assert sum(len(list(commands(page))) for page in PAGES.values()) > 25
    assert sum(b.language == "yaml" for page in PAGES.values() for b in page.blocks) >= 3


def test_troubleshooting_is_headed_by_what_people_see():
    """Each heading is a message of the product, word for word; `…` is what is filled in."""
    heads = [text for _, level, text in PAGES["docs/troubleshooting.md"].headings if level == 3]

    assert len(heads) >= 20
    assert [text for text in heads if said.plain(text) not in said.everything()] == []
    assert len(set(heads)) == len(heads)


def test_measured_figures_stand_where_they_were_measured():
    """Each number under “What was measured” is in the page that its row links."""
    part = PAGES["docs/limits.md"].text.split("## What was measured\n")[1].split("\n## ")[0]
    rows = [line.split(" | ") for line in part.splitlines() if "](../" in line]

    assert len(rows) >= 5
    for _, figure, where in rows:
        found = re.search(r"\]\(\.\./([^)#]+)#", where)
        assert found
        held = set(re.findall(r"[\d.]*\d", PAGES[found[1]].text))
        assert [n for n in re.findall(r"[\d.]*\d", figure) if n not in held] == []


def test_readme_has_the_sections_that_messages_name():
    """“See README, Inputs.” leads somewhere."""
    named = {
        section
        for text in said.everything()
        for section in re.findall(r"\bREADME(?: of coder-fix)?, ([A-Z][a-z]+(?: [a-z]+)?)\b", text)
    }
    heads = {text for _, _, text in PAGES["README.md"].headings}

    assert named >= {"Inputs", "Permissions", "Policy file"}
    assert named <= heads


def test_readme_can_be_read():
    """Short enough for one sitting; what is reference stands in docs, and each page is listed."""
    readme = PAGES["README.md"]

    assert len(readme.text.splitlines()) < 200
    linked = {target for _, target in readme.links}
    assert {name for name in FILES if re.fullmatch(r"docs/[^/]+\.md", name)} <= linked


def test_the_examples_are_listed():
    """README names every workflow that can be copied."""
    linked = {target for _, target in PAGES["README.md"].links}

    assert {name for name in FILES if name.startswith(".github/examples/")} <= linked
