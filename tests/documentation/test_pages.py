"""The checker of pages finds what is planted, and nothing else."""

from pathlib import PurePosixPath

import pytest

from tests.documentation.pages import (
    Page,
    commands,
    wrong_commands,
    wrong_data,
    wrong_links,
    wrong_yaml,
)
from tests.documentation.said import literals

OURS = "https://raw.githubusercontent.com/coder-fix/coder-fix/main/"
FILES = {"README.md", "docs/a.md", "docs/b.md", "bot/core.py"}


def page(text: str, path: str = "docs/a.md") -> Page:
    return Page(PurePosixPath(path), text)


def dead(text: str) -> list[str]:
    """What is wrong with the links of a page that has another one beside it."""
    here, other = page(text), page("# One\n\n## One\n\n### `a` b: c\n", "docs/b.md")
    return list(wrong_links(here, FILES, {"docs/a.md": here, "docs/b.md": other}))


@pytest.mark.parametrize(
    "link",
    [
        "[x](b.md)",
        "[x](b.md#one)",
        "[x](b.md#one-1)",
        "[x](b.md#a-b-c)",
        "[x](../bot/core.py)",
        "[x](../bot)",
        "[x](../README.md)",
        "[x](#here)\n\n# Here",
        "[x][y]\n\n[y]: b.md",
        "![x](../bot/core.py)",
        '<img src="b.md">',
        "<https://example.com/x?y#z>",
        "[x](https://github.com/coder-fix/coder-fix/blob/main/bot/core.py)",
        "`[x](gone.md)`",
        "```\n[x](gone.md)\n```",
    ],
)
def test_sound_links_are_fine(link: str):
    """Files, folders, headings, addresses; and what only looks like a link."""
    assert dead(link) == []


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("text\n\n[x](gone.md)", "docs/a.md:3: gone.md leads nowhere"),
        ("[x](core.py)", "docs/a.md:1: core.py leads nowhere"),
        ("[x](../../README.md)", "docs/a.md:1: ../../README.md leads nowhere"),
        ("[x](b.md#two)", "docs/a.md:1: b.md#two has no such heading"),
        ("[x](#gone)", "docs/a.md:1: #gone has no such heading"),
        ("[x](../bot/core.py#gone)", "docs/a.md:1: ../bot/core.py#gone has no such heading"),
        ("| a |\n| - |\n| [x](gone.md) |", "docs/a.md:3: gone.md leads nowhere"),
        ("![x](gone.png)", "docs/a.md:1: gone.png leads nowhere"),
        ('<img src="gone.png">', "docs/a.md:1: gone.png leads nowhere"),
        ("a <a href='gone.md'>b</a>", "docs/a.md:1: gone.md leads nowhere"),
        ("[x](http://example.com)", "docs/a.md:1: http://example.com is no address"),
        ("[x](https://localhos)", "docs/a.md:1: https://localhos is no address"),
        ("[x](https://a.example%20b/)", "docs/a.md:1: https://a.example%20b/ is no address"),
        (f"[x]({OURS}gone.json)", f"docs/a.md:1: {OURS}gone.json leads nowhere"),
    ],
)
def test_a_dead_link_is_found(link: str, said: str):
    """Each with its page and line."""
    assert dead(link) == [said]


def test_typed_commands_are_found():
    """In blocks and in sentences; of a transcript only what follows the prompt."""
    text = (
        "Try `coder-fix setup --check NAME`.\n\n```\nuvx --from x coder-fix init # asks\n"
        "cat log | coder-fix distill --explain | less\npython -m bot demo --agent 'a b'\n```\n\n"
        "```text\n$ coder-fix doctor > out\ncoder-fix doctor 0.1.0: octo/shop\n```\n\n"
        "```python\ncoder-fix gone\n```\n"
    )
    assert list(commands(page(text))) == [
        (4, ["init"]),
        (5, ["distill", "--explain"]),
        (6, ["demo", "--agent", "a b"]),
        (10, ["doctor"]),
        (1, ["setup", "--check", "NAME"]),
    ]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("coder-fix mend", "there is no such verb"),
        ("coder-fix init --gone", "there is no flag --gone"),
        ("coder-fix setup --agent gone", "there is no 'gone'"),
        ("coder-fix run --coder-token x", "is no flag"),
        ("python -m bot demo --story gone", "there is no 'gone'"),
    ],
)
def test_a_wrong_command_is_found(command: str, said: str):
    """By the verb's own parser, and nothing is run."""
    found = list(wrong_commands(page(f"```\n{command}\n```")))

    assert len(found) == 1
    assert said in found[0]


@pytest.mark.parametrize(
    "command",
    ["coder-fix run", "coder-fix run --coder-url …", "coder-fix distill LOG…", "coder-fix --help"],
)
def test_sound_commands_are_fine(command: str):
    """Verbs alone, and with flags."""
    assert list(wrong_commands(page(f"```\n{command}\n```"))) == []


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("yaml\na: [b", "flow sequence"),
        ("json\n{", "Expecting"),
        ("yaml\n- uses: coder-fix/coder-fix@v0\n  with:\n    coder-ulr: x", "no input coder-ulr"),
        ("yaml\n# yaml-language-server: $schema=x\nmod: fix", "did you mean `mode`?"),
    ],
)
def test_wrong_data_is_found(block: str, said: str):
    """What does not parse, an input that there is not, a policy file that would be refused."""
    found = list(wrong_data(page(f"```{block}\n```"), {"coder-url"}))

    assert len(found) == 1
    assert said in found[0]


def test_sound_data_is_fine():
    """Inputs of ours, and those of others' actions."""
    text = "jobs:\n  a:\n    steps:\n      - uses: a/b@v1\n        with: {c: d}\n"
    text += "      - uses: coder-fix/coder-fix@v0\n        with: {coder-url: x}\n"
    assert list(wrong_yaml(text, {"coder-url"})) == []


def test_what_the_product_says():
    """Literals with `…` for fields; constants of the module are filled in, docstrings left out."""
    source = '"""Doc."""\nA = "The {x}"\nB = f"{A} of {y()} {z} is" " gone."\n'

    assert set(literals(source)) >= {"The …", "The … of … is gone."}
    assert "Doc." not in set(literals(source))
